/** A day before a day, or an instant before an instant. */
import { comparison } from './comparison.ts';
import { datePairs } from './operator.ts';

export const before = comparison({
  name: 'before',
  negation: 'onOrAfter',
  sign: '<',
  signatures: datePairs,
  phrase: { en: '{fact} is before {value}', fr: '{fact} est antérieur au {value}' },
});
