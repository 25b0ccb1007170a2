/** Counts without a number of trials: tails, exact limits (Garwood, Biometrika 28, 1936), and observed over expected. */
import { eitherTail, type Limits, type Tail, usualLevel } from './limits.ts';
import { remembered } from './remembered.ts';
import { incompleteGamma, inverseGamma } from './special.ts';

/** P(X ≥ x) with this mean. */
export const poissonUpper = (x: number, mean: number): number =>
  x <= 0 ? 1 : incompleteGamma(x, mean).lower;

/** P(X ≤ x). */
export const poissonLower = (x: number, mean: number): number =>
  x < 0 ? 0 : incompleteGamma(x + 1, mean).upper;

export const poissonTail = (x: number, mean: number, tail: Tail = 'both'): number =>
  tail === 'upper'
    ? poissonUpper(x, mean)
    : tail === 'lower'
      ? poissonLower(x, mean)
      : eitherTail(poissonUpper(x, mean), poissonLower(x, mean));

/** Exact limits of the mean behind a count. */
export const poissonLimits = remembered((x: number, level: number = usualLevel): Limits => {
  const alpha = (1 - level) / 2;
  return {
    low: x === 0 ? 0 : inverseGamma(x, alpha),
    high: inverseGamma(x + 1, alpha, 'upper'),
  };
});

/** Exact limits of observed over expected, the expected taken as known (as standardised ratios are). */
export function ratioLimits(observed: number, expected: number, level = usualLevel): Limits {
  const { low, high } = poissonLimits(observed, level);
  return { low: low / expected, high: high / expected };
}
