/**
 * The anchors as they lie in the store: one a day, each with the hash of the one before, in the order in which they were
 * written, which is the order of their times only where no clock was ever set.
 */
import { contentHash } from '../ground/canonical.ts';
import { lastWritten } from '../store/pages.ts';
import type { CollectionSpec, Store } from '../store/port.ts';

export interface AnchorDocument {
  /** The day it closes, `YYYY-MM-DD` UTC. */
  id: string;
  at: string;
  heads: { writer: string; number: number; hash: string }[];
  previous: string;
  hash: string;
}

export const anchors: CollectionSpec = {
  name: 'audit_anchor',
  schema: 1,
  columns: { at: { type: 'text' } },
  indexes: [],
};

export const firstAnchor = contentHash('crosscheck anchors');

export function anchorHash(anchor: AnchorDocument): string {
  const { hash: _, ...rest } = anchor;
  return contentHash(rest);
}

/** An entry may come to the store so much later than it says: clocks differ, and what failed is written again. */
export const lateMs = 60 * 60_000;

/** Whether a clock that tells this is behind one that made the anchor. */
export const isBehind = (now: number, { at }: AnchorDocument): boolean => now < Date.parse(at) - lateMs;

/** Whether an anchor fixes this entry of a chain, which can't be written otherwise from then on. */
export const knows = ({ heads }: AnchorDocument, entry: { writer: string; number: number }): boolean =>
  heads.some(({ writer, number }) => writer === entry.writer && number >= entry.number);

export interface NewestAnchors {
  /** The one that tells the latest time. */
  latest: AnchorDocument;
  /** The one that was written last. */
  last: AnchorDocument;
}

export async function newestAnchors(store: Store): Promise<NewestAnchors | undefined> {
  const collection = store.collection<AnchorDocument>(anchors);
  const { docs } = await collection.find({
    where: { column: 'at', op: 'isNotNull' },
    sort: [{ column: 'at', direction: 'desc' }],
    limit: 1,
  });
  const [latest] = docs;
  if (latest === undefined) return undefined;
  return { latest, last: (await lastWritten(collection, 'at'))?.doc ?? latest };
}
