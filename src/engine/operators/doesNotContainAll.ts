/** An entry of the value is not in the list. */
import { listPairs, type Operator } from './operator.ts';
import { holdsAll } from './overlap.ts';

export const doesNotContainAll: Operator = {
  name: 'doesNotContainAll',
  negation: 'containsAll',
  signatures: listPairs,
  cost: 10,
  selectivity: 0.8,
  evaluate: (fact, value) => !holdsAll(fact, value),
  emit: ({ fact, value, constant }) =>
    `${fact} !== undefined && ${value} !== undefined && !${constant(holdsAll)}(${fact}, ${value})`,
  phrase: {
    en: '{fact} does not contain all of {value}',
    fr: '{fact} ne contient pas tous les éléments de {value}',
  },
};
