/**
 * From what is written to deliveries: a projection with a cursor for each subscription (DESIGN decision 9). Killed
 * anywhere it starts again from the last cursor and records nothing twice, since a delivery's id follows from what it
 * tells; two replicas at once record the same.
 */
import { createHash } from 'node:crypto';
import type { OutcomeDocument } from '../../check/collections.ts';
import * as specs from '../../check/collections.ts';
import type { CheckDocument } from '../../check/document.ts';
import { CrosscheckError } from '../../errors.ts';
import { lastWritten } from '../../store/pages.ts';
import type { Store } from '../../store/port.ts';
import { mayRead } from '../caller.ts';
import { openDiffering } from '../differing.ts';
import {
  callerOf,
  type DeliveryDocument,
  deliveries,
  type PositionDocument,
  positions,
  type WebhookDocument,
  type WebhookKind,
} from './model.ts';

const batch = 500;

export const deliveryId = (webhook: string, kind: WebhookKind, object: string): string =>
  `msg_${createHash('sha256')
    .update(JSON.stringify([webhook, kind, object]))
    .digest('hex')
    .slice(0, 32)}`;

export function newDelivery(
  webhook: string,
  kind: WebhookKind,
  object: string,
  office: string | null,
  now: string,
): DeliveryDocument {
  return {
    id: deliveryId(webhook, kind, object),
    webhook,
    kind,
    object,
    office,
    state: 'waiting',
    waiting: webhook,
    attempts: 0,
    createdAt: now,
    dueAt: now,
    settledAt: null,
    status: null,
    problem: null,
  };
}

/** Where a subscription that is made now begins: what was written before is not told. */
export async function presentPosition(store: Store): Promise<PositionDocument['position']> {
  const last = async (spec: typeof specs.checks): Promise<number> =>
    (await lastWritten(store.collection(spec), 'recordedAt'))?.seq ?? 0;
  return { check: await last(specs.checks), outcome: await last(specs.outcomes) };
}

/**
 * Records the deliveries of what was written since the subscription's cursor, one batch at a time: while callers rush there
 * is always more, and what is recorded must not wait until they pause.
 * @returns whether more was there than a batch takes
 */
export async function follow(store: Store, webhook: WebhookDocument, now: Date): Promise<boolean> {
  const collection = store.collection<PositionDocument>(positions);
  const checks = store.collection<CheckDocument>(specs.checks);
  const outcomes = store.collection<OutcomeDocument>(specs.outcomes);
  const caller = callerOf(webhook);
  const differing = openDiffering(store);
  const wants = (kind: WebhookKind) => webhook.kinds.includes(kind);
  const stored = await collection.get(webhook.id);
  const position = stored?.doc.position ?? (await presentPosition(store));
  const [checked, recorded] = await Promise.all([
    checks.since(position.check, batch),
    outcomes.since(position.outcome, batch),
  ]);
  if (checked.length + recorded.length === 0 && stored !== undefined) return false;
  const readable = checked.map(({ doc }) => doc).filter(({ office }) => mayRead(caller, office));
  const replacing = readable.filter(({ supersedes }) => supersedes !== undefined);
  const news = wants('check.superseded') ? await differing.news(caller, replacing) : [];
  const at = now.toISOString();
  const due = [
    ...readable
      .filter(({ supersedes }) => supersedes === undefined && wants('check.created'))
      .map(({ id, office }) => newDelivery(webhook.id, 'check.created', id, office, at)),
    // A check that was done again for what the audience does not read must not tell that there is such a thing.
    ...news.map(({ id, office }) => newDelivery(webhook.id, 'check.superseded', id, office, at)),
    ...recorded
      .map(({ doc }) => doc)
      .filter(({ office }) => mayRead(caller, office) && wants('outcome.recorded'))
      .map(({ id, office }) => newDelivery(webhook.id, 'outcome.recorded', id, office, at)),
  ];
  await store.collection<DeliveryDocument>(deliveries).putNew(due);
  const next = {
    check: checked.at(-1)?.seq ?? position.check,
    outcome: recorded.at(-1)?.seq ?? position.outcome,
  };
  try {
    await collection.putIf({ id: webhook.id, position: next }, stored?.version ?? 0);
  } catch (thrown) {
    // Another replica was faster; from its cursor on.
    if (!(thrown instanceof CrosscheckError) || thrown.code !== 'CC_VERSION_CONFLICT') throw thrown;
  }
  return checked.length === batch || recorded.length === batch;
}
