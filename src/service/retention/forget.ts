/**
 * What retention removed is forgotten by this process: the history in memory is read anew, and what was checked of late and is
 * not there any more is let go. Whoever removed it, here, on another replica or by the command line: the days of which
 * something was removed are followed in the store.
 */
import type { Desk } from '../../check/desk.ts';
import { type RemovedDay, removedDays } from '../../projections/removed.ts';
import type { Store } from '../../store/port.ts';

/** What was removed so shortly before this process began to read may have been read by it. */
const beginningMs = 10 * 60_000;
/** Retention removes nothing that is younger than a day. */
const dayMs = 86_400_000;
const page = 1_000;

export async function forgetRemoved(
  { evidence, kin }: Pick<Desk, 'evidence' | 'kin'>,
  now: Date,
): Promise<void> {
  await evidence?.renew(now);
  kin?.forget(new Date(now.getTime() - dayMs).toISOString());
}

/**
 * Answers a look at what was removed since the one before; it resolves when that is forgotten.
 * @param started when this process began, by the wall clock
 */
export function followRemoved(store: Store, desk: Desk, started = new Date()): (now: Date) => Promise<void> {
  const collection = store.collection<RemovedDay>(removedDays);
  let position = 0;
  let since = new Date(started.getTime() - beginningMs).toISOString();
  return async (now) => {
    let seen = position;
    let removed = false;
    for (;;) {
      const told = await collection.since(seen, page);
      removed ||= told.some(({ doc }) => doc.at >= since);
      seen = told.at(-1)?.seq ?? seen;
      if (told.length < page) break;
    }
    if (removed) await forgetRemoved(desk, now);
    position = seen;
    since = '';
  };
}
