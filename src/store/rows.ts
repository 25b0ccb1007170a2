/**
 * The port's filters and orders over rows in memory: what an adapter answers beside its database while rows are not in it
 * yet. Means what the port says: nulls satisfy no comparison unless told so, text compares by code points.
 */
import type { Row } from './columns.ts';
import type { ColumnValue, Filter, Sort } from './port.ts';

/** The value of a column in a row. */
export type Read = (row: Row, column: string) => ColumnValue;

export function readerOf(columns: readonly { name: string }[]): Read {
  const places = new Map(columns.map(({ name }, place) => [name, place]));
  return (row, column) => (column === 'id' ? row.id : row.values[places.get(column)!]!);
}

export function holds(filter: Filter, row: Row, read: Read): boolean {
  if ('and' in filter) return filter.and.every((inner) => holds(inner, row, read));
  if ('or' in filter) return filter.or.some((inner) => holds(inner, row, read));
  if ('not' in filter) return !holds(filter.not, row, read);
  const value = read(row, filter.column);
  if (!('value' in filter)) return (value === null) === (filter.op === 'isNull');
  if (value === null) return filter.orNull === true;
  if (filter.op === 'in') return filter.value.includes(value);
  if (filter.op === 'prefix') return (value as string).startsWith(filter.value);
  if (filter.op === 'eq') return value === filter.value;
  if (filter.op === 'ne') return value !== filter.value;
  return asked[filter.op](order(value, filter.value));
}

const asked = {
  lt: (compared: number) => compared < 0,
  le: (compared: number) => compared <= 0,
  gt: (compared: number) => compared > 0,
  ge: (compared: number) => compared >= 0,
};

function order(a: ColumnValue, b: ColumnValue): number {
  if (a === b) return 0;
  if (a === null || b === null) return a === null ? -1 : 1;
  if (typeof a === 'string') return Buffer.compare(Buffer.from(a), Buffer.from(b as string));
  return Number(a) - Number(b);
}

/** Negative where the first row comes first. */
export function compareRows(sort: readonly Sort[], read: Read): (a: Row, b: Row) => number {
  return (a, b) => {
    for (const { column, direction } of sort) {
      const compared = order(read(a, column), read(b, column));
      if (compared !== 0) return direction === 'asc' ? compared : -compared;
    }
    return 0;
  };
}
