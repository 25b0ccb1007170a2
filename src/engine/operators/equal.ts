/** json-rules-engine: the same value; both sides have one type, so 5 never meets "5". */
import { type Operator, scalarPairs } from './operator.ts';

export const equal: Operator = {
  name: 'equal',
  negation: 'notEqual',
  signatures: scalarPairs,
  cost: 1,
  selectivity: 0.1,
  evaluate: (fact, value) => fact === value,
  emit: ({ fact, value, literal }) =>
    literal === undefined ? `${fact} === ${value} && ${fact} !== undefined` : `${fact} === ${value}`,
  phrase: { en: '{fact} is {value}', fr: '{fact} est {value}' },
};
