/** The two lists have no entry in common. */
import { listPairs, type Operator } from './operator.ts';
import { sharesAny } from './overlap.ts';

export const containsNone: Operator = {
  name: 'containsNone',
  negation: 'containsAny',
  signatures: listPairs,
  cost: 10,
  selectivity: 0.7,
  evaluate: (fact, value) => !sharesAny(fact, value),
  emit: ({ fact, value, constant }) =>
    `${fact} !== undefined && ${value} !== undefined && !${constant(sharesAny)}(${fact}, ${value})`,
  phrase: { en: '{fact} contains none of {value}', fr: '{fact} ne contient aucun de {value}' },
};
