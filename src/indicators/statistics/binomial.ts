/**
 * Counts out of a number of trials: tails, exact limits (Clopper and Pearson, Biometrika 26, 1934) and Wilson's
 * interval (JASA 22, 1927), which is shorter and covers well on average.
 */
import { eitherTail, type Limits, type Tail, usualLevel } from './limits.ts';
import { binomialDensity, incompleteBeta, inverseBeta, normalOf } from './special.ts';

/** P(X ≥ x) for X of n trials with chance p. */
export function binomialUpper(x: number, n: number, p: number): number {
  if (x <= 0) return 1;
  if (x > n) return 0;
  return incompleteBeta(x, n - x + 1, p).lower;
}

/** P(X ≤ x). */
export function binomialLower(x: number, n: number, p: number): number {
  if (x < 0) return 0;
  if (x >= n) return 1;
  return incompleteBeta(x + 1, n - x, p).upper;
}

/** Probability of a result at least as far out as x, in the tail that is asked for. */
export const binomialTail = (x: number, n: number, p: number, tail: Tail = 'both'): number =>
  tail === 'upper'
    ? binomialUpper(x, n, p)
    : tail === 'lower'
      ? binomialLower(x, n, p)
      : eitherTail(binomialUpper(x, n, p), binomialLower(x, n, p));

/** The smallest x with P(X ≤ x) ≥ q. */
export function binomialQuantile(q: number, n: number, p: number): number {
  let low = 0;
  let high = n;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (binomialLower(middle, n, p) >= q) high = middle;
    else low = middle + 1;
  }
  return low;
}

export const binomialProbability = (x: number, n: number, p: number): number => binomialDensity(x, n, p);

/** Exact limits of the chance behind x of n; never shorter than its level. n = 0 knows nothing: 0 to 1. */
export function clopperPearson(x: number, n: number, level = usualLevel): Limits {
  const alpha = (1 - level) / 2;
  return {
    low: x === 0 ? 0 : inverseBeta(x, n - x + 1, alpha),
    high: x === n ? 1 : inverseBeta(x + 1, n - x, 1 - alpha),
  };
}

export function wilson(x: number, n: number, level = usualLevel): Limits {
  if (n === 0) return { low: 0, high: 1 };
  const z = normalOf(level);
  const p = x / n;
  const centre = p + (z * z) / (2 * n);
  const half = z * Math.sqrt((p * (1 - p)) / n + (z * z) / (4 * n * n));
  const scale = 1 + (z * z) / n;
  return {
    low: x === 0 ? 0 : (centre - half) / scale,
    high: x === n ? 1 : (centre + half) / scale,
  };
}
