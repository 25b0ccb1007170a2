/** A text that contains the text the value, letter case counting. */
import { type Operator, textPairs } from './operator.ts';

export const containsText: Operator = {
  name: 'containsText',
  negation: 'doesNotContainText',
  signatures: textPairs,
  cost: 3,
  selectivity: 0.2,
  evaluate: (fact, value) => (fact as string).includes(value as string),
  emit: ({ fact, value }) => `${fact} !== undefined && ${value} !== undefined && ${fact}.includes(${value})`,
  phrase: { en: '{fact} contains the text {value}', fr: '{fact} contient le texte {value}' },
};
