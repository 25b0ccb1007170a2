/** History out of the store: each declaration in the last version of a window, with its trail and outcomes as they stood then. */
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
} from '../check/collections.ts';
import { wordsThatStand } from '../check/words.ts';
import type { Outcome, TrailEvent } from '../declaration/trail.ts';
import { openEvidence } from '../evidence/open.ts';
import { factSheet } from '../facts/sheet.ts';
import type { Calls } from '../facts/subject.ts';
import type { CollectionSpec, Document, Filter, Store } from '../store/port.ts';
import { casesFor, type HistoryRecord } from './case.ts';

const pageSize = 500;

/** As a file would tell it; officers are surrogates already. */
const asEvent = ({
  officer,
  local,
  declaration: _,
  recordedAt: __,
  mark: ___,
  enteredAt,
  ...event
}: EventDocument): TrailEvent => ({
  ...event,
  at: local,
  ...(officer === null ? {} : { user: officer }),
  ...(enteredAt === null ? {} : { enteredAt }),
});

const asOutcome = ({
  officer,
  local,
  declaration: _,
  recordedAt: __,
  mark: ___,
  enteredAt,
  ...outcome
}: OutcomeDocument): Outcome => ({
  ...outcome,
  at: local,
  ...(officer === null ? {} : { user: officer }),
  ...(enteredAt === null ? {} : { enteredAt }),
});

/** Documents of a collection by the declaration they belong to. */
async function byDeclaration<T extends Document & { declaration: string }>(
  store: Store,
  spec: CollectionSpec,
  references: readonly string[],
): Promise<Map<string, T[]>> {
  const found = new Map<string, T[]>();
  let cursor: string | undefined;
  do {
    const page = await store.collection<T>(spec).find({
      where: { column: 'declaration', op: 'in', value: references },
      sort: [
        { column: 'declaration', direction: 'asc' },
        { column: 'at', direction: 'asc' },
      ],
      limit: 5000,
      ...(cursor === undefined ? {} : { cursor }),
    });
    for (const doc of page.docs) found.set(doc.declaration, [...(found.get(doc.declaration) ?? []), doc]);
    cursor = page.next;
  } while (cursor !== undefined);
  return found;
}

/** A stretch of record: what was looked at from its first instant on, as it stood before its last (UTC). */
export interface Window {
  from?: string | undefined;
  to?: string | undefined;
  /** This declaration alone, by its reference or another name of it; all where absent. */
  declaration?: string | undefined;
}

/** When each declaration was last checked before the end. */
async function lastChecks(
  store: Store,
  references: readonly string[],
  to: string,
): Promise<Map<string, string>> {
  const rows = await store.collection(checks).aggregate({
    where: {
      and: [
        { column: 'declaration', op: 'in', value: references },
        { column: 'recordedAt', op: 'lt', value: to },
      ],
    },
    groupBy: ['declaration', 'recordedAt'],
    measures: { checks: { count: true } },
  });
  const last = new Map<string, string>();
  for (const { key } of rows) {
    const [reference, at] = [String(key.declaration), String(key.recordedAt)];
    if (at > (last.get(reference) ?? '')) last.set(reference, at);
  }
  return last;
}

async function referenceOf(store: Store, name: string): Promise<string> {
  const alias = await store.collection<AliasDocument>(aliases).get(name);
  return alias?.doc.reference ?? name;
}

/** Later than everything. */
const always = '9999';

async function withHistory(
  store: Store,
  docs: readonly DeclarationDocument[],
  { from = '', to = always }: Window,
): Promise<HistoryRecord[]> {
  const references = docs.map(({ reference }) => reference);
  const [trails, controls, checked] = await Promise.all([
    byDeclaration<EventDocument>(store, events, references),
    byDeclaration<OutcomeDocument>(store, outcomes, references),
    lastChecks(store, references, to),
  ]);
  return docs.flatMap(({ reference, version, declaration, recordedAt }) => {
    const trail = (trails.get(reference) ?? []).filter((event) => event.recordedAt < to);
    const told = (controls.get(reference) ?? []).filter((outcome) => outcome.recordedAt < to);
    let moment = checked.get(reference) ?? recordedAt;
    for (const one of [{ recordedAt }, ...trail, ...told])
      if (one.recordedAt > moment) moment = one.recordedAt;
    if (moment < from) return [];
    return {
      reference,
      version,
      declaration,
      trail: trail.map(asEvent),
      outcomes: wordsThatStand(told).map(asOutcome),
      recordedAt: moment,
    };
  });
}

/**
 * Each declaration once, in the last version of the window, as of the moment at which a live check last looked at it: when
 * the last of its versions, events, outcomes and checks was recorded.
 */
export async function* fromStore(store: Store, window: Window = {}): AsyncGenerator<HistoryRecord[]> {
  const collection = store.collection<DeclarationDocument>(declarations);
  const before: Filter = { column: 'recordedAt', op: 'lt', value: window.to ?? always };
  const where: Filter =
    window.declaration === undefined
      ? before
      : {
          and: [
            { column: 'reference', op: 'eq', value: await referenceOf(store, window.declaration) },
            before,
          ],
        };
  let cursor: string | undefined;
  // Versions of one declaration follow each other; the last may lie on the next page.
  let last: DeclarationDocument | undefined;
  do {
    const page = await collection.find({
      where,
      sort: [
        { column: 'reference', direction: 'asc' },
        { column: 'version', direction: 'asc' },
      ],
      limit: pageSize,
      ...(cursor === undefined ? {} : { cursor }),
    });
    const final: DeclarationDocument[] = [];
    for (const doc of page.docs) {
      if (last !== undefined && last.reference !== doc.reference) final.push(last);
      last = doc;
    }
    if (final.length > 0) yield withHistory(store, final, window);
    cursor = page.next;
  } while (cursor !== undefined);
  if (last !== undefined) yield withHistory(store, [last], window);
}

/** The same with the facts that have to be looked up: resolved here, where the store and its history are, in bulk. */
export async function* resolvedFromStore(
  store: Store,
  calls: Calls,
  window: Window,
  country?: string,
): AsyncGenerator<HistoryRecord[]> {
  const evidence = await openEvidence({ store });
  // Accounts in the store are surrogates already, and registers know them by these.
  const cases = casesFor(calls, country, factSheet, (officer) => officer, evidence.sources);
  for await (const records of fromStore(store, window)) {
    const resolved = await cases(records);
    yield resolved.map(({ sheet, ...record }) => ({
      ...record,
      resolved: { calls: sheet.calls ?? {}, itemCalls: sheet.itemCalls ?? [] },
    }));
  }
}
