/**
 * Empirical Bayes: a unit's rate pulled towards its peers' by as much as its own data leave open, since extremes are
 * otherwise the units with least data (customs-practice 6.5). Beta-binomial for shares, gamma-Poisson for observed over
 * expected; the peers' distribution by maximum likelihood over all units of the family. Limits are of the posterior
 * with the peers' distribution taken as known, which makes them a little too short where units are few.
 */
import { type Limits, usualLevel } from './limits.ts';
import { minimise } from './minimise.ts';
import { highest, type Slopes } from './newton.ts';
import {
  digamma,
  incompleteBeta,
  incompleteGamma,
  inverseBeta,
  inverseGamma,
  lnBeta,
  lnGamma,
  trigamma,
} from './special.ts';

export interface Share {
  /** Successes. */
  x: number;
  n: number;
}

export interface Ratio {
  observed: number;
  expected: number;
}

/** Of a beta distribution: the peers' mean is alpha / (alpha + beta), their likeness alpha + beta. */
export interface BetaPrior {
  alpha: number;
  beta: number;
}

/** Of a gamma distribution with mean shape / rate. */
export interface GammaPrior {
  shape: number;
  rate: number;
}

/** Peers that are no more different than chance makes them: the likeness grows without end, and is stopped here. */
const alike = 1e7;

/** Undefined where there is nothing to fit: fewer than two units with data, or no success, or no failure. */
export function fitBeta(units: readonly Share[]): BetaPrior | undefined {
  const used = units.filter(({ n }) => n > 0);
  const x = used.reduce((sum, unit) => sum + unit.x, 0);
  const n = used.reduce((sum, unit) => sum + unit.n, 0);
  if (used.length < 2 || x === 0 || x === n) return undefined;
  const mean = x / n;
  const loss = ([logit, size]: readonly number[]): number => {
    const likeness = Math.exp(Math.min(size!, Math.log(alike)));
    const centre = 1 / (1 + Math.exp(-logit!));
    const [a, b] = [centre * likeness, (1 - centre) * likeness];
    let sum = 0;
    for (const unit of used) sum -= lnBeta(unit.x + a, unit.n - unit.x + b) - lnBeta(a, b);
    return sum;
  };
  const start = [Math.log(mean / (1 - mean)), Math.log(20)] as const;
  const slopes = (logit: number, size: number): Slopes => betaSlopes(used, logit, size);
  const [logit, size] = highest(slopes, start, Math.log(alike)) ?? minimise(loss, start);
  const likeness = Math.exp(Math.min(size!, Math.log(alike)));
  const centre = 1 / (1 + Math.exp(-logit!));
  return { alpha: centre * likeness, beta: (1 - centre) * likeness };
}

/** Of the likelihood by the logit of the mean and the logarithm of the likeness. */
function betaSlopes(units: readonly Share[], logit: number, size: number): Slopes {
  const likeness = Math.exp(size);
  const centre = 1 / (1 + Math.exp(-logit));
  const [a, b] = [centre * likeness, (1 - centre) * likeness];
  let [da, db, daa, dbb, dab] = [0, 0, 0, 0, 0];
  for (const { x, n } of units) {
    const whole = digamma(n + likeness);
    da += digamma(x + a) - whole;
    db += digamma(n - x + b) - whole;
    const wide = trigamma(n + likeness);
    daa += trigamma(x + a) - wide;
    dbb += trigamma(n - x + b) - wide;
    dab -= wide;
  }
  const own = digamma(likeness);
  const wide = trigamma(likeness);
  da -= units.length * (digamma(a) - own);
  db -= units.length * (digamma(b) - own);
  daa -= units.length * (trigamma(a) - wide);
  dbb -= units.length * (trigamma(b) - wide);
  dab += units.length * wide;
  // By the chain rule from a and b to the two coordinates.
  const w = (1 - centre) * a;
  const apart = da - db;
  const together = a * da + b * db;
  return {
    x: w * apart,
    y: together,
    xx: w * w * (daa - 2 * dab + dbb) + w * (1 - 2 * centre) * apart,
    xy: w * (a * daa + (b - a) * dab - b * dbb) + w * apart,
    yy: a * a * daa + 2 * a * b * dab + b * b * dbb + together,
  };
}

/** Undefined where there are fewer than two units with something expected, or nothing was observed. */
export function fitGamma(units: readonly Ratio[]): GammaPrior | undefined {
  const used = units.filter(({ expected }) => expected > 0);
  const observed = used.reduce((sum, unit) => sum + unit.observed, 0);
  const expected = used.reduce((sum, unit) => sum + unit.expected, 0);
  if (used.length < 2 || observed === 0) return undefined;
  const loss = ([logMean, logShape]: readonly number[]): number => {
    const shape = Math.exp(Math.min(logShape!, Math.log(alike)));
    const rate = shape / Math.exp(logMean!);
    let sum = 0;
    for (const unit of used) {
      sum -=
        lnGamma(unit.observed + shape) -
        lnGamma(shape) +
        shape * Math.log(rate / (rate + unit.expected)) +
        unit.observed * Math.log(unit.expected / (rate + unit.expected));
    }
    return sum;
  };
  const start = [Math.log(observed / expected), Math.log(10)] as const;
  const slopes = (logMean: number, logShape: number): Slopes => gammaSlopes(used, logMean, logShape);
  const [logMean, logShape] = highest(slopes, start, Math.log(alike)) ?? minimise(loss, start);
  const shape = Math.exp(Math.min(logShape!, Math.log(alike)));
  return { shape, rate: shape / Math.exp(logMean!) };
}

/** Of the likelihood by the logarithms of the mean and of the shape. */
function gammaSlopes(units: readonly Ratio[], logMean: number, logShape: number): Slopes {
  const shape = Math.exp(logShape);
  const rate = Math.exp(logShape - logMean);
  let [ds, dr, dss, drr, dsr] = [0, 0, 0, 0, 0];
  for (const { observed, expected } of units) {
    const sum = rate + expected;
    ds += digamma(observed + shape) - Math.log1p(expected / rate);
    dr += ((shape * expected) / rate - observed) / sum;
    dss += trigamma(observed + shape);
    drr += (shape + observed) / (sum * sum);
    dsr += expected / (rate * sum);
  }
  ds -= units.length * digamma(shape);
  dss -= units.length * trigamma(shape);
  drr -= (units.length * shape) / (rate * rate);
  const bent = rate * rate * drr + rate * dr;
  return {
    x: -rate * dr,
    y: shape * ds + rate * dr,
    xx: bent,
    xy: -shape * rate * dsr - bent,
    yy: shape * shape * dss + 2 * shape * rate * dsr + bent + shape * ds,
  };
}

/** What is known of a unit once its own data are added to the peers'. */
export interface Shrunk {
  mean: number;
  readonly limits: Limits;
  /** Probability that the unit's true rate is above a value: the ground for any ranking (customs-practice 6.6). */
  above: (value: number) => number;
}

export function shrinkShare({ x, n }: Share, prior: BetaPrior, level = usualLevel): Shrunk {
  const a = x + prior.alpha;
  const b = n - x + prior.beta;
  const tail = (1 - level) / 2;
  return {
    mean: a / (a + b),
    // Inverting costs a hundred times what the mean does, which is all that a table of figures shows.
    get limits() {
      return { low: inverseBeta(a, b, tail), high: inverseBeta(a, b, 1 - tail) };
    },
    above: (value) => incompleteBeta(a, b, value).upper,
  };
}

export function shrinkRatio({ observed, expected }: Ratio, prior: GammaPrior, level = usualLevel): Shrunk {
  const shape = observed + prior.shape;
  const rate = expected + prior.rate;
  const tail = (1 - level) / 2;
  return {
    mean: shape / rate,
    get limits() {
      return { low: inverseGamma(shape, tail) / rate, high: inverseGamma(shape, tail, 'upper') / rate };
    },
    above: (value) => incompleteGamma(shape, value * rate).upper,
  };
}
