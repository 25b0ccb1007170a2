/** Flat lines as CSV (RFC 4180). Pure. */
import type { Cell, Flat } from './flat.ts';

/** A spreadsheet would run what begins like a formula: a declarant's name may not, nor one in full-width signs, which some read alike. */
const formula = /^\s*[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]/;

function cell(value: Cell | undefined): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'number') return String(value);
  const safe = formula.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

export function csvOf({ columns, lines }: Flat): string {
  const names = Object.keys(columns);
  const rows = lines.map((line) => names.map((name) => cell(line[name])).join(','));
  return `${[names.join(','), ...rows].join('\r\n')}\r\n`;
}
