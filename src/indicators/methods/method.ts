/**
 * What a method is: which integers it asks of a store, and what it makes of them. Rates, quantiles and expectations are
 * computed here alone, so both stores agree to the last digit (DESIGN decision 8). Pure.
 */
import { type Bins, type Coded, withinSeparator } from '../../store/port.ts';
import type { FigureSpec, Operand } from '../definition.ts';
import type { BenfordResult } from '../statistics/benford.ts';
import { type Strata, strataOfLevels } from '../statistics/standardise.ts';
import type { TimeFigure } from '../statistics/times.ts';

/** Integers that came back for one key and, where a method looks inside it, one combination of inner dimensions. */
export interface Cell {
  /** Joined values of the inner dimensions; '' where there are none. */
  inner: string;
  values: Readonly<Record<string, number>>;
  /** Counts by bin, ascending. */
  histogram: Bins;
}

export interface Needs {
  operands: Record<string, Operand>;
  histogram?: { bin: string; where: readonly string[] };
  /** Dimensions by which the method looks inside a key. */
  inner?: readonly string[];
  /** Asks for the same cells of the year before. */
  base?: true;
  /** The rows that the figure stands on; their declarations are its n. All where absent. */
  behind: readonly string[];
}

/** What tells chance from difference: how many events, on what exposure, against what was to be expected of the peers. */
export type Evidence =
  /**
   * `expected`: of the peers on the same work, where that differs; `inflation`: how much the fewness of these peers adds
   * to the variance (statistics/standardise.ts).
   */
  | { kind: 'binomial'; events: number; trials: number; expected?: number; inflation?: number }
  | { kind: 'poisson'; events: number; exposure: number }
  /** Counts by bin, of which the quantile is told. */
  | { kind: 'quantile'; histogram: Bins; at: number; told?: TimeFigure | undefined; strata?: readonly Cell[] }
  /**
   * Prices of goods, by good: how far they lie from their references on the whole, what that varies by from price to
   * price, and how many there are. Whose prices lie apart is told among all who deal in the same goods.
   */
  | { kind: 'prices'; value: number; deviation: number; prices: number; goods: () => readonly Shared[] }
  /** Held against a law and not against peers. */
  | { kind: 'law'; result: BenfordResult }
  /** Observed and expected events of a stratified comparison. */
  | { kind: 'expected'; events: number; expected: number; inflation?: number };

export interface Computed {
  /** In the figure's unit; null where there is nothing to divide by. */
  value: number | null;
  numerator?: number;
  denominator?: number;
  /** Of observed over expected. */
  expected?: number;
  evidence?: Evidence;
  /** Why there is no value, where a reader would ask. */
  note?: string;
}

/** Cells of one inner key, and whose they are by their places in the comparison. */
export interface Shared {
  places: readonly number[];
  cells: readonly Cell[];
}

export interface Surroundings {
  /** Cells of everything in the same comparison, by inner key, this one's included; the same for all of them. */
  pool(): Pool;
  /** The same, apart from each other; absent where everybody together is told, who are held against nobody. */
  shared?: () => readonly Shared[];
  /** Cells of the same key in the year before. */
  base?: readonly Cell[];
  /** Of the amounts. */
  currency?: string | null;
}

/** Combinations of inner values by number, level by level. */
export interface InnerKeys {
  count: number;
  levels: readonly Coded[];
}

/** Cells of all units of a comparison, column by column: there may be hundreds of thousands. */
export interface CellColumns {
  /** Cells of unit u lie from `starts[u]` to `starts[u + 1]`. */
  starts: Int32Array;
  /** Of each cell the number of its inner key. */
  strata: Int32Array;
  inner: InnerKeys;
  /** By operand. */
  values: Readonly<Record<string, Float64Array>>;
}

export type Pool = ReadonlyMap<string, Cell>;

export interface Method<F extends FigureSpec = FigureSpec> {
  needs(figure: F): Needs;
  compute(cells: readonly Cell[], figure: F, around: Surroundings): Computed;
  /** Where a figure needs every peer's cells at once: all units of a comparison, answered in their order. */
  together?(units: CellColumns, figure: F): Computed[];
  /** In its place where people are told apart, who are not all given the same work. */
  adjusted?(units: CellColumns, figure: F): Computed[];
  /** What everybody together shows; `compute` of the pool where absent. */
  benchmark?: number;
  /** Of a method that tells only of traders: why it says nothing of an officer. */
  ofTraders?: string;
}

const treesOf = new WeakMap<InnerKeys, Strata>();

/** The inner keys of a comparison as strata; figures that look into the same share them. */
export function strataWithin({ inner }: CellColumns): Strata {
  const known = treesOf.get(inner);
  if (known !== undefined) return known;
  const strata = strataOfLevels(inner.count, inner.levels);
  treesOf.set(inner, strata);
  return strata;
}

/** Joins the values of inner dimensions to `Cell.inner`. */
export const innerSeparator = withinSeparator;

export function sumOf(cells: readonly Cell[], name: string): number {
  let sum = 0;
  for (const cell of cells) sum += cell.values[name] ?? 0;
  return sum;
}

/** What a method works out of a pool once for all who are compared in it. */
export function ofPool<T>(make: (pool: Pool) => T): (pool: Pool) => T {
  const made = new WeakMap<Pool, T>();
  return (pool) => {
    const known = made.get(pool);
    if (known !== undefined) return known;
    const fresh = make(pool);
    made.set(pool, fresh);
    return fresh;
  };
}

/** One cell of many: integers added, bins joined. */
export function merge(cells: readonly Cell[], inner = ''): Cell {
  const [only] = cells;
  if (cells.length === 1) return only!;
  const values: Record<string, number> = {};
  for (const name of Object.keys(only?.values ?? {})) values[name] = sumOf(cells, name);
  return { inner, values, histogram: mergeBins(cells.map(({ histogram }) => histogram)) };
}

export const noBins: Bins = { bins: [], counts: [] };

export function mergeBins(all: readonly Bins[]): Bins {
  const some = all.length === 1 ? all : all.filter(({ bins }) => bins.length > 0);
  if (some.length <= 1) return some[0] ?? noBins;
  return some.length === 2 ? mergeTwo(some[0]!, some[1]!) : mergeMany(some);
}

/** Side by side: bins of one declaration or two lie far apart. */
function mergeTwo(one: Bins, other: Bins): Bins {
  const bins: number[] = [];
  const counts: number[] = [];
  let [a, b] = [0, 0];
  while (a < one.bins.length || b < other.bins.length) {
    const [left, right] = [
      one.bins[a] ?? Number.POSITIVE_INFINITY,
      other.bins[b] ?? Number.POSITIVE_INFINITY,
    ];
    bins.push(Math.min(left, right));
    counts.push((left <= right ? one.counts[a]! : 0) + (right <= left ? other.counts[b]! : 0));
    if (left <= right) a += 1;
    if (right <= left) b += 1;
  }
  return { bins, counts };
}

/** Zeros between two calls. */
let dense = new Float64Array(1024);

/** Bins are logarithms and lie close together: counted by their place from the least. */
function mergeMany(some: readonly Bins[]): Bins {
  let least = Number.POSITIVE_INFINITY;
  let greatest = Number.NEGATIVE_INFINITY;
  for (const { bins } of some) {
    least = Math.min(least, bins[0]!);
    greatest = Math.max(greatest, bins[bins.length - 1]!);
  }
  const span = greatest - least + 1;
  if (dense.length < span) dense = new Float64Array(2 * span);
  for (const own of some)
    for (let i = 0; i < own.bins.length; i++) dense[own.bins[i]! - least]! += own.counts[i]!;
  const bins: number[] = [];
  const counts: number[] = [];
  for (let place = 0; place < span; place++) {
    const count = dense[place]!;
    if (count === 0) continue;
    bins.push(place + least);
    counts.push(count);
    dense[place] = 0;
  }
  return { bins, counts };
}

export const divide = (numerator: number, denominator: number): number | null =>
  denominator === 0 ? null : numerator / denominator;
