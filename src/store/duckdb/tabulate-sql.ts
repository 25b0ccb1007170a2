/**
 * Tabulations as SQL whose answer is one row: of each column of the groups one text or one list. A text for each group is
 * read by a call of its own, which for ten thousand traders costs as much as adding up their year, and for a hundred
 * thousand strata more. groups.ts reads the row; lists and texts of one row have their members in one order.
 */
import type { Filter, TabulateQuery } from '../port.ts';
import { added, Parameters, quote, type Sql, whereClause } from './sql.ts';

/** Whether a column holds texts; the others hold numbers. */
export type IsText = (column: string) => boolean;

/** Bin and count of a histogram in one double: bins stay within a million of zero, counts below 2^32. */
export const packedBins = { scale: 2 ** 32, greatest: 2 ** 20 } as const;

/**
 * The row in order: of each key and of what is within a text with its lengths, or a list of values; then a list for each
 * measure. An integer up to 2^53 is a double without loss, and read at once. Nothing where there are no groups.
 */
export function tabulateSql(table: string, query: TabulateQuery, isText: IsText): Sql {
  const parameters = new Parameters();
  const { selected, grouped, read, sorted } = keysOf(query, isText);
  const measures = Object.values(query.measures).map(
    (measure, i) => `${added(measure, parameters)}::DOUBLE AS m${i}`,
  );
  const groups =
    `SELECT ${[...selected, ...measures].join(', ') || 'count(*) AS m'} FROM ${quote(table)}` +
    `${whereClause(query.where, parameters)}` +
    `${grouped.length === 0 ? ' HAVING count(*) > 0' : ` GROUP BY ${grouped.join(', ')}`}${sorted}`;
  const lists = [...read, ...measures.map((_, i) => `list(m${i})`)];
  return parameters.sql(`SELECT ${['count(*)::DOUBLE', ...lists].join(', ')} FROM (${groups})`);
}

/** A histogram, in order: keys and what is within as above, how many bins each group has, and all bins packed with their counts. */
export function tabulateBinsSql(
  table: string,
  query: TabulateQuery,
  histogram: { bin: string; where?: Filter },
  isText: IsText,
): Sql {
  const parameters = new Parameters();
  const { selected, grouped, read, sorted } = keysOf(query, isText);
  const bin = quote(histogram.bin);
  const filters: Filter[] = [{ column: histogram.bin, op: 'isNotNull' }];
  for (const filter of [query.where, histogram.where]) if (filter !== undefined) filters.push(filter);
  // A bin may be asked for as a key too: both stay columns of their own.
  const inner =
    `SELECT ${[...grouped, `${bin} AS _bin`, 'count(*) AS _count'].join(', ')} FROM ${quote(table)}` +
    `${whereClause({ and: filters }, parameters)} GROUP BY ${[...grouped, bin].join(', ')}`;
  const packed = `list(_bin::DOUBLE * ${packedBins.scale} + _count) AS bins`;
  const groups =
    `SELECT ${[...selected, packed].join(', ')} FROM (${inner})` +
    `${grouped.length === 0 ? ' HAVING count(*) > 0' : ` GROUP BY ${grouped.join(', ')}`}${sorted}`;
  const lists = [...read, 'list(len(bins)::DOUBLE)', 'flatten(list(bins))'];
  return parameters.sql(`SELECT ${['count(*)::DOUBLE', ...lists].join(', ')} FROM (${groups})`);
}

/** Keys of a question by column, then `within` joined; a key of its own text for every column that is grouped by. */
function keysOf(
  query: TabulateQuery,
  isText: IsText,
): { selected: string[]; grouped: string[]; read: string[]; sorted: string } {
  const columns = query.groupBy ?? [];
  const within = (query.within ?? []).map(quote);
  // Few texts hold the separator, if any, and none may pass for two.
  const parts = within.map((column) => `replace(coalesce(${column}, ''), chr(31), chr(9247))`);
  const texts = (name: string): string[] => [
    `string_agg(${name}, '')`,
    `list(coalesce(length(${name}), -1)::DOUBLE)`,
  ];
  return {
    selected: [
      ...columns.map((column, i) => `${quote(column)} AS k${i}`),
      // Joined after grouping: one text a group is read, not one a column.
      ...(parts.length === 0 ? [] : [`${parts.join(' || chr(31) || ')} AS w`]),
    ],
    grouped: [...new Set([...columns.map(quote), ...within])],
    read: [
      ...columns.flatMap((column, i) => (isText(column) ? texts(`k${i}`) : [`list(k${i})`])),
      ...(parts.length === 0 ? [] : texts('w')),
    ],
    // Who puts keys in order finds them so; nobody relies on it.
    sorted: columns.length === 1 && parts.length === 0 ? ' ORDER BY k0 NULLS FIRST' : '',
  };
}
