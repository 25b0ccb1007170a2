/** Walks the audit chains and anchors and names the first link that is broken. */
import type { Store } from '../store/port.ts';
import { type AnchorDocument, anchorHash, anchors, firstAnchor } from './anchor.ts';
import { type AuditDocument, audit, firstLink, hashOf } from './log.ts';

export interface AuditVerdict {
  writers: number;
  entries: number;
  anchors: number;
  /** Absent where every link holds. */
  broken?: { where: string; problem: string };
}

const pageSize = 1000;

export async function verifyAudit(store: Store): Promise<AuditVerdict> {
  const verdict: AuditVerdict = { writers: 0, entries: 0, anchors: 0 };
  const entries = store.collection<AuditDocument>(audit);
  /** Hash by writer and number, of the entries that anchors name. */
  const anchored = new Map<string, string>();
  const anchorDocs = (
    await store
      .collection<AnchorDocument>(anchors)
      .find({ sort: [{ column: 'at', direction: 'asc' }], limit: 100_000 })
  ).docs;
  for (const { heads } of anchorDocs)
    for (const head of heads) anchored.set(`${head.writer} ${head.number}`, head.hash);

  let writer: string | undefined;
  let number = 0;
  let previous = '';
  let cursor: string | undefined;
  do {
    const page = await entries.find({
      sort: [
        { column: 'writer', direction: 'asc' },
        { column: 'number', direction: 'asc' },
      ],
      limit: pageSize,
      ...(cursor === undefined ? {} : { cursor }),
    });
    for (const entry of page.docs) {
      if (entry.writer !== writer) {
        writer = entry.writer;
        number = 0;
        previous = firstLink(writer);
        verdict.writers += 1;
      }
      const problem =
        entry.number !== number + 1
          ? `entries ${number + 1} to ${entry.number - 1} are missing`
          : entry.previous !== previous
            ? 'it does not follow from the entry before it'
            : hashOf(entry) !== entry.hash
              ? 'its content was changed'
              : undefined;
      if (problem !== undefined) return { ...verdict, broken: { where: entry.id, problem } };
      number = entry.number;
      previous = entry.hash;
      verdict.entries += 1;
      const key = `${writer} ${number}`;
      const expected = anchored.get(key);
      if (expected !== undefined && expected !== entry.hash) {
        return { ...verdict, broken: { where: entry.id, problem: 'an anchor holds another hash of it' } };
      }
      anchored.delete(key);
    }
    cursor = page.next;
  } while (cursor !== undefined);

  const [cut] = anchored.keys();
  if (cut !== undefined) {
    return {
      ...verdict,
      broken: { where: cut.replace(' ', '/'), problem: 'an anchor names it, but it is gone' },
    };
  }
  let link = firstAnchor;
  for (const anchor of anchorDocs) {
    if (anchor.previous !== link || anchorHash(anchor) !== anchor.hash) {
      return {
        ...verdict,
        broken: { where: `anchor ${anchor.id}`, problem: 'it was changed, or one before it is gone' },
      };
    }
    link = anchor.hash;
    verdict.anchors += 1;
  }
  return verdict;
}
