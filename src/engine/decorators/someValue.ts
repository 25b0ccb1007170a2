/** True where the fact compares so with one entry of the value. */
import { isList, listOf, type Value } from '../values.ts';
import type { Decorator } from './decorator.ts';
import { someLoop, someOf } from './quantify.ts';

export const someValue: Decorator = {
  name: 'someValue',
  negation: 'everyValue',
  takes: (inner) =>
    inner.value === 'none' || isList(inner.value)
      ? undefined
      : { fact: inner.fact, value: listOf(inner.value) },
  decorate: (inner) => (fact, value) =>
    value === undefined ? undefined : someOf(value as readonly Value[], (entry: Value) => inner(fact, entry)),
  emit: (inner, loops) => {
    const name = loops.loop(someLoop(inner('other', 'entry')));
    return (fact, value) => `${value} !== undefined && ${name}(${value}, ${fact})`;
  },
  meaning: { en: 'for at least one entry of the value', fr: 'pour au moins une entrée de la valeur' },
};
