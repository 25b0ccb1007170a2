/** What is told of an indicator: a row for each key, with the indicator's figures. */
import type { RemovedSpan } from '../projections/removed.ts';
import type { Definition } from './definition.ts';
import type { FigureValue } from './telling.ts';

export interface FigureRow {
  key: Record<string, string | null>;
  /** By figure id, in the definition's order. */
  figures: Record<string, FigureValue>;
}

export interface FigureTable {
  indicator: string;
  version: number;
  class: Definition['class'];
  by: string[];
  period: { from: string | null; to: string | null; asOf: string };
  /** Ids of the figures; the first is the indicator's principal one. */
  figures: string[];
  rows: FigureRow[];
  /** First and last day of the period of which retention removed declarations; absent where it is whole. */
  removed?: RemovedSpan;
}

/**
 * Which figure of a row leads: the first that has cases, as hours by the clock where working hours are not known. Its n, limits,
 * state and declarations are those of the row.
 */
export const leading = (row: FigureRow, ids: readonly string[]): string =>
  ids.find((id) => row.figures[id]!.n > 0) ?? ids[0]!;

/** Figures that any row has; all of them where none has. */
export function figuresThere({
  figures: ids,
  rows,
}: Pick<FigureTable, 'figures' | 'rows'>): readonly string[] {
  const there = ids.filter((id) =>
    rows.some(({ figures }) => figures[id]!.n > 0 || figures[id]!.value !== null),
  );
  return there.length === 0 ? ids : there;
}
