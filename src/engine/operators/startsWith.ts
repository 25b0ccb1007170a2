/** A text that starts with the value, letter case counting. */
import { type Operator, textPairs } from './operator.ts';

export const startsWith: Operator = {
  name: 'startsWith',
  negation: 'doesNotStartWith',
  signatures: textPairs,
  cost: 3,
  selectivity: 0.2,
  evaluate: (fact, value) => (fact as string).startsWith(value as string),
  emit: ({ fact, value }) =>
    `${fact} !== undefined && ${value} !== undefined && ${fact}.startsWith(${value})`,
  phrase: { en: '{fact} starts with {value}', fr: '{fact} commence par {value}' },
};
