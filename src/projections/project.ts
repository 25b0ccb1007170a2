/**
 * Runs the folds behind what was written: reads declarations, events, outcomes and checks from cursors, folds each
 * declaration they touch from everything known of it, writes the rows and then the cursors. Killed anywhere it starts
 * again from the last cursors and writes the same rows over (DESIGN decision 9). Of two runners at once the one whose
 * cursor comes second may have written what it read before the other read more: it folds the same declarations again
 * until its cursor comes first.
 */
import { setImmediate } from 'node:timers/promises';
import { type Collections, checks, declarations, events, outcomes } from '../check/collections.ts';
import { CrosscheckError } from '../errors.ts';
import type { Profile } from '../selectivity/model.ts';
import { readWhere } from '../store/pages.ts';
import type { CollectionSpec, Document, Store } from '../store/port.ts';
import type { ClearanceRow } from './clearance.ts';
import { contextOf } from './context.ts';
import { type CursorDocument, cursorId, cursors, fromTheBeginning } from './cursors.ts';
import { fold, type Rows, type TableName, tables } from './fold.ts';
import { arrange, type FoldContext } from './history.ts';
import type { Pace } from './pace.ts';
import { watchRemoved } from './removed.ts';
import { namesQueuedIn } from './taken.ts';
import { entriesCalled, entryNames, followUpsOf, noteTakings, takings } from './taking.ts';
import { registersRecorded } from './trusting.ts';
import { remakeOld, sayRemade } from './upgrade.ts';
import { withdrawGone } from './withdraw.ts';
import { readWritten, type Written } from './written.ts';

export { cursors } from './cursors.ts';

/**
 * A document a day whose clearance rows were written; roll-ups follow it by `since`. Told before, so that no crash leaves
 * rows of which nobody tells, and where other processes follow once more afterwards: one of them may have looked between.
 */
export const changedDays: CollectionSpec = { name: 'changed_day', schema: 1, columns: {}, indexes: [] };

/** Declarations read in one step, and folded at once: what memory and a store's call can bear. */
const readBatch = 2_000;
const foldBatch = 1_000;
/** The same beside callers who wait: nothing holds the event loop or the store's writer for more than a moment. */
const pacedReadBatch = 400;
const pacedFoldBatch = 100;
/** Declarations folded in one turn of the event loop. */
const foldedAtOnce = 50;
const pacedRunMs = 5_000;

export interface ProjectOptions {
  /** In place of what the store's own records and the profile say. */
  context?: FoldContext;
  /** Whose lanes the folds read; the usual ones where absent. */
  profile?: Pick<Profile, 'lanes'>;
  /** Told once where rows of another release's folds are made anew. */
  onOldRows?: () => void;
  /** Called after each step with the declarations folded so far. */
  onProgress?: (folded: number) => void;
  /** Where others wait for the machine: small steps with rests between. */
  pace?: Pace;
  signal?: AbortSignal;
}

export interface Projected {
  /** Declarations folded; one counts again when it was touched again in a later step. */
  folded: number;
  /** False where a paced run stopped on its way, so that what builds on the rows gets its turn. */
  complete: boolean;
}

/** Brings the projected tables up to what is stored now. */
export async function project(store: Store, options: ProjectOptions = {}): Promise<Projected> {
  const { pace } = options;
  // Before the register is read, so that nothing which is recorded between the two is taken for followed.
  const registers = options.context === undefined ? await registersRecorded(store) : undefined;
  const context = options.context ?? (await contextOf(store, options.profile));
  const paced = (): boolean => pace !== undefined && !pace.hurried();
  const cursor = store.collection<CursorDocument>(cursors);
  const reader = readWritten(store);
  const isLess = watchRemoved(store);
  if (await remakeOld(store)) options.onOldRows?.();
  if (registers?.begins === true) await fromTheBeginning(store);
  const started = Date.now();
  let folded = 0;
  /** Folded beside what was written, and taken off when the cursor has come past it. */
  let again: ReadonlySet<string> = new Set(await registers?.touched(context));
  for (;;) {
    options.signal?.throwIfAborted();
    const began = Date.now();
    const stored = await cursor.get(cursorId);
    const position = stored?.doc.position ?? { declaration: 0, event: 0, outcome: 0, check: 0 };
    const written = await reader.next(position, paced() ? pacedReadBatch : readBatch);
    const touched = [...new Set([...written.touched, ...again])].sort();
    if (touched.length === 0) {
      pace?.folded(began);
      await registers?.done();
      return { folded, complete: true };
    }
    // Where this step was cut short before, entries of which it noted a taking may not have been folded.
    const step = Object.values(position).join('.');
    const entries = new Set(await entriesCalled(store, await namesQueuedIn(store, step)));
    const fold = async (references: readonly string[]): Promise<void> => {
      for (let i = 0; i < references.length; ) {
        options.signal?.throwIfAborted();
        const from = performance.now();
        const batch = references.slice(i, i + (paced() ? pacedFoldBatch : foldBatch));
        i += batch.length;
        await isLess();
        const done = await foldInto(store, step, batch, written.whole, context);
        // What was removed between the reading and the writing must not stand as rows.
        if (await isLess()) {
          await withdrawGone(store, batch);
          await store.collection(changedDays).put(done.marks);
        }
        folded += done.folded;
        for (const entry of done.entries) entries.add(entry);
        options.onProgress?.(folded);
        await pace?.rest(performance.now() - from);
      }
    };
    await fold(touched);
    // Entries of which something else is taken than before; what they take themselves has not changed.
    await fold([...entries].sort());
    try {
      await cursor.putIf({ id: cursorId, position: written.position }, stored?.version ?? 0);
      pace?.folded(Math.min(began, written.upTo));
      again = new Set();
    } catch (thrown) {
      if (!(thrown instanceof CrosscheckError) || thrown.code !== 'CC_VERSION_CONFLICT') throw thrown;
      again = new Set(touched);
    }
    if (pace !== undefined && again.size === 0 && Date.now() - started > pacedRunMs) {
      await registers?.done();
      return { folded, complete: false };
    }
  }
}

/** The clearance row last, as in withdraw.ts: where none stands, no other row of a declaration is there to go stale. */
const thrownAway: readonly CollectionSpec[] = [
  tables.finding.spec,
  tables.act.spec,
  tables.clearance_item.spec,
  takings,
  entryNames,
  tables.clearance.spec,
];

/**
 * Throws every projected row away and makes it again; the same rows come back. Cut short anywhere, the next start makes what is
 * missing, and readiness says how far it is.
 */
export async function rebuild(store: Store, options: ProjectOptions = {}): Promise<Projected> {
  // A day that no declaration has any more must leave the roll-ups too.
  const days = await store
    .collection(tables.clearance.spec)
    .aggregate({ groupBy: ['day'], measures: { rows: { count: true } } });
  const marks = days.map(({ key }) => ({ id: String(key.day) }));
  await store.collection(changedDays).put(marks);
  // Before anything is thrown away: a cursor over emptied tables would have them stay so.
  await sayRemade(store);
  await store.collection(cursors).delete([cursorId]);
  for (const spec of thrownAway) await store.collection(spec).clear();
  // And once more: a runner beside this one that began at the beginning and wrote rows and its cursor in between loses that
  // cursor, and all is folded again.
  await store.collection(cursors).delete([cursorId]);
  await store.collection(changedDays).put(marks);
  return project(store, options);
}

/** Folds those of the references whose declaration is here; events that wait for theirs are folded with it. */
async function foldInto(
  store: Store,
  step: string,
  references: readonly string[],
  whole: Written['whole'],
  context: FoldContext,
): Promise<{ folded: number; entries: string[]; marks: Document[] }> {
  const others = references.filter((reference) => !whole.has(reference));
  const here = references.flatMap((reference) => whole.get(reference) ?? []);
  const [versions, trail, results, checked] = await Promise.all([
    readWhere(store.collection<Collections['declaration']>(declarations), 'reference', others),
    readWhere(store.collection<Collections['event']>(events), 'declaration', references),
    readWhere(store.collection<Collections['outcome']>(outcomes), 'declaration', references),
    readWhere(store.collection<Collections['check']>(checks), 'declaration', others),
  ]);
  versions.push(...here.flatMap((one) => one.versions));
  checked.push(...here.flatMap((one) => one.checks));
  const versionsOf = groupBy(versions, (document) => document.reference);
  const trailOf = groupBy(trail, (document) => document.declaration);
  const resultsOf = groupBy(results, (document) => document.declaration);
  const checksOf = groupBy(checked, (document) => document.declaration);
  const histories = [...versionsOf].map(([reference, known]) =>
    arrange(
      reference,
      known,
      trailOf.get(reference) ?? [],
      resultsOf.get(reference) ?? [],
      checksOf.get(reference) ?? [],
    ),
  );
  const before = await store.collection<ClearanceRow>(tables.clearance.spec).getMany([...versionsOf.keys()]);
  const entries = await noteTakings(
    store,
    step,
    histories,
    (reference) => before.get(reference)?.doc.follows === 1,
  );
  const followUps = await followUpsOf(store, histories, context);
  const rows: Rows = { clearance: [], clearance_item: [], act: [], finding: [] };
  for (const [at, history] of histories.entries()) {
    if (at > 0 && at % foldedAtOnce === 0) await setImmediate();
    const made = fold({ ...history, followUps: followUps.get(history.reference) ?? [] }, context);
    rows.clearance.push(...made.clearance);
    rows.clearance_item.push(...made.clearance_item);
    rows.act.push(...made.act);
    rows.finding.push(...made.finding);
  }
  // The clearance row is written first: where none was, no other row of the declaration can be there to go stale.
  const days = new Set(rows.clearance.map((row) => row.day!));
  for (const { doc } of before.values()) days.add(doc.day!);
  const marks = [...days].sort().map((id) => ({ id }));
  await store.collection(changedDays).put(marks);
  await store.collection(tables.clearance.spec).put(rows.clearance.map(compact));
  if (!store.exclusive) await store.collection(changedDays).put(marks);
  await Promise.all(
    (['clearance_item', 'act', 'finding'] as const).map((name) =>
      replaceRows(store, name, [...before.keys()], rows[name]),
    ),
  );
  return {
    folded: versionsOf.size,
    entries: entries.filter((reference) => !versionsOf.has(reference)),
    marks,
  };
}

async function replaceRows(
  store: Store,
  name: TableName,
  foldedBefore: readonly string[],
  rows: readonly Document[],
): Promise<void> {
  const collection = store.collection(tables[name].spec);
  const fresh = new Set(rows.map((row) => row.id));
  const stale = (await readWhere(collection, 'declaration', foldedBefore)).filter(
    (row) => !fresh.has(row.id),
  );
  if (stale.length > 0) await collection.delete(stale.map((row) => row.id));
  if (rows.length > 0) await collection.put(rows.map(compact));
}

/** A column that is not in the document is null; leaving nulls out halves what is written. */
function compact<T extends Document>(row: T): T {
  const kept: Partial<T> = {};
  for (const name in row) if (row[name] !== null) kept[name] = row[name];
  return kept as T;
}

function groupBy<T>(documents: readonly T[], keyOf: (document: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const document of documents) {
    const key = keyOf(document);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [document]);
    else group.push(document);
  }
  return groups;
}
