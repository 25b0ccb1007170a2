/** The cells of a comparison, of each of those who are compared and of all of them together, as a method asks for them. Pure. */
import { cellsFrom, wholeCells } from './cells.ts';
import { type Cell, merge, type Pool } from './methods/method.ts';
import { isAdjustment, type PlannedFigure } from './plan.ts';
import type { Sorted } from './sorted.ts';

/** A key in a comparison. */
export interface Own {
  key: number;
  currency: string | null;
  /** Amounts in several currencies stand behind it, which are not added. */
  mixed: boolean;
}

/** The cells of each in a comparison, by its place, and of all of them together when a method first asks. */
export interface Reading {
  cellsOf(place: number): readonly Cell[];
  pool(): Pool;
}

export function readingOf(answer: Sorted, planned: PlannedFigure): (group: readonly Own[]) => Reading {
  if (planned.inner.length > 0) {
    const cellsOf = cellsFrom(answer, planned);
    return (group) => {
      const cells = group.map(({ key, currency }) => cellsOf(key, currency));
      // Where the strata are there for the comparison of people alone, everybody's value looks into nothing.
      const pooled = isAdjustment(planned.figure)
        ? () => new Map([['', merge(cells.flat())]])
        : () => joined(cells);
      return { cellsOf: (place) => cells[place]!, pool: poolOf(pooled) };
    };
  }
  const { of } = wholeCells(answer, planned);
  return (group) => ({
    cellsOf: (place) => of(group[place]!.key, group[place]!.currency),
    // Read apart: a method asks for it while it is at one of them.
    pool: poolOf(
      () =>
        new Map(
          wholeCells(answer, planned)
            .ofAll(group)
            .map((cell) => [cell.inner, cell]),
        ),
    ),
  });
}

function poolOf(make: () => Pool): () => Pool {
  let pool: Pool | undefined;
  return () => {
    pool ??= make();
    return pool;
  };
}

/** Cells of everybody by inner key. */
function joined(group: readonly (readonly Cell[])[]): Pool {
  const byInner = new Map<string, Cell[]>();
  for (const cells of group) {
    for (const cell of cells) {
      const known = byInner.get(cell.inner);
      if (known === undefined) byInner.set(cell.inner, [cell]);
      else known.push(cell);
    }
  }
  return new Map([...byInner].map(([inner, cells]) => [inner, merge(cells, inner)]));
}
