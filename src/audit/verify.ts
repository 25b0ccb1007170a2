/**
 * Walks the audit chains and anchors and names the first link that is broken. Whoever owns the database can write all of
 * it anew, or cut off its end; what shows that is an anchor that was copied out before and is held against it here.
 */
import { times } from '../declaration/dates.ts';
import type { Store } from '../store/port.ts';
import { type AnchorDocument, anchorHash, anchors, firstAnchor, lateMs } from './anchors.ts';
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
  /** Days whose anchors tell a later time than one that was written after them: a clock was ahead. */
  ahead?: string[];
  /** Entries that name the anchor after which they were written, because their clock was behind it; the first of them. */
  behind?: { entries: number; first: string };
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
  const { docs } = await store
    .collection<AnchorDocument>(anchors)
    .find({ sort: [{ column: 'at', direction: 'asc' }], limit: 100_000 });
  const anchorDocs = asWritten(docs);
  // First, so that no entry is told by an anchor that was changed.
  const brokenAnchor = verifyAnchors(docs, anchorDocs, verdict);
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
      if (entry.after !== undefined)
        verdict.behind = {
          entries: (verdict.behind?.entries ?? 0) + 1,
          first: verdict.behind?.first ?? entry.id,
        };
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

/** The anchors in the order in which they were written, as far as each follows from the one before. */
function asWritten(anchorDocs: readonly AnchorDocument[]): AnchorDocument[] {
  const next = new Map(anchorDocs.map((anchor) => [anchor.previous, anchor]));
  const chain: AnchorDocument[] = [];
  // Never longer than all: what was written by hand may bite its own tail.
  for (let one = next.get(firstAnchor); one !== undefined && chain.length < anchorDocs.length; ) {
    chain.push(one);
    one = next.get(one.hash);
  }
  return chain;
}

/** Counts the anchors and looks at their hashes and times; answers the first that does not follow. */
function verifyAnchors(
  all: readonly AnchorDocument[],
  chain: readonly AnchorDocument[],
  verdict: AuditVerdict,
): AuditVerdict['broken'] {
  for (const anchor of chain) {
    if (anchorHash(anchor) !== anchor.hash) return brokenAt(anchor);
    verdict.anchors += 1;
    verdict.newest = { day: anchor.id, hash: anchor.hash };
  }
  const standing = new Set(chain);
  const loose = all.find((anchor) => !standing.has(anchor));
  if (loose !== undefined) return brokenAt(loose);
  let earliest = Number.POSITIVE_INFINITY;
  const ahead: string[] = [];
  for (const { id, at } of [...chain].reverse()) {
    if (Date.parse(at) > earliest) ahead.unshift(id);
    earliest = Math.min(earliest, Date.parse(at));
  }
  if (ahead.length > 0) verdict.ahead = ahead;
  return undefined;
}

const brokenAt = ({ id }: AnchorDocument): AuditVerdict['broken'] => ({
  where: `anchor ${id}`,
  problem: 'it was changed, or one before it is gone',
});

/**
 * What is wrong with an entry that claims a time before an anchor which does not know it: it was put in afterwards, at the
 * end of a chain that nobody writes any more, or as a chain of its own. One that names the anchor after which it was written
 * claims no more than that, and the next that tells a later time has to know it.
 */
function foreignTo(anchorDocs: readonly AnchorDocument[]): (entry: AuditDocument) => string | undefined {
  const times = anchorDocs.map(({ at }) => Date.parse(at) - lateMs);
  // The latest time up to each: they grow, whatever clocks did.
  let latest = Number.NEGATIVE_INFINITY;
  const reached = times.map((time) => {
    latest = Math.max(latest, time);
    return latest;
  });
  const places = new Map(anchorDocs.map(({ id }, place) => [id, place]));
  const knows = anchorDocs.map(({ heads }) => new Map(heads.map(({ writer, number }) => [writer, number])));
  return ({ writer, number, at, after }) => {
    const written = Date.parse(at);
    const named = after === undefined ? -1 : places.get(after);
    if (named === undefined) return `it names the anchor of ${after}, which is not here`;
    const next =
      named < 0
        ? firstWhere(times.length, (index) => reached[index]! > written)
        : times.findIndex((time, index) => index > named && time > written);
    return next < 0 || next === times.length || (knows[next]!.get(writer) ?? 0) >= number
      ? undefined
      : `it is older than the anchor of ${anchorDocs[next]!.id}, which does not know it`;
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
