/** History out of the store: each declaration in its last version, with its whole trail and outcomes. */
import {
  type DeclarationDocument,
  declarations,
  type EventDocument,
  events,
  type OutcomeDocument,
  outcomes,
} from '../check/collections.ts';
import type { Outcome, TrailEvent } from '../declaration/trail.ts';
import type { CollectionSpec, Document, Store } from '../store/port.ts';
import type { HistoryRecord } from './case.ts';

const pageSize = 500;

/** As a file would tell it; officers are surrogates already. */
const asEvent = ({
  officer,
  local,
  declaration: _,
  recordedAt: __,
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

async function withHistory(store: Store, docs: readonly DeclarationDocument[]): Promise<HistoryRecord[]> {
  const references = docs.map(({ reference }) => reference);
  const [trails, controls] = await Promise.all([
    byDeclaration<EventDocument>(store, events, references),
    byDeclaration<OutcomeDocument>(store, outcomes, references),
  ]);
  return docs.map(({ reference, declaration }) => ({
    reference,
    declaration,
    trail: (trails.get(reference) ?? []).map(asEvent),
    outcomes: (controls.get(reference) ?? []).map(asOutcome),
  }));
}

export async function* fromStore(store: Store): AsyncGenerator<HistoryRecord[]> {
  const collection = store.collection<DeclarationDocument>(declarations);
  let cursor: string | undefined;
  // Versions of one declaration follow each other; the last may lie on the next page.
  let last: DeclarationDocument | undefined;
  do {
    const page = await collection.find({
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
    if (final.length > 0) yield withHistory(store, final);
    cursor = page.next;
  } while (cursor !== undefined);
  if (last !== undefined) yield withHistory(store, [last]);
}
