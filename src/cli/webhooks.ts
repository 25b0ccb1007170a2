/** `crosscheck webhooks`: subscriptions and dead letters, on the machine that holds the store or through its service. */
import { CrosscheckError } from '../errors.ts';
import { openSeal, sealKeys } from '../ground/seal.ts';
import type { Audience } from '../rules/model.ts';
import { localCaller } from '../service/caller.ts';
import { allowedHosts } from '../service/webhooks/address.ts';
import {
  openWebhookBook,
  type ShownWebhook,
  shownDelivery,
  shownWebhook,
  type WebhookBook,
  type WebhookRequest,
} from '../service/webhooks/book.ts';
import {
  type DeliveryDocument,
  deliveries,
  subscribable,
  type WebhookKind,
} from '../service/webhooks/model.ts';
import type { Filter, Store } from '../store/port.ts';
import { onRecord } from './on-record.ts';
import { callService, type ReachOptions, reach, secretFolder, withDataOption } from './reach.ts';
import type { Register } from './register.ts';

interface CreateOptions extends ReachOptions {
  url: string;
  label: string;
  kinds: string;
  audience: string;
  offices?: string;
}
interface DeliveriesOptions extends ReachOptions {
  state?: string;
  webhook?: string;
  limit: string;
}
type ShownDelivery = ReturnType<typeof shownDelivery>;

const audiences: readonly Audience[] = ['declarant', 'examiner', 'analyst', 'integrity'];
const states = ['waiting', 'delivered', 'dead'];

export const registerWebhooks: Register = (program) => {
  const webhooks = program.command('webhooks').description('what is told to other systems as it happens');

  withDataOption(webhooks.command('list'))
    .description('subscriptions, without their secrets')
    .action(async (options: ReachOptions) => {
      const { data } = await either<{ data: ShownWebhook[] }>(options, {
        call: ['GET', '/v1/webhooks'],
        alone: async ({ book }) => ({ data: (await book.list()).map(shownWebhook) }),
      });
      for (const { id, active, stopped, audience, kinds, url, label } of data)
        line(
          id,
          active ? 'active' : `paused${stopped === undefined ? '' : ` (${stopped})`}`,
          audience,
          kinds.join(),
          url,
          label,
        );
    });

  withDataOption(webhooks.command('create'))
    .description('subscribe an address and print its secret, once')
    .requiredOption('--url <address>', 'https address of the receiver')
    .requiredOption('--label <text>', 'who receives it and what for')
    .option('--kinds <list>', subscribable.join(', '), subscribable.join(','))
    .option('--audience <audience>', audiences.join(', '), 'examiner')
    .option('--offices <list>', 'offices of which it is told, separated by commas; all where absent')
    .action(async (options: CreateOptions) => {
      const request: WebhookRequest = {
        label: options.label,
        url: options.url,
        kinds: options.kinds.split(',').map((kind) => oneOf('--kinds', kind, subscribable) as WebhookKind),
        audience: oneOf('--audience', options.audience, audiences),
        ...(options.offices === undefined ? {} : { offices: options.offices.split(',') }),
      };
      const { id, secret } = await either<{ id: string; secret: string }>(options, {
        call: ['POST', '/v1/webhooks', request],
        alone: ({ book }) => book.create(localCaller, request, new Date()),
        action: 'webhook.create',
        absent: 'made',
      });
      line(id, secret);
    });

  const acts: [string, string, (id: string) => Alone & Call][] = [
    ['pause', 'tell nothing until it is resumed', (id) => activeOf(id, false)],
    ['resume', 'tell again, with what was written meanwhile', (id) => activeOf(id, true)],
    [
      'remove',
      'end a subscription',
      (id) => ({
        call: ['DELETE', `/v1/webhooks/${encodeURIComponent(id)}`],
        alone: ({ book }) => book.remove(id),
        action: 'webhook.remove',
        object: id,
      }),
    ],
    [
      'ping',
      'send an event that says nothing',
      (id) => ({
        call: ['POST', `/v1/webhooks/${encodeURIComponent(id)}/ping`],
        alone: ({ book }) => book.ping(id, new Date()),
        action: 'webhook.ping',
        object: id,
      }),
    ],
  ];
  for (const [name, description, act] of acts) {
    withDataOption(webhooks.command(name))
      .description(description)
      .argument('<webhook>', 'id of the subscription')
      .action(async (id: string, options: ReachOptions) => {
        await either(options, act(id));
      });
  }

  withDataOption(webhooks.command('secret'))
    .description('make a new secret and print it, once; for a day both sign')
    .argument('<webhook>', 'id of the subscription')
    .action(async (id: string, options: ReachOptions) => {
      const { secret } = await either<{ secret: string }>(options, {
        call: ['POST', `/v1/webhooks/${encodeURIComponent(id)}/secret`],
        alone: ({ book }) => book.changeSecret(id, new Date()),
        action: 'webhook.secret',
        object: id,
      });
      line(secret);
    });

  withDataOption(webhooks.command('deliveries'))
    .description('what is waiting, was delivered, or was given up')
    .option('--state <state>', states.join(', '))
    .option('--webhook <id>', 'of one subscription')
    .option('--limit <number>', 'newest so many', '50')
    .action(async (options: DeliveriesOptions) => {
      if (options.state !== undefined) oneOf('--state', options.state, states);
      const query = new URLSearchParams({ sort: '-createdAt', limit: options.limit });
      if (options.state !== undefined) query.set('state', options.state);
      if (options.webhook !== undefined) query.set('webhook', options.webhook);
      const { data } = await either<{ data: ShownDelivery[] }>(options, {
        call: ['GET', `/v1/webhook-deliveries?${query}`],
        alone: async ({ store }) => ({ data: await newest(store, options) }),
      });
      for (const { id, webhook, state, attempts, kind, object, dueAt, problem } of data)
        line(
          id,
          webhook,
          state,
          `${attempts} attempts`,
          kind,
          object,
          state === 'waiting' ? `next ${dueAt}` : '',
          problem ?? '',
        );
    });

  withDataOption(webhooks.command('resend'))
    .description('send a dead letter again, or all of a subscription')
    .argument('<id>', 'id of a delivery (msg_…) or of a subscription')
    .action(async (id: string, options: ReachOptions) => {
      const one = id.startsWith('msg_');
      const path = `/v1/${one ? 'webhook-deliveries' : 'webhooks'}/${encodeURIComponent(id)}/resend`;
      const answer = await either<{ resent?: number }>(options, {
        call: ['POST', path],
        alone: async ({ book }) =>
          one
            ? book.resend(id, new Date()).then(() => ({}))
            : { resent: await book.resendDead(id, new Date()) },
        action: 'webhook.resend',
        object: id,
      });
      line(`${answer.resent ?? 1} waiting to be sent; a running service sends them`);
    });
};

type Call = { call: [method: string, path: string, body?: object] };
type Alone = {
  alone: (on: { book: WebhookBook; store: Store }) => Promise<unknown>;
  /** What the audit log says was done, and to what; to what was made by it, where absent. */
  action?: string;
  object?: string;
  /** Where there is no store; it is refused otherwise. */
  absent?: 'made';
};

const activeOf = (id: string, active: boolean): Alone & Call => ({
  call: ['PATCH', `/v1/webhooks/${encodeURIComponent(id)}`, { active }],
  alone: ({ book }) => book.setActive(id, active),
  action: active ? 'webhook.resume' : 'webhook.pause',
  object: id,
});

/** Through the running service, or on the store where none runs; then the change is recorded here. */
async function either<T>(
  options: ReachOptions,
  { call, alone, action, object, absent }: Alone & Call,
): Promise<T> {
  const reached = await reach(options, absent);
  const [method, path, body] = call;
  if (reached.kind === 'service') {
    const answer = await callService(reached, path, {
      method,
      ...(body === undefined
        ? {}
        : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    });
    return (await answer.json()) as T;
  }
  const { store } = reached;
  const seal = openSeal(sealKeys(secretFolder(options)), 'webhooks');
  try {
    const done = await alone({ book: openWebhookBook(store, allowedHosts(), seal), store });
    if (action !== undefined) await onRecord(store, action, object ?? (done as { id: string }).id);
    return done as T;
  } finally {
    await store.close();
  }
}

async function newest(store: Store, { state, webhook, limit }: DeliveriesOptions): Promise<ShownDelivery[]> {
  const where: Filter[] = [];
  if (state !== undefined) where.push({ column: 'state', op: 'eq', value: state });
  if (webhook !== undefined) where.push({ column: 'webhook', op: 'eq', value: webhook });
  const { docs } = await store.collection<DeliveryDocument>(deliveries).find({
    where: { and: where },
    sort: [{ column: 'createdAt', direction: 'desc' }],
    limit: Number(limit),
  });
  return docs.map(shownDelivery);
}

function oneOf<T extends string>(name: string, text: string, known: readonly T[]): T {
  const found = known.find((each) => each === text);
  if (found !== undefined) return found;
  throw new CrosscheckError('CC_BAD_ARGUMENT', {
    name,
    problem: `"${text}" is not one of ${known.join(', ')}`,
  });
}

const line = (...parts: string[]): void => {
  process.stdout.write(`${parts.filter((part) => part !== '').join('  ')}\n`);
};
