/**
 * What is certainly not in a table. Most look-ups of a service ask for what is not there yet (is this declaration known?
 * has this check been written?), and each costs DuckDB a statement; a Bloom filter in memory answers them for nothing.
 * It may take what is absent for present, and the table is asked; never what is present for absent: a value enters the
 * filter before the transaction that writes its row, and removed ones stay in it.
 *
 * Nobody else writes the file, so a filter that was right stays right. It is made at a table's opening where the table is
 * empty, else by one scan in the background, once so much was asked that the scan pays.
 */
import { BIGINT, DuckDBBitValue } from '@duckdb/node-api';
import type { Row } from '../columns.ts';
import { type Filter, layerFor, mayHold, newFilter, placesOf, probes, put } from './bloom.ts';
import type { Connection } from './connection.ts';
import { quote } from './sql.ts';

/** Values asked for, as a share of the table's rows, from which a scan pays. */
const scanPays = 1 / 1_000;

export interface Absence {
  /** Those of the values that may be in the column; all while nothing is known. */
  narrow(column: string, values: readonly string[]): readonly string[];
  /** To be told of every row before its transaction. */
  add(rows: readonly Row[]): void;
}

/** How a filter is made while writers go on: first what is being written is through, then one scan. */
export interface Scans {
  settled(): Promise<void>;
  scan<T>(run: (connection: Connection) => Promise<T>): Promise<T>;
}

/**
 * @param columns the declared columns' names, in the order of a row's values
 * @param filtered those of them and `id` that look-ups go by; all of type text
 * @param rows about how many the table has now
 */
export function absence(
  table: string,
  columns: readonly string[],
  filtered: readonly string[],
  rows: number,
  scans: Scans,
): Absence {
  const known = new Map<string, Filter>();
  const asked = new Map<string, number>();
  /** Values written while a filter is being made. */
  const making = new Map<string, string[]>();
  const reads = filtered.map((column) => {
    const place = columns.indexOf(column);
    return (row: Row) => (column === 'id' ? row.id : (row.values[place] as string | null));
  });
  let about = rows;
  if (rows === 0) for (const column of filtered) known.set(column, newFilter());

  async function make(column: string): Promise<void> {
    const meanwhile: string[] = [];
    making.set(column, meanwhile);
    try {
      await scans.settled();
      const filter = await scans.scan((connection) => scanned(connection, table, column));
      for (const value of meanwhile) put(filter, placesOf(value));
      known.set(column, filter);
    } catch {
      // The store was closed or is failing; without a filter the table is asked.
    } finally {
      making.delete(column);
    }
  }

  return {
    narrow(column, values) {
      const filter = known.get(column);
      if (filter !== undefined) {
        asked.set(column, 1);
        return values.filter((value) => mayHold(filter, placesOf(value)));
      }
      if (filtered.includes(column) && !making.has(column)) {
        const times = (asked.get(column) ?? 0) + values.length;
        asked.set(column, times);
        if (times > about * scanPays) void make(column);
      }
      return values;
    },
    add(written) {
      about += written.length;
      for (const [place, column] of filtered.entries()) {
        const filter = known.get(column);
        const meanwhile = making.get(column);
        if (filter === undefined && meanwhile === undefined) continue;
        for (const row of written) {
          const value = reads[place]!(row);
          if (value === null) continue;
          if (filter !== undefined) put(filter, placesOf(value));
          meanwhile?.push(value);
        }
        // What nobody asks for is made again when somebody does.
        if (filter !== undefined && filter.length > 1 && !asked.has(column)) known.delete(column);
      }
    },
  };
}

/** A filter of what is in the column now; DuckDB hashes and gathers off the event loop. */
async function scanned(connection: Connection, table: string, column: string): Promise<Filter> {
  const name = quote(column);
  const [counted] = await connection.rows({
    text: `SELECT approx_count_distinct(${name}) FROM ${quote(table)}`,
    values: [],
    types: [],
  });
  const values = Number(counted![0]);
  const layer = layerFor(values);
  const size = layer.bits.length * 8;
  const words = Array.from(
    { length: probes },
    (_, probe) => `('0x' || substring(digest, ${probe * 8 + 1}, 8))::BIGINT % $1`,
  );
  const [row] = await connection.rows({
    text:
      `SELECT bitstring_agg(place, 0, ${size - 1}) FROM (SELECT unnest([${words.join(', ')}]) AS place ` +
      `FROM (SELECT sha256(${name}) AS digest FROM ${quote(table)} WHERE ${name} IS NOT NULL))`,
    values: [BigInt(size)],
    types: [BIGINT],
  });
  const found = row![0];
  // The first byte tells how many bits of the second are padding, which for a multiple of eight is none.
  if (found instanceof DuckDBBitValue) layer.bits.set(found.data.subarray(1));
  layer.values = values;
  return [layer];
}
