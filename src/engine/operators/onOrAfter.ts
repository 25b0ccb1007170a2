/** The same day or after. */
import { comparison } from './comparison.ts';
import { datePairs } from './operator.ts';

export const onOrAfter = comparison({
  name: 'onOrAfter',
  negation: 'before',
  sign: '>=',
  signatures: datePairs,
  phrase: { en: '{fact} is on or after {value}', fr: '{fact} est au plus tôt le {value}' },
});
