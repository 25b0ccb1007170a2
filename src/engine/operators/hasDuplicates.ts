/** An entry stands in the list twice. */
import { anyList, type Operator } from './operator.ts';
import { repeats } from './overlap.ts';

export const hasDuplicates: Operator = {
  name: 'hasDuplicates',
  negation: 'hasNoDuplicates',
  signatures: anyList,
  cost: 10,
  selectivity: 0.1,
  evaluate: (fact) => repeats(fact),
  emit: ({ fact, constant }) => `${fact} !== undefined && ${constant(repeats)}(${fact})`,
  phrase: { en: '{fact} has repeated entries', fr: '{fact} a des entrées répétées' },
};
