/** The year before beside a table of figures. Pure. */
import { yearBefore } from '../projections/calendar.ts';
import { dimensions } from './dimensions.ts';
import type { FigureRow, FigureTable } from './figure-table.ts';

/** Matches rows of the year before by their keys; days, weeks, months and years are those of a year before. */
export function setBeside(table: FigureTable, earlier: FigureTable): void {
  const keyOf = (key: FigureRow['key'], move: (name: string, value: string) => string): string =>
    JSON.stringify(
      table.by.map((name) => (key[name] === null || key[name] === undefined ? null : move(name, key[name]))),
    );
  const before = new Map(earlier.rows.map((row) => [keyOf(row.key, (_, value) => value), row]));
  for (const row of table.rows) {
    const found = before.get(
      keyOf(row.key, (name, value) => (dimensions[name]?.kind === 'time' ? yearBefore(value) : value)),
    );
    for (const [id, figure] of Object.entries(row.figures)) {
      const previous = found?.figures[id];
      if (previous !== undefined) figure.previous = { value: previous.value, n: previous.n };
    }
  }
}
