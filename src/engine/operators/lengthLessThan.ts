/** Fewer characters, or entries of a list. */
import { lengthComparison } from './length.ts';

export const lengthLessThan = lengthComparison({
  name: 'lengthLessThan',
  negation: 'lengthGreaterThanInclusive',
  sign: '<',
  phrase: {
    en: 'the length of {fact} is less than {value}',
    fr: 'la longueur de {fact} est inférieure à {value}',
  },
});
