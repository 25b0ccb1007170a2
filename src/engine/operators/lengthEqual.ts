/** So many characters, or entries of a list. */
import { lengthComparison } from './length.ts';

export const lengthEqual = lengthComparison({
  name: 'lengthEqual',
  negation: 'lengthNotEqual',
  sign: '===',
  phrase: { en: 'the length of {fact} is {value}', fr: 'la longueur de {fact} est {value}' },
});
