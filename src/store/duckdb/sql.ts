/**
 * The port's queries as SQL with bound parameters. Values never enter the text; names do, quoted, after the spec was
 * checked. Every table has `id`, the declared columns, and `_version`, `_seq` and `_doc` (the JSON text).
 */
import { BIGINT, BOOLEAN, DOUBLE, type DuckDBType, type DuckDBValue, VARCHAR } from '@duckdb/node-api';
import type {
  AggregateQuery,
  ColumnType,
  ColumnValue,
  Filter,
  Measure,
  Sort,
  TabulateQuery,
} from '../port.ts';
import { afterPrefix, type FindPlan } from '../query.ts';

export const quote = (name: string): string => `"${name.replaceAll('"', '""')}"`;

export const sqlTypes: Record<ColumnType, string> = {
  text: 'VARCHAR',
  integer: 'BIGINT',
  real: 'DOUBLE',
  boolean: 'BOOLEAN',
};

/** A statement with its parameters, `$1` onwards. */
export interface Sql {
  text: string;
  values: DuckDBValue[];
  types: DuckDBType[];
}

/** Collects parameters while a text is put together. */
export class Parameters {
  readonly values: DuckDBValue[] = [];
  readonly types: DuckDBType[] = [];

  add(value: Exclude<ColumnValue, null> | bigint): string {
    const [bound, type] = typed(value);
    this.values.push(bound);
    this.types.push(type);
    return `$${this.values.length}`;
  }

  sql(text: string): Sql {
    return { text, values: this.values, types: this.types };
  }
}

function typed(value: Exclude<ColumnValue, null> | bigint): [DuckDBValue, DuckDBType] {
  if (typeof value === 'string') return [value, VARCHAR];
  if (typeof value === 'boolean') return [value, BOOLEAN];
  if (typeof value === 'bigint') return [value, BIGINT];
  return Number.isSafeInteger(value) ? [BigInt(value), BIGINT] : [value, DOUBLE];
}

const operators = { eq: '=', ne: '<>', lt: '<', le: '<=', gt: '>', ge: '>=' } as const;

/**
 * The condition. A comparison with null is null in SQL, which WHERE and FILTER take for false; only under NOT would it
 * come back as not false, so NOT closes its inside first. That leaves the plain comparisons to indexes and zone maps.
 */
export function condition(filter: Filter, parameters: Parameters): string {
  if ('and' in filter) return all(filter.and, 'AND', 'TRUE', parameters);
  if ('or' in filter) return all(filter.or, 'OR', 'FALSE', parameters);
  if ('not' in filter) return `(NOT coalesce(${condition(filter.not, parameters)}, FALSE))`;
  const column = quote(filter.column);
  if (!('value' in filter)) return `(${column} IS ${filter.op === 'isNull' ? 'NULL' : 'NOT NULL'})`;
  const held = comparison(column, filter, parameters);
  return filter.orNull === true ? `(${held} OR ${column} IS NULL)` : `(${held})`;
}

const all = (filters: readonly Filter[], word: string, ofNone: string, parameters: Parameters): string =>
  filters.length === 0
    ? ofNone
    : `(${filters.map((inner) => condition(inner, parameters)).join(` ${word} `)})`;

type Comparison = Extract<Filter, { value: unknown }>;

function comparison(column: string, filter: Comparison, parameters: Parameters): string {
  if (filter.op === 'in') {
    if (filter.value.length === 0) return 'FALSE';
    return `${column} IN (${filled(filter.value)
      .map((value) => parameters.add(value))
      .join(', ')})`;
  }
  if (filter.op === 'prefix') {
    const end = afterPrefix(filter.value);
    const from = `${column} >= ${parameters.add(filter.value)}`;
    return end === undefined ? from : `${from} AND ${column} < ${parameters.add(end)}`;
  }
  return `${column} ${operators[filter.op]} ${parameters.add(filter.value)}`;
}

/** Sizes are rounded up by repeating the last, so that few statements need preparing. */
export function filled<T>(values: readonly T[]): readonly T[] {
  if (values.length > filledAtMost) return values;
  const size = 2 ** Math.ceil(Math.log2(values.length));
  return [...values, ...Array<T>(size - values.length).fill(values.at(-1)!)];
}
const filledAtMost = 1_024;

export const whereClause = (filter: Filter | undefined, parameters: Parameters): string =>
  filter === undefined ? '' : ` WHERE ${condition(filter, parameters)}`;

const order = (sort: readonly Sort[]): string =>
  sort
    .map(
      ({ column, direction }) =>
        `${quote(column)} ${direction === 'asc' ? 'ASC NULLS FIRST' : 'DESC NULLS LAST'}`,
    )
    .join(', ');

/** One row more than the page holds, which tells whether there is another page. */
export function findSql(table: string, plan: FindPlan): Sql {
  const parameters = new Parameters();
  const where = whereClause(plan.where, parameters);
  return parameters.sql(
    `SELECT _doc FROM ${quote(table)}${where} ORDER BY ${order(plan.sort)} LIMIT ${plan.limit + 1}`,
  );
}

/** Documents from which picking by an index no longer pays. */
const few = 1_000;

/** An equality that the query asks for in any case and that an index answers. */
export function indexedPick(where: Filter | undefined, indexed: ReadonlySet<string>): Filter | undefined {
  if (where === undefined) return undefined;
  if ('and' in where) {
    for (const inner of where.and) {
      const pick = indexedPick(inner, indexed);
      if (pick !== undefined) return pick;
    }
    return undefined;
  }
  const answers =
    'column' in where &&
    (where.op === 'eq' || where.op === 'in') &&
    where.orNull !== true &&
    indexed.has(where.column);
  return answers ? where : undefined;
}

/** Whether an index would pick few documents: a count that stops when there are more. */
export function fewSql(table: string, pick: Filter): Sql {
  const parameters = new Parameters();
  const some = `SELECT 1 FROM ${quote(table)}${whereClause(pick, parameters)} LIMIT ${few + 1}`;
  return parameters.sql(`SELECT count(*) <= ${few} FROM (${some})`);
}

/**
 * The same page, picked by the index first. DuckDB gives the index up when an order with a limit stands beside the
 * equality, and reads the whole table: at a million documents some thirty times as long.
 */
export function findPickedSql(table: string, plan: FindPlan, pick: Filter): Sql {
  const parameters = new Parameters();
  const picked = `SELECT * FROM ${quote(table)}${whereClause(pick, parameters)}`;
  const where = whereClause(plan.where, parameters);
  return parameters.sql(
    `WITH picked AS MATERIALIZED (${picked}) ` +
      `SELECT _doc FROM picked${where} ORDER BY ${order(plan.sort)} LIMIT ${plan.limit + 1}`,
  );
}

export function countSql(table: string, filter: Filter | undefined): Sql {
  const parameters = new Parameters();
  return parameters.sql(`SELECT count(*) FROM ${quote(table)}${whereClause(filter, parameters)}`);
}

export function purgeSql(table: string, filter: Filter): Sql {
  const parameters = new Parameters();
  return parameters.sql(`DELETE FROM ${quote(table)}${whereClause(filter, parameters)}`);
}

/** Documents written after one place and up to another, in order. */
export function sinceSql(table: string, after: number, upTo: number, limit: number): Sql {
  const parameters = new Parameters();
  const range = `_seq > ${parameters.add(after)} AND _seq <= ${parameters.add(upTo)}`;
  return parameters.sql(
    `SELECT _doc, _version, _seq FROM ${quote(table)} WHERE ${range} ORDER BY _seq LIMIT ${Math.trunc(limit)}`,
  );
}

/** Columns of the answer in order: the group's keys, the measures. */
export function aggregateSql(table: string, query: AggregateQuery): Sql {
  const parameters = new Parameters();
  const keys = (query.groupBy ?? []).map(quote);
  const measures = Object.values(query.measures).map((measure) => {
    const value = `${measureSql(measure)}${narrowed(measure.where, parameters)}`;
    // A sum of nothing is null in SQL, and 0 in the port, for ordering too.
    return 'sum' in measure ? `coalesce(${value}, 0)` : value;
  });
  const selected = [...keys, ...measures];
  const group = keys.length === 0 ? '' : ` GROUP BY ${keys.join(', ')}`;
  const ordering = keys.map((key) => `${key} ASC NULLS FIRST`);
  if (query.sort !== undefined) {
    const position = keys.length + Object.keys(query.measures).indexOf(query.sort.measure) + 1;
    ordering.unshift(`${position} ${query.sort.direction === 'asc' ? 'ASC NULLS FIRST' : 'DESC NULLS LAST'}`);
  }
  // Asked for nothing, the answer is still one row over everything.
  return parameters.sql(
    `SELECT ${selected.length === 0 ? 'count(*)' : selected.join(', ')} FROM ${quote(table)}` +
      `${whereClause(query.where, parameters)}${group}` +
      `${ordering.length === 0 ? '' : ` ORDER BY ${ordering.join(', ')}`}` +
      `${query.limit === undefined ? '' : ` LIMIT ${query.limit}`}`,
  );
}

/**
 * One histogram of all groups: the group's keys, a bin, its count. DuckDB's own histogram() builds a map per group and
 * takes some thirty times as long as grouping by the bin.
 */
export function histogramSql(
  table: string,
  query: AggregateQuery,
  histogram: { bin: string; where?: Filter },
): Sql {
  const parameters = new Parameters();
  const keys = [...(query.groupBy ?? []).map(quote), quote(histogram.bin)].join(', ');
  const filters: Filter[] = [{ column: histogram.bin, op: 'isNotNull' }];
  for (const filter of [query.where, histogram.where]) if (filter !== undefined) filters.push(filter);
  return parameters.sql(
    `SELECT ${keys}, count(*) FROM ${quote(table)}${whereClause({ and: filters }, parameters)} ` +
      `GROUP BY ${keys} ORDER BY ${quote(histogram.bin)}`,
  );
}

/**
 * A count or a sum of what its condition picks, 0 of nothing. Not FILTER: DuckDB lays aside for each a chunk of all that
 * is aggregated, which for dozens costs more than a day's rows.
 */
export function added(measure: TabulateQuery['measures'][string], parameters: Parameters): string {
  const value = 'sum' in measure ? quote(measure.sum) : 'distinct' in measure ? quote(measure.distinct) : '1';
  const picked =
    measure.where === undefined
      ? value
      : `CASE WHEN ${condition(measure.where, parameters)} THEN ${value} END`;
  if ('sum' in measure) return `coalesce(sum(${picked}), 0)`;
  return 'distinct' in measure
    ? `count(DISTINCT ${picked})`
    : `count(${measure.where === undefined ? '*' : picked})`;
}

const narrowed = (filter: Filter | undefined, parameters: Parameters): string =>
  filter === undefined ? '' : ` FILTER (WHERE ${condition(filter, parameters)})`;

function measureSql(measure: Measure): string {
  if ('count' in measure) return 'count(*)';
  if ('sum' in measure) return `sum(${quote(measure.sum)})`;
  if ('min' in measure) return `min(${quote(measure.min)})`;
  if ('max' in measure) return `max(${quote(measure.max)})`;
  return `count(DISTINCT ${quote(measure.distinct)})`;
}
