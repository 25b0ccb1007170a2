/**
 * How often two things meet by chance, summed over strata: exact distributions that officer-declarant pairs are held
 * against (customs-practice 3.5).
 *
 * - `known chances`: each declaration comes to the officer with its own probability (random assignment among those on
 *   duty): the Poisson-binomial distribution.
 * - `margins`: within each stratum only the order of assignment is left to chance, the numbers of the officer and of the
 *   declarant being what they were: a sum of hypergeometric counts, the exact conditional test of Cochran, Mantel and
 *   Haenszel (Agresti, Categorical Data Analysis, 6.3). It needs no chances to be known and forgives unequal speed.
 */
import { lnGamma } from './special.ts';

/** Probabilities of 0, 1, 2, ... */
export type Distribution = Float64Array;

/** Of the number of successes among trials with these chances. */
export function poissonBinomial(chances: readonly number[]): Distribution {
  const result = new Float64Array(chances.length + 1);
  result[0] = 1;
  chances.forEach((chance, i) => {
    for (let k = i + 1; k > 0; k--) result[k] = result[k]! * (1 - chance) + result[k - 1]! * chance;
    result[0] = result[0]! * (1 - chance);
  });
  return result;
}

/** One stratum: `total` declarations, of them the officer's and the declarant's. */
export interface Margins {
  total: number;
  officer: number;
  declarant: number;
}

/** Number of declarations that are both the officer's and the declarant's, given the margins. */
export function hypergeometric({ total, officer, declarant }: Margins): Distribution {
  const most = Math.min(officer, declarant);
  const least = Math.max(0, officer + declarant - total);
  const result = new Float64Array(most + 1);
  const ln = (n: number): number => lnGamma(n + 1);
  const fixed = ln(officer) + ln(total - officer) + ln(declarant) + ln(total - declarant) - ln(total);
  for (let k = least; k <= most; k++) {
    result[k] = Math.exp(
      fixed - ln(k) - ln(officer - k) - ln(declarant - k) - ln(total - officer - declarant + k),
    );
  }
  return result;
}

/** Of the sum of two independent counts. */
export function convolve(a: Distribution, b: Distribution): Distribution {
  const result = new Float64Array(a.length + b.length - 1);
  for (let i = 0; i < a.length; i++) {
    const left = a[i]!;
    if (left === 0) continue;
    for (let j = 0; j < b.length; j++) result[i + j]! += left * b[j]!;
  }
  return result;
}

/** Of the pair's count over all strata. */
export function stratifiedCount(strata: readonly Margins[]): Distribution {
  let result: Distribution = Float64Array.of(1);
  for (const stratum of strata) {
    if (stratum.officer === 0 || stratum.declarant === 0) continue;
    result = convolve(result, hypergeometric(stratum));
  }
  return result;
}

/** P(X ≥ x). */
export function upperOf(distribution: Distribution, x: number): number {
  let sum = 0;
  // From the far end, where terms are smallest, so that small tails keep their digits.
  for (let k = distribution.length - 1; k >= Math.max(0, x); k--) sum += distribution[k]!;
  return Math.min(1, sum);
}

export function meanOf(distribution: Distribution): number {
  let sum = 0;
  for (let k = 1; k < distribution.length; k++) sum += k * distribution[k]!;
  return sum;
}
