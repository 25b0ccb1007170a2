/** Webhooks: signed after Standard Webhooks, retried, given up, sent again; each audience its own; nothing twice on record. */
import { Webhook } from 'standardwebhooks';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openSeal } from '../../src/ground/seal.ts';
import { phases } from '../../src/indicators/phase.ts';
import { openKeys } from '../../src/service/auth/keys.ts';
import type { CallerRole } from '../../src/service/caller.ts';
import { isInside, webhookUrl } from '../../src/service/webhooks/address.ts';
import { sealSecrets } from '../../src/service/webhooks/book.ts';
import { backoff, settle } from '../../src/service/webhooks/deliver.ts';
import { follow, newDelivery } from '../../src/service/webhooks/follow.ts';
import {
  type DeliveryDocument,
  deliveries,
  positions,
  type WebhookDocument,
  webhooks,
} from '../../src/service/webhooks/model.ts';
import { declaration, get, type Harness, overweight, post, startService } from './harness.ts';
import { type Receiver, startReceiver } from './receiver.ts';

let harness: Harness;
let receiver: Receiver;
const keyOf = {} as Record<CallerRole, string>;
const as = (role: CallerRole) => ({ authorization: `Bearer ${keyOf[role]}` });

beforeAll(async () => {
  receiver = await startReceiver();
  harness = await startService({
    authentication: (store) => ({ keys: openKeys(store) }),
    webhookHosts: new Set([receiver.host]),
  });
  for (const role of ['system', 'analyst', 'integrity', 'administrator'] as const) {
    const { key } = await openKeys(harness.store).create({ label: role, role, days: 1 }, 'tests', new Date());
    keyOf[role] = key;
  }
});
afterAll(async () => {
  await harness.close();
  await receiver.close();
});
beforeEach(() => {
  receiver.answer = 204;
  receiver.letters.length = 0;
});
/** Subscriptions end with their test. */
afterEach(async () => {
  const { body } = await get(harness, '/v1/webhooks', as('administrator'));
  for (const { id } of body.data) await call('DELETE', `/v1/webhooks/${id}`, 'administrator');
});

async function call(method: 'PATCH' | 'DELETE' | 'POST', url: string, role: CallerRole, payload?: object) {
  const response = await harness.app.inject({
    method,
    url,
    headers: { ...as(role), ...(payload === undefined ? {} : { 'content-type': 'application/json' }) },
    ...(payload === undefined ? {} : { payload: JSON.stringify(payload) }),
  });
  return { status: response.statusCode, body: response.json() };
}

async function subscribe(role: CallerRole, change: Record<string, unknown> = {}) {
  const asked = { label: 'the test', url: receiver.url, kinds: ['check.created'], audience: 'examiner' };
  const { status, body } = await post(harness, '/v1/webhooks', { ...asked, ...change }, as(role));
  expect(status, JSON.stringify(body)).toBe(201);
  return body as { id: string; secret: string };
}

const arrived = (count: number) =>
  expect.poll(() => receiver.letters.length, { timeout: 15_000, interval: 50 }).toBeGreaterThanOrEqual(count);
const letters = async (query: string, role: CallerRole = 'analyst') =>
  (await get(harness, `/v1/webhook-deliveries?${query}`, as(role))).body.data as DeliveryDocument[];
const check = async (change: Record<string, unknown> = {}) =>
  (await post(harness, '/v1/checks', declaration(change), as('system'))).body;

describe('a subscription', () => {
  it('is told of a check, signed so that any library of Standard Webhooks verifies it', async () => {
    const { id, secret } = await subscribe('analyst');
    const checked = await check(overweight);
    await arrived(1);
    const [letter] = receiver.letters;
    const verified = new Webhook(secret).verify(letter!.body, letter!.headers as Record<string, string>);
    expect(verified).toMatchObject({ type: 'check.created', data: { id: checked.id, lane: 'yellow' } });
    expect(() =>
      new Webhook(secret).verify(
        letter!.body.replace('yellow', 'green'),
        letter!.headers as Record<string, string>,
      ),
    ).toThrow();
    await expect
      .poll(() => letters(`webhook=${id}`))
      .toEqual([
        expect.objectContaining({ id: letter!.headers['webhook-id'], state: 'delivered', attempts: 1 }),
      ]);
  });

  it('shows its secret once; a new one signs beside the old one for a day', async () => {
    const { id, secret } = await subscribe('analyst');
    const changed = await call('POST', `/v1/webhooks/${id}/secret`, 'analyst');
    expect(changed.status).toBe(201);
    const listed = JSON.stringify((await get(harness, '/v1/webhooks', as('administrator'))).body);
    expect(listed).toContain(id);
    expect(listed).not.toContain('whsec_');
    await call('POST', `/v1/webhooks/${id}/ping`, 'analyst');
    await arrived(1);
    const [{ body, headers }] = receiver.letters as [Receiver['letters'][0]];
    for (const good of [secret, changed.body.secret as string])
      expect(new Webhook(good).verify(body, headers as Record<string, string>)).toMatchObject({
        type: 'ping',
      });
  });

  it('of each audience gets what that audience reads by GET', async () => {
    const audiences = { examiner: 'system', analyst: 'analyst', integrity: 'integrity' } as const;
    const who: Record<string, string> = {};
    for (const audience of Object.keys(audiences)) {
      const { id } = await subscribe('integrity', { audience });
      who[id] = audience;
    }
    const checked = await check({
      ...overweight,
      valuation: { cif: { amount: 2_000_000, currency: 'XTS' } },
    });
    await arrived(3);
    for (const { headers, event, body } of receiver.letters) {
      const [{ webhook }] = (await letters(`object=${checked.id}`, 'integrity')).filter(
        ({ id }) => id === headers['webhook-id'],
      ) as [DeliveryDocument];
      const audience = who[webhook] as keyof typeof audiences;
      const read = await get(harness, `/v1/checks/${checked.id}`, as(audiences[audience]));
      expect(event.data, audience).toEqual(read.body);
      if (audience === 'examiner') expect(body).not.toMatch(/RSK-902|SHD-904|threshold/);
    }
  });

  it('lies in the store with its secret sealed, and is sealed again when the key is changed', async () => {
    const { id, secret } = await subscribe('analyst');
    const stored = async () => (await harness.store.collection<WebhookDocument>(webhooks).get(id))!.doc;
    const first = await stored();
    expect(first.secret).toMatch(/^sealed1\./);
    expect(JSON.stringify(first)).not.toContain(secret.slice(6));
    const [old, young] = [Buffer.alloc(32, 7), Buffer.alloc(32, 8)];
    const both = openSeal([young, old], 'webhooks');
    expect(await sealSecrets(harness.store, both)).toBeGreaterThan(0);
    const again = await stored();
    expect([again.secret === first.secret, openSeal([young], 'webhooks').open(again.secret, id)]).toEqual([
      false,
      secret,
    ]);
    expect(await sealSecrets(harness.store, both)).toBe(0);
    // Whoever lost the key is told with each letter, and nothing else stops.
    await check();
    await expect
      .poll(async () => (await letters(`webhook=${id}`))[0]?.problem, { timeout: 15_000 })
      .toMatch(/is sealed under key/);
  });

  it('is told of a check that was done again if its audience reads a difference, and of none otherwise', async () => {
    const { id: examiner } = await subscribe('integrity', { kinds: ['check.superseded'] });
    const { id: unit } = await subscribe('integrity', { kinds: ['check.superseded'], audience: 'integrity' });
    const { declaration: reference } = await check();
    // Released before it was paid: a finding on conduct, for the integrity unit alone.
    const events = `/v1/declarations/${encodeURIComponent(reference)}/events`;
    const release = { kind: 'RELEASE', at: '2026-03-02T10:00:00Z', user: 'a.name' };
    const { body } = await post(harness, events, release, as('system'));
    // Nor is who feeds the events told, who reads no difference either.
    expect(body.check).toBeUndefined();
    await arrived(1);
    await expect.poll(async () => (await letters(`webhook=${unit}`, 'integrity')).length).toBe(1);
    expect(receiver.letters.map(({ event }) => event.type)).toEqual(['check.superseded']);
    expect(receiver.letters[0]!.body).toContain('CON-903');
    expect(await letters(`webhook=${examiner}`, 'integrity')).toEqual([]);
    // Which letters an audience got is for that audience.
    expect(await letters(`webhook=${unit}`, 'analyst')).toEqual([]);
  });

  it('is told outcomes with officers under a surrogate of the month while the office is descriptive', async () => {
    await subscribe('integrity', { kinds: ['outcome.recorded'], audience: 'integrity' });
    await subscribe('integrity', { kinds: ['outcome.recorded'], audience: 'analyst' });
    const { declaration: reference } = await check();
    const outcome = { control: 'physical', result: 'conform', status: 'final', at: '2026-03-02T11:00:00Z' };
    const tell = (id: string) =>
      post(harness, '/v1/outcomes', { declaration: reference, ...outcome, id, user: 'a.name' }, as('system'));
    const officers = () => receiver.letters.map(({ event }) => String(event.data.officer).slice(0, 2)).sort();
    await tell('one');
    await arrived(2);
    expect(officers()).toEqual(['P-', 'nu']);
    await harness.store.collection(phases).put([
      {
        id: 'p',
        office: 'XXA1',
        phase: 'prescriptive',
        from: '2026-01-01',
        proposedBy: 'a',
        confirmedBy: 'b',
        grounds: 'g',
      } as never,
    ]);
    receiver.letters.length = 0;
    await tell('two');
    await arrived(2);
    expect(officers()).toEqual(['O-', 'nu']);
    expect(JSON.stringify(receiver.letters)).not.toContain('a.name');
    await harness.store.collection(phases).clear();
  });

  it('of one office is told of that office alone', async () => {
    await subscribe('analyst', { offices: ['XXB1'] });
    await check();
    const own = await check({ office: 'XXB1' });
    await arrived(1);
    expect(receiver.letters.map(({ event }) => event.data.id)).toEqual([own.id]);
  });

  it('that is paused hears afterwards what was written meanwhile', async () => {
    const { id } = await subscribe('analyst');
    await call('PATCH', `/v1/webhooks/${id}`, 'analyst', { active: false });
    const missed = await check();
    await call('PATCH', `/v1/webhooks/${id}`, 'analyst', { active: true });
    await arrived(1);
    expect(receiver.letters[0]!.event.data.id).toBe(missed.id);
  });

  it('whose receiver is gone for good stops', async () => {
    receiver.answer = 410;
    const { id } = await subscribe('analyst');
    await check();
    await arrived(1);
    await expect
      .poll(async () => (await get(harness, '/v1/webhooks', as('analyst'))).body.data, { timeout: 15_000 })
      .toEqual([expect.objectContaining({ id, active: false, stopped: expect.stringContaining('410') })]);
  });

  it.each([
    [
      'an audience that the caller does not read',
      'analyst',
      { audience: 'integrity' },
      403,
      'CC_AUDIENCE_FORBIDDEN',
    ],
    ['an address of a private network', 'analyst', { url: 'https://10.0.0.7/x' }, 400, 'CC_WEBHOOK_ADDRESS'],
    ['plain http to anywhere', 'analyst', { url: 'http://example.org/x' }, 400, 'CC_WEBHOOK_ADDRESS'],
    ['a kind that is none', 'analyst', { kinds: ['everything'] }, 400, 'CC_REQUEST_INVALID'],
  ] as const)('is refused for %s', async (_, role, change, status, code) => {
    const asked = {
      label: 'x',
      url: receiver.url,
      kinds: ['check.created'],
      audience: 'examiner',
      ...change,
    };
    const refused = await post(harness, '/v1/webhooks', asked, as(role));
    expect([refused.status, refused.body.code]).toEqual([status, code]);
  });
});

describe('a delivery', () => {
  it('that fails is tried again, each time later, and is dead after the last', () => {
    const now = new Date('2026-03-02T10:00:00.000Z');
    let letter: DeliveryDocument = newDelivery('w', 'check.created', 'C-1', null, now.toISOString());
    const waits: number[] = [];
    for (;;) {
      letter = settle(
        { ...letter, attempts: letter.attempts + 1 },
        { status: 500, problem: 'answered 500' },
        now,
        () => 0,
      );
      if (letter.state !== 'waiting') break;
      waits.push(Date.parse(letter.dueAt) - now.getTime());
    }
    expect(waits).toEqual(backoff);
    expect(letter).toMatchObject({
      state: 'dead',
      waiting: null,
      attempts: backoff.length + 1,
      problem: 'answered 500',
    });
    const asked = settle(
      { ...letter, attempts: 1 },
      { status: 503, problem: 'x', retryAfter: 900 },
      now,
      () => 0,
    );
    expect(Date.parse(asked.dueAt) - now.getTime()).toBe(900_000);
  });

  it('that is dead is listed and sent again, one or all, under the id it had', async () => {
    const { id } = await subscribe('analyst');
    receiver.answer = 500;
    const checked = await check();
    await arrived(1);
    const stored = () => letters(`webhook=${id}`).then(([only]) => only!);
    await expect.poll(async () => (await stored()).status).toBe(500);
    // As eight failures later.
    const collection = harness.store.collection<DeliveryDocument>(deliveries);
    const { doc } = (await collection.get((await stored()).id))!;
    await collection.put([{ ...doc, state: 'dead', waiting: null, attempts: 9 }]);
    expect(await letters('state=dead')).toEqual([expect.objectContaining({ object: checked.id })]);
    receiver.answer = 204;
    expect((await call('POST', `/v1/webhook-deliveries/${doc.id}/resend`, 'analyst')).status).toBe(202);
    await arrived(2);
    expect(receiver.letters[1]!.headers['webhook-id']).toBe(receiver.letters[0]!.headers['webhook-id']);
    await expect.poll(async () => (await stored()).state).toBe('delivered');
    await collection.put([{ ...doc, state: 'dead', waiting: null, attempts: 9 }]);
    expect((await call('POST', `/v1/webhooks/${id}/resend`, 'analyst')).body).toEqual({ resent: 1 });
    await arrived(3);
  });

  it('whose sender was killed is sent when its claim lapses, and what was recorded is not recorded twice', async () => {
    const { id } = await subscribe('analyst');
    await call('PATCH', `/v1/webhooks/${id}`, 'analyst', { active: false });
    const checked = await check();
    const { store } = harness;
    const doc = (await store.collection<never>(webhooks).get(id))!.doc as Parameters<typeof follow>[1];
    const before = (await store.collection(positions).get(id))!.doc;
    await follow(store, doc, new Date());
    // A crash after the letters were recorded and before the cursor was.
    await store.collection(positions).put([before]);
    await follow(store, doc, new Date());
    const [letter, ...more] = await letters(`webhook=${id}`);
    expect([letter!.object, more]).toEqual([checked.id, []]);
    // Claimed by a process that is gone: due again at the claim's end.
    const collection = store.collection<DeliveryDocument>(deliveries);
    const claimed = (await collection.get(letter!.id))!.doc;
    await collection.put([{ ...claimed, attempts: 1, dueAt: new Date(Date.now() + 700).toISOString() }]);
    await call('PATCH', `/v1/webhooks/${id}`, 'analyst', { active: true });
    await arrived(1);
    await expect
      .poll(async () => (await letters(`webhook=${id}`))[0])
      .toMatchObject({ state: 'delivered', attempts: 2 });
    expect(receiver.letters).toHaveLength(1);
  });
});

describe('an address', () => {
  const none = new Set<string>();
  it.each([
    'http://example.org/',
    'https://127.0.0.1/',
    'https://localhost/',
    'https://2130706433/',
    'https://0x7f.1/',
    'https://[::1]/',
    'https://[::ffff:10.0.0.1]/',
    'https://169.254.169.254/latest/meta-data',
    'https://user:pass@example.org/',
    'ftp://example.org/',
    'not an address',
  ])('%s is refused', (url) => {
    expect(() => webhookUrl(url, none)).toThrow(/webhooks are not sent/);
  });

  it('of a named host may be private, on that port alone where a port is named', () => {
    const named = new Set(['clearance.customs.test', '10.0.0.7:8080']);
    expect(webhookUrl('http://clearance.customs.test/x', named).hostname).toBe('clearance.customs.test');
    expect(webhookUrl('http://10.0.0.7:8080/x', named).port).toBe('8080');
    expect(() => webhookUrl('http://10.0.0.7:9090/x', named)).toThrow();
    expect(webhookUrl('https://example.org/x', none).host).toBe('example.org');
    expect([isInside('8.8.8.8'), isInside('fd00::1'), isInside('2a00:1450::1')]).toEqual([
      false,
      true,
      false,
    ]);
  });
});
