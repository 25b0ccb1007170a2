/**
 * What is kept of webhooks. A subscription says what is told, to which address and as which audience; a delivery is one
 * event for one subscription, from the moment it is due until it was taken or given up. Deliveries hold no content: it
 * is made from what is stored when it is sent, as the audience may read it then.
 */
import type { Audience } from '../../rules/model.ts';
import type { CollectionSpec } from '../../store/port.ts';
import type { Caller, CallerRole } from '../caller.ts';

export const webhookKinds = ['check.created', 'check.superseded', 'outcome.recorded', 'ping'] as const;
export type WebhookKind = (typeof webhookKinds)[number];
/** A ping is sent when it is asked for. */
export const subscribable = webhookKinds.filter((kind) => kind !== 'ping');

export interface WebhookDocument {
  id: string;
  label: string;
  url: string;
  kinds: WebhookKind[];
  audience: Audience;
  offices?: string[];
  /** `whsec_` and base64, sealed (ground/seal.ts): needed to sign, so it cannot be hashed, and shown once. */
  secret: string;
  /** Signs beside the new one until then, so that a receiver can change over; sealed as well. */
  before?: { secret: string; until: string };
  active: boolean;
  /** Why it is not active, where the service switched it off. */
  stopped?: string;
  createdAt: string;
  createdBy: string;
}

export interface DeliveryDocument {
  /** Sent as `webhook-id`: of subscription, kind and object, so that an event is recorded once however often it is met. */
  id: string;
  webhook: string;
  kind: WebhookKind;
  /** Id of the check or outcome; of the ping. */
  object: string;
  office: string | null;
  state: 'waiting' | 'delivered' | 'dead';
  /** The subscription while the delivery waits, else null: what is open is found by it however long the log is. */
  waiting: string | null;
  attempts: number;
  createdAt: string;
  /** When it is tried next, UTC; while an attempt is under way, when that counts as lost. */
  dueAt: string;
  settledAt: string | null;
  /** HTTP status of the last attempt; null where there was no answer. */
  status: number | null;
  /** Why the last attempt failed. */
  problem: string | null;
}

const text = { type: 'text' } as const;
const integer = { type: 'integer' } as const;

export const webhooks: CollectionSpec = {
  name: 'webhook',
  schema: 1,
  columns: { label: text, audience: text, createdAt: text },
  indexes: [],
};

export const deliveries: CollectionSpec = {
  name: 'webhook_delivery',
  schema: 1,
  columns: {
    webhook: text,
    kind: text,
    object: text,
    office: text,
    state: text,
    waiting: text,
    attempts: integer,
    createdAt: text,
    dueAt: text,
    settledAt: text,
    status: integer,
  },
  indexes: [['waiting', 'dueAt'], ['webhook', 'createdAt'], ['object']],
};

/** How far each subscription has been told what was written; `id` is the subscription's. */
export interface PositionDocument {
  id: string;
  position: { check: number; outcome: number };
}
export const positions: CollectionSpec = { name: 'webhook_position', schema: 1, columns: {}, indexes: [] };

const roleOf: Readonly<Record<Audience, CallerRole>> = {
  declarant: 'declarant',
  examiner: 'system',
  analyst: 'analyst',
  integrity: 'integrity',
};

/** A subscription reads as somebody of its audience would. */
export const callerOf = ({ id, audience, offices }: WebhookDocument): Caller => ({
  role: roleOf[audience],
  subject: `webhook:${id}`,
  ...(offices === undefined ? {} : { offices }),
});
