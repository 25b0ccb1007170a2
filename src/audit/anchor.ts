/**
 * Anchors join the chains of all writers: one document holds the heads of every chain as they stood, and the hash of
 * the anchor before. Copied out of the installation (paper, another ministry, a newspaper) it fixes the past.
 */
import type { Store } from '../store/port.ts';
import { type AnchorDocument, anchorHash, anchors, firstAnchor, newestAnchors } from './anchors.ts';
import { type AuditDocument, audit } from './log.ts';

/** Every writer's last entry, by writer. */
export async function heads(store: Store): Promise<AnchorDocument['heads']> {
  const collection = store.collection<AuditDocument>(audit);
  const last = await collection.aggregate({ groupBy: ['writer'], measures: { number: { max: 'number' } } });
  const found: AnchorDocument['heads'] = [];
  for (const { key, values } of last) {
    const { docs } = await collection.find({
      where: {
        and: [
          { column: 'writer', op: 'eq', value: key.writer! },
          { column: 'number', op: 'eq', value: values.number! },
        ],
      },
      limit: 1,
    });
    const [{ writer, number, hash }] = docs as [AuditDocument];
    found.push({ writer, number, hash });
  }
  return found.sort((a, b) => (a.writer < b.writer ? -1 : 1));
}

/** Writes the anchor of a day, once; answers the one that stands. */
export async function anchor(store: Store, now: Date): Promise<AnchorDocument> {
  const collection = store.collection<AnchorDocument>(anchors);
  const id = now.toISOString().slice(0, 10);
  const standing = await collection.get(id);
  if (standing !== undefined) return standing.doc;
  const before = await newestAnchors(store);
  const document: AnchorDocument = {
    id,
    at: now.toISOString(),
    heads: await heads(store),
    previous: before?.last.hash ?? firstAnchor,
    hash: '',
  };
  document.hash = anchorHash(document);
  await collection.putNew([document]);
  return (await collection.get(id))!.doc;
}
