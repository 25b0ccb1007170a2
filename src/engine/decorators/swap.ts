/** Fact and value change places: `swap:contains` asks whether the value contains the fact. */
import type { Decorator } from './decorator.ts';

export const swap: Decorator = {
  name: 'swap',
  negation: 'swap',
  takes: (inner) => (inner.value === 'none' ? undefined : { fact: inner.value, value: inner.fact }),
  decorate: (inner) => (fact, value) => inner(value, fact),
  emit: (inner) => (fact, value) => inner(value, fact),
  meaning: { en: 'with fact and value exchanged', fr: 'fait et valeur échangés' },
};
