/**
 * Funnel plots: each unit against limits that narrow with its numbers, instead of a league table (D. Spiegelhalter,
 * Statistics in Medicine 24, 2005). Exact limits for shares (binomial) and for observed over expected (Poisson), with
 * his interpolation between whole counts; over-dispersion estimated from winsorised z-scores and added as a variance
 * between units (his preferred additive model; QSHC 14, 2005), so that ordinary differences are not called abnormal.
 * What was estimated from a dozen officers is not known exactly: Student's distribution allows for that.
 */
import { binomialLower, binomialProbability, binomialQuantile, binomialTail } from './binomial.ts';
import type { Limits, Tail } from './limits.ts';
import { poissonLower, poissonTail } from './poisson.ts';
import { normalQuantileUpper, poissonDensity, studentQuantileUpper, studentUpper } from './special.ts';

export interface FunnelUnit {
  observed: number;
  /** Of a share: the trials. Of a ratio: the expected count. */
  size: number;
  /** Of a share that is expected to be another than the others', for other work. */
  target?: number | undefined;
}

export type FunnelKind = 'share' | 'ratio';

/** Where the limits lie for a unit of this size if it is like the target, without over-dispersion. */
export function funnelLimits(kind: FunnelKind, target: number, size: number, level: number): Limits {
  return {
    low: interpolated(kind, target, size, (1 - level) / 2),
    high: interpolated(kind, target, size, (1 + level) / 2),
  };
}

/** Spiegelhalter 2005, A.1.1: the whole-count quantile, moved down by the share of its step that the level does not need. */
function interpolated(kind: FunnelKind, target: number, size: number, q: number): number {
  const mean = target * size;
  const count = kind === 'share' ? binomialQuantile(q, size, target) : poissonQuantile(q, mean);
  const cumulative = kind === 'share' ? binomialLower(count, size, target) : poissonLower(count, mean);
  const step = kind === 'share' ? binomialProbability(count, size, target) : poissonDensity(count, mean);
  const limit = (count - (cumulative - q) / step) / size;
  return Math.max(0, kind === 'share' ? Math.min(1, limit) : limit);
}

/** The smallest count with P(X ≤ x) ≥ q. */
function poissonQuantile(q: number, mean: number): number {
  let high = Math.max(1, Math.ceil(mean + 10 * Math.sqrt(mean + 1)));
  while (poissonLower(high, mean) < q) high *= 2;
  let low = 0;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (poissonLower(middle, mean) >= q) high = middle;
    else low = middle + 1;
  }
  return low;
}

export interface Dispersion {
  /** Mean of the squared winsorised z-scores: 1 where chance explains all. */
  phi: number;
  /** Variance between units on the scale of the square root of the rate (ratio) or its arcsine (share). */
  between: number;
  /** Units that were used. */
  units: number;
}

const none: Dispersion = { phi: 1, between: 0, units: 0 };

/** On a scale where the variance hardly depends on the rate: 1/(4 size) for both. */
const transform = (kind: FunnelKind, rate: number): number =>
  kind === 'share' ? Math.asin(Math.sqrt(Math.min(1, Math.max(0, rate)))) : Math.sqrt(Math.max(0, rate));

const ownTarget = ({ target }: FunnelUnit): number | undefined => target;

const zOf = (kind: FunnelKind, target: number, { observed, size }: FunnelUnit): number =>
  (transform(kind, observed / size) - transform(kind, target)) * 2 * Math.sqrt(size);

/**
 * How much more units differ than chance makes them. `winsor` is the share of each tail that is pulled in first, so that
 * the few who are to be found do not widen the limits that should find them; what that takes away from honest spread is
 * given back, or the limits would flag too many. Additive variance by moments (DerSimonian and Laird 1986). Below five units there is nothing to estimate it from, and none is assumed.
 */
export function dispersionOf<U extends FunnelUnit>(
  kind: FunnelKind,
  target: number,
  units: readonly U[],
  winsor = 0.1,
  targetOf: (unit: U) => number | undefined = ownTarget,
): Dispersion {
  const used = units.filter(({ size }) => size > 0);
  if (used.length < 5) return { ...none, units: used.length };
  // In plain loops: ten thousand traders are no more than a screen's figure.
  const scores = new Float64Array(used.length);
  for (let i = 0; i < used.length; i++) scores[i] = zOf(kind, targetOf(used[i]!) ?? target, used[i]!);
  const sorted = scores.slice().sort();
  const cut = Math.floor(winsor * sorted.length);
  const [low, high] = [sorted[cut]!, sorted[sorted.length - 1 - cut]!];
  let squares = 0;
  let total = 0;
  let square = 0;
  for (let i = 0; i < used.length; i++) {
    const z = Math.min(high, Math.max(low, scores[i]!));
    squares += z ** 2;
    const weight = 4 * used[i]!.size;
    total += weight;
    square += weight * weight;
  }
  const sum = squares / winsorised(cut / sorted.length);
  const phi = sum / used.length;
  const between = Math.max(0, (sum - (used.length - 1)) / (total - square / total));
  return { phi, between: phi > 1 ? between : 0, units: used.length };
}

/** Variance of a standard normal with this share of each tail pulled in to where it begins: 1 for none, 0.68 for a tenth. */
function winsorised(share: number): number {
  if (share === 0) return 1;
  const z = normalQuantileUpper(share);
  const density = Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI);
  return 1 - 2 * share - 2 * z * density + 2 * share * z * z;
}

export interface FunnelPoint {
  rate: number;
  /** On the transformed scale, with the variance between units in its denominator. */
  z: number;
  /** Of the distance from the target; exact where there is no over-dispersion. */
  p: number;
  /** Of the funnel at this unit's size, for each level asked for, over-dispersion included. */
  limits: Limits[];
}

export function funnelPoint(
  kind: FunnelKind,
  target: number,
  unit: FunnelUnit,
  dispersion: Dispersion = none,
  levels: readonly number[] = [0.95, 0.998],
  tail: Tail = 'both',
): FunnelPoint {
  const rate = unit.observed / unit.size;
  const deviation = deviationOf(unit, dispersion);
  const z = (transform(kind, rate) - transform(kind, target)) / deviation;
  const p = funnelChance(kind, target, unit, dispersion, tail);
  if (dispersion.between === 0)
    return { rate, z, p, limits: levels.map((level) => funnelLimits(kind, target, unit.size, level)) };
  const centre = transform(kind, target);
  const limits = levels.map((level) => {
    const half = studentQuantileUpper((1 - level) / 2, degreesOf(dispersion)) * deviation;
    return { low: back(kind, centre - half), high: back(kind, centre + half) };
  });
  return { rate, z, p, limits };
}

const deviationOf = ({ size }: FunnelUnit, { between }: Dispersion): number =>
  Math.sqrt(1 / (4 * size) + between);

/** The spread was learnt from so many peers and no more: Student's distribution, not the normal one. */
const degreesOf = ({ units }: Dispersion): number => Math.max(1, units - 1);

/** The chance of a point as far from the target, without its limits: thousands of traders have one each. */
export function funnelChance(
  kind: FunnelKind,
  target: number,
  unit: FunnelUnit,
  dispersion: Dispersion = none,
  tail: Tail = 'both',
): number {
  const { observed, size } = unit;
  if (dispersion.between === 0) {
    const exact =
      kind === 'share'
        ? binomialTail(observed, size, target, tail)
        : poissonTail(observed, size * target, tail);
    // That a few peers happen to show no spread does not mean that there is none.
    return dispersion.units === 0 ? exact : Math.max(exact, studentOf(kind, target, unit, dispersion, tail));
  }
  return studentOf(kind, target, unit, dispersion, tail);
}

function studentOf(
  kind: FunnelKind,
  target: number,
  unit: FunnelUnit,
  dispersion: Dispersion,
  tail: Tail,
): number {
  const rate = unit.observed / unit.size;
  const z = (transform(kind, rate) - transform(kind, target)) / deviationOf(unit, dispersion);
  const degrees = degreesOf(dispersion);
  return tail === 'both'
    ? Math.min(1, 2 * studentUpper(Math.abs(z), degrees))
    : studentUpper(tail === 'upper' ? z : -z, degrees);
}

function back(kind: FunnelKind, value: number): number {
  const most = kind === 'share' ? Math.PI / 2 : Number.POSITIVE_INFINITY;
  const kept = Math.min(most, Math.max(0, value));
  return kind === 'share' ? Math.sin(kept) ** 2 : kept * kept;
}
