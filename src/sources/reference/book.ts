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
  has(kind: ReferenceKindName, knownAt?: string): boolean;
  /** Keys whose members have these values, by way of an index that is made at the first question: `{ office, day }`. */
  keysBy<K extends ReferenceKindName>(
    kind: K,
    members: Readonly<Partial<Record<keyof ReferenceRecord<K> & string, string>>>,
  ): readonly string[];
  /** Of these keys, those on which a record begins within the two moments, both included; by an index too. */
  keysBegun<K extends ReferenceKindName>(
    kind: K,
    members: Readonly<Partial<Record<keyof ReferenceRecord<K> & string, string>>>,
    since: string,
    until: string,
  ): readonly string[];
  /** Every word on a key in the order of record, replaced and withdrawn ones too. */
  words<K extends ReferenceKindName>(
    kind: K,
    key: string,
    knownAt?: string,
  ): { record: ReferenceRecord<K>; recordedAt: string; withdrawn: boolean }[];
}

/** A book that takes more in as it is recorded; what was looked up before is not touched. */
export interface GrowingBook extends ReferenceBook {
  add(documents: Iterable<ReferenceDocument>): void;
}

/** The same book as it was known at an instant. */
export const asKnown = (book: ReferenceBook, then: string): ReferenceBook => ({
  asOf: (kind, key, at, knownAt = then) => book.asOf(kind, key, at, knownAt),
  allAsOf: (kind, key, at, knownAt = then) => book.allAsOf(kind, key, at, knownAt),
  every: (kind, at, knownAt = then) => book.every(kind, at, knownAt),
  history: (kind, key, knownAt = then) => book.history(kind, key, knownAt),
  all: (kind, knownAt = then) => book.all(kind, knownAt),
  has: (kind, knownAt = then) => book.has(kind, knownAt),
  keysBy: (kind, members) => book.keysBy(kind, members),
  keysBegun: (kind, members, since, until) => book.keysBegun(kind, members, since, until),
  words: (kind, key, knownAt = then) => book.words(kind, key, knownAt),
});

/** As moments are compared here: an instant in UTC, whatever offset it was told with; a day as it is. */
export const momentOf = (told: string): string => (told.includes('T') ? new Date(told).toISOString() : told);

/** Days and instants compare by what both have: a day holds until its end. */
export const holds = (from: string, to: string | null | undefined, at: string): boolean =>
  from <= at.slice(0, Math.max(from.length, 10)) &&
  (to === null || to === undefined || at.slice(0, Math.min(at.length, to.length)) <= to);

/** When a record of a key begins, as moments are compared. */
interface Beginning {
  from: string;
  key: string;
}

/** How many began by a moment, of what is in the order of beginnings. */
function placeAfter(list: readonly { from: string }[], at: string): number {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (list[middle]!.from <= at) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Records of one key that are found by the moment: a register of sessions has a thousand of an officer. */
interface Spans {
  /** In order of their beginnings. */
  documents: readonly ReferenceDocument[];
  /** When the last word on the key was recorded. */
  recordedLast: string;
  /** Those that hold at the moment. */
  all(at: string): ReferenceDocument[];
  /** The one of them that began last. */
  last(at: string): ReferenceDocument | undefined;
}

const nothing: Spans = { documents: [], recordedLast: '', all: () => [], last: () => undefined };

function openSpans(documents: readonly ReferenceDocument[], list: readonly ReferenceDocument[]): Spans {
  // The latest end of each and all before it: looking back ends where nothing earlier can still hold. After a day's or
  // an instant's own text everything within it sorts before the tilde; what has no end sorts last.
  let latest = '';
  let recordedLast = '';
  for (const { recordedAt } of list) if (recordedAt > recordedLast) recordedLast = recordedAt;
  const ends = documents.map(({ to }) => {
    const end = to === null || to === undefined ? '~' : `${to}~`;
    if (end > latest) latest = end;
    return latest;
  });
  const from = (at: string, most: number): ReferenceDocument[] => {
    const found: ReferenceDocument[] = [];
    for (
      let place = placeAfter(documents, at) - 1;
      place >= 0 && ends[place]! >= at && found.length < most;
      place--
    ) {
      const document = documents[place]!;
      if (holds(document.from, document.to, at)) found.push(document);
    }
    return found.reverse();
  };
  return {
    documents,
    recordedLast,
    all: (at) => from(at, Number.POSITIVE_INFINITY),
    last: (at) => from(at, 1)[0],
  };
}

export function openBook(documents: Iterable<ReferenceDocument>): GrowingBook {
  const kinds = new Map<string, Map<string, ReferenceDocument[]>>();
  /** When the first record of each kind was recorded. */
  const first = new Map<string, string>();
  /** By kind and members, keys by values; thrown away where a key is added. */
  const indexes = new Map<string, Map<string, Map<string, string[]>>>();
  /** By kind and members, beginnings by values; thrown away where anything is added to the kind. */
  const beginnings = new Map<string, Map<string, Beginning[]>>();
  /** Of a key's list; thrown away where the list grows. */
  const spans = new WeakMap<readonly ReferenceDocument[], Spans>();

  function add(more: Iterable<ReferenceDocument>): void {
    const touched = new Set<ReferenceDocument[]>();
    for (const told of more) {
      const from = momentOf(told.from);
      const document = { ...told, from, to: told.to && momentOf(told.to) };
      const keys = kinds.get(document.kind) ?? new Map<string, ReferenceDocument[]>();
      kinds.set(document.kind, keys);
      const list = keys.get(document.key) ?? [];
      if (list.length === 0) {
        keys.set(document.key, list);
        indexes.delete(document.kind);
      }
      list.push(document);
      touched.add(list);
      beginnings.delete(document.kind);
      const known = first.get(document.kind);
      if (known === undefined || document.recordedAt < known) first.set(document.kind, document.recordedAt);
    }
    for (const list of touched) {
      spans.delete(list);
      if (list.length > 1)
        list.sort(
          (a, b) => compare(a.from, b.from) || compare(a.recordedAt, b.recordedAt) || compare(a.id, b.id),
        );
    }
  }
  add(documents);

  function keysBy(kind: string, members: Readonly<Record<string, string>>): readonly string[] {
    const names = Object.keys(members).sort();
    const own = indexes.get(kind) ?? new Map<string, Map<string, string[]>>();
    indexes.set(kind, own);
    let index = own.get(names.join('|'));
    if (index === undefined) {
      index = new Map();
      for (const [key, list] of kinds.get(kind) ?? []) {
        const value = names.map((name) => String(list[0]!.record[name] ?? '')).join('|');
        const same = index.get(value);
        if (same === undefined) index.set(value, [key]);
        else same.push(key);
      }
      own.set(names.join('|'), index);
    }
    return index.get(names.map((name) => members[name]).join('|')) ?? [];
  }

  function beginningsBy(kind: string, members: Readonly<Record<string, string>>): readonly Beginning[] {
    const own = beginnings.get(kind) ?? new Map<string, Beginning[]>();
    beginnings.set(kind, own);
    const named = JSON.stringify(members);
    let found = own.get(named);
    if (found === undefined) {
      found = keysBy(kind, members)
        .flatMap((key) =>
          kinds
            .get(kind)!
            .get(key)!
            .map(({ from }) => ({ from, key })),
        )
        .sort((a, b) => compare(a.from, b.from));
      own.set(named, found);
    }
    return found;
  }

  /** The last word on each beginning, by what was known. */
  const knownOf = (list: readonly ReferenceDocument[], knownAt: string | undefined): ReferenceDocument[] => {
    const last = new Map<string, ReferenceDocument>();
    for (const document of list)
      if (knownAt === undefined || document.recordedAt <= knownAt) last.set(document.from, document);
    return [...last.values()].filter((document) => !document.withdrawn);
  };
  /** Of a key's list, in order of time; made once for whoever knows all of it, who is nearly everybody. */
  const spansOf = (kind: string, key: string, knownAt: string | undefined): Spans => {
    const list = kinds.get(kind)?.get(key);
    if (list === undefined) return nothing;
    let whole = spans.get(list);
    if (whole === undefined) {
      whole = openSpans(knownOf(list, undefined), list);
      spans.set(list, whole);
    }
    return knownAt === undefined || knownAt >= whole.recordedLast
      ? whole
      : openSpans(knownOf(list, knownAt), list);
  };
  const known = (kind: string, key: string, knownAt: string | undefined) =>
    spansOf(kind, key, knownAt).documents;
  const holding = (kind: string, key: string, at: string, knownAt: string | undefined) =>
    spansOf(kind, key, knownAt).all(at);
  const recordOf = <K extends ReferenceKindName>(document: ReferenceDocument) =>
    document.record as ReferenceRecord<K>;

  return {
    asOf: (kind, key, at, knownAt) => {
      const found = spansOf(kind, key, knownAt).last(at);
      return found === undefined ? undefined : recordOf(found);
    },
    allAsOf: (kind, key, at, knownAt) =>
      holding(kind, key, at, knownAt).map((document) => recordOf(document)),
    every: (kind, at, knownAt) =>
      [...(kinds.get(kind)?.keys() ?? [])].flatMap((key) => {
        const found = spansOf(kind, key, knownAt).last(at);
        return found === undefined ? [] : [recordOf<typeof kind>(found)];
      }),
    history: (kind, key, knownAt) => known(kind, key, knownAt).map((document) => recordOf(document)),
    all: (kind, knownAt) =>
      [...(kinds.get(kind)?.keys() ?? [])].flatMap((key) =>
        known(kind, key, knownAt).map((document) => recordOf<typeof kind>(document)),
      ),
    has: (kind, knownAt) => {
      const since = first.get(kind);
      return since !== undefined && (knownAt === undefined || since <= knownAt);
    },
    keysBy: (kind, members) => keysBy(kind, members as Readonly<Record<string, string>>),
    keysBegun: (kind, members, since, until) => {
      const all = beginningsBy(kind, members as Readonly<Record<string, string>>);
      const found = new Set<string>();
      for (let place = placeAfter(all, until) - 1; place >= 0 && all[place]!.from >= since; place--)
        found.add(all[place]!.key);
      return [...found];
    },
    words: (kind, key, knownAt) =>
      (kinds.get(kind)?.get(key) ?? [])
        .filter(({ recordedAt }) => knownAt === undefined || recordedAt <= knownAt)
        .sort((a, b) => compare(a.recordedAt, b.recordedAt) || compare(a.id, b.id))
        .map((document) => ({
          record: recordOf<typeof kind>(document),
          recordedAt: document.recordedAt,
          withdrawn: document.withdrawn,
        })),
    add,
  };
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
