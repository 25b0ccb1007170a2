/** More characters, or entries of a list. */
import { lengthComparison } from './length.ts';

export const lengthGreaterThan = lengthComparison({
  name: 'lengthGreaterThan',
  negation: 'lengthLessThanInclusive',
  sign: '>',
  phrase: {
    en: 'the length of {fact} is greater than {value}',
    fr: 'la longueur de {fact} est supérieure à {value}',
  },
});
