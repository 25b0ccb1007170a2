/** A list with at least one entry. */
import { anyList, type Operator } from './operator.ts';

export const isNotEmpty: Operator = {
  name: 'isNotEmpty',
  negation: 'isEmpty',
  signatures: anyList,
  cost: 2,
  selectivity: 0.8,
  evaluate: (fact) => (fact as readonly unknown[]).length > 0,
  emit: ({ fact }) => `${fact} !== undefined && ${fact}.length > 0`,
  phrase: { en: '{fact} is not empty', fr: '{fact} n’est pas vide' },
};
