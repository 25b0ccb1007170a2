/**
 * Rows by key, in their order; made at the first question and kept up from then on, so that what nobody asks costs nothing.
 * Most keys have one row or a few: each row points at the one before it of the same key, and only keys with many rows have a list.
 */
import { integers } from './columns.ts';
import { notThere, numberMap } from './number-map.ts';

/** From so many rows on a key has a list, and running sums (./daily.ts). */
export const manyRows = 128;

export interface Postings {
  /** How many rows a key has. */
  count(key: number): number;
  rows(key: number): readonly number[];
  bytes(): number;
}

const nothing: readonly number[] = [];

/** @param keyOf the key of a row, negative where it has none */
export function postings(length: () => number, keyOf: (row: number) => number): Postings {
  const newest = numberMap();
  /** Of each row the one before it, and how many. */
  const before = integers();
  const earlier = integers();
  const lists = new Map<number, number[]>();

  function follow(): void {
    for (let row = before.length(); row < length(); row++) {
      const key = keyOf(row);
      const last = key < 0 ? notThere : newest.get(key);
      before.push(last);
      earlier.push(last === notThere ? 0 : earlier.at(last) + 1);
      if (key >= 0) newest.set(key, row);
    }
  }

  /** Rows of a key from the place `from` on. */
  function rowsFrom(last: number, from: number): number[] {
    const found = new Array<number>(earlier.at(last) + 1 - from);
    for (let at = found.length - 1, row = last; at >= 0; at--, row = before.at(row)) found[at] = row;
    return found;
  }

  return {
    count(key) {
      follow();
      const last = newest.get(key);
      return last === notThere ? 0 : earlier.at(last) + 1;
    },
    rows(key) {
      follow();
      const last = newest.get(key);
      if (last === notThere) return nothing;
      if (earlier.at(last) + 1 < manyRows) return rowsFrom(last, 0);
      const list = lists.get(key) ?? [];
      lists.set(key, list);
      for (const row of rowsFrom(last, list.length)) list.push(row);
      return list;
    },
    bytes: () => newest.bytes() + before.bytes() + earlier.bytes(),
  };
}
