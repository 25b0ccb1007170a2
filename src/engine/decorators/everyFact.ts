/** True where every entry of the list fact compares so; an empty list does too, as in the library. */
import { isList, listOf, type Value } from '../values.ts';
import type { Decorator } from './decorator.ts';
import { everyLoop, everyOf } from './quantify.ts';

export const everyFact: Decorator = {
  name: 'everyFact',
  negation: 'someFact',
  takes: (inner) => (isList(inner.fact) ? undefined : { fact: listOf(inner.fact), value: inner.value }),
  decorate: (inner) => (fact, value) =>
    fact === undefined ? undefined : everyOf(fact as readonly Value[], (entry: Value) => inner(entry, value)),
  emit: (inner, loops) => {
    const name = loops.loop(everyLoop(inner('entry', 'other')));
    return (fact, value) => `${fact} !== undefined && ${name}(${fact}, ${value})`;
  },
  meaning: { en: 'for every entry of the fact', fr: 'pour chaque entrée du fait' },
};
