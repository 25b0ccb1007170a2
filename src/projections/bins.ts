/**
 * Logarithmic bins: what is in one bin differs by at most 2 %, so its middle is within 1 % of everything in it, and a
 * percentile of millions of rows is a walk over a few hundred counts, the same on every store (DESIGN decision 8). Bin
 * numbers are computed once, when a row is written, and stored as integers.
 */

/** Ratio of a bin's upper to its lower edge. */
const width = 1.02;
/** Logarithm by which neighbouring bins differ. */
export const binStep = Math.log(width);
const scale = 1 / binStep;

/** Bin of a whole number: 0 for what is below one; null for null and for what is negative, which no clock explains. */
export function binOf(value: number | null): number | null {
  if (value === null || value < 0 || !Number.isFinite(value)) return null;
  return value < 1 ? 0 : 1 + Math.floor(Math.log(value) * scale + 1e-9);
}

/** Value at which the bin begins, and the next one. */
export const binLow = (bin: number): number => (bin <= 0 ? 0 : width ** (bin - 1));
export const binHigh = (bin: number): number => (bin <= 0 ? 1 : width ** bin);

/** The value that stands for a bin: 0 for the lowest, whose whole numbers are zeros, else the middle. */
export const valueOfBin = (bin: number): number => (bin <= 0 ? 0 : (binLow(bin) + binHigh(bin)) / 2);

/**
 * The first two digits of a whole number and its magnitude in one bin, for first digits and the range they span: 90 bins
 * to each power of ten. Null for null and for what is below one, which has no first digit.
 */
export function digitsBinOf(value: number | null): number | null {
  if (value === null || value < 1 || !Number.isSafeInteger(value)) return null;
  const digits = String(value);
  return (digits.length - 1) * 90 + Number(digits.slice(0, 2).padEnd(2, '0')) - 10;
}

/** First digit of what is in such a bin, and the least value in it. */
export function digitsOfBin(bin: number): { first: number; value: number } {
  const two = (bin % 90) + 10;
  return { first: Math.floor(two / 10), value: two * 10 ** (Math.floor(bin / 90) - 1) };
}
