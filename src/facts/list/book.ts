/** Lists made ready for look-up: by key, by prefix, by name. Swapped as a whole when a list changes; immutable in use. */
import type { ListEntry, ListFile } from './model.ts';
import { type Likeness, likeness, wordsOf } from './names.ts';

export interface Hit {
  entry: ListEntry;
  /** 1 for exact and prefix matches. */
  score: number;
  why?: Likeness;
}

export interface List {
  readonly file: Omit<ListFile, 'entries'>;
  /** The best entry for a value that is valid on a day; undefined where there is none. */
  find(value: string, day: string): Hit | undefined;
  /** The last entry of a key, whatever its days. */
  entry(key: string): ListEntry | undefined;
}

export interface ListBook {
  /** Recorded with every check. */
  readonly version: string;
  get(id: string): List | undefined;
}

/** A name counts as found from this score on; `list.score` shows what lies below. */
export const nameThreshold = 0.9;
/** Below this nothing is reported at all. */
const nameFloor = 0.7;

const valid = (entry: ListEntry, day: string): boolean =>
  (entry.from === undefined || entry.from <= day) && (entry.to === undefined || day <= entry.to);

export const keyOf = (value: string): string => value.trim().toUpperCase();

export function listOf({ entries, ...file }: ListFile): List {
  let index: Map<string, ListEntry[]> | undefined;
  return {
    file,
    find: finders[file.match](entries),
    entry(key) {
      index ??= byKey(entries);
      return index.get(keyOf(key))?.at(-1);
    },
  };
}

type Find = List['find'];

const byKey = (entries: readonly ListEntry[]): Map<string, ListEntry[]> => {
  const index = new Map<string, ListEntry[]>();
  for (const entry of entries)
    for (const key of [entry.key, ...(entry.aliases ?? [])]) {
      const same = index.get(keyOf(key));
      if (same === undefined) index.set(keyOf(key), [entry]);
      else same.push(entry);
    }
  return index;
};

const exact = (entries: readonly ListEntry[]): Find => {
  const index = byKey(entries);
  return (value, day) => {
    const entry = index.get(keyOf(value))?.find((one) => valid(one, day));
    return entry === undefined ? undefined : { entry, score: 1 };
  };
};

const prefix = (entries: readonly ListEntry[]): Find => {
  const index = byKey(entries);
  const lengths = [...new Set([...index.keys()].map((key) => key.length))].sort((a, b) => b - a);
  return (value, day) => {
    const text = keyOf(value);
    for (const length of lengths) {
      if (length > text.length) continue;
      const entry = index.get(text.slice(0, length))?.find((one) => valid(one, day));
      if (entry !== undefined) return { entry, score: 1 };
    }
    return undefined;
  };
};

/** Candidates share a beginning of three letters of some word; only they are compared word by word. */
const name = (entries: readonly ListEntry[]): Find => {
  const written: { entry: ListEntry; words: string[] }[] = [];
  const index = new Map<string, Set<number>>();
  for (const entry of entries)
    for (const text of [entry.name ?? entry.key, ...(entry.aliases ?? [])]) {
      const words = wordsOf(text);
      for (const word of words) {
        const begin = word.slice(0, 3);
        const same = index.get(begin) ?? new Set();
        index.set(begin, same.add(written.length));
      }
      written.push({ entry, words });
    }
  /** Rules ask several things of one name, and the same parties come again and again. */
  const asked = new Map<string, Hit | undefined>();
  const look = (value: string, day: string): Hit | undefined => {
    const words = wordsOf(value);
    const candidates = new Set(words.flatMap((word) => [...(index.get(word.slice(0, 3)) ?? [])]));
    let best: Hit | undefined;
    for (const candidate of candidates) {
      const { entry, words: other } = written[candidate]!;
      if (!valid(entry, day)) continue;
      const why = likeness(words, other);
      if (why.score >= nameFloor && why.score > (best?.score ?? 0)) best = { entry, score: why.score, why };
    }
    return best;
  };
  return (value, day) => {
    const question = `${day} ${value}`;
    if (!asked.has(question)) {
      if (asked.size >= mostAsked) asked.clear();
      asked.set(question, look(value, day));
    }
    return asked.get(question);
  };
};

/** Names and days whose answer a version of a list keeps. */
const mostAsked = 5_000;

const finders: Record<ListFile['match'], (entries: readonly ListEntry[]) => Find> = { exact, prefix, name };
