/**
 * Logarithmic bins: a value that lies in a bin is told from the bin's centre with at most 1 % relative error, so a
 * percentile of millions of rows is a walk over a few hundred counts, the same on every store (DESIGN decision 8).
 * The scheme is DDSketch's (Masson, Rim, Lee 2019, VLDB 12:2195, section 2.1).
 */

const relativeError = 0.01;
const gamma = (1 + relativeError) / (1 - relativeError);
const logGamma = Math.log(gamma);

/** Bin of zero and of one below which nothing is told apart: a second, a minor unit. */
const zeroBin = -1;

/** Bin of a whole, not negative number; null for null and for what is negative. */
export function binOf(value: number | null): number | null {
  if (value === null || value < 0 || !Number.isFinite(value)) return null;
  return value < 1 ? zeroBin : Math.ceil(Math.log(value) / logGamma);
}

/** The value that stands for a bin: within 1 % of every value that falls into it. */
export const valueOfBin = (bin: number): number => (bin === zeroBin ? 0 : (2 * gamma ** bin) / (gamma + 1));
