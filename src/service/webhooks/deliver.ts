/**
 * Sends what is due, each subscription by itself so that one that does not answer holds up nobody else. At least once: an
 * attempt is claimed in the store before it is made and settled after it, so replicas do not send the same at once, and
 * what a killed process had claimed is tried again when its claim lapses. The order is not promised.
 */
import { CrosscheckError } from '../../errors.ts';
import type { Seal } from '../../ground/seal.ts';
import type { Store, Stored } from '../../store/port.ts';
import { type AllowedHosts, webhookUrl } from './address.ts';
import type { Contents } from './content.ts';
import {
  callerOf,
  type DeliveryDocument,
  deliveries,
  type WebhookDocument,
  type WebhookKind,
  webhookKinds,
  webhooks,
} from './model.ts';
import { type Attempt, patience, send } from './send.ts';
import { signedHeaders } from './sign.ts';

const second = 1000;
/** Waits after a failed attempt, milliseconds; after the last the delivery is dead until it is sent again by hand. */
export const backoff = [5, 60, 5 * 60, 30 * 60, 2 * 3600, 6 * 3600, 12 * 3600, 24 * 3600].map(
  (seconds) => seconds * second,
);
const lease = patience + 15 * second;
const longestWait = 24 * 3600;
/** Nothing is due later than so: what says that was put off by a clock that was ahead. */
const furthest = 30 * 3600 * second;
/** Requests under way to one subscriber. */
const together = 8;
const page = 64;
/** In a rush new checks are hundreds a second; what changes something that was told before does not queue behind them. */
const news: readonly WebhookKind[] = ['check.created'];
const changes = webhookKinds.filter((kind) => !news.includes(kind));

export interface Delivering {
  store: Store;
  contents: Contents;
  allowed: AllowedHosts;
  /** Opens the secrets by which letters are signed. */
  seal: Seal;
  now: () => Date;
  signal: AbortSignal;
  /** Told of each attempt. */
  attempted(outcome: 'delivered' | 'failed' | 'dead'): void;
}

const furthestFrom = (now: Date): string => new Date(now.getTime() + furthest).toISOString();

/** Sends what is due for one subscription now. */
export async function deliver(webhook: string, context: Delivering): Promise<void> {
  const collection = context.store.collection<DeliveryDocument>(deliveries);
  const due = async (kinds: readonly WebhookKind[], limit: number): Promise<DeliveryDocument[]> => {
    const { docs } = await collection.find({
      where: {
        and: [
          { column: 'waiting', op: 'eq', value: webhook },
          { column: 'kind', op: 'in', value: kinds },
          {
            or: [
              { column: 'dueAt', op: 'le', value: context.now().toISOString() },
              { column: 'dueAt', op: 'gt', value: furthestFrom(context.now()) },
            ],
          },
        ],
      },
      sort: [{ column: 'dueAt', direction: 'asc' }],
      limit,
    });
    return docs;
  };
  for (;;) {
    const first = await due(changes, page / 2);
    const docs = [...first, ...(await due(news, page - first.length))];
    const stored = await collection.getMany(docs.map(({ id }) => id));
    const queue = docs.flatMap(({ id }) => stored.get(id) ?? []);
    let gone = false;
    const work = async (): Promise<void> => {
      for (let next = queue.shift(); next !== undefined && !gone; next = queue.shift()) {
        if (context.signal.aborted) return;
        gone = (await attempt(webhook, next, context)) === 'gone';
      }
    };
    await Promise.all(Array.from({ length: together }, work));
    if ((docs.length < page && first.length < page / 2) || gone || context.signal.aborted) return;
  }
}

async function attempt(
  subscription: string,
  { doc, version }: Stored<DeliveryDocument>,
  context: Delivering,
): Promise<'gone' | undefined> {
  const { store, now } = context;
  const collection = store.collection<DeliveryDocument>(deliveries);
  const begun = now();
  if (doc.waiting === null || (doc.dueAt > begun.toISOString() && doc.dueAt <= furthestFrom(begun))) return;
  // As it is now: one that was paused or has a new secret since is so from this letter on.
  const webhook = (await store.collection<WebhookDocument>(webhooks).get(subscription))?.doc;
  if (webhook === undefined || !webhook.active) return 'gone';
  const claimed = {
    ...doc,
    attempts: doc.attempts + 1,
    dueAt: new Date(begun.getTime() + lease).toISOString(),
  };
  let held: number;
  try {
    held = await collection.putIf(claimed, version);
  } catch (thrown) {
    // Another replica has it.
    if (thrown instanceof CrosscheckError && thrown.code === 'CC_VERSION_CONFLICT') return;
    throw thrown;
  }
  const event = await context.contents.eventFor(callerOf(webhook), doc.kind, doc.object, doc.createdAt);
  const done =
    event === undefined
      ? ({ status: null, problem: 'what it tells of was removed', final: true } as const)
      : await post(webhook, doc.id, JSON.stringify(event), context);
  if (context.signal.aborted && done.status === null) return;
  const settled = settle(claimed, done, now());
  context.attempted(settled.state === 'waiting' ? 'failed' : settled.state);
  await collection.putIf(settled, held);
  if (done.status !== 410) return;
  await stop(store, webhook.id);
  return 'gone';
}

async function post(
  webhook: WebhookDocument,
  id: string,
  body: string,
  { allowed, seal, now, signal }: Delivering,
): Promise<Attempt & { final?: boolean }> {
  try {
    const at = now();
    const secrets = [seal.open(webhook.secret, webhook.id)];
    if (webhook.before !== undefined && webhook.before.until > at.toISOString())
      secrets.push(seal.open(webhook.before.secret, webhook.id));
    const url = webhookUrl(webhook.url, allowed);
    return await send(url, signedHeaders(secrets, id, at, body), body, { allowed, signal });
  } catch (thrown) {
    if (!(thrown instanceof CrosscheckError)) throw thrown;
    return { status: null, problem: thrown.message };
  }
}

/** The delivery after an attempt; `attempts` counts it already. */
export function settle(
  doc: DeliveryDocument,
  { status, problem, retryAfter, final }: Attempt & { final?: boolean },
  now: Date,
  random: () => number = Math.random,
): DeliveryDocument {
  const at = now.toISOString();
  const tried = { ...doc, status, problem: problem ?? null };
  if (problem === undefined) return { ...tried, state: 'delivered', waiting: null, settledAt: at };
  const pause = backoff[doc.attempts - 1];
  if (pause === undefined || final === true || status === 410)
    return { ...tried, state: 'dead', waiting: null, settledAt: at };
  // Up to a fifth longer, so that what failed together does not come back together.
  const wait = Math.max(pause * (1 + random() / 5), Math.min(retryAfter ?? 0, longestWait) * second);
  return { ...tried, dueAt: new Date(now.getTime() + wait).toISOString() };
}

/** A receiver that answers 410 wants no more. */
async function stop(store: Store, id: string): Promise<void> {
  const collection = store.collection<WebhookDocument>(webhooks);
  const stored = await collection.get(id);
  if (stored === undefined || !stored.doc.active) return;
  await collection.putIf(
    { ...stored.doc, active: false, stopped: 'the receiver answered 410 Gone' },
    stored.version,
  );
}
