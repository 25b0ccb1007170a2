/**
 * Logarithmic bins of whole seconds: what is in one bin differs by at most 2 %, so its middle is within 1 % of
 * everything in it (DESIGN decision 8). Bin numbers are computed once, when a row is written, and stored as integers.
 */

/** Ratio of a bin's upper to its lower edge. */
const width = 1.02;
const scale = 1 / Math.log(width);

/** Bin of a time in seconds: 0 holds everything below one second, negative times among it. */
export const binOf = (seconds: number): number =>
  seconds < 1 ? 0 : 1 + Math.floor(Math.log(seconds) * scale + 1e-9);

/** Seconds at which the bin begins. */
export const binLow = (bin: number): number => (bin <= 0 ? 0 : width ** (bin - 1));

/** Seconds at which the next bin begins. */
export const binHigh = (bin: number): number => (bin <= 0 ? 1 : width ** bin);
