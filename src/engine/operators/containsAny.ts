/** The two lists have an entry in common. */
import { listPairs, type Operator } from './operator.ts';
import { sharesAny } from './overlap.ts';

export const containsAny: Operator = {
  name: 'containsAny',
  negation: 'containsNone',
  signatures: listPairs,
  cost: 10,
  selectivity: 0.3,
  evaluate: (fact, value) => sharesAny(fact, value),
  emit: ({ fact, value, constant }) =>
    `${fact} !== undefined && ${value} !== undefined && ${constant(sharesAny)}(${fact}, ${value})`,
  phrase: { en: '{fact} contains one of {value}', fr: '{fact} contient l’un de {value}' },
};
