/**
 * Walks the audit chains and anchors and names the first link that is broken. Whoever owns the database can write all of
 * it anew, or cut off its end; what shows that is an anchor that was copied out before and is held against it here.
 */
import { times } from '../declaration/dates.ts';
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
export const anchorPattern = `${times.day.pattern.slice(0, -1)}=[0-9a-f]{64}$`;
export const copiesOf = (texts: readonly string[] = []): AnchorCopy[] =>
  texts.map((text) => {
    const [day, hash] = text.split('=') as [string, string];
    return { day, hash };
  });

/** @param copies anchors that were copied out before */
export async function verifyAudit(store: Store, copies: readonly AnchorCopy[] = []): Promise<AuditVerdict> {
  const verdict: AuditVerdict = { writers: 0, entries: 0, anchors: 0 };
  const entries = store.collection<AuditDocument>(audit);
  const anchorDocs = (
    await store
      .collection<AnchorDocument>(anchors)
      .find({ sort: [{ column: 'at', direction: 'asc' }], limit: 100_000 })
  ).docs;
  // First, so that no entry is told by an anchor that was changed.
  const brokenAnchor = verifyAnchors(anchorDocs, verdict);
  if (brokenAnchor !== undefined) return { ...verdict, broken: brokenAnchor };
  /** Hash by writer and number, of the entries that anchors name. */
  const anchored = new Map<string, string>();
  for (const { heads } of anchorDocs)
    for (const head of heads) anchored.set(`${head.writer} ${head.number}`, head.hash);
  const isForeign = foreignTo(anchorDocs);

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
              : isForeign(entry);
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
  const standing = new Map(anchorDocs.map(({ id, hash }) => [id, hash]));
  for (const { day, hash } of copies) {
    const found = standing.get(day);
    if (found === hash) continue;
    const problem = found === undefined ? 'it was copied out, and is gone' : 'another one was copied out';
    return { ...verdict, broken: { where: `anchor ${day}`, problem } };
  }
  return verdict;
}

/** Walks the anchors and counts them; answers the first that does not follow. */
function verifyAnchors(anchorDocs: readonly AnchorDocument[], verdict: AuditVerdict): AuditVerdict['broken'] {
  let link = firstAnchor;
  for (const anchor of anchorDocs) {
    if (anchor.previous !== link || anchorHash(anchor) !== anchor.hash)
      return { where: `anchor ${anchor.id}`, problem: 'it was changed, or one before it is gone' };
    link = anchor.hash;
    verdict.anchors += 1;
    verdict.newest = { day: anchor.id, hash: anchor.hash };
  }
  return undefined;
}

/** An entry may come to the store so much later than it says: clocks differ, and what failed is written again. */
const lateMs = 60 * 60_000;

/**
 * What is wrong with an entry that claims a time before an anchor which does not know it: it was put in afterwards, at the
 * end of a chain that nobody writes any more, or as a chain of its own.
 */
function foreignTo(anchorDocs: readonly AnchorDocument[]): (entry: AuditDocument) => string | undefined {
  const times = anchorDocs.map(({ at }) => Date.parse(at) - lateMs);
  const knows = anchorDocs.map(({ heads }) => new Map(heads.map(({ writer, number }) => [writer, number])));
  return ({ writer, number, at }) => {
    const written = Date.parse(at);
    const after = firstWhere(times.length, (index) => times[index]! > written);
    return after === times.length || (knows[after]!.get(writer) ?? 0) >= number
      ? undefined
      : `it is older than the anchor of ${anchorDocs[after]!.id}, which does not know it`;
  };
}

/** The first index at which something holds that holds from there on; the length where it never does. */
function firstWhere(length: number, holds: (index: number) => boolean): number {
  let [from, to] = [0, length];
  while (from < to) {
    const middle = (from + to) >> 1;
    if (holds(middle)) to = middle;
    else from = middle + 1;
  }
  return from;
}
