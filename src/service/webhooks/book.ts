/** Subscriptions and dead letters as people handle them, by HTTP and by the command line. */
import { randomBytes } from 'node:crypto';
import { CrosscheckError } from '../../errors.ts';
import { noSeal, type Seal } from '../../ground/seal.ts';
import type { Audience } from '../../rules/model.ts';
import type { Store } from '../../store/port.ts';
import { audiencesOf, type Caller, mayRead } from '../caller.ts';
import { type AllowedHosts, webhookUrl } from './address.ts';
import { newDelivery, presentPosition } from './follow.ts';
import {
  type DeliveryDocument,
  deliveries,
  type PositionDocument,
  positions,
  type WebhookDocument,
  type WebhookKind,
  webhooks,
} from './model.ts';
import { newSecret } from './sign.ts';

export interface WebhookRequest {
  label: string;
  url: string;
  kinds: WebhookKind[];
  audience: Audience;
  offices?: string[];
}

/** How long the secret before still signs beside a new one. */
const overlap = 24 * 3600 * 1000;
const resendBatch = 500;

export type ShownWebhook = Omit<WebhookDocument, 'secret' | 'before'>;
export const shownWebhook = ({ secret: _, before: __, ...rest }: WebhookDocument): ShownWebhook => rest;
export const shownDelivery = ({ waiting: _, ...rest }: DeliveryDocument): Omit<DeliveryDocument, 'waiting'> =>
  rest;

/** Seals again what is not sealed under the first key; what no key opens is left for a new secret. Answers how many. */
export async function sealSecrets(store: Store, seal: Seal): Promise<number> {
  const collection = store.collection<WebhookDocument>(webhooks);
  const { docs } = await collection.find({ limit: 10_000 });
  let count = 0;
  for (const { id } of docs) {
    const stored = await collection.get(id);
    if (stored === undefined) continue;
    const { doc, version } = stored;
    const texts = [doc.secret, ...(doc.before === undefined ? [] : [doc.before.secret])];
    if (texts.every(seal.isCurrent)) continue;
    try {
      const again = (text: string) => seal.close(seal.open(text, id), id);
      const before = doc.before && { ...doc.before, secret: again(doc.before.secret) };
      await collection.putIf(
        { ...doc, secret: again(doc.secret), ...(before === undefined ? {} : { before }) },
        version,
      );
      count += 1;
    } catch (thrown) {
      // Told with each attempt to deliver; or another replica was faster.
      if (!(thrown instanceof CrosscheckError)) throw thrown;
    }
  }
  return count;
}

export interface WebhookBook {
  /** The secret stands in this answer and in that of `changeSecret`, and nowhere else. */
  create(caller: Caller, request: WebhookRequest, now: Date): Promise<WebhookDocument>;
  list(): Promise<WebhookDocument[]>;
  setActive(id: string, active: boolean): Promise<WebhookDocument>;
  changeSecret(id: string, now: Date): Promise<WebhookDocument>;
  /** With what was still to be told. */
  remove(id: string): Promise<WebhookDocument>;
  /** An event that says nothing, to try the way. */
  ping(id: string, now: Date): Promise<DeliveryDocument>;
  /** Sends one delivery again, whatever came of it, under the same id. */
  resend(id: string, now: Date): Promise<DeliveryDocument>;
  /** Every dead delivery of a subscription; answers how many. */
  resendDead(id: string, now: Date): Promise<number>;
}

export function openWebhookBook(store: Store, allowed: AllowedHosts, seal: Seal = noSeal): WebhookBook {
  const subscriptions = store.collection<WebhookDocument>(webhooks);
  const letters = store.collection<DeliveryDocument>(deliveries);

  async function existing(id: string) {
    const stored = await subscriptions.get(id);
    if (stored === undefined) throw new CrosscheckError('CC_NOT_FOUND', { what: 'webhook', id });
    return stored;
  }

  const again = (doc: DeliveryDocument, now: Date): DeliveryDocument => ({
    ...doc,
    state: 'waiting',
    waiting: doc.webhook,
    attempts: 0,
    dueAt: now.toISOString(),
    settledAt: null,
  });

  return {
    async create(caller, request, now) {
      if (!audiencesOf[caller.role].includes(request.audience))
        throw new CrosscheckError('CC_AUDIENCE_FORBIDDEN', { role: caller.role, audience: request.audience });
      // What a caller of some offices hands on is of these offices.
      const offices = request.offices ?? caller.offices;
      const foreign = offices?.find((office) => !mayRead(caller, office));
      if (foreign !== undefined) throw new CrosscheckError('CC_OFFICE_FORBIDDEN', { office: foreign });
      const id = randomBytes(9).toString('hex');
      const secret = newSecret();
      const document: WebhookDocument = {
        id,
        label: request.label,
        url: webhookUrl(request.url, allowed).href,
        kinds: [...new Set(request.kinds)],
        audience: request.audience,
        ...(offices === undefined ? {} : { offices: [...offices] }),
        secret: seal.close(secret, id),
        active: true,
        createdAt: now.toISOString(),
        createdBy: caller.subject,
      };
      await store
        .collection<PositionDocument>(positions)
        .put([{ id: document.id, position: await presentPosition(store) }]);
      await subscriptions.putIf(document, 0);
      return { ...document, secret };
    },
    async list() {
      return (await subscriptions.find({ limit: 10_000 })).docs;
    },
    async setActive(id, active) {
      const { doc, version } = await existing(id);
      const { stopped: _, ...rest } = doc;
      const changed = { ...rest, active };
      await subscriptions.putIf(changed, version);
      return changed;
    },
    async changeSecret(id, now) {
      const { doc, version } = await existing(id);
      const until = new Date(now.getTime() + overlap).toISOString();
      const secret = newSecret();
      const changed = { ...doc, secret: seal.close(secret, id), before: { secret: doc.secret, until } };
      await subscriptions.putIf(changed, version);
      return { ...changed, secret };
    },
    async remove(id) {
      const { doc } = await existing(id);
      await subscriptions.delete([id]);
      await letters.purge({ column: 'waiting', op: 'eq', value: id });
      await store.collection(positions).delete([id]);
      return doc;
    },
    async ping(id, now) {
      await existing(id);
      const ping = newDelivery(id, 'ping', randomBytes(8).toString('hex'), null, now.toISOString());
      await letters.putNew([ping]);
      return ping;
    },
    async resend(id, now) {
      const stored = await letters.get(id);
      if (stored === undefined) throw new CrosscheckError('CC_NOT_FOUND', { what: 'delivery', id });
      await existing(stored.doc.webhook);
      const waiting = again(stored.doc, now);
      await letters.putIf(waiting, stored.version);
      return waiting;
    },
    async resendDead(id, now) {
      await existing(id);
      let count = 0;
      for (;;) {
        const { docs } = await letters.find({
          where: {
            and: [
              { column: 'webhook', op: 'eq', value: id },
              { column: 'state', op: 'eq', value: 'dead' },
            ],
          },
          limit: resendBatch,
        });
        await letters.put(docs.map((doc) => again(doc, now)));
        count += docs.length;
        if (docs.length < resendBatch) return count;
      }
    },
  };
}
