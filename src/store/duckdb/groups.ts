/** What DuckDB answers to a tabulation, a row of texts and lists (tabulate-sql.ts), as the port's groups. */
import { DuckDBListValue, type DuckDBValue } from '@duckdb/node-api';
import { CrosscheckError } from '../../errors.ts';
import { binsOf, groupKey, noBins } from '../groups.ts';
import {
  type Bins,
  type Coded,
  type ColumnValue,
  type Groups,
  type TabulateQuery,
  withinSeparator,
} from '../port.ts';
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
): { count: number; keys: (readonly ColumnValue[])[]; within: readonly Coded[]; rest: Row } {
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
  if (within.length > 0) at += 2;
  return {
    count: row[0] as number,
    keys,
    within:
      within.length === 0 ? [] : apart(row[at - 2] as string | null, listOf(row[at - 1]), within.length),
    rest: row.slice(at),
  };
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

/** The columns that were joined for each group: a hundred thousand strata have a few hundred texts between them. */
function apart(joined: string | null, lengths: readonly number[], columns: number): Coded[] {
  const found = Array.from({ length: columns }, () => numbering());
  const of = found.map(() => new Int32Array(lengths.length));
  const read = (text: string, from: number, to: number, group: number): void => {
    let begin = from;
    for (let c = 0; c < columns; c++) {
      const { numberOf } = found[c]!;
      of[c]![group] = numberOf(text, begin, to);
      begin = found[c]!.end() + 1;
    }
  };
  const text = joined ?? '';
  let whole = 0;
  for (const length of lengths) whole += length;
  if (whole === text.length) {
    let from = 0;
    for (let group = 0; group < lengths.length; group++) {
      read(text, from, from + lengths[group]!, group);
      from += lengths[group]!;
    }
  } else
    partsOf(joined, lengths).forEach((own, group) => {
      read(own!, 0, own!.length, group);
    });
  return found.map(({ texts }, c) => ({ texts, of: of[c]! }));
}

const separator = withinSeparator.charCodeAt(0);

/** Numbers texts within longer ones, of which it cuts out those alone that it does not know. */
function numbering(): {
  texts: string[];
  /** Of the text that begins at `from` and ends before `to` or a separator. */
  numberOf(within: string, from: number, to: number): number;
  /** Where the last one ended. */
  end(): number;
} {
  const texts: string[] = [];
  let slots = new Int32Array(256).fill(-1);
  let hashes = new Int32Array(64);
  let end = 0;
  const grow = (): void => {
    slots = new Int32Array(slots.length * 4).fill(-1);
    const before = hashes;
    hashes = new Int32Array(slots.length / 4);
    hashes.set(before);
    for (let number = 0; number < texts.length; number++) {
      let slot = placeOf(hashes[number]!);
      while (slots[slot] !== -1) slot = (slot + 1) & (slots.length - 1);
      slots[slot] = number;
    }
  };
  const placeOf = (hash: number): number => (hash ^ (hash >>> 15)) & (slots.length - 1);
  const isAt = (text: string, within: string, from: number): boolean => {
    if (text.length !== end - from) return false;
    for (let i = 0; i < text.length; i++)
      if (text.charCodeAt(i) !== within.charCodeAt(from + i)) return false;
    return true;
  };
  return {
    texts,
    end: () => end,
    numberOf: (within, from, to) => {
      let hash = 0;
      let at = from;
      for (; at < to; at++) {
        const unit = within.charCodeAt(at);
        if (unit === separator) break;
        hash = (Math.imul(hash, 31) + unit) | 0;
      }
      end = at;
      let slot = placeOf(hash);
      for (; slots[slot] !== -1; slot = (slot + 1) & (slots.length - 1)) {
        const number = slots[slot]!;
        if (hashes[number] === hash && isAt(texts[number]!, within, from)) return number;
      }
      const number = texts.length;
      if (number === hashes.length) {
        grow();
        slot = placeOf(hash);
        while (slots[slot] !== -1) slot = (slot + 1) & (slots.length - 1);
      }
      slots[slot] = number;
      hashes[number] = hash;
      texts.push(within.slice(from, end));
      return number;
    },
  };
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
