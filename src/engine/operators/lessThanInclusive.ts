/** json-rules-engine: fact <= value. */
import { comparison } from './comparison.ts';
import { orderedPairs } from './operator.ts';

export const lessThanInclusive = comparison({
  name: 'lessThanInclusive',
  negation: 'greaterThan',
  sign: '<=',
  signatures: orderedPairs,
  phrase: { en: '{fact} is at most {value}', fr: '{fact} est au plus {value}' },
});
