/** Every entry of the value is in the list. */
import { listPairs, type Operator } from './operator.ts';
import { holdsAll } from './overlap.ts';

export const containsAll: Operator = {
  name: 'containsAll',
  negation: 'doesNotContainAll',
  signatures: listPairs,
  cost: 10,
  selectivity: 0.2,
  evaluate: (fact, value) => holdsAll(fact, value),
  emit: ({ fact, value, constant }) =>
    `${fact} !== undefined && ${value} !== undefined && ${constant(holdsAll)}(${fact}, ${value})`,
  phrase: { en: '{fact} contains all of {value}', fr: '{fact} contient tous les éléments de {value}' },
};
