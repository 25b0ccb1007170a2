/** json-rules-engine: fact >= value. */
import { comparison } from './comparison.ts';
import { orderedPairs } from './operator.ts';

export const greaterThanInclusive = comparison({
  name: 'greaterThanInclusive',
  negation: 'lessThan',
  sign: '>=',
  signatures: orderedPairs,
  phrase: { en: '{fact} is at least {value}', fr: '{fact} est au moins {value}' },
});
