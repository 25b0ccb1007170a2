/**
 * Who is told of which rule: a store with findings of every audience, kind and status, in an office of the prescriptive
 * phase (names.test.ts has the descriptive one); every role asks every route, reads the stream and is sent webhooks, and
 * what it gets is searched for rules that it must not know of, for names, and for surrogates where none may stand.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { people as peopleSpec } from '../../src/check/collections.ts';
import { fromRoot } from '../../src/ground/paths.ts';
import { openKeys } from '../../src/service/auth/keys.ts';
import { permissions } from '../../src/service/auth/permissions.ts';
import { type CallerRole, callerRoles } from '../../src/service/caller.ts';
import { declaration, type Harness, post, startService } from './harness.ts';
import { type Receiver, startReceiver } from './receiver.ts';
import { exampleRequest, furnish, inject, type World } from './requests.ts';

/** The rules of tests/fixtures/rules-audiences by who reads them: this table is not the service's own. */
const rules = {
  'FMT-901': { kind: 'consistency', audience: 'declarant' },
  'EXA-905': { kind: 'consistency', audience: 'examiner' },
  'RSK-902': { kind: 'risk', audience: 'analyst' },
  'SHD-904': { kind: 'consistency, shadow', audience: 'analyst' },
  'CON-903': { kind: 'conduct', audience: 'integrity' },
  'SYS-906': { kind: 'system', audience: 'integrity' },
} as const;
type Rule = keyof typeof rules;
const ruleIds = Object.keys(rules) as Rule[];

/** Rules that a role is told of; everything else must never stand in what it gets. */
const reads: Record<string, readonly Rule[]> = {
  declarant: ['FMT-901'],
  system: ['FMT-901', 'EXA-905'],
  officer: ['FMT-901', 'EXA-905'],
  manager: ['FMT-901', 'EXA-905'],
  administrator: ['FMT-901', 'EXA-905'],
  analyst: ['FMT-901', 'EXA-905', 'RSK-902', 'SHD-904'],
  integrity: ruleIds,
  auditor: ruleIds,
};
const roles = callerRoles.filter((role) => role !== 'local');

/** Whoever measures people sees lasting surrogates once the phase is prescriptive; these never do. */
const neverOfficers: readonly CallerRole[] = ['system', 'declarant'];

const accounts = { examiner: 'zztop.examiner', releaser: 'qqxyz.releaser', chief: 'wwvut.chief' };
const named = /zztop|qqxyz|wwvut|Quintessa/i;
const lasting = /"O-[A-Z2-9]{10}"/;
/** These tell names, to the integrity unit (names.test.ts). */
const tellers = ['POST /v1/people/:officer/look-up', 'POST /v1/unmaskings/:id/look-up'];

const suspicious = (change: Record<string, unknown> = {}) =>
  declaration({
    items: [{ number: 1, hs: '85171300', grossMass: 10, netMass: 12 }],
    valuation: { cif: { amount: 2_000_000, currency: 'XTS' } },
    ...change,
  });

let harness: Harness;
let receiver: Receiver;
let world: World;
let reference: string;
let check: string;
const keyOf = {} as Record<CallerRole, string>;
const as = (role: CallerRole) => ({ authorization: `Bearer ${keyOf[role]}` });
const local = { authorization: 'Bearer token-of-this-test' };

beforeAll(async () => {
  receiver = await startReceiver();
  harness = await startService({
    rules: fromRoot('tests', 'fixtures', 'rules-audiences'),
    authentication: (store) => ({ keys: openKeys(store) }),
    localToken: 'token-of-this-test',
    webhookHosts: new Set([receiver.host]),
  });
  for (const role of roles)
    keyOf[role] = (
      await openKeys(harness.store).create({ label: role, role, days: 1 }, 'tests', new Date())
    ).key;
  for (const audience of ['declarant', 'examiner', 'analyst', 'integrity'])
    await post(
      harness,
      '/v1/webhooks',
      {
        label: audience,
        url: `${receiver.url}/${audience}`,
        kinds: ['check.created', 'check.superseded', 'outcome.recorded'],
        audience,
      },
      as('integrity'),
    );
  world = await furnish(harness, { by: local, webhook: `${receiver.url}/examples`, people: accounts });
  const lodged = await post(harness, '/v1/checks', suspicious(), as('system'));
  ({ declaration: reference } = lodged.body);
  const at = (hour: number) => `2026-03-02T${hour}:00:00+01:00`;
  const events = `/v1/declarations/${encodeURIComponent(reference)}/events`;
  const acts = [
    { kind: 'LANE', at: at(10), to: 'red', cause: 'criterion', criterion: 'RSK-902' },
    { kind: 'ASSESS', at: at(11), user: accounts.examiner },
    { kind: 'RELEASE', at: at(12), user: accounts.releaser },
  ];
  const received = await post(harness, events, acts, local);
  check = received.body.check.id;
  // An outcome labels each of them by name.
  for (const rule of ruleIds)
    await post(
      harness,
      '/v1/outcomes',
      {
        declaration: reference,
        control: 'physical',
        result: 'quantity',
        status: 'final',
        at: at(13 + ruleIds.indexOf(rule)),
        rule,
        verdict: 'confirmed',
        user: accounts.examiner,
      },
      local,
    );
  const { docs } = await harness.store
    .collection<{ id: string; officer: string }>(peopleSpec)
    .find({ limit: 100 });
  await harness.store
    .collection(peopleSpec)
    .put(docs.map((doc) => (doc.id === 'local' ? doc : { ...doc, name: 'Quintessa Example' })));
  await harness.settle();
  await post(harness, '/v1/editions', { indicator: 'T06', period: '2026-03', by: ['criterion'] }, local);
}, 120_000);
afterAll(async () => {
  await harness.close();
  await receiver.close();
});

/** What must not stand in an answer to the role. */
function leaks(role: CallerRole, text: string): string[] {
  const told = ruleIds.filter((rule) => text.includes(rule) && !reads[role]!.includes(rule));
  return [
    ...told,
    ...(named.test(text) ? ['a name'] : []),
    ...(neverOfficers.includes(role) && lasting.test(text) ? ['an officer'] : []),
  ];
}

async function ask(role: CallerRole, url: string) {
  const { body, statusCode } = await harness.app.inject({ method: 'GET', url, headers: as(role) });
  return { body, status: statusCode };
}

it('the store holds a finding of every rule', async () => {
  const { body } = await ask('integrity', `/v1/checks/${check}`);
  expect(ruleIds.filter((rule) => !body.includes(rule))).toEqual([]);
});

describe('no route tells a role of a rule that it does not read, nor of a name', () => {
  const removing = ['DELETE ', 'POST /v1/retention', 'POST /v1/rebuild', 'POST /v1/keys/:id/rotate'];
  it.each(
    Object.keys(permissions).filter(
      (route) => !tellers.includes(route) && !removing.some((start) => route.startsWith(start)),
    ),
  )('%s', async (route) => {
    const seen: Record<string, string[]> = {};
    for (const role of roles) {
      const request = ['GET /metrics', 'GET /openapi.json'].includes(route)
        ? ({ method: 'GET', url: route.slice(4), headers: as(role) } as const)
        : inject(exampleRequest(route, harness, world), as(role));
      const stop = new AbortController();
      if (route === 'GET /v1/live') setTimeout(() => stop.abort(), 60);
      const { body } = await harness.app
        .inject({ ...request, signal: stop.signal })
        .catch(() => ({ body: '' }));
      // The description holds example names of its own and nothing that is stored.
      const found = route === 'GET /openapi.json' ? [] : leaks(role, body);
      if (found.length > 0) seen[role] = found;
    }
    expect(seen).toEqual({});
  });
});

describe('nor does what holds a finding of each of them', () => {
  const of = () => encodeURIComponent(reference);
  const places: Record<string, () => string> = {
    'the check': () => `/v1/checks/${check}`,
    'the checks of the declaration': () => `/v1/checks?declaration=${of()}`,
    'its replay': () => `/v1/checks/${check}/replay`,
    'who was told': () => `/v1/checks/${check}/told`,
    'the declaration with its trail and outcomes': () => `/v1/declarations/${of()}`,
    findings: () => `/v1/findings?declaration=${of()}&limit=100`,
    outcomes: () => `/v1/outcomes?declaration=${of()}&limit=100`,
    'outcomes by rule': () => '/v1/outcomes?sort=-rule&limit=100',
    rules: () => '/v1/rules?hits=true',
    effectiveness: () => '/v1/rules/effectiveness',
    'figures by criterion': () => '/v1/indicators/T06?by=criterion&from=2026-01-01&to=2026-12-31',
    'figures by rule': () => '/v1/indicators/I36?by=rule&from=2026-01-01&to=2026-12-31',
    'an edition of figures by criterion': () =>
      `/v1/editions/${encodeURIComponent('T06|criterion|2026-03|1')}`,
    'the comparison of lanes': () => '/v1/selectivity/comparison',
    'the worklist': () => '/v1/post-clearance',
    editions: () => '/v1/editions?limit=100',
    letters: () => '/v1/webhook-deliveries?limit=100',
    metrics: () => '/metrics',
    'the audit log': () => '/v1/audit?limit=100',
  };
  it.each(Object.entries(places))('%s', async (_, url) => {
    const seen: Record<string, string[]> = {};
    const answered: CallerRole[] = [];
    for (const role of roles) {
      const { body, status } = await ask(role, url());
      if (status === 200) answered.push(role);
      const found = leaks(role, body);
      if (found.length > 0) seen[role] = found;
    }
    expect(seen).toEqual({});
    expect(answered.length).toBeGreaterThan(0);
  });
});

describe('asked for by name, a rule that a role does not read is as one that is not there', () => {
  const askers: Record<string, (rule: string) => string> = {
    rule: (rule) => `/v1/rules/${rule}`,
    findings: (rule) => `/v1/findings?rule=${rule}`,
    outcomes: (rule) => `/v1/outcomes?rule=${rule}`,
    'outcomes from it on': (rule) => `/v1/outcomes?rule.from=${rule}&rule.to=${rule}`,
    'figures of it': (rule) =>
      `/v1/indicators/T06?by=office&from=2026-01-01&to=2026-12-31&where=${encodeURIComponent(`criterion = ${rule}`)}`,
  };
  it.each(Object.entries(askers))('%s', async (_, url) => {
    for (const role of roles) {
      const none = await ask(role, url('ZZZ-999'));
      for (const rule of ruleIds.filter((one) => !reads[role]!.includes(one))) {
        const { body, status } = await ask(role, url(rule));
        expect([role, rule, status]).toEqual([role, rule, none.status]);
        const plain = (text: string, name: string) =>
          text.replaceAll(name, 'RULE').replace(/"(instance|requestId)":"[^"]*"/g, '');
        expect(plain(body, rule), `${role} ${rule}`).toBe(plain(none.body, 'ZZZ-999'));
      }
    }
  });
});

describe('webhooks', () => {
  it.each([
    ['declarant', 'declarant'],
    ['examiner', 'system'],
    ['analyst', 'analyst'],
    ['integrity', 'integrity'],
  ] as const)('to %s', async (audience, role) => {
    const letters = () => receiver.letters.filter(({ path }) => path.endsWith(`/${audience}`));
    await expect
      .poll(() => letters().filter(({ event }) => event.type === 'outcome.recorded').length, {
        timeout: 30_000,
      })
      .toBeGreaterThanOrEqual(ruleIds.length);
    const text = letters()
      .map(({ body }) => body)
      .join('\n');
    expect(leaks(role, text)).toEqual([]);
    // What it does read is in there: an empty letter leaks nothing either.
    expect(reads[role]!.filter((rule) => !text.includes(rule))).toEqual([]);
  });
});

describe('a check that was done again for what only the integrity unit reads', () => {
  it('is not told to who feeds the events, nor in the stream to who does not read it', async () => {
    const url = await harness.app.listen({ port: 0, host: '127.0.0.1' });
    const stop = new AbortController();
    const streamed: Record<string, string> = { officer: '', integrity: '' };
    const listening = (['officer', 'integrity'] as const).map(async (role) => {
      const response = await fetch(`${url}/v1/live`, { headers: as(role), signal: stop.signal });
      const heard = async () => {
        for await (const chunk of response.body!) streamed[role] += Buffer.from(chunk).toString('utf8');
      };
      return { ended: heard().catch(() => undefined) };
    });
    const heard = await Promise.all(listening);
    const { body: first } = await post(harness, '/v1/checks', suspicious(), as('system'));
    const events = `/v1/declarations/${encodeURIComponent(first.declaration)}/events`;
    const release = { kind: 'RELEASE', at: '2026-03-02T12:00:00+01:00', user: accounts.releaser };
    const { body: told } = await post(harness, events, release, as('system'));
    expect(told.check).toBeUndefined();
    const { body: second } = await post(harness, '/v1/checks', suspicious(), as('system'));
    await expect.poll(() => streamed.officer, { timeout: 20_000 }).toContain(second.id);
    await expect
      .poll(() => streamed.integrity!.split('event: check').length - 1, { timeout: 20_000 })
      .toBeGreaterThanOrEqual(3);
    stop.abort();
    await Promise.all(heard.map(({ ended }) => ended));
    expect(streamed.officer!.split(first.declaration).length - 1).toBe(1);
    expect(streamed.integrity!.split(first.declaration).length - 1).toBe(2);
    for (const role of ['officer', 'integrity'] as const) expect(leaks(role, streamed[role]!)).toEqual([]);
  });
});
