/**
 * Carries a retention policy out, or counts what it would do. A declaration goes whole, with everything that was made of
 * it, so that a rebuild gives what stands; its versions go last, so that a run that was cut short is finished by the
 * next. What the accounts in the people collection are is not known here and not touched.
 */
import type { AuditLog } from '../../audit/log.ts';
import {
  type AliasDocument,
  aliases,
  checks,
  type DeclarationDocument,
  declarations,
  type EventDocument,
  events,
  type OutcomeDocument,
  outcomes,
} from '../../check/collections.ts';
import type { CheckDocument } from '../../check/document.ts';
import { degradedChecks } from '../../check/fallback.ts';
import { tellings } from '../../check/told.ts';
import { editions } from '../../indicators/snapshot.ts';
import { dayOf } from '../../projections/calendar.ts';
import type { ClearanceRow } from '../../projections/clearance.ts';
import { tables } from '../../projections/fold.ts';
import { changedDays } from '../../projections/project.ts';
import { noteRemoved } from '../../projections/removed.ts';
import { entriesKept } from '../../projections/taking.ts';
import { withdraw } from '../../projections/withdraw.ts';
import { readWhere } from '../../store/pages.ts';
import type { CollectionSpec, Document, Store } from '../../store/port.ts';
import { applyRetention } from '../../store/retention.ts';
import { deliveries } from '../webhooks/model.ts';
import { type HoldReason, holdReasons, holdsOf, type Whole } from './holds.ts';
import type { LoadedRetention, Retention } from './policy.ts';

export interface Retained {
  collection: string;
  /** What was last recorded before this day goes, `YYYY-MM-DD` UTC. */
  before: string;
  /** Declarations, or documents of the collection, that go. */
  removed: number;
  /** Declarations past their days that somebody still needs. */
  held?: Record<HoldReason, number>;
}

export interface RetainOptions {
  /** Nothing is removed: what would be is counted. */
  dryRun: boolean;
  onProgress?: (looked: number) => void;
  /** Cut short between two batches; the next run finishes it. */
  signal?: AbortSignal;
}

const batch = 500;
const dayLength = 86_400_000;

const beforeOf = (now: Date, days: number): string =>
  new Date(now.getTime() - days * dayLength).toISOString().slice(0, 10);

export async function retain(
  store: Store,
  { keep }: Retention,
  now: Date,
  options: RetainOptions,
): Promise<Retained[]> {
  const done: Retained[] = [];
  // Frozen figures first: what they held may then go.
  for (const [name, spec, column] of [
    ['figure_edition', editions, 'frozenAt'],
    ['webhook_delivery', deliveries, 'settledAt'],
  ] as const) {
    const days = keep[name];
    if (days !== undefined) done.push(await byAge(store, spec, column, days, now, options));
  }
  if (keep.declaration !== undefined) {
    const before = beforeOf(now, keep.declaration);
    for (const spec of [events, outcomes]) {
      const removed = await withoutDeclaration(store, spec, before, options);
      if (removed > 0) done.push({ collection: spec.name, before, removed });
    }
    done.push(await wholeDeclarations(store, before, now, options));
  }
  return done;
}

async function byAge(
  store: Store,
  collection: CollectionSpec,
  column: string,
  days: number,
  now: Date,
  { dryRun }: RetainOptions,
): Promise<Retained> {
  const before = beforeOf(now, days);
  const removed = dryRun
    ? await store.collection(collection).count({ column, op: 'lt', value: before })
    : (await applyRetention(store, [{ collection, column, days }], now))[0]!.documents;
  return { collection: collection.name, before, removed };
}

/**
 * Events and outcomes that have waited as long for a declaration which never came, or which was removed before they did: no
 * declaration would ever take them along.
 */
async function withoutDeclaration(
  store: Store,
  spec: CollectionSpec,
  before: string,
  { dryRun, signal }: RetainOptions,
): Promise<number> {
  const collection = store.collection<EventDocument | OutcomeDocument>(spec);
  const old = { column: 'recordedAt', op: 'lt', value: before } as const;
  let found = 0;
  let cursor: string | undefined;
  do {
    signal?.throwIfAborted();
    const page = await collection.find({
      where: old,
      sort: [{ column: 'recordedAt', direction: 'asc' }],
      limit: batch,
      ...(cursor === undefined ? {} : { cursor }),
    });
    const names = [...new Set(page.docs.map(({ declaration }) => declaration))];
    const [versions, called] = await Promise.all([
      readWhere(store.collection<DeclarationDocument>(declarations), 'reference', names),
      store.collection(aliases).getMany(names),
    ]);
    const known = new Set([...versions.map(({ reference }) => reference), ...called.keys()]);
    const lost = names.filter((name) => !known.has(name));
    found += page.docs.filter(({ declaration }) => !known.has(declaration)).length;
    if (!dryRun && lost.length > 0) await collection.purge({ and: [of('declaration', lost), old] });
    cursor = page.next;
  } while (cursor !== undefined);
  return found;
}

async function wholeDeclarations(
  store: Store,
  before: string,
  now: Date,
  options: RetainOptions,
): Promise<Retained> {
  const hold = await holdsOf(store, before);
  const held = Object.fromEntries(holdReasons.map((reason) => [reason, 0])) as Record<HoldReason, number>;
  const seen = new Set<string>();
  let removed = 0;
  let cursor: string | undefined;
  do {
    options.signal?.throwIfAborted();
    const page = await store.collection<DeclarationDocument>(declarations).find({
      where: { column: 'recordedAt', op: 'lt', value: before },
      sort: [{ column: 'recordedAt', direction: 'asc' }],
      limit: batch,
      ...(cursor === undefined ? {} : { cursor }),
    });
    const references = [...new Set(page.docs.map(({ reference }) => reference))].filter(
      (reference) => !seen.has(reference),
    );
    for (const reference of references) seen.add(reference);
    const due: Whole[] = [];
    for (const whole of await wholesOf(store, references)) {
      const reason = whole.last >= before ? 'active' : hold(whole);
      if (reason === undefined) due.push(whole);
      else held[reason] += 1;
    }
    if (!options.dryRun) await remove(store, due, before, now);
    removed += due.length;
    options.onProgress?.(seen.size);
    cursor = page.next;
  } while (cursor !== undefined);
  return { collection: declarations.name, before, removed, held };
}

const of = (column: string, values: readonly string[]) => ({ column, op: 'in', value: values }) as const;

async function wholesOf(store: Store, references: readonly string[]): Promise<(Whole & { last: string })[]> {
  const [versions, trails, results, checked, rows, kept] = await Promise.all([
    readWhere(store.collection<DeclarationDocument>(declarations), 'reference', references),
    readWhere(store.collection<EventDocument>(events), 'declaration', references),
    readWhere(store.collection<OutcomeDocument>(outcomes), 'declaration', references),
    readWhere(store.collection<CheckDocument>(checks), 'declaration', references),
    store.collection<ClearanceRow>(tables.clearance.spec).getMany([...references]),
    entriesKept(store, references),
  ]);
  const grouped = <T>(docs: readonly T[], keyOf: (doc: T) => string): Map<string, T[]> => {
    const groups = new Map<string, T[]>();
    for (const doc of docs) groups.set(keyOf(doc), [...(groups.get(keyOf(doc)) ?? []), doc]);
    return groups;
  };
  const versionsOf = grouped(versions, ({ reference }) => reference);
  const trailOf = grouped(trails, ({ declaration }) => declaration);
  const outcomesOf = grouped(
    results.toSorted((a, b) => (a.recordedAt < b.recordedAt ? -1 : 1)),
    ({ declaration }) => declaration,
  );
  const checksOf = grouped(checked, ({ declaration }) => declaration);
  return references.map((reference) => {
    const parts = {
      versions: versionsOf.get(reference) ?? [],
      trail: trailOf.get(reference) ?? [],
      outcomes: outcomesOf.get(reference) ?? [],
    };
    const all = [...parts.versions, ...parts.trail, ...parts.outcomes, ...(checksOf.get(reference) ?? [])];
    const last = all.reduce((latest, { recordedAt }) => (recordedAt > latest ? recordedAt : latest), '');
    return { reference, ...parts, clearance: rows.get(reference)?.doc, entryKept: kept.has(reference), last };
  });
}

/** What is of a declaration, by when it came. */
const dated = [
  [checks, 'recordedAt'],
  [events, 'recordedAt'],
  [outcomes, 'recordedAt'],
  [degradedChecks, 'at'],
  [tellings, 'at'],
] as const;

/** What came of them since they were looked at was acknowledged, and stays: a version as its declaration, a trail as one that waits. */
async function remove(store: Store, wholes: readonly Whole[], before: string, now: Date): Promise<void> {
  if (wholes.length === 0) return;
  const references = wholes.map(({ reference }) => reference);
  // Roll-ups follow days that changed: told before the rows go, and again after.
  const days = [...new Set(wholes.flatMap(({ clearance }) => clearance?.day ?? []))].map((id) => ({ id }));
  const changed = store.collection<Document>(changedDays);
  // Figures are of the days on which somebody acted, too.
  const touched = [
    ...days.map(({ id }) => id),
    ...wholes.flatMap(({ trail }) => trail.map(({ local }) => dayOf(local))),
  ];
  // Before, so that no figure judges by what is left of a day; and after, so that who follows it finds the store without them.
  await noteRemoved(store, touched, now.toISOString());
  await changed.put(days);
  await withdraw(store, references);
  const named = await readWhere(store.collection<AliasDocument>(aliases), 'reference', references);
  await store.collection(aliases).purge(of('reference', references));
  const old = (column: string) => ({ column, op: 'lt', value: before }) as const;
  for (const [spec, column] of dated)
    await store.collection(spec).purge({ and: [of('declaration', references), old(column)] });
  const versions = store.collection<DeclarationDocument>(declarations);
  await versions.purge({ and: [of('reference', references), old('recordedAt')] });
  const left = await readWhere(versions, 'reference', references);
  const here = new Set(left.map(({ reference }) => reference));
  const gone = references.filter((reference) => !here.has(reference));
  for (const spec of [checks, tellings]) await store.collection(spec).purge(of('declaration', gone));
  await noteRemoved(store, touched, now.toISOString());
  // What was being folded meanwhile: by whoever wrote until now here, by whoever writes from now on there.
  await withdraw(store, references);
  await store.collection<AliasDocument>(aliases).putNew(named.filter(({ reference }) => here.has(reference)));
  // Written again, so that it is folded again.
  await versions.put(left);
  await changed.put(days);
}

/** Carries it out with its beginning and end in the audit log; a dry run leaves no trace. */
export async function retainOnRecord(
  store: Store,
  audit: AuditLog,
  by: { subject: string; role: string },
  { policy, version }: LoadedRetention,
  now: Date,
  options: RetainOptions,
): Promise<Retained[]> {
  if (options.dryRun) return retain(store, policy, now, options);
  const object = `${policy.id} ${policy.version}`;
  await audit.record({ ...by, action: 'retention.begin', object, detail: { version, keep: policy.keep } });
  const removed = await retain(store, policy, now, options);
  await audit.record({ ...by, action: 'retention.end', object, detail: { removed } });
  return removed;
}
