/** A figure table as flat lines, one a key and figure: what CSV and Parquet carry. Pure. */
import type { FigureTable } from '../figure-table.ts';
import type { FigureValue } from '../telling.ts';
import type { ColumnType, Flat } from './flat.ts';

export type Line = {
  indicator: string;
  version: number;
  from: string | null;
  to: string | null;
  asOf: string;
  dimension1: string | null;
  key1: string | null;
  dimension2: string | null;
  key2: string | null;
  figure: string;
  unit: string;
  currency: string | null;
  value: number | null;
  numerator: number | null;
  denominator: number | null;
  n: number;
  expected: number | null;
  low: number | null;
  high: number | null;
  benchmark: number | null;
  shrunk: number | null;
  p: number | null;
  q: number | null;
  state: string | null;
  note: string | null;
  previous: number | null;
  previousN: number | null;
};

export const lineColumns: Readonly<Record<keyof Line, ColumnType>> = {
  indicator: 'text',
  version: 'whole',
  from: 'day',
  to: 'day',
  asOf: 'day',
  dimension1: 'text',
  key1: 'text',
  dimension2: 'text',
  key2: 'text',
  figure: 'text',
  unit: 'text',
  currency: 'text',
  value: 'real',
  numerator: 'real',
  denominator: 'real',
  n: 'whole',
  expected: 'real',
  low: 'real',
  high: 'real',
  benchmark: 'real',
  shrunk: 'real',
  p: 'real',
  q: 'real',
  state: 'text',
  note: 'text',
  previous: 'real',
  previousN: 'whole',
};

export function linesOf(table: FigureTable): Line[] {
  const [dimension1 = null, dimension2 = null] = table.by;
  const keyOf = (key: Record<string, string | null>, name: string | null): string | null =>
    name === null ? null : (key[name] ?? null);
  return table.rows.flatMap((row) =>
    Object.entries(row.figures).map(([figure, told]: [string, FigureValue]) => ({
      indicator: table.indicator,
      version: table.version,
      ...table.period,
      dimension1,
      key1: keyOf(row.key, dimension1),
      dimension2,
      key2: keyOf(row.key, dimension2),
      figure,
      unit: told.unit,
      currency: told.currency ?? null,
      value: told.value,
      numerator: told.numerator ?? null,
      denominator: told.denominator ?? null,
      n: told.n,
      expected: told.expected ?? null,
      low: told.limits?.[0] ?? null,
      high: told.limits?.[1] ?? null,
      benchmark: told.benchmark ?? null,
      shrunk: told.shrunk ?? null,
      p: told.p ?? null,
      q: told.q ?? null,
      state: told.state ?? null,
      note: told.note ?? null,
      previous: told.previous?.value ?? null,
      previousN: told.previous?.n ?? null,
    })),
  );
}

export const flatFigures = (table: FigureTable): Flat => ({ columns: lineColumns, lines: linesOf(table) });
