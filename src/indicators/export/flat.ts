/** What every export is made of: named columns and lines of cells. Each table says how it is laid flat; CSV and Parquet write it. */

export type Cell = string | number | null;

/** What a column holds: days are YYYY-MM-DD in text, and dates where a format has them. */
export type ColumnType = 'text' | 'day' | 'whole' | 'real';

export interface Flat {
  columns: Readonly<Record<string, ColumnType>>;
  lines: readonly Readonly<Record<string, Cell>>[];
}
