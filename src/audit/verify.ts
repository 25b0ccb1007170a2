/**
 * Walks the audit chains and anchors and names the first link that is broken. Whoever owns the database can write all of
 * it anew, or cut off its end; what shows that is an anchor that was copied out before and is held against it here.
 */
import type { Store } from '../store/port.ts';
import { type AnchorDocument, anchorHash, anchors, firstAnchor } from './anchor.ts';
import { type AuditDocument, audit, firstLink, hashOf } from './log.ts';

/** What is copied of an anchor. */
export interface AnchorCopy {
  day: string;
  hash: string;
}

export interface AuditVerdict {
  writers: number;
  entries: number;
  anchors: number;
  /** The last one, to be copied to where the database's owner cannot reach it; absent before the first day. */
  newest?: AnchorCopy;
  /** Absent where every link holds. */
  broken?: { where: string; problem: string };
}

const pageSize = 1000;

/** How a copy is written. */
export const anchorPattern = '^\\d{4}-\\d{2}-\\d{2}=[0-9a-f]{64}$';
export const copiesOf = (texts: readonly string[] = []): AnchorCopy[] =>
  texts.map((text) => {
    const [day, hash] = text.split('=') as [string, string];
    return { day, hash };
  });

/** @param copies anchors that were copied out before */
export async function verifyAudit(store: Store, copies: readonly AnchorCopy[] = []): Promise<AuditVerdict> {
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
    verdict.newest = { day: anchor.id, hash: anchor.hash };
  }
  const standing = new Map(anchorDocs.map(({ id, hash }) => [id, hash]));
  for (const { day, hash } of copies) {
    const found = standing.get(day);
    if (found === hash) continue;
    const problem = found === undefined ? 'it was copied out, and is gone' : 'another one was copied out';
    return { ...verdict, broken: { where: `anchor ${day}`, problem } };
  }
  return verdict;
}
