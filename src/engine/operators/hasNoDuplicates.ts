/** Every entry of the list stands there once. */
import { anyList, type Operator } from './operator.ts';
import { repeats } from './overlap.ts';

export const hasNoDuplicates: Operator = {
  name: 'hasNoDuplicates',
  negation: 'hasDuplicates',
  signatures: anyList,
  cost: 10,
  selectivity: 0.9,
  evaluate: (fact) => !repeats(fact),
  emit: ({ fact, constant }) => `${fact} !== undefined && !${constant(repeats)}(${fact})`,
  phrase: { en: '{fact} has no repeated entry', fr: '{fact} n’a pas d’entrée répétée' },
};
