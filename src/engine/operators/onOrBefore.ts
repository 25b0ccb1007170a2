/** The same day or before. */
import { comparison } from './comparison.ts';
import { datePairs } from './operator.ts';

export const onOrBefore = comparison({
  name: 'onOrBefore',
  negation: 'after',
  sign: '<=',
  signatures: datePairs,
  phrase: { en: '{fact} is on or before {value}', fr: '{fact} est au plus tard le {value}' },
});
