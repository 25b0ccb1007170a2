/** At least so many characters, or entries of a list. */
import { lengthComparison } from './length.ts';

export const lengthGreaterThanInclusive = lengthComparison({
  name: 'lengthGreaterThanInclusive',
  negation: 'lengthLessThan',
  sign: '>=',
  phrase: {
    en: 'the length of {fact} is at least {value}',
    fr: 'la longueur de {fact} est au moins {value}',
  },
});
