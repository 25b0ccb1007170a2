/**
 * What a method is: which integers it asks of a store, and what it makes of them. Rates, quantiles and expectations are
 * computed here alone, so both stores agree to the last digit (DESIGN decision 8). Pure.
 */
import type { FigureSpec, Operand } from '../definition.ts';

/** Integers that came back for one key and, where a method looks inside it, one combination of inner dimensions. */
export interface Cell {
  /** Joined values of the inner dimensions; '' where there are none. */
  inner: string;
  values: Readonly<Record<string, number>>;
  /** Counts by bin, ascending. */
  histogram: readonly (readonly [number, number])[];
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
  | { kind: 'binomial'; events: number; trials: number }
  | { kind: 'poisson'; events: number; exposure: number }
  /** Counts by bin, of which the quantile is told. */
  | { kind: 'quantile'; histogram: Cell['histogram']; at: number }
  /** Observed and expected events of a stratified comparison. */
  | { kind: 'expected'; events: number; expected: number };

export interface Computed {
  /** In the figure's unit; null where there is nothing to divide by. */
  value: number | null;
  numerator?: number;
  denominator?: number;
  /** Of observed over expected. */
  expected?: number;
  evidence?: Evidence;
}

export interface Surroundings {
  /** Cells of everything in the same comparison, by inner key, this one's included. */
  pool: ReadonlyMap<string, Cell>;
  /** Cells of the same key in the year before, by inner key. */
  base?: ReadonlyMap<string, Cell>;
}

export interface Method<F extends FigureSpec = FigureSpec> {
  needs(figure: F): Needs;
  compute(cells: readonly Cell[], figure: F, around: Surroundings): Computed;
  /** Where a figure needs every peer's cells at once: all units of a comparison, answered in their order. */
  together?(units: readonly (readonly Cell[])[], figure: F): Computed[];
}

/** Joins the values of inner dimensions to `Cell.inner`. */
export const innerSeparator = '\u001f';

export const sumOf = (cells: readonly Cell[], name: string): number =>
  cells.reduce((sum, cell) => sum + (cell.values[name] ?? 0), 0);

/** One cell of many: integers added, bins joined. */
export function merge(cells: readonly Cell[], inner = ''): Cell {
  const values: Record<string, number> = {};
  const bins = new Map<number, number>();
  for (const cell of cells) {
    for (const [name, value] of Object.entries(cell.values)) values[name] = (values[name] ?? 0) + value;
    for (const [bin, count] of cell.histogram) bins.set(bin, (bins.get(bin) ?? 0) + count);
  }
  return { inner, values, histogram: [...bins].sort((a, b) => a[0] - b[0]) };
}

export const divide = (numerator: number, denominator: number): number | null =>
  denominator === 0 ? null : numerator / denominator;
