/** A list without entries; a missing list is unknown, not empty. */
import { anyList, type Operator } from './operator.ts';

export const isEmpty: Operator = {
  name: 'isEmpty',
  negation: 'isNotEmpty',
  signatures: anyList,
  cost: 2,
  selectivity: 0.2,
  evaluate: (fact) => (fact as readonly unknown[]).length === 0,
  emit: ({ fact }) => `${fact} !== undefined && ${fact}.length === 0`,
  phrase: { en: '{fact} is empty', fr: '{fact} est vide' },
};
