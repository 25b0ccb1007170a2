/** What DuckDB answers to a tabulation, as the port's groups. */
import type { DuckDBListValue, DuckDBValue } from '@duckdb/node-api';
import { CrosscheckError } from '../../errors.ts';
import { binsOf, groupKey, noBins } from '../groups.ts';
import type { Bins, ColumnValue, Groups, TabulateQuery } from '../port.ts';
import { packedBins } from './sql.ts';

type Columns = readonly DuckDBValue[][];

/** `histograms` in the order of the query's; each with its keys, what is within, and lists of packed bins. */
export function groupsOf(
  collection: string,
  query: TabulateQuery,
  columns: Columns,
  histograms: readonly Columns[],
): Groups {
  const groupBy = query.groupBy ?? [];
  const joined = (query.within ?? []).length > 0 ? 1 : 0;
  const keysOf = (from: Columns): ColumnValue[][] => groupBy.map((_, i) => from[i]!.map(keyValue));
  const withinOf = (from: Columns): string[] => (joined === 1 ? (from[groupBy.length] as string[]) : []);
  const count = columns[0]!.length;
  const keys = keysOf(columns);
  const within = withinOf(columns);
  const measures = Object.keys(query.measures).map((name, i): [string, number[]] => [
    name,
    exact(columns[groupBy.length + joined + i] as number[], collection, name),
  ]);
  const binned = Object.keys(query.histograms ?? {}).map((name, h): [string, Bins[]] => {
    const from = histograms[h]!;
    const keyOf = groupKey(keysOf(from), withinOf(from));
    const found = new Map<ColumnValue, Bins>();
    from.at(-1)!.forEach((list, i) => {
      const packed = (list as DuckDBListValue).items as number[];
      found.set(keyOf(i), unpacked(packed, collection, name, found.get(keyOf(i))));
    });
    const ownKey = groupKey(keys, within);
    return [name, Array.from({ length: count }, (_, i) => found.get(ownKey(i)) ?? noBins)];
  });
  return {
    count,
    keys: Object.fromEntries(groupBy.map((column, i) => [column, keys[i]!])),
    within,
    values: Object.fromEntries(measures),
    histograms: Object.fromEntries(binned),
  };
}

const keyValue = (value: DuckDBValue): ColumnValue =>
  typeof value === 'bigint' ? Number(value) : (value as ColumnValue);

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
