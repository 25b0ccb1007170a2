/**
 * What can be told now that a trail is known to be complete to a later day. A check made before that could not say that
 * something is absent, and nothing new comes to the declaration that would have it checked again: so the declarations
 * of the office that were under way since the earlier day are. Idempotent: killed, it begins again with the same marks.
 */
import type { Office } from '../check/lodge.ts';
import type { WatermarkDocument } from '../sources/completeness.ts';
import { knownWatermarks } from '../sources/feed.ts';
import type { ReferenceBook } from '../sources/reference/book.ts';
import { openBook, type ReferenceDocument } from '../sources/reference/book.ts';
import { references } from '../sources/reference/store.ts';
import type { CollectionSpec, Filter, Store } from '../store/port.ts';
import { clearance } from './clearance.ts';

/** The last day of each source, feed and office up to which declarations have been looked at. */
interface Seen {
  /** `source|feed|office`. */
  id: string;
  until: string;
}

const seenMarks: CollectionSpec = { name: 'completed', schema: 1, columns: {}, indexes: [] };

/** An office, `*` for all, whose trail is complete further than before. */
export interface Moved {
  office: string;
  /** Last day that was complete before; undefined where none was. */
  after: string | undefined;
  /** When this became known; checks made later have seen it. */
  since: string;
}

/** Declarations read and checked at once. */
const batch = 500;

const claimed = (book: ReferenceBook, documents: readonly ReferenceDocument[]): WatermarkDocument[] => {
  const recorded = new Map(documents.map(({ record, recordedAt }) => [record, recordedAt]));
  return book.all('complete').map((record) => ({
    ...record,
    id: '',
    source: 'reference record',
    basis: 'claimed',
    recordedAt: recorded.get(record) ?? '',
  }));
};

/** What extracts left and what sources claimed in records of their own. */
export async function allMarks(store: Store): Promise<WatermarkDocument[]> {
  const { docs } = await store.collection<ReferenceDocument>(references).find({
    where: { column: 'kind', op: 'eq', value: 'complete' },
    limit: 10_000,
  });
  return [...(await knownWatermarks(store)), ...claimed(openBook(docs), docs)];
}

/** No day at all is before every day. */
const earlier = (a: string | undefined, b: string | undefined): string | undefined =>
  [a, b].includes(undefined) ? undefined : a! < b! ? a : b;

/** Pure: which offices moved, and what is to be remembered. */
export function movedSince(
  marks: readonly WatermarkDocument[],
  seen: ReadonlyMap<string, string>,
): { moved: Moved[]; now: Seen[] } {
  const latest = new Map<string, WatermarkDocument>();
  for (const mark of marks) {
    const id = `${mark.source}|${mark.feed}|${mark.office}`;
    const held = latest.get(id);
    if (held === undefined || held.until < mark.until) latest.set(id, mark);
  }
  const offices = new Map<string, Moved>();
  const now: Seen[] = [];
  for (const [id, { office, until, basis, recordedAt }] of latest) {
    const after = seen.get(id);
    if (basis === 'nothing sent yet' || (after !== undefined && after >= until)) continue;
    now.push({ id, until });
    const held = offices.get(office);
    offices.set(office, {
      office,
      after: held === undefined ? after : earlier(held.after, after),
      since: held === undefined || held.since < recordedAt ? recordedAt : held.since,
    });
  }
  return { moved: [...offices.values()], now };
}

/** Of an office that moved: what is not finished, and what was finished since. */
function underWay({ office, after }: Moved): Filter {
  const here: Filter[] = office === '*' ? [] : [{ column: 'office', op: 'eq', value: office }];
  if (after === undefined) return { and: here };
  const since = (column: string): Filter => ({ column, op: 'ge', value: after });
  const open: Filter = {
    and: [
      { column: 'releasedAt', op: 'isNull' },
      { column: 'cancelledAt', op: 'isNull' },
    ],
  };
  return { and: [...here, { or: [open, since('releasedAt'), since('exitedAt'), since('cancelledAt')] }] };
}

/**
 * To be called when declarations are projected. Answers how many declarations got a new check.
 * @param refresh has checks know the marks; called only where there is something to check
 */
export async function checkCompleted(
  store: Store,
  office: Office,
  refresh: () => Promise<void>,
  signal?: AbortSignal,
): Promise<number> {
  const remembered = store.collection<Seen>(seenMarks);
  const marks = await allMarks(store);
  const ids = [...new Set(marks.map(({ source, feed, office: of }) => `${source}|${feed}|${of}`))];
  const seen = new Map([...(await remembered.getMany(ids))].map(([id, { doc }]) => [id, doc.until]));
  const { moved, now } = movedSince(marks, seen);
  if (moved.length === 0) return 0;
  await refresh();
  const rows = store.collection<{ id: string }>(clearance.spec);
  let changed = 0;
  for (const each of moved) {
    let cursor: string | undefined;
    do {
      signal?.throwIfAborted();
      const page = await rows.find({
        where: underWay(each),
        limit: batch,
        ...(cursor === undefined ? {} : { cursor }),
      });
      const superseding = await office.again(
        page.docs.map(({ id }) => id),
        each.since,
      );
      changed += superseding.length;
      cursor = page.next;
    } while (cursor !== undefined);
  }
  await remembered.put(now);
  return changed;
}
