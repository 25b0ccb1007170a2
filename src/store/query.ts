/**
 * What both stores do alike with a query before they compile it: checking it against the declared columns, ordering,
 * and cursors. A cursor is the place of the last document in the query's order, written as a filter of the port's own
 * language, so a page never skips or repeats a document that stayed where it was.
 */
import { contentHash } from '../ground/canonical.ts';
import { badArgument, type Column, columnsOf, columnValue, typeOf, wellFormed } from './columns.ts';
import type {
  AggregateQuery,
  CollectionSpec,
  ColumnType,
  ColumnValue,
  Document,
  Filter,
  FindQuery,
  Sort,
  TabulateQuery,
} from './port.ts';

/** A query that was checked, with the cursor turned into a filter and `id` as the last of the order. */
export interface FindPlan {
  where: Filter | undefined;
  sort: readonly Sort[];
  limit: number;
  cursorAt(doc: Document): string;
}

export function planFind(spec: CollectionSpec, query: FindQuery): FindPlan {
  if (!Number.isSafeInteger(query.limit) || query.limit < 1)
    throw badArgument('limit', `${query.limit} is not a positive integer`);
  const where = query.where === undefined ? undefined : checkFilter(spec, query.where);
  const sort: Sort[] = [];
  for (const key of query.sort ?? []) {
    typeOf(spec, key.column);
    if (!sort.some((earlier) => earlier.column === key.column)) sort.push(key);
  }
  if (!sort.some((key) => key.column === 'id')) sort.push({ column: 'id', direction: 'asc' });
  const ordered = sort.slice(0, sort.findIndex((key) => key.column === 'id') + 1);
  // A cursor belongs to its query: with another filter or order it would skip documents in silence.
  const signature = contentHash([spec.name, where ?? null, ordered]).slice(0, 16);
  const columns = new Map<string, Column>(columnsOf(spec).map((column) => [column.name, column]));
  const place = (doc: Document): ColumnValue[] =>
    ordered.map(({ column }) =>
      column === 'id' ? doc.id : columnValue(spec.name, columns.get(column)!, doc),
    );
  const after =
    query.cursor === undefined ? undefined : beyond(ordered, readCursor(query.cursor, signature, ordered));
  const filters = [where, after].filter((filter) => filter !== undefined);
  return {
    where: filters.length > 1 ? { and: filters } : filters[0],
    sort: ordered,
    limit: query.limit,
    cursorAt: (doc) => Buffer.from(JSON.stringify([signature, ...place(doc)])).toString('base64url'),
  };
}

function readCursor(cursor: string, signature: string, sort: readonly Sort[]): ColumnValue[] {
  let read: unknown;
  try {
    read = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
  } catch {
    throw badArgument('cursor', 'it is not one that this service gave');
  }
  if (!Array.isArray(read) || read.length !== sort.length + 1 || read[0] !== signature)
    throw badArgument('cursor', 'it belongs to another query; filter and sorting must stay the same');
  return read.slice(1) as ColumnValue[];
}

/** What comes after a place: beyond it in the first column, or equal there and beyond it in the next, and so on. */
function beyond(sort: readonly Sort[], place: readonly ColumnValue[]): Filter {
  const steps: Filter[] = [];
  const equal: Filter[] = [];
  sort.forEach(({ column, direction }, i) => {
    const value = place[i]!;
    if (value === null) {
      // Nulls are first ascending, so every value follows; last descending, so none does.
      if (direction === 'asc') steps.push({ and: [...equal, { column, op: 'isNotNull' }] });
      equal.push({ column, op: 'isNull' });
    } else {
      const past: Filter =
        direction === 'asc' ? { column, op: 'gt', value } : { column, op: 'lt', value, orNull: true };
      steps.push({ and: [...equal, past] });
      equal.push({ column, op: 'eq', value });
    }
  });
  return { or: steps };
}

/** The filter with its columns, operators and values checked, and its texts well-formed. */
export function checkFilter(spec: CollectionSpec, filter: Filter): Filter {
  if ('and' in filter) return { and: filter.and.map((inner) => checkFilter(spec, inner)) };
  if ('or' in filter) return { or: filter.or.map((inner) => checkFilter(spec, inner)) };
  if ('not' in filter) return { not: checkFilter(spec, filter.not) };
  const type = typeOf(spec, filter.column);
  if (!('value' in filter)) return filter;
  if (filter.op === 'in')
    return { ...filter, value: filter.value.map((value) => checkValue(filter.column, type, value)) };
  if (filter.op === 'prefix') {
    if (type !== 'text') throw badArgument(filter.column, 'a prefix asks for a column of text');
    return { ...filter, value: String(checkValue(filter.column, type, filter.value)) };
  }
  return { ...filter, value: checkValue(filter.column, type, filter.value) };
}

const expected: Record<ColumnType, string> = {
  text: 'string',
  integer: 'number',
  real: 'number',
  boolean: 'boolean',
};

function checkValue(column: string, type: ColumnType, value: unknown): Exclude<ColumnValue, null> {
  if (typeof value === 'string' && type === 'text') return wellFormed(value);
  if (typeof value !== expected[type] || (typeof value === 'number' && !Number.isFinite(value)))
    throw badArgument(column, `${JSON.stringify(value)} is no ${type}`);
  return value as number | boolean;
}

/**
 * The smallest text that is greater than every text with this prefix, by code point; undefined where none is. Both
 * stores turn a prefix into a range with it, which their indexes and zone maps understand.
 */
export function afterPrefix(prefix: string): string | undefined {
  const points = Array.from(prefix, (character) => character.codePointAt(0)!);
  while (points.length > 0) {
    const last = points.pop()!;
    if (last === 0x10ffff) continue;
    // The code points of surrogates are no characters.
    points.push(last + 1 === 0xd800 ? 0xe000 : last + 1);
    return String.fromCodePoint(...points);
  }
  return undefined;
}

/** Checks columns and measures, and answers the query with its filters checked. */
/** Throws on what the collection cannot be asked; its filters come back well-formed. */
export function checkTabulate(spec: CollectionSpec, query: TabulateQuery): TabulateQuery {
  for (const column of query.within ?? []) {
    if (typeOf(spec, column) !== 'text') throw badArgument(column, 'only text columns are joined');
  }
  return { ...query, ...checkAggregate(spec, query) } as TabulateQuery;
}

export function checkAggregate(spec: CollectionSpec, query: AggregateQuery): AggregateQuery {
  const where = (filter: Filter | undefined) =>
    filter === undefined ? {} : { where: checkFilter(spec, filter) };
  const integer = (column: string): void => {
    if (typeOf(spec, column) !== 'integer')
      throw badArgument(column, 'only integer columns are summed or compared');
  };
  for (const column of query.groupBy ?? []) typeOf(spec, column);
  const measures = Object.fromEntries(
    Object.entries(query.measures).map(([name, measure]) => {
      if ('sum' in measure) integer(measure.sum);
      if ('min' in measure) integer(measure.min);
      if ('max' in measure) integer(measure.max);
      if ('distinct' in measure) typeOf(spec, measure.distinct);
      return [name, { ...measure, ...where(measure.where) }];
    }),
  );
  const histograms = Object.fromEntries(
    Object.entries(query.histograms ?? {}).map(([name, { bin, where: narrow }]) => {
      integer(bin);
      return [name, { bin, ...where(narrow) }];
    }),
  );
  if (query.sort !== undefined && !Object.hasOwn(measures, query.sort.measure))
    throw badArgument('sort', `there is no measure ${query.sort.measure}`);
  if (query.limit !== undefined && (!Number.isSafeInteger(query.limit) || query.limit < 0))
    throw badArgument('limit', `${query.limit} is not a count`);
  return { ...query, ...where(query.where), measures, histograms };
}
