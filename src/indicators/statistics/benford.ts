/**
 * First digits against Benford's law, with the law's conditions checked first: it is a screening aid and never proof
 * (Cerioli et al., PNAS 116, 2019). Values must be many, must span orders of magnitude, must not pile up on few amounts
 * and must not be cut off at a threshold; otherwise the answer is that the test does not apply, and why.
 */
import { chiSquareUpper } from './special.ts';

/** Expected shares of the first digits 1 to 9. */
export const benfordShares: readonly number[] = Array.from({ length: 9 }, (_, i) =>
  Math.log10(1 + 1 / (i + 1)),
);

export type BenfordResult =
  | { applies: false; n: number; reason: 'too few values' | 'too narrow a range' | 'few different amounts' }
  | {
      applies: true;
      n: number;
      counts: number[];
      chiSquare: number;
      /** Of the χ² test with eight degrees of freedom. */
      p: number;
      /** Mean absolute deviation of the nine shares (Nigrini 2012): above 0.015 is called non-conforming. */
      mad: number;
    };

/** First significant digit of a positive number. */
export function firstDigit(value: number): number {
  const digits = Math.abs(value).toExponential();
  return Number(digits[0]);
}

/** The rarest digit is expected in 4.6 % of values: from 220 on, in ten of them. */
const leastValues = 220;

export function benford(values: readonly number[]): BenfordResult {
  const used = values.filter((value) => Number.isFinite(value) && value > 0);
  const n = used.length;
  if (n < leastValues) return { applies: false, n, reason: 'too few values' };
  const sorted = [...used].sort((a, b) => a - b);
  // Between the 5th and the 95th percentile, so that one stray amount does not make a range.
  const span = sorted[Math.floor(0.95 * (n - 1))]! / sorted[Math.floor(0.05 * (n - 1))]!;
  if (span < 100) return { applies: false, n, reason: 'too narrow a range' };
  if (new Set(used).size < n / 2) return { applies: false, n, reason: 'few different amounts' };
  const counts = new Array<number>(9).fill(0);
  for (const value of used) counts[firstDigit(value) - 1]!++;
  let chiSquare = 0;
  let mad = 0;
  counts.forEach((count, i) => {
    const expected = n * benfordShares[i]!;
    chiSquare += (count - expected) ** 2 / expected;
    mad += Math.abs(count / n - benfordShares[i]!) / 9;
  });
  return { applies: true, n, counts, chiSquare, p: chiSquareUpper(chiSquare, 8), mad };
}
