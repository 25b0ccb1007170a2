/**
 * First digits against Benford's law, with the law's conditions checked first: it is a screening aid and never proof
 * (Cerioli et al., PNAS 116, 2019). Values must be many, must span orders of magnitude, must not pile up on few amounts,
 * and others' values of the same kind must follow the law; otherwise the test does not apply, and why is said.
 */
import { chiSquareUpper } from './special.ts';

/** Expected shares of the first digits 1 to 9. */
export const benfordShares: readonly number[] = Array.from({ length: 9 }, (_, i) =>
  Math.log10(1 + 1 / (i + 1)),
);

/** What is known of many positive values. */
export interface DigitCounts {
  /** Values by first digit, 1 to 9. */
  counts: readonly number[];
  /** The 95th percentile over the 5th, so that one stray amount does not make a range. */
  span: number;
  /** How many of the values are different. */
  different: number;
}

export type WhyNot =
  | 'too few values'
  | 'too narrow a range'
  | 'few different amounts'
  | 'those of others do not follow the law';

export type BenfordResult =
  | { applies: false; n: number; reason: WhyNot }
  | {
      applies: true;
      n: number;
      chiSquare: number;
      /** Of the χ² test with eight degrees of freedom. */
      p: number;
      /** Mean absolute deviation of the nine shares. */
      mad: number;
    };

/** The rarest digit is expected in 4.6 % of values: from 220 on, in ten of them. */
const leastValues = 220;
/** Orders of magnitude that a range must have, as their ratio. */
const leastSpan = 100;
/** Mean absolute deviation above which digits do not conform (Nigrini, Benford's Law, 2012). */
export const nonconforming = 0.015;

const total = (counts: readonly number[]): number => counts.reduce((sum, count) => sum + count, 0);

/** Mean absolute deviation of the shares from the law's. */
export function deviationOf(counts: readonly number[]): number {
  const n = total(counts);
  return counts.reduce((sum, count, i) => sum + Math.abs(count / n - benfordShares[i]!) / 9, 0);
}

/**
 * @param others digits of the peers' values, without these. The same amount declared again is no new observation: χ² is
 * lowered by the share of the values that are different.
 */
export function benford(values: DigitCounts, others?: readonly number[]): BenfordResult {
  const { counts, span, different } = values;
  const n = total(counts);
  const not = (reason: WhyNot): BenfordResult => ({ applies: false, n, reason });
  if (n < leastValues) return not('too few values');
  if (span < leastSpan) return not('too narrow a range');
  if (different < n / 2) return not('few different amounts');
  if (others !== undefined && total(others) >= leastValues && deviationOf(others) > nonconforming)
    return not('those of others do not follow the law');
  const plain = counts.reduce((sum, count, i) => {
    const expected = n * benfordShares[i]!;
    return sum + (count - expected) ** 2 / expected;
  }, 0);
  const chiSquare = plain * Math.min(1, different / n);
  return { applies: true, n, chiSquare, p: chiSquareUpper(chiSquare, 8), mad: deviationOf(counts) };
}
