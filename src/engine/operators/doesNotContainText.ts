/** A text that does not contain the text the value, letter case counting. */
import { type Operator, textPairs } from './operator.ts';

export const doesNotContainText: Operator = {
  name: 'doesNotContainText',
  negation: 'containsText',
  signatures: textPairs,
  cost: 3,
  selectivity: 0.8,
  evaluate: (fact, value) => !(fact as string).includes(value as string),
  emit: ({ fact, value }) => `${fact} !== undefined && ${value} !== undefined && !${fact}.includes(${value})`,
  phrase: { en: '{fact} does not contain the text {value}', fr: '{fact} ne contient pas le texte {value}' },
};
