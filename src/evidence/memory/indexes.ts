/** Rows of history by whose they are: by one column or several together, with running sums where a key has many. */
import { addingOf } from './adding.ts';
import { type Daily, openDaily } from './daily.ts';
import { keys, type Names, noName } from './names.ts';
import { manyRows, type Postings, postings } from './postings.ts';
import type { Controls, Items, Party, Trace, TraceKind } from './trace.ts';

/** Whose rows, of which kind. */
export interface Whose {
  kind: TraceKind;
  columns: readonly Party[];
}

export interface Indexes {
  /** Brings the index up to date, which a question does otherwise. */
  prepare(whose: Whose): void;
  rows(kind: TraceKind, columns: readonly Party[], values: readonly number[]): readonly number[];
  /** Rows of one declaration, whether known or not. */
  rowsOf(kind: TraceKind, reference: number): readonly number[];
  /** Running sums by day of a key's rows; absent where it has so few that they are looked through as fast, or of a kind without sums. */
  daily(kind: TraceKind, columns: readonly Party[], values: readonly number[]): Daily | undefined;
  bytes(): number;
}

interface Index {
  of: Postings;
  keys: ReturnType<typeof keys>;
  keyOf(row: number): number;
  daily: Map<number, Daily>;
  /** How many closed rows were told to the sums. */
  told: number;
}

/** @param closed rows that are no longer known, in the order in which that was told */
export function openIndexes(
  columns: { items: Items; outcomes: Controls },
  trace: (kind: TraceKind) => Trace,
  closed: Readonly<Record<TraceKind, readonly number[]>>,
  names: Names,
): Indexes {
  const adding = addingOf({ ...columns, trace }, names);
  const indexes = new Map<string, Index>();
  const ofDeclaration = new Map<TraceKind, Postings>();

  function indexOf(kind: TraceKind, columns: readonly Party[]): Index {
    const id = `${kind}|${columns.join('+')}`;
    let index = indexes.get(id);
    if (index === undefined) {
      const own = keys();
      const { length, party } = trace(kind);
      const parts = columns.map(() => noName);
      const keyOf = (row: number) => {
        for (let at = 0; at < columns.length; at++) parts[at] = party(columns[at]!, row);
        return own.make(parts);
      };
      index = { keys: own, keyOf, of: postings(length, keyOf), daily: new Map(), told: 0 };
      indexes.set(id, index);
    }
    // Rows are taken up before a key is looked for: it may be made by them.
    index.of.count(noName);
    return index;
  }

  return {
    prepare: ({ kind, columns }) => void indexOf(kind, columns),
    rows(kind, columns, values) {
      const index = indexOf(kind, columns);
      return index.of.rows(index.keys.find(values));
    },
    rowsOf(kind, reference) {
      let own = ofDeclaration.get(kind);
      if (own === undefined) {
        const { length, reference: referenceOf } = trace(kind);
        own = postings(length, referenceOf);
        ofDeclaration.set(kind, own);
      }
      return own.rows(reference);
    },
    daily(kind, columns, values) {
      const adds = adding[kind];
      if (adds === undefined) return undefined;
      const index = indexOf(kind, columns);
      const key = index.keys.find(values);
      if (index.of.count(key) < manyRows) return undefined;
      for (const list = closed[kind]; index.told < list.length; index.told++) {
        const row = list[index.told]!;
        const sums = index.daily.get(index.keyOf(row));
        if (sums?.has(row)) sums.close(row);
      }
      let sums = index.daily.get(key);
      if (sums === undefined) {
        sums = openDaily(trace(kind), adds);
        index.daily.set(key, sums);
      }
      sums.take(index.of.rows(key));
      return sums;
    },
    bytes: () =>
      [...indexes.values()].reduce((sum, { of }) => sum + of.bytes(), 0) +
      [...ofDeclaration.values()].reduce((sum, of) => sum + of.bytes(), 0),
  };
}
