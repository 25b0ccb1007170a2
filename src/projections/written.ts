/**
 * What was written since the cursors, in steps in which the sources keep pace with each other: a declaration comes with its
 * events, outcomes and check. Pages of equal length would not: of events there are ten a declaration, so that each was
 * folded when its own page came and again with every other's.
 */
import { type Collections, checks, declarations, events, outcomes } from '../check/collections.ts';
import type { Store, Stored } from '../store/port.ts';
import type { SourceName } from './cursors.ts';
import { watchRemoved } from './removed.ts';

const sources = { declaration: declarations, event: events, outcome: outcomes, check: checks } as const;

const names = ['declaration', 'event', 'outcome', 'check'] as const satisfies SourceName[];

/** Pages of events or outcomes in one step: with those of a page of declarations, or as far as memory bears. */
const mostPages = 8;

/** One step. */
export interface Written {
  touched: Set<string>;
  position: Record<SourceName, number>;
  /** All that was recorded before has been read. */
  upTo: number;
  /**
   * Versions and checks of declarations whose first version is among what was read: all there are, but for what a later
   * step tells, and folds anew.
   */
  whole: Map<string, { versions: Collections['declaration'][]; checks: Collections['check'][] }>;
}

/** Sorts after every instant. */
const unbounded = '~';

interface Entry<K extends SourceName> {
  reference: string;
  recordedAt: string;
  seq: number;
  /** Of declarations and checks, unless something was removed since it was read. */
  doc: Collections[K] | undefined;
}

/** What is read of a source and belongs to a later step. */
interface Ahead<K extends SourceName> {
  entries: Entry<K>[];
  /** Where to read on. */
  readTo: number;
  /** The latest that was read, whatever its place. */
  recordedLast: string;
  /** False where there was more than was read, or nothing was read for this step: more may have come since. */
  exhausted: boolean;
}

export interface WrittenReader {
  /** The next step after the cursors; nothing touched where nothing was written. */
  next(position: Readonly<Record<SourceName, number>>, limit: number): Promise<Written>;
}

export function readWritten(store: Store): WrittenReader {
  const isLess = watchRemoved(store);
  let ahead: { [K in SourceName]: Ahead<K> } | undefined;
  /** Up to where was told. */
  let told: Readonly<Record<SourceName, number>> | undefined;

  async function page<K extends SourceName>(name: K, limit: number, keep: boolean): Promise<void> {
    const own = ahead![name] as Ahead<K>;
    const read: Stored<Collections[K]>[] = await store
      .collection<Collections[K]>(sources[name])
      .since(own.readTo, limit);
    for (const { doc, seq } of read) {
      const reference = 'reference' in doc ? doc.reference : doc.declaration;
      own.entries.push({ reference, recordedAt: doc.recordedAt, seq, doc: keep ? doc : undefined });
      own.readTo = Math.max(own.readTo, seq);
      if (doc.recordedAt > own.recordedLast) own.recordedLast = doc.recordedAt;
    }
    own.exhausted = read.length < limit;
  }

  return {
    async next(position, limit) {
      // Another runner may have moved the cursors, or had all begin anew.
      if (names.some((name) => told?.[name] !== position[name])) {
        const begin = (name: SourceName) => ({
          entries: [],
          readTo: position[name],
          recordedLast: '',
          exhausted: false,
        });
        ahead = {
          declaration: begin('declaration'),
          event: begin('event'),
          outcome: begin('outcome'),
          check: begin('check'),
        };
      }
      const readBefore = ahead!.declaration.entries.length + ahead!.check.entries.length;
      // What was read ahead is not folded from memory where it may be gone from the store since.
      if ((await isLess()) && readBefore > 0)
        for (const entry of [...ahead!.declaration.entries, ...ahead!.check.entries]) entry.doc = undefined;
      const { declaration, event, outcome, check } = ahead!;
      /** Recorded when the first of them was that is not read yet, as far as can be told. */
      let horizon = unbounded;
      const bound = ({ exhausted, recordedLast }: Ahead<SourceName>): void => {
        if (!exhausted && recordedLast < horizon) horizon = recordedLast;
      };
      const fill = async (name: 'declaration' | 'check'): Promise<void> => {
        const own = ahead![name];
        if (own.entries.length < limit) await page(name, limit - own.entries.length, true);
        else own.exhausted = false;
        bound(own);
      };
      const follow = async (name: 'event' | 'outcome'): Promise<void> => {
        const own = ahead![name];
        for (let pages = 0; pages < mostPages; pages++) {
          if (own.entries.length > 0 && own.recordedLast > declaration.recordedLast) {
            own.exhausted = false;
            break;
          }
          await page(name, limit, false);
          if (own.exhausted) break;
        }
        bound(own);
      };
      await fill('declaration');
      await follow('event');
      await follow('outcome');
      // Checks last: whatever is written with a declaration is there when its checks are read.
      await fill('check');

      const all: Ahead<SourceName>[] = [declaration, event, outcome, check];
      // Whole groups, which are recorded at one instant. A group longer than a page goes as far as it is read; and what
      // stands in another order than it was recorded in, as it stands.
      let counts = all.map(({ entries }) => countUntil(entries, (at) => at >= horizon));
      if (counts.every((count) => count === 0))
        counts = all.map(({ entries }) => countUntil(entries, (at) => at > horizon));
      if (counts.every((count) => count === 0)) counts = all.map(({ entries }) => entries.length);

      const next = { ...position };
      const touched = new Set<string>();
      let upTo = Number.POSITIVE_INFINITY;
      const take = <K extends SourceName>(name: K, count: number): Entry<K>[] => {
        const own = ahead![name] as Ahead<K>;
        const taken = own.entries.splice(0, count);
        for (const { reference, seq } of taken) {
          touched.add(reference);
          next[name] = Math.max(next[name], seq);
        }
        const [left] = own.entries;
        const until = left ?? (own.exhausted ? undefined : taken.at(-1));
        if (until !== undefined) upTo = Math.min(upTo, Date.parse(until.recordedAt));
        return taken;
      };
      const declared = take('declaration', counts[0]!);
      take('event', counts[1]!);
      take('outcome', counts[2]!);
      const checked = take('check', counts[3]!);
      told = next;
      return { touched, position: next, upTo, whole: wholeOf(declared, checked) };
    },
  };
}

const countUntil = (entries: readonly Entry<SourceName>[], ends: (recordedAt: string) => boolean): number => {
  const found = entries.findIndex(({ recordedAt }) => ends(recordedAt));
  return found < 0 ? entries.length : found;
};

function wholeOf(
  declared: readonly Entry<'declaration'>[],
  checked: readonly Entry<'check'>[],
): Written['whole'] {
  const whole: Written['whole'] = new Map();
  // Where the check of the lodging itself is not among them, it came between the pages of the step before, which had read
  // the declarations already, or it is in the next step. What follows in a next step touches its declaration again.
  const atOnce = new Set(
    checked.flatMap(({ doc }) =>
      doc === undefined ? [] : [`${doc.declaration} ${doc.recordedAt} ${doc.supersedes ?? ''}`],
    ),
  );
  for (const { doc } of declared)
    if (doc?.version === 1 && atOnce.has(`${doc.reference} ${doc.recordedAt} `))
      whole.set(doc.reference, { versions: [], checks: [] });
  for (const { doc } of declared) if (doc !== undefined) whole.get(doc.reference)?.versions.push(doc);
  for (const { doc } of checked) if (doc !== undefined) whole.get(doc.declaration)?.checks.push(doc);
  // Some of it may be gone from the store, and nobody can tell what else belongs to it.
  for (const { reference, doc } of [...declared, ...checked]) if (doc === undefined) whole.delete(reference);
  return whole;
}
