/** ISO 6346: owner code, category U, J or Z, six digits, and a check digit over them. */

const form = /^[A-Z]{3}[UJZ][0-9]{7}$/;

const bare = (text: string): string => text.replace(/[\s/.-]/g, '').toUpperCase();

/** Whether a text has the form of a freight container's number; trailers, swap bodies and air pallets have others. */
export const isFreightContainer = (text: string): boolean => form.test(bare(text));

/** Values of the letters: 10 to 38, leaving out the multiples of 11. */
const letterValue = (code: number): number => {
  const rank = code - 65 + 10;
  return rank + (rank >= 11 ? 1 : 0) + (rank >= 21 ? 1 : 0) + (rank >= 31 ? 1 : 0);
};

/** The check digit of the first ten characters: sum of value × 2^position, modulo 11, ten written as 0. */
export function checkDigit(number: string): number {
  let sum = 0;
  for (let position = 0; position < 10; position++) {
    const code = number.charCodeAt(position);
    sum += (code >= 65 ? letterValue(code) : code - 48) * 2 ** position;
  }
  return (sum % 11) % 10;
}

/**
 * True where the text has the form of ISO 6346 and its last digit does not follow from the others. What has another
 * form (swap bodies, national identifications, typing that a reader cannot tell from either) is not judged.
 */
export function wrongCheckDigit(text: string): boolean {
  const number = bare(text);
  return form.test(number) && checkDigit(number) !== number.charCodeAt(10) - 48;
}
