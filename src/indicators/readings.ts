/** The cells of a comparison, of each of those who are compared and of all of them together, as a method asks for them. Pure. */
import { cellsFrom, wholeCells } from './cells.ts';
import { type Cell, merge, type Pool, type Shared } from './methods/method.ts';
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
  shared(): readonly Shared[];
}

export function readingOf(answer: Sorted, planned: PlannedFigure): (group: readonly Own[]) => Reading {
  if (planned.inner.length > 0) {
    const cellsOf = cellsFrom(answer, planned);
    return (group) => {
      const cells = group.map(({ key, currency }) => cellsOf(key, currency));
      const shared = once(() => sharedOf(cells));
      // Where the strata are there for the comparison of people alone, everybody's value looks into nothing.
      const pooled = isAdjustment(planned.figure)
        ? () => new Map([['', merge(cells.flat())]])
        : () => new Map(shared().map(({ cells: own }) => [own[0]!.inner, merge(own, own[0]!.inner)]));
      return { cellsOf: (place) => cells[place]!, pool: once(pooled), shared };
    };
  }
  const { of } = wholeCells(answer, planned);
  return (group) => ({
    cellsOf: (place) => of(group[place]!.key, group[place]!.currency),
    // Read apart: a method asks for it while it is at one of them.
    pool: once(
      () =>
        new Map(
          wholeCells(answer, planned)
            .ofAll(group)
            .map((cell) => [cell.inner, cell]),
        ),
    ),
    shared: () => [],
  });
}

function once<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => {
    made ??= make();
    return made;
  };
}

/** Everybody's cells by what is within, with whose they are. */
export function sharedOf(group: readonly (readonly Cell[])[]): Shared[] {
  const found = new Map<string, { places: number[]; cells: Cell[] }>();
  group.forEach((cells, place) => {
    for (const cell of cells) {
      const known = found.get(cell.inner);
      if (known === undefined) found.set(cell.inner, { places: [place], cells: [cell] });
      else {
        known.places.push(place);
        known.cells.push(cell);
      }
    }
  });
  return [...found.values()];
}
