/**
 * Times are skewed and some never end, so they are told by their median and 90th percentile, with limits from order
 * statistics that assume nothing of their distribution (David and Nagaraja, Order Statistics, 3rd ed., 7.1). From
 * values, or from the histograms over logarithmic bins that stores keep (DESIGN decision 8).
 */
import { binomialLower, binomialQuantile } from './binomial.ts';
import { type Limits, usualLevel } from './limits.ts';
import { binHigh, binLow, binOf } from './log-bins.ts';
import { remembered } from './remembered.ts';

/** A percentile with its limits; `exact` is the level that they truly have, at least the one asked for. */
export interface TimeFigure {
  n: number;
  value: number;
  limits: Limits;
  exact: number;
}

/** Bins in ascending order, and how many values each holds. */
export interface BinCounts {
  readonly bins: readonly number[];
  readonly counts: readonly number[];
}

interface Ranks {
  low: number;
  high: number;
  exact: number;
}

/** Ranks (1-based) of the order statistics between which the q-quantile lies; open ends are 0 and n + 1. */
export const quantileRanks = remembered((n: number, q: number, level: number = usualLevel): Ranks => {
  const tail = (1 - level) / 2;
  // P(X(l) > quantile) = P(B < l) ≤ tail, B binomial of n and q; and likewise from above.
  let low = binomialQuantile(tail, n, q);
  while (low > 0 && binomialLower(low - 1, n, q) > tail) low--;
  let high = binomialQuantile(1 - tail, n, q) + 1;
  while (high <= n && 1 - binomialLower(high - 1, n, q) > tail) high++;
  return { low, high, exact: binomialLower(high - 1, n, q) - binomialLower(low - 1, n, q) };
});

/** Linear interpolation between order statistics at 1 + (n − 1) q (R's type 7, NumPy's default). */
export function quantile(sorted: readonly number[], q: number): number {
  const place = (sorted.length - 1) * q;
  const below = Math.floor(place);
  const low = sorted[below]!;
  const high = sorted[Math.min(below + 1, sorted.length - 1)]!;
  return low + (high - low) * (place - below);
}

/** Undefined without values. */
export function timeFigure(values: readonly number[], q: number, level = usualLevel): TimeFigure | undefined {
  if (values.length === 0) return undefined;
  const sorted = [...values].sort((a, b) => a - b);
  const { low, high, exact } = quantileRanks(sorted.length, q, level);
  return {
    n: sorted.length,
    value: quantile(sorted, q),
    limits: {
      low: low >= 1 ? sorted[low - 1]! : 0,
      high: high <= sorted.length ? sorted[high - 1]! : Number.POSITIVE_INFINITY,
    },
    exact,
  };
}

/** The same from counts by bin number, to within the bins' relative error; the limits are the outer edges of their bins. */
export function timeFigureOfBins(
  { bins, counts }: BinCounts,
  q: number,
  level = usualLevel,
): TimeFigure | undefined {
  let n = 0;
  for (let i = 0; i < counts.length; i++) n += counts[i]!;
  if (n === 0) return undefined;
  const binAt = (rank: number): number => {
    let i = 0;
    for (let upTo = counts[0]!; upTo < rank; upTo += counts[i]!) i += 1;
    return bins[i]!;
  };
  const middleOf = (rank: number): number => {
    const bin = binAt(rank);
    return Math.sqrt(Math.max(binLow(bin), 0.5) * binHigh(bin));
  };
  const place = 1 + (n - 1) * q;
  const below = Math.floor(place);
  const first = middleOf(below);
  const value = first + (middleOf(Math.min(below + 1, n)) - first) * (place - below);
  const { low, high, exact } = quantileRanks(n, q, level);
  return {
    n,
    value,
    limits: {
      low: low >= 1 ? binLow(binAt(low)) : 0,
      high: high <= n ? binHigh(binAt(high)) : Number.POSITIVE_INFINITY,
    },
    exact,
  };
}

/** The bin numbers of whole seconds, counted: what a store answers. */
export function countBins(seconds: readonly number[]): BinCounts {
  const counts = new Map<number, number>();
  for (const value of seconds) counts.set(binOf(value), (counts.get(binOf(value)) ?? 0) + 1);
  const bins = [...counts.keys()].sort((a, b) => a - b);
  return { bins, counts: bins.map((bin) => counts.get(bin)!) };
}

/**
 * Are this unit's times longer than its peers'? The sign test on the peers' q-quantile: how many of n lie above it,
 * against the binomial. Robust against the few that take weeks. Answers the count and the chance of a count as high.
 */
export function aboveQuantile(
  values: readonly number[],
  benchmark: number,
  q: number,
): { above: number; n: number; p: number } {
  const above = values.filter((value) => value > benchmark).length;
  const n = values.length;
  return { above, n, p: n === 0 ? 1 : 1 - binomialLower(above - 1, n, 1 - q) };
}
