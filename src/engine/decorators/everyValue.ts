/** True where the fact compares so with every entry of the value. */
import { isList, listOf, type Value } from '../values.ts';
import type { Decorator } from './decorator.ts';
import { everyLoop, everyOf } from './quantify.ts';

export const everyValue: Decorator = {
  name: 'everyValue',
  negation: 'someValue',
  takes: (inner) =>
    inner.value === 'none' || isList(inner.value)
      ? undefined
      : { fact: inner.fact, value: listOf(inner.value) },
  decorate: (inner) => (fact, value) =>
    value === undefined
      ? undefined
      : everyOf(value as readonly Value[], (entry: Value) => inner(fact, entry)),
  emit: (inner, loops) => {
    const name = loops.loop(everyLoop(inner('other', 'entry')));
    return (fact, value) => `${value} !== undefined && ${name}(${value}, ${fact})`;
  },
  meaning: { en: 'for every entry of the value', fr: 'pour chaque entrée de la valeur' },
};
