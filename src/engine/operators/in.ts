/** json-rules-engine: one of a list; never a part of a text, as the library has it. */
import { membership } from './membership.ts';
import { inList, type Operator } from './operator.ts';

export const isIn: Operator = {
  name: 'in',
  negation: 'notIn',
  signatures: inList,
  cost: 3,
  selectivity: 0.2,
  evaluate: (fact, value) => (value as readonly unknown[]).includes(fact),
  emit: (operands) => membership(operands),
  phrase: { en: '{fact} is one of {value}', fr: "{fact} est l'un de {value}" },
};
