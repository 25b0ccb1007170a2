/**
 * What is certainly not in a table. Most look-ups of a service ask for what is not there yet (is this declaration known?
 * has this check been written?), and each costs DuckDB a statement; a Bloom filter in memory answers them for nothing.
 * It may take what is absent for present, and the table is asked; never what is present for absent: a value enters the
 * filter before the transaction that writes its row, and removed ones stay in it.
 *
 * Nobody else writes the file, so a filter that was right stays right. It is made at a table's opening where the table is
 * empty, else by one scan in the background, once so much was asked that the scan pays. What outgrows it goes into a
 * further layer, of four times its room: Almeida et al., "Scalable Bloom Filters", 2007.
 */
import { hash } from 'node:crypto';
import { BIGINT, DuckDBBitValue } from '@duckdb/node-api';
import type { Row } from '../columns.ts';
import type { Connection } from './connection.ts';
import { quote } from './sql.ts';

/**
 * Bits of one value. With so much room for each, one absent value in 8,000 is taken for present; in a rush each such statement
 * holds up all that are committed with it.
 */
const probes = 6;
const bitsPerValue = 24;
const fewestBits = 2 ** 16;
/** 64 MiB; DuckDB gathers no more than a billion bits. Beyond 22 million values the filter errs more often. */
const mostBits = 2 ** 29;
/** Values asked for, as a share of the table's rows, from which a scan pays. */
const scanPays = 1 / 1_000;

interface Layer {
  bits: Uint8Array;
  /** Values that changed a bit, which is about how many different ones there are. */
  values: number;
}
/** The last takes what is new. */
type Filter = Layer[];

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
  if (rows === 0) for (const column of filtered) known.set(column, [empty(fewestBits)]);

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
        return values.filter((value) => {
          const places = placesOf(value);
          return filter.some((layer) => holds(layer, places));
        });
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

const empty = (bits: number): Layer => ({ bits: new Uint8Array(bits / 8), values: 0 });

/** A value is mostly asked for and then written, in one table and the next. */
const lately = new Map<string, readonly number[]>();
const mostLately = 8_192;

/** Words of a value's SHA-256, as bytes in a text, from which numbers come fastest; the same in `scanned`. */
function placesOf(value: string): readonly number[] {
  const known = lately.get(value);
  if (known !== undefined) return known;
  const digest = hash('sha256', value, 'binary');
  const places = [
    word(digest, 0),
    word(digest, 4),
    word(digest, 8),
    word(digest, 12),
    word(digest, 16),
    word(digest, 20),
  ];
  if (lately.size >= mostLately) lately.clear();
  lately.set(value, places);
  return places;
}

const word = (digest: string, at: number): number =>
  digest.charCodeAt(at) * 2 ** 24 +
  ((digest.charCodeAt(at + 1) << 16) | (digest.charCodeAt(at + 2) << 8) | digest.charCodeAt(at + 3));

function holds({ bits }: Layer, places: readonly number[]): boolean {
  const mask = bits.length * 8 - 1;
  return places.every((word) => (bits[(word & mask) >> 3]! & (128 >> (word & 7))) !== 0);
}

function put(filter: Filter, places: readonly number[]): void {
  if (filter.some((layer) => holds(layer, places))) return;
  let layer = filter.at(-1)!;
  const room = layer.bits.length * 8;
  if (layer.values * bitsPerValue > room && room < mostBits) {
    layer = empty(Math.min(mostBits, room * 4));
    filter.push(layer);
  }
  const mask = layer.bits.length * 8 - 1;
  for (const word of places) layer.bits[(word & mask) >> 3]! |= 128 >> (word & 7);
  layer.values += 1;
}

/** A filter of what is in the column now, with room to quadruple; DuckDB hashes and gathers off the event loop. */
async function scanned(connection: Connection, table: string, column: string): Promise<Filter> {
  const name = quote(column);
  const [counted] = await connection.rows({
    text: `SELECT approx_count_distinct(${name}) FROM ${quote(table)}`,
    values: [],
    types: [],
  });
  const values = Number(counted![0]);
  const wanted = 2 ** Math.ceil(Math.log2(values * bitsPerValue * 4 + 1));
  const size = Math.min(mostBits, Math.max(fewestBits, wanted));
  const words = Array.from(
    { length: probes },
    (_, probe) => `('0x' || substring(digest, ${probe * 8 + 1}, 8))::BIGINT % $1`,
  );
  const [gathered] = await connection.rows({
    text:
      `SELECT bitstring_agg(place, 0, ${size - 1}) FROM (SELECT unnest([${words.join(', ')}]) AS place ` +
      `FROM (SELECT sha256(${name}) AS digest FROM ${quote(table)} WHERE ${name} IS NOT NULL))`,
    values: [BigInt(size)],
    types: [BIGINT],
  });
  const layer = empty(size);
  const found = gathered![0];
  // The first byte tells how many bits of the second are padding, which for a multiple of eight is none.
  if (found instanceof DuckDBBitValue) layer.bits.set(found.data.subarray(1));
  layer.values = values;
  return [layer];
}
