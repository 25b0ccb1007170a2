/**
 * The days of which retention removed declarations. What is left of such a day is what somebody still disputes or has not
 * finished, and no fair part of it: figures of a period that holds one say so, and nobody is judged by them. Replicas follow
 * it by `since` to learn that what they hold in memory is gone from the store.
 */
import type { CollectionSpec, Document, Store } from '../store/port.ts';

export const removedDays: CollectionSpec = {
  name: 'removed_day',
  schema: 1,
  columns: { day: { type: 'text' } },
  indexes: [['day']],
};

export interface RemovedDay extends Document {
  /** The day of the removed rows, YYYY-MM-DD, which is also its id. */
  day: string;
  /** When declarations of it were removed last, UTC. */
  at: string;
}

/** First and last day within a period of which something was removed. */
export interface RemovedSpan {
  first: string;
  last: string;
}

export const noteRemoved = (store: Store, days: Iterable<string>, at: string): Promise<void> =>
  store.collection<RemovedDay>(removedDays).put([...new Set(days)].map((day) => ({ id: day, day, at })));

const toldAtOnce = 1_000;

/** Answers whether retention has removed something since it was asked last. It tells so before and after it removes. */
export function watchRemoved(store: Store): () => Promise<boolean> {
  const removed = store.collection<RemovedDay>(removedDays);
  let to = 0;
  return async () => {
    const from = to;
    for (;;) {
      const told = await removed.since(to, toldAtOnce);
      to = told.at(-1)?.seq ?? to;
      if (told.length < toldAtOnce) return to > from;
    }
  };
}

/** Days included; without bounds of all time. Undefined where the period is whole. */
export async function removedWithin(
  store: Store,
  from?: string | null,
  to?: string | null,
): Promise<RemovedSpan | undefined> {
  const end = async (direction: 'asc' | 'desc'): Promise<string | undefined> => {
    const { docs } = await store.collection<RemovedDay>(removedDays).find({
      where: {
        and: [
          { column: 'day', op: 'ge', value: from ?? '' },
          { column: 'day', op: 'le', value: to ?? '9999-12-31' },
        ],
      },
      sort: [{ column: 'day', direction }],
      limit: 1,
    });
    return docs[0]?.day;
  };
  const first = await end('asc');
  return first === undefined ? undefined : { first, last: (await end('desc')) ?? first };
}
