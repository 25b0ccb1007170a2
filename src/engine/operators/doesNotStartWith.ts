/** A text that does not start with the value, letter case counting. */
import { type Operator, textPairs } from './operator.ts';

export const doesNotStartWith: Operator = {
  name: 'doesNotStartWith',
  negation: 'startsWith',
  signatures: textPairs,
  cost: 3,
  selectivity: 0.8,
  evaluate: (fact, value) => !(fact as string).startsWith(value as string),
  emit: ({ fact, value }) =>
    `${fact} !== undefined && ${value} !== undefined && !${fact}.startsWith(${value})`,
  phrase: { en: '{fact} does not start with {value}', fr: '{fact} ne commence pas par {value}' },
};
