/** json-rules-engine: no entry of the list is the value. */
import { listHolds, type Operator } from './operator.ts';

export const doesNotContain: Operator = {
  name: 'doesNotContain',
  negation: 'contains',
  signatures: listHolds,
  cost: 4,
  selectivity: 0.8,
  evaluate: (fact, value) => !(fact as readonly unknown[]).includes(value),
  emit: ({ fact, value }) => `${fact} !== undefined && ${value} !== undefined && !${fact}.includes(${value})`,
  phrase: { en: '{fact} does not contain {value}', fr: '{fact} ne contient pas {value}' },
};
