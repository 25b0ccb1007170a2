/** A text that does not end with the value, letter case counting. */
import { type Operator, textPairs } from './operator.ts';

export const doesNotEndWith: Operator = {
  name: 'doesNotEndWith',
  negation: 'endsWith',
  signatures: textPairs,
  cost: 3,
  selectivity: 0.8,
  evaluate: (fact, value) => !(fact as string).endsWith(value as string),
  emit: ({ fact, value }) => `${fact} !== undefined && ${value} !== undefined && !${fact}.endsWith(${value})`,
  phrase: { en: '{fact} does not end with {value}', fr: '{fact} ne finit pas par {value}' },
};
