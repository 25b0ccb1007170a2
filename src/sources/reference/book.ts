/**
 * Dated look-ups over reference records: what held at a moment, as it was known at another. Pure. A record that was
 * corrected counts with what was recorded last by then; one that was withdrawn holds no more.
 */
import type { Static } from 'typebox';
import type { ReferenceKindName, ReferenceTypes } from './kinds.ts';

export type ReferenceRecord<K extends ReferenceKindName> = Static<ReferenceTypes[K]['schema']>;

/** As stored; accounts in `record` are surrogates. */
export interface ReferenceDocument {
  id: string;
  kind: string;
  /** Members of the kind's key, joined by `|`. */
  key: string;
  from: string;
  to: string | null;
  office: string | null;
  officer: string | null;
  recordedAt: string;
  /** True where the record turned out never to have held. */
  withdrawn: boolean;
  record: Record<string, unknown>;
}

export interface ReferenceBook {
  /** The record of this key that holds at a moment; the one that began last where several do. */
  asOf<K extends ReferenceKindName>(
    kind: K,
    key: string,
    at: string,
    knownAt?: string,
  ): ReferenceRecord<K> | undefined;
  /** All records of a key that hold at a moment. */
  allAsOf<K extends ReferenceKindName>(
    kind: K,
    key: string,
    at: string,
    knownAt?: string,
  ): ReferenceRecord<K>[];
  /** Every key's record at a moment. */
  every<K extends ReferenceKindName>(kind: K, at: string, knownAt?: string): ReferenceRecord<K>[];
  /** All that is known of a key, in order of time. */
  history<K extends ReferenceKindName>(kind: K, key: string, knownAt?: string): ReferenceRecord<K>[];
  /** Every record of a kind, whenever it holds. */
  all<K extends ReferenceKindName>(kind: K, knownAt?: string): ReferenceRecord<K>[];
  /** Whether there is any record of the kind: without one, nothing can be told to be missing. */
  has(kind: ReferenceKindName): boolean;
}

/** Days and instants compare by what both have: a day holds until its end. */
export const holds = (from: string, to: string | null | undefined, at: string): boolean =>
  from <= at.slice(0, Math.max(from.length, 10)) &&
  (to === null || to === undefined || at.slice(0, Math.min(at.length, to.length)) <= to);

export function openBook(documents: Iterable<ReferenceDocument>): ReferenceBook {
  const kinds = new Map<string, Map<string, ReferenceDocument[]>>();
  for (const document of documents) {
    const keys = kinds.get(document.kind) ?? new Map<string, ReferenceDocument[]>();
    kinds.set(document.kind, keys);
    keys.set(document.key, [...(keys.get(document.key) ?? []), document]);
  }
  for (const keys of kinds.values())
    for (const list of keys.values())
      list.sort(
        (a, b) => compare(a.from, b.from) || compare(a.recordedAt, b.recordedAt) || compare(a.id, b.id),
      );

  /** The last word on each beginning, by what was known. */
  const known = (kind: string, key: string, knownAt: string | undefined): ReferenceDocument[] => {
    const last = new Map<string, ReferenceDocument>();
    for (const document of kinds.get(kind)?.get(key) ?? [])
      if (knownAt === undefined || document.recordedAt <= knownAt) last.set(document.from, document);
    return [...last.values()].filter((document) => !document.withdrawn);
  };
  const holding = (kind: string, key: string, at: string, knownAt: string | undefined) =>
    known(kind, key, knownAt).filter(({ from, to }) => holds(from, to, at));
  const recordOf = <K extends ReferenceKindName>(document: ReferenceDocument) =>
    document.record as ReferenceRecord<K>;

  return {
    asOf: (kind, key, at, knownAt) => {
      const found = holding(kind, key, at, knownAt).at(-1);
      return found === undefined ? undefined : recordOf(found);
    },
    allAsOf: (kind, key, at, knownAt) =>
      holding(kind, key, at, knownAt).map((document) => recordOf(document)),
    every: (kind, at, knownAt) =>
      [...(kinds.get(kind)?.keys() ?? [])].flatMap((key) => {
        const found = holding(kind, key, at, knownAt).at(-1);
        return found === undefined ? [] : [recordOf<typeof kind>(found)];
      }),
    history: (kind, key, knownAt) => known(kind, key, knownAt).map((document) => recordOf(document)),
    all: (kind, knownAt) =>
      [...(kinds.get(kind)?.keys() ?? [])].flatMap((key) =>
        known(kind, key, knownAt).map((document) => recordOf<typeof kind>(document)),
      ),
    has: (kind) => (kinds.get(kind)?.size ?? 0) > 0,
  };
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
