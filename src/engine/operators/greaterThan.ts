/** json-rules-engine: fact > value. */
import { comparison } from './comparison.ts';
import { orderedPairs } from './operator.ts';

export const greaterThan = comparison({
  name: 'greaterThan',
  negation: 'lessThanInclusive',
  sign: '>',
  signatures: orderedPairs,
  phrase: { en: '{fact} is greater than {value}', fr: '{fact} est supérieur à {value}' },
});
