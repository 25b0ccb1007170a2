/**
 * Whether somebody's prices lie apart from those of others who deal in the same goods. Goods differ in how far honest
 * prices lie apart (wheat hardly, shoes widely), so each good is held against its own spread: the mean price of the one
 * against the others' mean prices, in their robust scale, without the one who is tested. How sure a scale is that stands on
 * a handful of others is learnt from all goods together (moderated t: G. K. Smyth, Statistical Applications in Genetics and
 * Molecular Biology 3, 2004). What remains is that some deal dearer or cheaper in all they ship, and honestly: the spread of
 * levels is estimated over everybody and allowed for, from the middle, so that those who are to be found do not widen it.
 *
 * A level that lies apart is a reason to look, never proof (customs-practice 5.18). Pure.
 */
import type { Tail } from './limits.ts';
import { digamma, studentUpper, trigamma } from './special.ts';

/** One's prices of one good: positions on a logarithmic scale of equal steps, ascending, and how many lie in each. */
export interface Prices {
  bins: readonly number[];
  counts: readonly number[];
}

/** Everybody's prices of a good, side by side: there may be half a million of them. */
export interface Good {
  /** Who, each once, and his. */
  units: readonly number[];
  prices: readonly Prices[];
}

/** In natural logarithms. */
export interface PriceScale {
  /** From one position to the next. */
  step: number;
  /** From the good's median; a price further off tells of a unit or a slip, and counts as that far. */
  furthest: number;
}

export interface PriceLevel {
  /** Mean distance from the middle of the others' mean prices, ln; each good by the prices in it. */
  apart: number;
  /** The same in standard deviations of each good, weighted by the root of the prices, and its variance under chance. */
  score: number;
  variance: number;
  /** Prices that could be compared, and goods that they are of. */
  prices: number;
  goods: number;
}

/** Two others are no peers. */
export const fewestOthers = 3;
/** A median distance is told by the middle alone: it knows a spread as well as 0.37 times as many would by their squares. */
const efficiency = 0.37;
/** From a median distance to a standard deviation, of the normal. */
const toDeviation = 1.4826;
/** Variance of a median of so many over that of their mean. */
const medianVariance = Math.PI / 2;
/** Degrees of freedom that other goods may lend to one, however alike they look: the spread of goods is never that alike. */
const mostBorrowed = 8;
/** Variance of levels that is never taken for none, of what a good's own prices show. */
const leastVariance = 0.01;
/** Price levels closer than 15 % are ordinary trade: quantity, season and bargaining. */
const leastApart = 0.15;

/** What is known of a good. */
interface Known extends Good {
  /** Of each of them how many prices, and their mean position from the good's median, cut off. */
  n: Float64Array;
  means: Float64Array;
  /** By position from `first`: prices that lie there or below. */
  first: number;
  upTo: Float64Array;
}

/**
 * @param goods the prices of everybody who has any.
 * @param units how many there are. What is answered of one is undefined where no good of his has enough others.
 */
export function priceLevels(
  goods: readonly Good[],
  units: number,
  scale: PriceScale,
): (PriceLevel | undefined)[] {
  const cut = Math.round(scale.furthest / scale.step);
  const usable: Known[] = [];
  let within = 0;
  let degrees = 0;
  for (const good of goods) {
    if (good.units.length <= fewestOthers) continue;
    const { known, squares, free } = knownOf(good, cut);
    usable.push(known);
    within += squares / spreadOf(known);
    degrees += free;
  }
  // The part of a good's variance that lies between those who deal in it, of all goods together.
  const between = degrees === 0 ? 0.5 : Math.min(0.9, Math.max(0.1, 1 - within / degrees));
  const rootOf = (n: number): number => Math.sqrt(between + (1 - between) / n);
  const prior = priorOf(usable.map((good) => varianceOf(good, rootOf)));
  const sums = new Float64Array(5 * units);
  for (const good of usable) addScores(good, rootOf, prior, sums);
  return Array.from({ length: units }, (_, unit): PriceLevel | undefined => {
    const [apart, scored, weights, prices, count] = sums.subarray(5 * unit, 5 * unit + 5);
    if (count === 0) return undefined;
    return {
      apart: (scale.step * apart!) / prices!,
      score: scored! / weights!,
      // Of the weights' squares, which are the prices.
      variance: prices! / (weights! * weights!),
      prices: prices!,
      goods: count!,
    };
  });
}

/** The chance of each level among honest ones, which differ as well; 1 where it lies hardly apart. */
export function levelChances(levels: readonly PriceLevel[], tail: Tail): number[] {
  if (levels.length < 2) return levels.map(() => 1);
  const centre = median(numbersOf(levels, ({ score }) => score).sort());
  const distances = levels.map(({ score }) => Math.abs(score - centre));
  const excess = excessOf(distances, levels);
  const degrees = Math.max(1, efficiency * (levels.length - 1));
  return levels.map(({ apart, score, variance }) => {
    if (Math.abs(apart) < leastApart) return 1;
    const z = (score - centre) / Math.sqrt(variance + excess);
    if (tail === 'both') return Math.min(1, 2 * studentUpper(Math.abs(z), degrees));
    return studentUpper(tail === 'upper' ? z : -z, degrees);
  });
}

/** The variance between levels with which half of them lie within what half of the normal does. */
function excessOf(distances: readonly number[], levels: readonly PriceLevel[]): number {
  const middle = (excess: number): number =>
    toDeviation *
    median(numbersOf(distances, (each, i) => each / Math.sqrt(levels[i]!.variance + excess)).sort());
  if (middle(0) <= 1) return 0;
  let [low, high] = [0, 1];
  while (middle(high) > 1) high *= 2;
  for (let i = 0; i < 40; i++) {
    const half = (low + high) / 2;
    if (middle(half) > 1) low = half;
    else high = half;
  }
  return high;
}

function knownOf({ units, prices }: Good, cut: number): { known: Known; squares: number; free: number } {
  let first = Number.POSITIVE_INFINITY;
  let last = Number.NEGATIVE_INFINITY;
  for (const { bins } of prices) {
    first = Math.min(first, bins[0]!);
    last = Math.max(last, bins[bins.length - 1]!);
  }
  const upTo = new Float64Array(last - first + 1);
  for (const { bins, counts } of prices)
    for (let i = 0; i < bins.length; i++) upTo[bins[i]! - first]! += counts[i]!;
  for (let i = 1; i < upTo.length; i++) upTo[i]! += upTo[i - 1]!;
  const middle = middleOf(first, upTo);
  const all = new Float64Array(units.length);
  const means = new Float64Array(units.length);
  let squares = 0;
  let free = 0;
  for (let own = 0; own < units.length; own++) {
    const { bins, counts } = prices[own]!;
    let [n, sum, square] = [0, 0, 0];
    for (let i = 0; i < bins.length; i++) {
      const distance = Math.max(-cut, Math.min(cut, bins[i]! - middle));
      n += counts[i]!;
      sum += counts[i]! * distance;
      square += counts[i]! * distance * distance;
    }
    squares += square - (sum * sum) / n;
    free += n - 1;
    all[own] = n;
    means[own] = sum / n;
  }
  return { known: { units, prices, n: all, means, first, upTo }, squares, free };
}

const none: Prices = { bins: [], counts: [] };

/** Prices of the own that lie at the position or below. */
function ownUpTo({ bins, counts }: Prices, position: number): number {
  let seen = 0;
  for (let i = 0; i < bins.length && bins[i]! <= position; i++) seen += counts[i]!;
  return seen;
}

/** How many of the others' prices lie at the position or below. */
function othersUpTo(first: number, upTo: Float64Array, own: Prices, position: number): number {
  if (position < first) return 0;
  return upTo[Math.min(upTo.length - 1, position - first)]! - ownUpTo(own, position);
}

/** The position of the others' lower median. */
function middleOf(first: number, upTo: Float64Array, own = none): number {
  const last = first + upTo.length - 1;
  const half = Math.ceil(othersUpTo(first, upTo, own, last) / 2);
  let [low, high] = [first, last];
  while (low < high) {
    const at = (low + high) >> 1;
    if (othersUpTo(first, upTo, own, at) >= half) high = at;
    else low = at + 1;
  }
  return low;
}

/** Robust variance of the others' prices, in steps; never below a step's, within which nothing is told apart. */
function spreadOf({ first, upTo }: Known, own = none): number {
  const middle = middleOf(first, upTo, own);
  const half = othersUpTo(first, upTo, own, first + upTo.length - 1) / 2;
  let [low, high] = [0, upTo.length];
  while (low < high) {
    const radius = (low + high) >> 1;
    const inside =
      othersUpTo(first, upTo, own, middle + radius) - othersUpTo(first, upTo, own, middle - radius - 1);
    if (inside >= half) high = radius;
    else low = radius + 1;
  }
  return Math.max(1, (toDeviation * low) ** 2);
}

/** Variance of the means in terms of what is to be expected of the good's own prices, with its degrees of freedom. */
interface Variance {
  variance: number;
  degrees: number;
}

const squared = (distance: number): number => (toDeviation * distance) ** 2;

function varianceOf(good: Known, rootOf: (n: number) => number): Variance {
  const { n, means } = good;
  const centre = median(means.slice().sort());
  const distances = means.map((mean, i) => Math.abs(mean - centre) / rootOf(n[i]!)).sort();
  return {
    variance: squared(median(distances)) / spreadOf(good) + leastVariance,
    degrees: efficiency * (means.length - 1),
  };
}

/** What goods have in common: a scaled F distribution by the moments of the logarithms (Smyth 2004, 6.2). */
function priorOf(variances: readonly Variance[]): Variance {
  if (variances.length < 3) return { variance: 1, degrees: 0 };
  let mean = 0;
  let expected = 0;
  const logs = variances.map(({ variance, degrees }) => {
    const log = Math.log(variance) - digamma(degrees / 2) + Math.log(degrees / 2);
    mean += log / variances.length;
    expected += trigamma(degrees / 2) / variances.length;
    return log;
  });
  let square = 0;
  for (const log of logs) square += (log - mean) ** 2 / (variances.length - 1);
  const degrees = Math.min(mostBorrowed, 2 * trigammaInverse(square - expected));
  return { variance: Math.exp(mean + digamma(degrees / 2) - Math.log(degrees / 2)), degrees };
}

/** The x with ψ′(x) = y; as far as it is looked for, where there is none. */
function trigammaInverse(y: number): number {
  let [low, high] = [1e-3, mostBorrowed];
  if (y <= trigamma(high)) return high;
  for (let i = 0; i < 50; i++) {
    const middle = Math.sqrt(low * high);
    if (trigamma(middle) > y) low = middle;
    else high = middle;
  }
  return low;
}

/** Adds of each mean of a good its distance from the others' middle, in steps, and that in standard deviations. */
function addScores(good: Known, rootOf: (n: number) => number, prior: Variance, sums: Float64Array): void {
  const { units, prices, n: all, means } = good;
  const sorted = means.slice().sort();
  const roots = all.map(rootOf);
  // Without one of them the middle is one of three: what lies around each is put in order once.
  const around = new Map<number, Float64Array>();
  const others = means.length - 1;
  const degrees = efficiency * (others - 1);
  const total = Math.max(1, degrees + prior.degrees);
  for (let i = 0; i < means.length; i++) {
    const mean = means[i]!;
    const n = all[i]!;
    const centre = median(sorted, mean);
    let distances = around.get(centre);
    if (distances === undefined) {
      distances = means.map((each, j) => Math.abs(each - centre) / roots[j]!).sort();
      around.set(centre, distances);
    }
    const far = median(distances, Math.abs(mean - centre) / roots[i]!);
    const spread = spreadOf(good, prices[i]!);
    const variance = squared(far) / spread + leastVariance;
    const moderated = (degrees * variance + prior.degrees * prior.variance) / (degrees + prior.degrees);
    const deviation = Math.sqrt(moderated * spread * (1 + medianVariance / others)) * roots[i]!;
    const weight = Math.sqrt(n);
    const at = 5 * units[i]!;
    sums[at]! += n * (mean - centre);
    sums[at + 1]! += weight * normalOf((mean - centre) / deviation, total);
    sums[at + 2]! += weight;
    sums[at + 3]! += n;
    sums[at + 4]! += 1;
  }
}

/** The normal deviate about as rare as this t (D. L. Wallace, Annals of Mathematical Statistics 30, 1959). */
const normalOf = (t: number, degrees: number): number =>
  (Math.sign(t) * (8 * degrees + 1) * Math.sqrt(degrees * Math.log1p((t * t) / degrees))) / (8 * degrees + 3);

/** In a plain loop: `Float64Array.from` asks an iterator for each. */
function numbersOf<T>(list: readonly T[], of: (each: T, i: number) => number): Float64Array {
  const numbers = new Float64Array(list.length);
  for (let i = 0; i < list.length; i++) numbers[i] = of(list[i]!, i);
  return numbers;
}

/** Of ascending numbers; without one of them, where that is told. */
function median(sorted: Float64Array, without = Number.POSITIVE_INFINITY): number {
  const count = without === Number.POSITIVE_INFINITY ? sorted.length : sorted.length - 1;
  const at = (place: number): number => (without <= sorted[place]! ? sorted[place + 1]! : sorted[place]!);
  const upper = at(count >> 1);
  return count % 2 === 1 ? upper : (at((count >> 1) - 1) + upper) / 2;
}
