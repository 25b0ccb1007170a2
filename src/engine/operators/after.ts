/** A day after a day, or an instant after an instant. */
import { comparison } from './comparison.ts';
import { datePairs } from './operator.ts';

export const after = comparison({
  name: 'after',
  negation: 'onOrBefore',
  sign: '>',
  signatures: datePairs,
  phrase: { en: '{fact} is after {value}', fr: '{fact} est postérieur au {value}' },
});
