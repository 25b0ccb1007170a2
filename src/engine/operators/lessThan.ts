/** json-rules-engine: fact < value; dates too, as days. */
import { comparison } from './comparison.ts';
import { orderedPairs } from './operator.ts';

export const lessThan = comparison({
  name: 'lessThan',
  negation: 'greaterThanInclusive',
  sign: '<',
  signatures: orderedPairs,
  phrase: { en: '{fact} is less than {value}', fr: '{fact} est inférieur à {value}' },
});
