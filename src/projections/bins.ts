/**
 * Logarithmic bins: what is in one bin differs by at most 2 %, so its middle is within 1 % of everything in it, and a
 * percentile of millions of rows is a walk over a few hundred counts, the same on every store (DESIGN decision 8). Bin
 * numbers are computed once, when a row is written, and stored as integers.
 */

/** Ratio of a bin's upper to its lower edge. */
const width = 1.02;
const scale = 1 / Math.log(width);

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
