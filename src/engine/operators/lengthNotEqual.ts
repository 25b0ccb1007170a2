/** Another number of characters, or entries of a list. */
import { lengthComparison } from './length.ts';

export const lengthNotEqual = lengthComparison({
  name: 'lengthNotEqual',
  negation: 'lengthEqual',
  sign: '!==',
  phrase: {
    en: 'the length of {fact} is not {value}',
    fr: 'la longueur de {fact} est différente de {value}',
  },
});
