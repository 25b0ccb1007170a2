/**
 * What cannot be undone waits where the clock may have leapt: removing what is old, freezing a month. The anchors tell on which
 * days the service ran; a day that none of those before it leads to may not have come. Where it is right after all, as after a
 * week of standing still, the next day is led to by this one.
 */
import { CrosscheckError } from '../errors.ts';
import type { Store } from '../store/port.ts';
import { type AnchorDocument, anchors, newestAnchors } from './anchors.ts';

/** Days of which one must have been seen before: a weekend of standing still, and less than by what a month is frozen too early. */
const days = 3;
const dayMs = 86_400_000;

/** To be called when the day's own anchor is written. Throws CC_CLOCK_UNSURE. A store without days before this one is sure. */
export async function demandSureClock(store: Store, now: Date): Promise<void> {
  const day = now.toISOString().slice(0, 10);
  const before = Array.from({ length: days }, (_, n) =>
    new Date(now.getTime() - (n + 1) * dayMs).toISOString().slice(0, 10),
  );
  const collection = store.collection<AnchorDocument>(anchors);
  if ((await collection.getMany(before)).size > 0) return;
  const { docs } = await collection.find({
    where: { column: 'id', op: 'lt', value: day },
    sort: [{ column: 'id', direction: 'desc' }],
    limit: 1,
  });
  const last = docs[0]?.id;
  if (last === undefined && (await newestAnchors(store))?.latest.id === day) return;
  throw new CrosscheckError('CC_CLOCK_UNSURE', { day, days, last: last ?? 'a later day' });
}
