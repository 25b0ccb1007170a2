/**
 * The tables of daily roll-ups: made by the store itself, a day at a time as `changed_day` tells, with a cursor for each set
 * of dimensions, so they are exact and can be thrown away. A set is made from the first figure on that asks for it.
 */
import { changedDays } from '../projections/project.ts';
import type { CollectionSpec, Document, Store } from '../store/port.ts';
import type { Layout, RolledUp } from './rollup-layout.ts';

/** How far each set has followed, by the name of its table; a set that is wanted has one. */
export const followed: CollectionSpec = { name: 'rollup_cursor', schema: 1, columns: {}, indexes: [] };
export interface FollowedDocument extends Document {
  seq: number;
  /** When it was moved, UTC. */
  at: string;
  /** It has caught up once with all that was there. */
  whole: boolean;
  /** Of percentiles, which have no table: who is looked at by what. */
  asked?: { id: string; by: readonly string[] };
}

/** Days made anew in one step: what keeps a writer waiting no longer than it bears. */
const daysAtOnce = 62;

export const now = (): string => new Date().toISOString();

/** Brings every set up to the projected rows; answers how many days were made anew. */
export async function rollUp(store: Store, layout: Layout): Promise<number> {
  const { days } = await bringUp(store, layout.sets);
  return days;
}

/** Brings sets up, so many steps of each that is apart from the others; `complete` where there was no more to do. */
export async function bringUp(
  store: Store,
  sets: readonly RolledUp[],
  steps = Number.POSITIVE_INFINITY,
): Promise<{ days: number; complete: boolean }> {
  const cursor = store.collection<FollowedDocument>(followed);
  const stored = await cursor.getMany(sets.map(({ day }) => day.name));
  const seqOf = ({ day }: RolledUp): number => stored.get(day.name)?.doc.seq ?? 0;
  let days = 0;
  let complete = true;
  for (const from of new Set(sets.map(seqOf))) {
    const together = sets.flatMap((set) => (seqOf(set) === from ? [set.day] : []));
    const wasWhole = together.every(({ name }) => stored.get(name)?.doc.whole);
    const moved = (seq: number, whole: boolean) =>
      cursor.put(together.map(({ name }) => ({ id: name, seq, at: now(), whole })));
    let seq = from;
    for (let step = 0; ; step++) {
      const changed = await store.collection(changedDays).since(seq, daysAtOnce);
      if (changed.length === 0) {
        if (!wasWhole) await moved(seq, true);
        break;
      }
      if (step === steps) {
        complete = false;
        break;
      }
      const dayNames = changed.map(({ doc }) => doc.id);
      seq = changed.at(-1)!.seq;
      await store.derived.refresh(together, 'day', dayNames, seq);
      await moved(seq, wasWhole);
      days += changed.length;
    }
  }
  return { days, complete };
}

/** Beside this process another release may still follow its own layout; after a week without a word it is gone. */
const forsakenMs = 7 * 86_400_000;

/** Drops what other definitions, or another release, left behind. Answers the names of the tables. */
export async function dropForsaken(store: Store, layout: Layout, today = Date.now()): Promise<string[]> {
  const cursor = store.collection<FollowedDocument>(followed);
  const { docs } = await cursor.find({ limit: 1_000 });
  const kept = new Set([layout.version]);
  for (const { id, at } of docs)
    if (!store.exclusive && today - Date.parse(at) < forsakenMs) kept.add(versionIn(id) ?? id);
  const dropped = await store.derived.drop((name) => {
    const version = versionIn(name);
    return version !== undefined && !kept.has(version);
  });
  await cursor.delete(docs.flatMap(({ id }) => (kept.has(versionIn(id) ?? id) ? [] : [id])));
  return dropped;
}

export const versionIn = (name: string): string | undefined => /^rollup_([0-9a-f]{8})_/.exec(name)?.[1];
