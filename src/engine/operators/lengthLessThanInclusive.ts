/** At most so many characters, or entries of a list. */
import { lengthComparison } from './length.ts';

export const lengthLessThanInclusive = lengthComparison({
  name: 'lengthLessThanInclusive',
  negation: 'lengthGreaterThan',
  sign: '<=',
  phrase: { en: 'the length of {fact} is at most {value}', fr: 'la longueur de {fact} est au plus {value}' },
});
