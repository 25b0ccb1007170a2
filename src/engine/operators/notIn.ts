/** json-rules-engine: none of a list. */
import { membership } from './membership.ts';
import { inList, type Operator } from './operator.ts';

export const notIn: Operator = {
  name: 'notIn',
  negation: 'in',
  signatures: inList,
  cost: 3,
  selectivity: 0.8,
  evaluate: (fact, value) => !(value as readonly unknown[]).includes(fact),
  emit: (operands) =>
    `${operands.fact} !== undefined && ${operands.value} !== undefined && !(${membership(operands)})`,
  phrase: { en: '{fact} is none of {value}', fr: "{fact} n'est aucun de {value}" },
};
