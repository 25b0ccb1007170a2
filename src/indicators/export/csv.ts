/** Figures as CSV (RFC 4180). Pure. */
import type { FigureTable } from '../figure.ts';
import { type Line, lineColumns, linesOf } from './lines.ts';

/** A spreadsheet would run what begins like a formula: a declarant's name may not, nor one in full-width signs, which some read alike. */
const formula = /^\s*[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]/;

function cell(value: string | number | null): string {
  if (value === null) return '';
  if (typeof value === 'number') return String(value);
  const safe = formula.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

export function csvOf(tables: readonly FigureTable[]): string {
  const columns = Object.keys(lineColumns) as (keyof Line)[];
  const lines = tables.flatMap(linesOf).map((line) => columns.map((column) => cell(line[column])).join(','));
  return `${[columns.join(','), ...lines].join('\r\n')}\r\n`;
}
