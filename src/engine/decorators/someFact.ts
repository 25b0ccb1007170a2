/** True where one entry of the list fact compares so. */
import { isList, listOf, type Value } from '../values.ts';
import type { Decorator } from './decorator.ts';
import { someLoop, someOf } from './quantify.ts';

export const someFact: Decorator = {
  name: 'someFact',
  negation: 'everyFact',
  takes: (inner) => (isList(inner.fact) ? undefined : { fact: listOf(inner.fact), value: inner.value }),
  decorate: (inner) => (fact, value) =>
    fact === undefined ? undefined : someOf(fact as readonly Value[], (entry: Value) => inner(entry, value)),
  emit: (inner, loops) => {
    const name = loops.loop(someLoop(inner('entry', 'other')));
    return (fact, value) => `${fact} !== undefined && ${name}(${fact}, ${value})`;
  },
  meaning: { en: 'for at least one entry of the fact', fr: 'pour au moins une entrée du fait' },
};
