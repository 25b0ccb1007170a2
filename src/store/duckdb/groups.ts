/** What DuckDB answers to a tabulation, a row of texts and lists (tabulate-sql.ts), as the port's groups. */
import { DuckDBListValue, type DuckDBValue } from '@duckdb/node-api';
import { CrosscheckError } from '../../errors.ts';
import { binsOf, groupKey, noBins } from '../groups.ts';
import type { Bins, ColumnValue, Groups, TabulateQuery } from '../port.ts';
import { type IsText, packedBins } from './tabulate-sql.ts';

type Row = readonly DuckDBValue[];

/** `histograms` in the order of the query's. */
export function groupsOf(
  collection: string,
  query: TabulateQuery,
  isText: IsText,
  row: Row,
  histograms: readonly Row[],
): Groups {
  const { count, keys, within, rest } = keysOf(query, isText, row);
  const measures = Object.keys(query.measures).map((name, i): [string, number[]] => [
    name,
    exact(listOf(rest[i]), collection, name),
  ]);
  const binned = Object.keys(query.histograms ?? {}).map((name, h): [string, Bins[]] => {
    const found = keysOf(query, isText, histograms[h]!);
    const keyOf = groupKey(found.keys, found.within);
    const sizes: readonly number[] = listOf(found.rest[0]);
    const all: number[] = listOf(found.rest[1]);
    const byKey = new Map<ColumnValue, Bins>();
    let from = 0;
    for (let i = 0; i < found.count; i++) {
      const key = keyOf(i);
      byKey.set(key, unpacked(all.slice(from, from + sizes[i]!), collection, name, byKey.get(key)));
      from += sizes[i]!;
    }
    const ownKey = groupKey(keys, within);
    return [name, Array.from({ length: count }, (_, i) => byKey.get(ownKey(i)) ?? noBins)];
  });
  return {
    count,
    keys: Object.fromEntries((query.groupBy ?? []).map((column, i) => [column, keys[i]!])),
    within,
    values: Object.fromEntries(measures),
    histograms: Object.fromEntries(binned),
  };
}

/** The groups' number and keys, and what stands behind them in the row. */
function keysOf(
  { groupBy = [], within = [] }: TabulateQuery,
  isText: IsText,
  row: Row,
): { count: number; keys: (readonly ColumnValue[])[]; within: readonly string[]; rest: Row } {
  let at = 1;
  const texts = (): (string | null)[] => {
    at += 2;
    return partsOf(row[at - 2] as string | null, listOf(row[at - 1]));
  };
  const numbers = (): ColumnValue[] => {
    at += 1;
    return listOf<DuckDBValue>(row[at - 1]).map(keyValue);
  };
  const keys = groupBy.map((column) => (isText(column) ? texts() : numbers()));
  const joined = within.length === 0 ? [] : (texts() as string[]);
  return { count: row[0] as number, keys, within: joined, rest: row.slice(at) };
}

const listOf = <T extends DuckDBValue = number>(value: DuckDBValue | undefined): T[] =>
  value instanceof DuckDBListValue ? (value.items as T[]) : [];

const keyValue = (value: DuckDBValue): ColumnValue =>
  typeof value === 'bigint' ? Number(value) : (value as ColumnValue);

/** Texts that came as one, by their lengths in characters; -1 for null. */
function partsOf(joined: string | null, lengths: readonly number[]): (string | null)[] {
  const text = joined ?? '';
  let whole = 0;
  for (const length of lengths) if (length > 0) whole += length;
  // Where they are not as many as UTF-16 has units, some lie beyond what one unit can tell.
  const points = whole === text.length ? undefined : [...text];
  const parts = new Array<string | null>(lengths.length);
  let from = 0;
  for (let i = 0; i < lengths.length; i++) {
    const length = lengths[i]!;
    if (length < 0) {
      parts[i] = null;
      continue;
    }
    const to = from + length;
    parts[i] = points === undefined ? text.slice(from, to) : points.slice(from, to).join('');
    from = to;
  }
  return parts;
}

/** Whatever is beyond 2^53 lost its last digits on the way and is refused. */
function exact(values: number[], collection: string, measure: string): number[] {
  for (const value of values) {
    if (!Number.isSafeInteger(value))
      throw new CrosscheckError('CC_RESULT_TOO_LARGE', { collection, measure });
  }
  return values;
}

function unpacked(packed: number[], collection: string, measure: string, before: Bins | undefined): Bins {
  packed.sort((a, b) => a - b);
  const bins = new Array<number>(packed.length);
  const counts = new Array<number>(packed.length);
  for (let i = 0; i < packed.length; i++) {
    const bin = Math.floor(packed[i]! / packedBins.scale);
    if (Math.abs(bin) >= packedBins.greatest)
      throw new CrosscheckError('CC_RESULT_TOO_LARGE', { collection, measure });
    bins[i] = bin;
    counts[i] = packed[i]! - bin * packedBins.scale;
  }
  if (before === undefined) return { bins, counts };
  return binsOf(
    bins.map((bin, i) => ({ bin, count: counts[i]! })),
    before,
  );
}
