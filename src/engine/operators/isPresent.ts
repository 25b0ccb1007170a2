/** The fact has a value: true or false, never unknown. */
import { anything, type Operator } from './operator.ts';

export const isPresent: Operator = {
  name: 'isPresent',
  negation: 'isMissing',
  signatures: anything,
  cost: 1,
  selectivity: 0.8,
  asksPresence: true,
  evaluate: (fact) => fact !== undefined,
  emit: ({ fact }) => `${fact} !== undefined`,
  phrase: { en: '{fact} is present', fr: '{fact} est présent' },
};
