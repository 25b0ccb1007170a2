/** Names: looked for in everything that leaves while the office is in the descriptive phase, and told by logged look-ups alone. */
import { Writable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AuditDocument, audit } from '../../src/audit/log.ts';
import { verifyAudit } from '../../src/audit/verify.ts';
import { people } from '../../src/check/collections.ts';
import { phases } from '../../src/indicators/phase.ts';
import { openKeys } from '../../src/service/auth/keys.ts';
import { permissions } from '../../src/service/auth/permissions.ts';
import { type CallerRole, callerRoles } from '../../src/service/caller.ts';
import { declaration, type Harness, overweight, post, startService } from './harness.ts';
import { type Receiver, startReceiver } from './receiver.ts';
import { exampleRequest, furnish, inject, type World } from './requests.ts';

/** Nothing else that is sent or answered holds these. */
const accounts = { examiner: 'zztop.examiner', releaser: 'qqxyz.releaser', chief: 'wwvut.chief' };
const named = /zztop|qqxyz|wwvut|Quintessa/i;

let harness: Harness;
let receiver: Receiver;
let world: World;
let logged = '';
const keyOf = {} as Record<CallerRole, string>;
const as = (role: CallerRole) => ({ authorization: `Bearer ${keyOf[role]}` });
const roles = callerRoles.filter((role) => role !== 'local');

beforeAll(async () => {
  receiver = await startReceiver();
  const stream = new Writable({
    write(chunk, _encoding, done) {
      logged += chunk;
      done();
    },
  });
  harness = await startService({
    hardBreaches: true,
    authentication: (store) => ({ keys: openKeys(store) }),
    localToken: 'token-of-this-test',
    webhookHosts: new Set([receiver.host]),
    logger: { level: 'trace', stream },
  });
  for (const role of roles)
    keyOf[role] = (
      await openKeys(harness.store).create({ label: role, role, days: 1 }, 'tests', new Date())
    ).key;
  const by = { authorization: 'Bearer token-of-this-test' };
  await post(
    harness,
    '/v1/webhooks',
    {
      label: 'all',
      url: receiver.url,
      kinds: ['check.created', 'check.superseded', 'outcome.recorded'],
      audience: 'integrity',
    },
    as('integrity'),
  );
  world = await furnish(harness, { by, webhook: receiver.url, people: accounts });
  // Nothing was decided for any office.
  await harness.store.collection(phases).clear();
  const { officer } = world['/v1/people/']!;
  const { docs } = await harness.store
    .collection<{ id: string; officer: string }>(people)
    .find({ limit: 100 });
  await harness.store
    .collection(people)
    .put(docs.map((doc) => (doc.officer === officer ? { ...doc, name: 'Quintessa Example' } : doc)));
});
afterAll(async () => {
  await harness.close();
  await receiver.close();
});

/** These tell names, and are tested below. */
const tellers = ['POST /v1/people/:officer/look-up', 'POST /v1/unmaskings/:id/look-up'];

describe('in the descriptive phase no name and no lasting surrogate leaves', () => {
  it.each(Object.keys(permissions).filter((route) => !tellers.includes(route)))(
    'by %s, to any role',
    async (route) => {
      for (const role of roles) {
        // What takes something away or starts long work is not needed to see what it answers.
        const request = ['GET /metrics', 'GET /openapi.json'].includes(route)
          ? ({ method: 'GET', url: route.slice(4), headers: as(role) } as const)
          : inject(exampleRequest(route, harness, world), as(role));
        const stop = new AbortController();
        if (route === 'GET /v1/live') setTimeout(() => stop.abort(), 60);
        const { body, statusCode } = await harness.app
          .inject({ ...request, signal: stop.signal })
          .catch(() => ({ body: '', statusCode: 200 }));
        if (statusCode < 300 && request.method === 'DELETE') continue;
        expect(body, `${role} ${statusCode}`).not.toMatch(named);
        // The description shows what a surrogate looks like.
        if (route !== 'GET /openapi.json')
          expect(body, `${role} ${statusCode}`).not.toMatch(/"O-[A-Z2-9]{10}"/);
      }
    },
  );

  it('by any webhook', async () => {
    await expect.poll(() => receiver.letters.length, { timeout: 15_000 }).toBeGreaterThan(2);
    expect(receiver.letters.map(({ body }) => body).join()).not.toMatch(named);
    expect(receiver.letters.map(({ body }) => body).join()).not.toMatch(/"O-[A-Z2-9]{10}"/);
  });

  it('by the stream of events', async () => {
    const url = await harness.app.listen({ port: 0, host: '127.0.0.1' });
    const stop = new AbortController();
    const response = await fetch(`${url}/v1/live`, {
      headers: { ...as('integrity'), 'last-event-id': '0' },
      signal: stop.signal,
    });
    await post(harness, '/v1/checks', declaration(overweight), as('system'));
    let streamed = '';
    for await (const chunk of response.body!) {
      streamed += Buffer.from(chunk).toString('utf8');
      if (streamed.split('event: check').length > 2) break;
    }
    stop.abort();
    expect(streamed).not.toMatch(named);
    expect(streamed).not.toMatch(/O-[A-Z2-9]{10}/);
  });

  it('by the log, which holds no content of messages either', () => {
    expect(logged.length).toBeGreaterThan(1_000);
    expect(logged).not.toMatch(named);
    expect(logged).not.toMatch(/ck_[0-9a-f]{18}_|token-of-this-test|whsec_/);
  });

  it('by the list of findings or outcomes filtered or sorted by who acted', async () => {
    const ask = async (role: CallerRole, url: string) =>
      (await harness.app.inject({ method: 'GET', url, headers: as(role) })).json().code;
    for (const url of [
      '/v1/findings?releaser=O-AAAAAAAAAA',
      '/v1/findings?sort=-assessor',
      '/v1/outcomes?officer.from=O-',
    ]) {
      expect(await ask('integrity', url)).toBe('CC_PHASE_DESCRIPTIVE');
      expect(await ask('officer', url)).toBe('CC_REQUEST_INVALID');
    }
  });
});

describe('a name', () => {
  const lookUp = () =>
    post(
      harness,
      `/v1/people/${world['/v1/people/']!.officer}/look-up`,
      { office: 'XXA1', grounds: 'file 2026/14' },
      as('integrity'),
    );
  const entries = async (action: string) =>
    (
      await harness.store
        .collection<AuditDocument>(audit)
        .find({ where: { column: 'action', op: 'eq', value: action }, limit: 100 })
    ).docs;

  it('is withheld in the descriptive phase, and a hard breach is unmasked by two people, on record', async () => {
    expect((await lookUp()).body.code).toBe('CC_NAME_WITHHELD');
    expect(await entries('person.look-up')).toEqual([]);
    const { id } = world['/v1/unmaskings/']!;
    const path = `/v1/unmaskings/${id}`;
    // Confirmed by the walk through every route above, by somebody else than who proposed it.
    expect((await post(harness, `${path}/confirm`, {}, as('administrator'))).status).toBe(200);
    const told = await post(harness, `${path}/look-up`, {}, as('integrity'));
    expect(told.body).toMatchObject({ accounts: [accounts.releaser], name: 'Quintessa Example' });
    const [entry, ...more] = await entries('person.look-up');
    expect([entry!.object, entry!.detail?.unmasking, more]).toEqual([told.body.officer, id, []]);
    expect(JSON.stringify(entry)).not.toMatch(named);
  });

  it('is not unmasked by one person, nor for less than a hard breach', async () => {
    const proposal = { finding: world['/v1/unmaskings']!.finding, part: 'assigned', grounds: 'file 2026/15' };
    const { body } = await post(harness, '/v1/unmaskings', proposal, as('integrity'));
    const own = await post(harness, `/v1/unmaskings/${body.id}/confirm`, {}, as('integrity'));
    expect([own.status, own.body.code]).toEqual([409, 'CC_CONFLICT']);
    const early = await post(harness, `/v1/unmaskings/${body.id}/look-up`, {}, as('integrity'));
    expect(early.body.code).toBe('CC_NAME_WITHHELD');
    const soft = { ...proposal, finding: world['/v1/findings/']!.id };
    expect((await post(harness, '/v1/unmaskings', soft, as('integrity'))).body.code).toBe('CC_NAME_WITHHELD');
  });

  it('stays covered where who proposed it withdraws that, or a second person refuses it, on record', async () => {
    const proposal = { finding: world['/v1/unmaskings']!.finding, part: 'assigned', grounds: 'file 2026/16' };
    const why = { grounds: 'the order was given in writing' };
    const propose = (role: CallerRole) => post(harness, '/v1/unmaskings', proposal, as(role));
    const end = async (id: string, how: string, role: CallerRole) => {
      const { status, body } = await post(harness, `/v1/unmaskings/${id}/${how}`, why, as(role));
      return [status, body.ended?.how ?? body.code];
    };
    const first = (await propose('integrity')).body.id;
    expect(await end(first, 'refuse', 'integrity')).toEqual([409, 'CC_CONFLICT']);
    expect(await end(first, 'withdraw', 'administrator')).toEqual([403, 'CC_FORBIDDEN']);
    expect(await end(first, 'withdraw', 'integrity')).toEqual([200, 'withdrawn']);
    const late = await post(harness, `/v1/unmaskings/${first}/confirm`, {}, as('administrator'));
    expect([late.status, late.body.code]).toEqual([409, 'CC_CONFLICT']);

    const second = (await propose('integrity')).body.id;
    expect(second).not.toBe(first);
    expect(await end(second, 'refuse', 'administrator')).toEqual([200, 'refused']);
    expect(await end(second, 'refuse', 'administrator')).toEqual([200, 'refused']);
    expect(await end(second, 'withdraw', 'integrity')).toEqual([409, 'CC_CONFLICT']);
    const again = await propose('integrity');
    expect([again.status, again.body.code]).toEqual([409, 'CC_CONFLICT']);
    expect((await post(harness, `/v1/unmaskings/${second}/look-up`, {}, as('integrity'))).body.code).toBe(
      'CC_NAME_WITHHELD',
    );
    expect((await entries('person.unmask.withdraw')).some(({ object }) => object === first)).toBe(true);
    expect((await entries('person.unmask.refuse')).at(-1)).toMatchObject({ object: second, detail: why });
  });

  it('is looked up in the prescriptive phase, with its grounds on record, and the chain holds', async () => {
    const phase = { id: 'p', office: 'XXA1', phase: 'prescriptive', from: '2026-01-01', grounds: 'tests' };
    await harness.store.collection(phases).put([{ ...phase, proposedBy: 'a', confirmedBy: 'b' } as never]);
    const told = await lookUp();
    expect(told.body).toMatchObject({ name: 'Quintessa Example' });
    expect((await entries('person.look-up')).at(-1)).toMatchObject({
      detail: { office: 'XXA1', grounds: 'file 2026/14' },
    });
    expect((await verifyAudit(harness.store)).broken).toBeUndefined();
  });

  it('is not told for what was done before the switch, by lists and trails either', async () => {
    const phase = { id: 'p', office: 'XXA1', phase: 'prescriptive', proposedBy: 'a', confirmedBy: 'b' };
    const ask = async (url: string) =>
      (await harness.app.inject({ method: 'GET', url, headers: as('integrity') })).json();
    const told = async () => {
      const { data } = await ask('/v1/findings?office=XXA1&limit=500');
      const { declaration } = data.find(({ releaser }: { releaser?: string }) => releaser !== undefined);
      const trail = await ask(`/v1/declarations/${encodeURIComponent(declaration)}`);
      const outcomes = await ask('/v1/outcomes?office=XXA1');
      return [data, trail.trail, trail.outcomes, outcomes.data].map((each) => JSON.stringify(each));
    };
    const lasting = /"O-[A-Z2-9]{10}"/;
    const since = async (from: string) => {
      await harness.store.collection(phases).put([{ ...phase, from, grounds: 'tests' } as never]);
    };
    const lists = (from: string) => [
      `/v1/findings?office=XXA1&sort=-assessor&day.from=${from}`,
      `/v1/outcomes?office=XXA1&sort=officer&at.from=${from}`,
    ];

    await since('2026-01-01');
    expect((await told()).every((each) => lasting.test(each))).toBe(true);
    for (const url of lists('2026-01-01')) expect(await ask(url), url).toHaveProperty('data');

    const switched = new Date().toISOString().slice(0, 10);
    await since(switched);
    for (const each of await told()) expect(each).not.toMatch(lasting);
    for (const url of lists('2026-01-01')) expect((await ask(url)).code, url).toBe('CC_PHASE_DESCRIPTIVE');
    for (const url of lists(switched)) expect(await ask(url), url).toHaveProperty('data');
    // The day on which an instant of UTC falls is the office's.
    expect((await ask(`/v1/outcomes?office=XXA1&sort=officer&at.from=${switched}T00:00:00Z`)).code).toBe(
      'CC_PHASE_DESCRIPTIVE',
    );
  });

  it('phases that are proposed and confirmed are on record', async () => {
    expect((await entries('phase.propose')).length).toBeGreaterThan(0);
    expect((await entries('phase.confirm')).length).toBeGreaterThan(0);
  });
});
