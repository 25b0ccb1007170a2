/** What administrators and operators call: keys, phases, webhooks, the store. */
import Type from 'typebox';
import { Retention } from '../retention/policy.ts';
import { deliveries, webhookKinds } from '../webhooks/model.ts';
import { closed, day, type Example, instant, nullable, pageOf, rowOf } from './example.ts';
import { check } from './exchange.ts';

const key = {
  id: '0b8ca9e732dd16705f',
  label: 'ASYCUDA, port office',
  role: 'system',
  offices: ['XXA1'],
  createdAt: '2026-03-30T08:12:31.050Z',
  createdBy: 'oidc:7d0f',
  expiresAt: '2026-06-28T08:12:31.050Z',
  revokedAt: null,
};
const keyProperties = {
  id: Type.String(),
  label: Type.String(),
  role: Type.String(),
  offices: Type.Optional(Type.Array(Type.String())),
  createdAt: instant,
  createdBy: Type.String(),
  replaces: Type.Optional(Type.String({ description: 'id of the key whose place it took' })),
  expiresAt: instant,
  revokedAt: nullable(instant),
};
const Key = closed(keyProperties, { title: 'Key' });
const NewKey = closed(
  { ...keyProperties, key: Type.String({ description: 'the key itself, this once' }) },
  { title: 'NewKey' },
);
const text = 'ck_0b8ca9e732dd16705f_pU4t27QYbWN2KEccFZgcNnk2vNg6O5oLtb0QpOrZdb8';

const proposal = { office: 'XXA1', phase: 'prescriptive', from: '2099-04-01', grounds: 'decision 12/2026' };
const phaseProperties = {
  id: Type.String(),
  office: Type.String(),
  phase: Type.String(),
  from: day,
  grounds: Type.String(),
};

const webhook = {
  id: '5f0c2b7e41a9d83c66',
  label: 'lanes to the clearance system',
  url: 'https://clearance.customs.example/hooks/crosscheck',
  kinds: ['check.created', 'check.superseded'],
  audience: 'examiner',
  active: true,
  createdAt: '2026-03-30T08:20:00.000Z',
  createdBy: 'oidc:7d0f',
};
const webhookProperties = {
  id: Type.String(),
  label: Type.String(),
  url: Type.String(),
  kinds: Type.Array(Type.Enum([...webhookKinds])),
  audience: Type.String(),
  offices: Type.Optional(Type.Array(Type.String())),
  active: Type.Boolean(),
  stopped: Type.Optional(Type.String({ description: 'why the service switched it off' })),
  createdAt: instant,
  createdBy: Type.String(),
};
const Webhook = closed(webhookProperties, { title: 'Webhook' });
const NewWebhook = closed(
  { ...webhookProperties, secret: Type.String({ description: 'with which it is signed, this once' }) },
  { title: 'NewWebhook' },
);
const secret = 'whsec_4d3Zp0kq8mJrT1vYw2bXc5nLh6gFs7aQe9uRiOyPtKE=';

const { waiting: _, ...letterColumns } = deliveries.columns;
const Delivery = rowOf(
  { ...deliveries, columns: letterColumns },
  { state: Type.Enum(['waiting', 'delivered', 'dead']), problem: nullable(Type.String()) },
  'Delivery',
);
const letter = {
  id: 'msg_9f86d081884c7d659a2feaa0c55ad015',
  webhook: webhook.id,
  kind: 'check.created',
  object: check.id,
  office: 'XXA1',
  state: 'dead',
  attempts: 9,
  createdAt: '2026-03-30T09:00:00.300Z',
  dueAt: '2026-04-01T06:10:09.000Z',
  settledAt: '2026-04-01T06:10:10.120Z',
  status: 500,
  problem: 'answered 500',
};
const waiting = { ...letter, state: 'waiting', attempts: 0, settledAt: null };

const person = { officer: 'O-VXEAXRK5KM', accounts: ['a.examiner'], name: 'A. Examiner' };
const Person = closed(
  {
    officer: Type.String({ description: 'surrogate' }),
    accounts: Type.Array(Type.String(), { description: 'in the source systems' }),
    name: Type.Optional(Type.String()),
  },
  { title: 'Person' },
);
const unmasking = {
  id: 'N-7c4d1b0e93aa5f2268d1c0be',
  finding: `${check.id}#1`,
  part: 'releaser',
  office: 'XXA1',
  grounds: 'released from red without examination, file 2026/14',
  proposedBy: 'oidc:7d0f',
  proposedAt: '2026-03-30T10:00:00.000Z',
  confirmedBy: null,
  confirmedAt: null,
  ended: null,
};
const Unmasking = closed(
  {
    id: Type.String(),
    finding: Type.String(),
    part: Type.String({ description: 'in which part the officer acted' }),
    office: nullable(Type.String()),
    grounds: Type.String(),
    proposedBy: Type.String(),
    proposedAt: instant,
    confirmedBy: nullable(Type.String()),
    confirmedAt: nullable(instant),
    ended: nullable(
      closed({
        how: Type.Enum(['withdrawn', 'refused']),
        by: Type.String(),
        at: instant,
        grounds: Type.String(),
      }),
    ),
  },
  { title: 'Unmasking' },
);
const confirmed = { ...unmasking, confirmedBy: 'oidc:91bc', confirmedAt: '2026-03-30T11:00:00.000Z' };
const ended = (how: string, by: string) => ({
  ...unmasking,
  ended: { how, by, at: '2026-03-30T11:00:00.000Z', grounds: 'the order was given in writing, file 2026/14' },
});

export const keeping: Readonly<Record<string, Example>> = {
  'GET /v1/keys': {
    status: 200,
    answer: { data: [key] },
    schema: closed({ data: Type.Array(Key) }),
  },
  'POST /v1/keys': {
    body: { label: key.label, role: 'system', offices: ['XXA1'], days: 90 },
    status: 201,
    answer: { ...key, key: text },
    schema: NewKey,
  },
  'POST /v1/keys/:id/rotate': {
    params: { id: key.id },
    body: { graceDays: 7 },
    status: 201,
    answer: { ...key, replaces: '5d41402abc4b2a76b9', key: text },
    schema: NewKey,
  },
  'DELETE /v1/keys/:id': {
    params: { id: key.id },
    status: 200,
    answer: { ...key, revokedAt: '2026-03-30T12:00:00.000Z' },
    schema: Key,
  },
  'POST /v1/phases': {
    body: proposal,
    status: 201,
    answer: { id: 'XXA1|2099-04-01|prescriptive', ...proposal },
    schema: closed(phaseProperties),
  },
  'POST /v1/phases/:id/confirm': {
    params: { id: 'XXA1|2099-04-01|prescriptive' },
    status: 200,
    answer: {
      id: 'XXA1|2099-04-01|prescriptive',
      ...proposal,
      proposedBy: 'oidc:7d0f',
      confirmedBy: 'oidc:91bc',
      confirmedAt: '2026-03-30T12:00:00.000Z',
    },
    schema: closed({
      ...phaseProperties,
      proposedBy: Type.String(),
      confirmedBy: Type.String(),
      confirmedAt: Type.String(),
    }),
  },
  'POST /v1/people/:officer/look-up': {
    params: { officer: person.officer },
    body: { office: 'XXA1', grounds: 'hearing of 14 April, file 2026/14' },
    status: 200,
    answer: person,
    schema: Person,
  },
  'GET /v1/unmaskings': {
    query: { office: ['XXA1'], limit: 1 },
    status: 200,
    answer: { data: [confirmed] },
    schema: pageOf(Unmasking),
  },
  'POST /v1/unmaskings': {
    body: { finding: unmasking.finding, part: 'releaser', grounds: unmasking.grounds },
    status: 201,
    answer: unmasking,
    schema: Unmasking,
  },
  'POST /v1/unmaskings/:id/confirm': {
    params: { id: unmasking.id },
    status: 200,
    answer: confirmed,
    schema: Unmasking,
  },
  'POST /v1/unmaskings/:id/withdraw': {
    params: { id: unmasking.id },
    body: { grounds: 'the order was given in writing, file 2026/14' },
    status: 200,
    answer: ended('withdrawn', unmasking.proposedBy),
    schema: Unmasking,
  },
  'POST /v1/unmaskings/:id/refuse': {
    params: { id: unmasking.id },
    body: { grounds: 'the order was given in writing, file 2026/14' },
    status: 200,
    answer: ended('refused', 'oidc:91bc'),
    schema: Unmasking,
  },
  'POST /v1/unmaskings/:id/look-up': {
    params: { id: unmasking.id },
    status: 200,
    answer: person,
    schema: Person,
  },
  'GET /v1/webhooks': {
    status: 200,
    answer: { data: [webhook] },
    schema: closed({ data: Type.Array(Webhook) }),
  },
  'POST /v1/webhooks': {
    body: { label: webhook.label, url: webhook.url, kinds: webhook.kinds, audience: webhook.audience },
    status: 201,
    answer: { ...webhook, secret },
    schema: NewWebhook,
  },
  'PATCH /v1/webhooks/:id': {
    params: { id: webhook.id },
    body: { active: false },
    status: 200,
    answer: { ...webhook, active: false },
    schema: Webhook,
  },
  'DELETE /v1/webhooks/:id': {
    params: { id: webhook.id },
    status: 200,
    answer: webhook,
    schema: Webhook,
  },
  'POST /v1/webhooks/:id/secret': {
    params: { id: webhook.id },
    status: 201,
    answer: { ...webhook, secret },
    schema: NewWebhook,
  },
  'POST /v1/webhooks/:id/ping': {
    params: { id: webhook.id },
    status: 202,
    answer: {
      ...waiting,
      kind: 'ping',
      object: '3f1c0a9e7d5b2846',
      office: null,
      status: null,
      problem: null,
    },
    schema: Delivery,
  },
  'POST /v1/webhooks/:id/resend': {
    params: { id: webhook.id },
    status: 202,
    answer: { resent: 3 },
    schema: closed({ resent: Type.Integer() }),
  },
  'GET /v1/webhook-deliveries': {
    query: { state: ['dead'], sort: '-createdAt', limit: 1 },
    status: 200,
    answer: { data: [letter] },
    schema: pageOf(Delivery),
  },
  'POST /v1/webhook-deliveries/:id/resend': {
    params: { id: letter.id },
    status: 202,
    answer: waiting,
    schema: Delivery,
  },
  'POST /v1/rebuild': {
    status: 200,
    answer: { folded: 12_480 },
    schema: closed({ folded: Type.Integer({ description: 'declarations' }) }),
  },
  'POST /v1/recheck': {
    status: 200,
    answer: { completed: 12, checked: 40, changed: 3, unseen: [] },
    schema: closed({
      completed: Type.Integer({ description: 'new checks since a trail is complete further' }),
      checked: Type.Integer({ description: 'declarations that became due' }),
      changed: Type.Integer({ description: 'of these, with a new check' }),
      unseen: Type.Array(closed({ rule: Type.String(), fact: Type.String() }), {
        description: 'rules that wait for a limit that can not be told from them',
      }),
    }),
  },
  'GET /v1/retention': {
    status: 200,
    answer: {
      id: 'default',
      version: 1,
      title: { en: 'Everything is kept', fr: 'Tout est conservé' },
      owner: 'records unit',
      keep: {},
      content: '445e348b5a25b4b1',
    },
    schema: Type.Object({ ...Retention.properties, content: Type.String() }, { additionalProperties: false }),
  },
  'POST /v1/retention': {
    body: { apply: false },
    status: 200,
    answer: {
      policy: 'ten-years',
      applied: false,
      data: [
        {
          collection: 'declaration',
          before: '2016-04-02',
          removed: 1204,
          held: {
            active: 3,
            open: 12,
            'under suspense': 4,
            'entry kept': 1,
            disputed: 2,
            'frozen figures': 0,
            'open mark sheet': 0,
          },
        },
      ],
    },
    schema: closed({
      policy: Type.String(),
      applied: Type.Boolean(),
      data: Type.Array(
        closed({
          collection: Type.String(),
          before: day,
          removed: Type.Integer(),
          held: Type.Optional(Type.Record(Type.String(), Type.Integer(), { description: 'by reason' })),
        }),
      ),
    }),
  },
  'POST /v1/backup': {
    body: { folder: '/backups/2026-03-30' },
    status: 200,
    answer: { at: '2026-03-30T22:00:00.004Z', collections: { check: 12_480 }, bytes: 91_226_112 },
    schema: closed({
      at: instant,
      collections: Type.Record(Type.String(), Type.Integer()),
      bytes: Type.Integer(),
    }),
  },
  'GET /v1/history': {
    status: 200,
    answer: { declarations: 12_480 },
    schema: closed({ declarations: Type.Integer() }),
  },
  'POST /v1/history': {
    body: { rulebooks: [], from: '2026-03-01', to: '2026-03-02' },
    status: 200,
    answers: 'application/x-ndjson',
    answer: '',
    schema: Type.String({
      description: 'a list of declarations with trail, outcomes and looked-up facts a line',
    }),
  },
};
