/** The port's meaning in the plainest JavaScript, over documents in memory: what both stores must answer. */
import type {
  AggregateQuery,
  AggregateRow,
  ColumnValue,
  Filter,
  Measure,
  Sort,
} from '../../src/store/port.ts';

export type Columns = { id: string } & Record<string, ColumnValue>;

const byPoints = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));

function order(a: ColumnValue, b: ColumnValue): number {
  if (a === null || b === null) return Number(a !== null) - Number(b !== null);
  if (typeof a === 'string') return byPoints(a, b as string);
  return Number(a) - Number(b);
}

export function holds(filter: Filter, row: Columns): boolean {
  if ('and' in filter) return filter.and.every((inner) => holds(inner, row));
  if ('or' in filter) return filter.or.some((inner) => holds(inner, row));
  if ('not' in filter) return !holds(filter.not, row);
  const value = row[filter.column]!;
  if (!('value' in filter)) return (value === null) === (filter.op === 'isNull');
  if (value === null) return filter.orNull === true;
  if (filter.op === 'in') return filter.value.includes(value);
  if (filter.op === 'prefix') return String(value).startsWith(filter.value);
  const compared = order(value, filter.value);
  return {
    eq: compared === 0,
    ne: compared !== 0,
    lt: compared < 0,
    le: compared <= 0,
    gt: compared > 0,
    ge: compared >= 0,
  }[filter.op];
}

const all: Filter = { and: [] };

export const found = (rows: readonly Columns[], where: Filter | undefined, sort: readonly Sort[]): string[] =>
  rows
    .filter((row) => holds(where ?? all, row))
    .sort((a, b) => {
      for (const { column, direction } of sort) {
        const compared = order(a[column]!, b[column]!);
        if (compared !== 0) return direction === 'asc' ? compared : -compared;
      }
      return byPoints(a.id, b.id);
    })
    .map((row) => row.id);

function measured(measure: Measure, rows: readonly Columns[]): number | null {
  const counted = rows.filter((row) => holds(measure.where ?? all, row));
  if ('count' in measure) return counted.length;
  const column =
    'sum' in measure
      ? measure.sum
      : 'min' in measure
        ? measure.min
        : 'max' in measure
          ? measure.max
          : measure.distinct;
  const values = counted.map((row) => row[column]!).filter((value) => value !== null);
  if ('distinct' in measure) return new Set(values).size;
  const numbers = values as number[];
  if ('sum' in measure) return numbers.reduce((sum, value) => sum + value, 0);
  if (numbers.length === 0) return null;
  return 'min' in measure ? Math.min(...numbers) : Math.max(...numbers);
}

export function aggregated(all: readonly Columns[], query: AggregateQuery): AggregateRow[] {
  const groupBy = query.groupBy ?? [];
  const groups = new Map<string, Columns[]>();
  if (groupBy.length === 0) groups.set('[]', []);
  for (const row of all) {
    if (query.where !== undefined && !holds(query.where, row)) continue;
    const key = JSON.stringify(groupBy.map((column) => row[column]));
    groups.set(key, [...(groups.get(key) ?? []), row]);
  }
  const rows = [...groups.entries()].map(([key, members]): AggregateRow => {
    const values: ColumnValue[] = JSON.parse(key);
    return {
      key: Object.fromEntries(groupBy.map((column, i) => [column, values[i]!])),
      values: Object.fromEntries(
        Object.entries(query.measures).map(([name, measure]) => [name, measured(measure, members)]),
      ),
      histograms: Object.fromEntries(
        Object.entries(query.histograms ?? {}).map(([name, { bin, where }]) => {
          const counts = new Map<number, number>();
          for (const row of members) {
            const value = row[bin] as number | null;
            if (value !== null && holds(where ?? { and: [] }, row))
              counts.set(value, (counts.get(value) ?? 0) + 1);
          }
          return [name, [...counts].sort(([a], [b]) => a - b)];
        }),
      ),
    };
  });
  rows.sort((a, b) => {
    if (query.sort !== undefined) {
      const compared = order(a.values[query.sort.measure]!, b.values[query.sort.measure]!);
      if (compared !== 0) return query.sort.direction === 'asc' ? compared : -compared;
    }
    for (const column of groupBy) {
      const compared = order(a.key[column]!, b.key[column]!);
      if (compared !== 0) return compared;
    }
    return 0;
  });
  return query.limit === undefined ? rows : rows.slice(0, query.limit);
}
