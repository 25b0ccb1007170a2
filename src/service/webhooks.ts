/**
 * Webhooks by HTTP: subscriptions, their secrets, what was delivered and what was given up. Everybody may have sent what
 * their own role reads and no more; letters of an audience beyond the caller's own are not listed.
 */
import Type from 'typebox';
import { CrosscheckError } from '../errors.ts';
import { audiencesOf, type Caller, covers } from './caller.ts';
import { findQuery, listQuery, page } from './listing.ts';
import { jsonBody } from './messages.ts';
import type { Resource } from './resource.ts';
import { problems } from './schemas.ts';
import { openWebhookBook, shownDelivery, shownWebhook, type WebhookRequest } from './webhooks/book.ts';
import { type DeliveryDocument, deliveries, subscribable, type WebhookDocument } from './webhooks/model.ts';

const WebhookBody = Type.Object(
  {
    label: Type.String({ minLength: 1, maxLength: 200, description: 'who receives it and what for' }),
    url: Type.String({ minLength: 1, maxLength: 2000, description: 'https, of a host that may be reached' }),
    kinds: Type.Array(Type.Enum(subscribable), { minItems: 1, maxItems: subscribable.length }),
    audience: Type.Enum(['declarant', 'examiner', 'analyst', 'integrity'], {
      description: 'whose findings the content holds; the caller must read them',
    }),
    offices: Type.Optional(
      Type.Array(Type.String({ minLength: 1, maxLength: 40 }), { minItems: 1, maxItems: 1000 }),
    ),
  },
  { additionalProperties: false },
);
const Change = Type.Object({ active: Type.Boolean() }, { additionalProperties: false });
const Id = Type.Object({ id: Type.String({ maxLength: 60 }) });

/** `waiting` is how the store finds what is open; callers say `state`. */
const { waiting: _, ...listed } = deliveries.columns;
const listSpec = { ...deliveries, columns: listed };

export const webhookRoutes: Resource = (app, { store, seal, audit, webhookHosts, wrote }) => {
  const book = openWebhookBook(store, webhookHosts, seal);
  const letters = store.collection<DeliveryDocument>(deliveries);
  const tags = ['webhooks'];
  const idOf = (request: { params: unknown }) => (request.params as { id: string }).id;
  // Recorded before it is done: what leaves the house must not change without a trace.
  const log = ({ subject, role }: Caller, action: string, object: string, detail?: Record<string, unknown>) =>
    audit.record({ subject, role, action, object, ...(detail === undefined ? {} : { detail }) });

  /** Subscriptions of the caller's audience and offices; those of every audience for an administrator, who keeps the ways open. */
  const own = async (caller: Caller): Promise<WebhookDocument[]> =>
    (await book.list()).filter(
      ({ audience, offices }) =>
        covers(caller, offices) &&
        (caller.role === 'administrator' || audiencesOf[caller.role].includes(audience)),
    );

  /** The subscription that a call is of; whoever reads less than it is sent neither ends it nor has its secret. */
  async function named(request: { params: unknown; caller: Caller }): Promise<string> {
    const id = idOf(request);
    if (!(await own(request.caller)).some((one) => one.id === id))
      throw new CrosscheckError('CC_NOT_FOUND', { what: 'webhook', id });
    return id;
  }

  app.get(
    '/v1/webhooks',
    { schema: { tags, summary: 'list subscriptions, without their secrets' } },
    async ({ caller }) => ({
      data: (await own(caller)).map(shownWebhook),
    }),
  );

  app.post(
    '/v1/webhooks',
    {
      preValidation: jsonBody,
      schema: {
        tags,
        summary: 'subscribe an address; the secret is in this answer and nowhere else',
        body: WebhookBody,
        response: problems(400, 403),
      },
    },
    async (request, reply) => {
      const asked = request.body as WebhookRequest;
      const made = await book.create(request.caller, asked, new Date());
      await log(request.caller, 'webhook.create', made.id, {
        host: new URL(made.url).host,
        kinds: made.kinds,
        audience: made.audience,
        offices: made.offices ?? 'all',
      });
      wrote();
      return reply.code(201).send({ ...shownWebhook(made), secret: made.secret });
    },
  );

  app.patch(
    '/v1/webhooks/:id',
    {
      preValidation: jsonBody,
      schema: {
        tags,
        summary: 'pause or resume; what is written meanwhile is told after it',
        params: Id,
        body: Change,
        response: problems(400, 404),
      },
    },
    async (request) => {
      const { active } = request.body as { active: boolean };
      await log(request.caller, active ? 'webhook.resume' : 'webhook.pause', await named(request));
      const changed = await book.setActive(idOf(request), active);
      wrote();
      return shownWebhook(changed);
    },
  );

  app.delete(
    '/v1/webhooks/:id',
    { schema: { tags, summary: 'end a subscription', params: Id, response: problems(404) } },
    async (request) => {
      await log(request.caller, 'webhook.remove', await named(request));
      return shownWebhook(await book.remove(idOf(request)));
    },
  );

  app.post(
    '/v1/webhooks/:id/secret',
    {
      schema: {
        tags,
        summary: 'make a new secret; for a day both sign',
        params: Id,
        response: problems(404),
      },
    },
    async (request, reply) => {
      await log(request.caller, 'webhook.secret', await named(request));
      const changed = await book.changeSecret(idOf(request), new Date());
      return reply.code(201).send({ ...shownWebhook(changed), secret: changed.secret });
    },
  );

  app.post(
    '/v1/webhooks/:id/ping',
    { schema: { tags, summary: 'send an event that says nothing', params: Id, response: problems(404) } },
    async (request, reply) => {
      await log(request.caller, 'webhook.ping', await named(request));
      const ping = await book.ping(idOf(request), new Date());
      wrote();
      return reply.code(202).send(shownDelivery(ping));
    },
  );

  app.post(
    '/v1/webhooks/:id/resend',
    {
      schema: {
        tags,
        summary: 'send all dead letters of a subscription again',
        params: Id,
        response: problems(404),
      },
    },
    async (request, reply) => {
      await log(request.caller, 'webhook.resend', await named(request));
      const resent = await book.resendDead(idOf(request), new Date());
      wrote();
      return reply.code(202).send({ resent });
    },
  );

  /** Which letters there are tells something already: of a check that was done again, say. */
  const readable = async (caller: Caller): Promise<string[]> =>
    (await own(caller))
      .filter(({ audience }) => audiencesOf[caller.role].includes(audience))
      .map(({ id }) => id);

  app.get(
    '/v1/webhook-deliveries',
    {
      schema: {
        tags,
        summary: 'what is waiting, was delivered, or was given up (state=dead)',
        querystring: listQuery(listSpec),
      },
    },
    async (request) => {
      const own = { column: 'webhook', op: 'in', value: await readable(request.caller) } as const;
      const query = findQuery(listSpec, request.query as Record<string, unknown>, [own]);
      return page(letters, query, shownDelivery);
    },
  );

  app.post(
    '/v1/webhook-deliveries/:id/resend',
    { schema: { tags, summary: 'send one delivery again', params: Id, response: problems(404, 409) } },
    async (request, reply) => {
      const id = idOf(request);
      const subscription = (await letters.get(id))?.doc.webhook;
      if (!(await own(request.caller)).some((one) => one.id === subscription))
        throw new CrosscheckError('CC_NOT_FOUND', { what: 'delivery', id });
      await log(request.caller, 'webhook.resend', id);
      const letter = await book.resend(idOf(request), new Date());
      wrote();
      return reply.code(202).send(shownDelivery(letter));
    },
  );
};
