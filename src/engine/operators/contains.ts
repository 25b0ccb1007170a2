/** json-rules-engine: the list has the value among its entries. */
import { listHolds, type Operator } from './operator.ts';

export const contains: Operator = {
  name: 'contains',
  negation: 'doesNotContain',
  signatures: listHolds,
  cost: 4,
  selectivity: 0.2,
  evaluate: (fact, value) => (fact as readonly unknown[]).includes(value),
  emit: ({ fact, value }) => `${fact} !== undefined && ${value} !== undefined && ${fact}.includes(${value})`,
  phrase: { en: '{fact} contains {value}', fr: '{fact} contient {value}' },
};
