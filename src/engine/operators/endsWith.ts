/** A text that ends with the value, letter case counting. */
import { type Operator, textPairs } from './operator.ts';

export const endsWith: Operator = {
  name: 'endsWith',
  negation: 'doesNotEndWith',
  signatures: textPairs,
  cost: 3,
  selectivity: 0.2,
  evaluate: (fact, value) => (fact as string).endsWith(value as string),
  emit: ({ fact, value }) => `${fact} !== undefined && ${value} !== undefined && ${fact}.endsWith(${value})`,
  phrase: { en: '{fact} ends with {value}', fr: '{fact} finit par {value}' },
};
