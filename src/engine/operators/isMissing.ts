/** The one question about absence itself: true or false, never unknown. */
import { anything, type Operator } from './operator.ts';

export const isMissing: Operator = {
  name: 'isMissing',
  negation: 'isPresent',
  signatures: anything,
  cost: 1,
  selectivity: 0.2,
  asksPresence: true,
  evaluate: (fact) => fact === undefined,
  emit: ({ fact }) => `${fact} === undefined`,
  phrase: { en: '{fact} is missing', fr: '{fact} est absent' },
};
