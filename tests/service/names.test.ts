/** Names: looked for in everything that leaves while the office is in the descriptive phase, and told by logged look-ups alone. */
import { Writable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type AuditDocument, audit } from '../../src/audit/log.ts';
import { verifyAudit } from '../../src/audit/verify.ts';
import { checks, people } from '../../src/check/collections.ts';
import type { CheckDocument } from '../../src/check/document.ts';
import { fromRoot } from '../../src/ground/paths.ts';
import { phases } from '../../src/indicators/phase.ts';
import { openKeys } from '../../src/service/auth/keys.ts';
import { permissions } from '../../src/service/auth/permissions.ts';
import { type CallerRole, callerRoles } from '../../src/service/caller.ts';
import { type DeliveryDocument, deliveries } from '../../src/service/webhooks/model.ts';
import { declaration, type Harness, json, overweight, post, startService } from './harness.ts';
import { type Receiver, startReceiver } from './receiver.ts';
import { exampleRequest, furnish, inject, type World } from './requests.ts';

/** Nothing else that is sent or answered holds these. */
const accounts = { examiner: 'zztop.examiner', releaser: 'qqxyz.releaser', chief: 'wwvut.chief' };
const named = /zztop|qqxyz|wwvut|Quintessa/i;
/** In the words of a finding it stands without quotes. */
const lasting = /O-[A-Z2-9]{10}/;

let harness: Harness;
let receiver: Receiver;
let world: World;
/** A declaration of which a finding names who acted, and its check, which does not replay as it stands. */
let reference: string;
let check: string;
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
    alsoRules: fromRoot('tests', 'fixtures', 'rules-naming'),
    onRecord: true,
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
  // Nothing was decided for any office; what was sent before may have been of the other phase.
  await harness.store.collection(phases).clear();
  await vi.waitUntil(() => receiver.letters.length > 2, 15_000);
  await furnishNaming(by);
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

/** Records that say who may do what and who changed what, and a finding that names two of them in its words. */
async function furnishNaming(by: Record<string, string>): Promise<void> {
  const since = { from: '2026-01-01' };
  const records = {
    right: [accounts.releaser, accounts.examiner].map((user) => ({
      user,
      right: 'admin',
      grantedBy: accounts.chief,
      ...since,
    })),
    criterion: { criterion: 'C1', office: 'XXA1', user: accounts.chief, ...since },
    parameter: {
      office: 'XXA1',
      name: 'randomRate',
      flow: 'import',
      lane: 'red',
      value: 0,
      user: accounts.chief,
      ...since,
    },
  };
  for (const [kind, record] of Object.entries(records))
    expect((await post(harness, `/v1/reference/${kind}`, record, by)).status, kind).toBe(200);
  const lodged = await post(harness, '/v1/checks', declaration(overweight), by);
  reference = lodged.body.declaration;
  const acts = [
    { kind: 'ASSESS', at: '2026-03-02T10:00:00+01:00', user: accounts.examiner },
    { kind: 'RELEASE', at: '2026-03-02T11:00:00+01:00', user: accounts.releaser },
  ];
  const events = `/v1/declarations/${encodeURIComponent(reference)}/events`;
  check = (await post(harness, events, acts, by)).body.check.id;
  const stored = harness.store.collection<CheckDocument>(checks);
  const { doc } = (await stored.get(check))!;
  const altered = doc.findings.map((each) => ({ ...each, weight: each.weight + 1 }));
  expect(doc.findings.some(({ message }) => lasting.test(message.en!))).toBe(true);
  await stored.put([{ ...doc, findings: altered }]);
  const outcome = { control: 'physical', result: 'quantity', status: 'final', user: accounts.examiner };
  const at = '2026-03-02T12:00:00+01:00';
  await post(harness, '/v1/outcomes', { declaration: reference, ...outcome, at }, by);
  await harness.settle();
}

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
        // The description shows what a surrogate looks like, and who asks by one is told of none in saying so.
        if (route !== 'GET /openapi.json')
          expect(body.replaceAll('O-7MD2KQXW4T', ''), `${role} ${statusCode}`).not.toMatch(lasting);
      }
    },
  );

  /** What tells of the finding that names officers, of who changed what, and of figures by who acted. */
  const of = () => encodeURIComponent(reference);
  const asked = 'from=2026-03-01&to=2026-03-31';
  const places: Record<string, readonly [body: unknown, url: () => string]> = {
    'the check': [undefined, () => `/v1/checks/${check}`],
    'the checks of the declaration': [undefined, () => `/v1/checks?declaration=${of()}`],
    'its replay, which differs': [undefined, () => `/v1/checks/${check}/replay`],
    'who was told': [undefined, () => `/v1/checks/${check}/told`],
    'the declaration with its trail': [undefined, () => `/v1/declarations/${of()}`],
    findings: [undefined, () => `/v1/findings?declaration=${of()}&limit=100`],
    outcomes: [undefined, () => '/v1/outcomes?limit=100'],
    'the worklist': [undefined, () => '/v1/post-clearance?limit=100'],
    unmaskings: [undefined, () => '/v1/unmaskings?limit=100'],
    'a right': [undefined, () => '/v1/reference/right?key=x%7Cadmin'],
    'a criterion': [undefined, () => '/v1/reference/criterion?key=C1%7CXXA1'],
    'a parameter': [undefined, () => '/v1/reference/parameter?key=XXA1%7CrandomRate%7Cimport%7Cred'],
    'figures by officer': [undefined, () => `/v1/indicators/I08?by=officer&${asked}`],
    'figures by officer, as lines': [undefined, () => `/v1/indicators/I35?by=officer&format=csv&${asked}`],
    'a watch by officer': [undefined, () => `/v1/indicators/I15/watch?by=officer&${asked}`],
    pairs: [undefined, () => `/v1/indicators/I29/pairs?${asked}&office=XXA1`],
    editions: [undefined, () => '/v1/editions?limit=100'],
    letters: [undefined, () => '/v1/webhook-deliveries?limit=100'],
    metrics: [undefined, () => '/metrics'],
    'the audit log': [undefined, () => '/v1/audit?limit=500'],
    'the declaration sent again': [declaration(overweight), () => '/v1/checks'],
    'an event sent again': [
      { kind: 'ASSESS', at: '2026-03-02T10:00:00+01:00', user: accounts.examiner },
      () => `/v1/declarations/${of()}/events`,
    ],
    'a recheck': [{}, () => '/v1/recheck'],
    'the monthly report with people': [{ period: '2026-03', withPeople: true }, () => '/v1/reports'],
    'an edition by officer': [{ indicator: 'I08', period: '2026-03', by: ['officer'] }, () => '/v1/editions'],
    'letters sent again': [{}, () => `/v1/webhook-deliveries/${letter}/resend`],
  };
  let letter = '';
  it.each(Object.entries(places))('by %s', async (_, [payload, url]) => {
    if (letter === '') {
      const { docs } = await harness.store.collection<DeliveryDocument>(deliveries).find({
        where: { column: 'object', op: 'eq', value: check },
        limit: 1,
      });
      letter = docs[0]?.id ?? '';
    }
    const answered: CallerRole[] = [];
    for (const role of roles) {
      const { body, statusCode } = await harness.app.inject({
        method: payload === undefined ? 'GET' : 'POST',
        url: url(),
        headers: { ...as(role), ...(payload === undefined ? {} : json) },
        ...(payload === undefined ? {} : { payload: JSON.stringify(payload) }),
      });
      if (statusCode < 300) answered.push(role);
      expect(body, `${role} ${statusCode}`).not.toMatch(named);
      expect(body, `${role} ${statusCode}`).not.toMatch(lasting);
    }
    expect(answered.length).toBeGreaterThan(0);
  });

  it('while who reads conduct is told of each under the surrogate of the month', async () => {
    const told = async (role: CallerRole, url: string) =>
      (await harness.app.inject({ method: 'GET', url, headers: as(role) })).body;
    expect(await told('integrity', `/v1/checks/${check}`)).toMatch(/P-[\w-]{10}, P-[\w-]{10} may administer/);
    const replayed = JSON.parse(await told('auditor', `/v1/checks/${check}/replay`));
    const [{ member, stored, now }] = replayed.differences;
    expect([member, stored.length]).toEqual(['findings', now.length]);
    expect(JSON.stringify([stored, now])).toMatch(/P-[\w-]{10}, P-[\w-]{10} may administer/);
    expect(await told('integrity', '/v1/reference/criterion?key=C1%7CXXA1')).toMatch(/"user":"P-/);
    expect(await told('analyst', '/v1/reference/criterion?key=C1%7CXXA1')).not.toContain('user');
  });

  it('by any webhook', async () => {
    const told = () =>
      receiver.letters.flatMap(({ body }) => (body.includes(reference) ? body : [])).join('\n');
    await expect.poll(told, { timeout: 15_000 }).toContain('SYS-907');
    expect(told()).toMatch(/P-[\w-]{10}, P-[\w-]{10} may administer/);
    expect(told()).not.toMatch(named);
    expect(told()).not.toMatch(lasting);
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
    expect(streamed).not.toMatch(lasting);
  });

  it('by the log, which holds no content of messages either', () => {
    expect(logged.length).toBeGreaterThan(1_000);
    expect(logged).not.toMatch(named);
    expect(logged).not.toMatch(lasting);
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
