/** json-rules-engine: another value; unknown, not true, where the fact is missing. */
import { type Operator, scalarPairs } from './operator.ts';

export const notEqual: Operator = {
  name: 'notEqual',
  negation: 'equal',
  signatures: scalarPairs,
  cost: 1,
  selectivity: 0.9,
  evaluate: (fact, value) => fact !== value,
  emit: ({ fact, value, literal }) =>
    literal === undefined
      ? `${fact} !== ${value} && ${fact} !== undefined && ${value} !== undefined`
      : `${fact} !== ${value} && ${fact} !== undefined`,
  phrase: { en: '{fact} is not {value}', fr: "{fact} n'est pas {value}" },
};
