/** The opposite; of unknown it is unknown. The compiler never emits it: it takes the negated operator instead. */
import type { Decorator } from './decorator.ts';

export const not: Decorator = {
  name: 'not',
  negation: undefined,
  takes: (inner) => inner,
  decorate: (inner) => (fact, value) => {
    const truth = inner(fact, value);
    return truth === undefined ? undefined : !truth;
  },
  emit: () => {
    throw new Error('not is resolved before code is generated');
  },
  meaning: { en: 'not', fr: 'non' },
};
