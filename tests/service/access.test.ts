/** Every route attempted by every role and by none: allowed or refused as the table here says, which is not the service's own. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createLocalJWKSet, exportJWK, generateKeyPair, SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { openKeys } from '../../src/service/auth/keys.ts';
import { openOidc } from '../../src/service/auth/oidc.ts';
import { permissions } from '../../src/service/auth/permissions.ts';
import { type CallerRole, callerRoles } from '../../src/service/caller.ts';
import { declaration, get, type Harness, overweight, post, startService } from './harness.ts';

const roles = callerRoles.filter((role) => role !== 'local');
const issuer = 'https://login.customs.test';

let harness: Harness;
let sign: (
  claims: Record<string, unknown>,
  change?: { issuer?: string; expires?: string },
) => Promise<string>;
const keyOf = {} as Record<CallerRole, string>;
const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

beforeAll(async () => {
  const { publicKey, privateKey } = await generateKeyPair('ES256');
  const keys = createLocalJWKSet({ keys: [{ ...(await exportJWK(publicKey)), alg: 'ES256', kid: 'one' }] });
  sign = (claims, { issuer: by = issuer, expires = '5m' } = {}) =>
    new SignJWT(claims)
      .setProtectedHeader({ alg: 'ES256', kid: 'one' })
      .setIssuer(by)
      .setAudience('crosscheck')
      .setSubject('person-1')
      .setExpirationTime(expires)
      .sign(privateKey);
  harness = await startService({
    authentication: (store) => ({
      keys: openKeys(store),
      oidc: openOidc({ issuer, audience: 'crosscheck', keys }),
    }),
  });
  const made = openKeys(harness.store);
  for (const role of roles) {
    keyOf[role] = (await made.create({ label: role, role, days: 1 }, 'tests', new Date())).key;
  }
});
afterAll(() => harness.close());

const everybody = 'system declarant officer analyst integrity manager auditor administrator none';
const readers = 'officer manager analyst integrity auditor';
const measurers = 'manager analyst integrity auditor';

/** Who is let through; `none` is a caller without authentication. */
const table: Record<string, string> = {
  'POST /v1/checks': 'system',
  'POST /v1/checks/batch': 'system',
  'GET /v1/checks': `system ${readers}`,
  'GET /v1/checks/:id': `system ${readers}`,
  'GET /v1/checks/degraded': `system administrator ${readers}`,
  'GET /v1/checks/:id/told': 'integrity auditor',
  'GET /v1/checks/:id/replay': 'auditor analyst',
  'GET /v1/checks/:id/draw': 'auditor',
  'GET /v1/audit': 'auditor',
  'GET /v1/audit/verify': 'auditor',
  'GET /v1/draw-commitments': everybody,
  'POST /v1/declarations/:reference/events': 'system',
  'GET /v1/declarations': readers,
  'GET /v1/declarations/:reference': readers,
  'POST /v1/outcomes': 'system',
  'GET /v1/outcomes': readers,
  'POST /v1/import': 'system',
  'PUT /v1/extracts/:id/files/:name': 'system',
  'POST /v1/extracts/:id': 'system',
  'GET /v1/extracts/:id': 'system',
  'POST /v1/reference/:kind': 'system administrator',
  'GET /v1/reference/:kind': 'analyst integrity auditor administrator',
  'POST /v1/manifests': 'system',
  'GET /v1/watermarks': readers,
  'GET /v1/lists': 'analyst integrity auditor administrator',
  'GET /v1/lists/:id': 'analyst integrity auditor administrator',
  'GET /v1/lists/:id/match': 'analyst integrity auditor',
  'PUT /v1/lists/:id': 'analyst administrator',
  'DELETE /v1/lists/:id': 'analyst administrator',
  'GET /v1/baselines': 'analyst integrity auditor',
  'GET /v1/baselines/:group': 'analyst integrity auditor',
  'POST /v1/baselines': 'analyst administrator',
  'GET /v1/findings': readers,
  'GET /v1/findings/:id': readers,
  'GET /v1/rules': 'analyst integrity auditor',
  'GET /v1/rules/:id': 'analyst integrity auditor',
  'GET /v1/rules/effectiveness': 'analyst integrity auditor',
  'GET /v1/selectivity': 'analyst integrity auditor',
  'GET /v1/selectivity/comparison': measurers,
  'GET /v1/post-clearance': readers,
  'GET /v1/post-clearance/coverage': measurers,
  'POST /v1/post-clearance/:reference/result': 'system officer',
  'GET /v1/indicators': measurers,
  'GET /v1/indicators/:id': measurers,
  'GET /v1/indicators/:id/watch': measurers,
  'GET /v1/indicators/:id/declarations': measurers,
  'GET /v1/indicators/:id/pairs': 'integrity auditor',
  'GET /v1/editions': measurers,
  'POST /v1/editions': 'manager analyst integrity',
  'POST /v1/reports': 'manager analyst integrity',
  'GET /v1/editions/:id': measurers,
  'GET /v1/editions/:id/differences': measurers,
  'POST /v1/mirror-statistics': 'manager analyst integrity',
  'GET /v1/contracts': `declarant ${readers}`,
  'GET /v1/mark-sheets': 'officer declarant manager integrity',
  'POST /v1/mark-sheets': 'manager',
  'GET /v1/mark-sheets/:id': 'officer declarant manager integrity',
  'POST /v1/mark-sheets/:id/comment': 'officer declarant',
  'POST /v1/mark-sheets/:id/countersign': 'manager integrity',
  'POST /v1/mark-sheets/:id/issue': 'manager',
  'GET /v1/training-needs': 'officer manager integrity',
  'POST /v1/rebuild': 'administrator',
  'POST /v1/recheck': 'administrator',
  'GET /v1/retention': 'administrator auditor',
  'POST /v1/retention': 'administrator',
  // For the user who runs the service alone, by the token beside the store.
  'POST /v1/backup': '',
  'GET /v1/history': '',
  'POST /v1/history': '',
  'GET /v1/phases': `administrator ${measurers}`,
  'POST /v1/phases': 'administrator integrity',
  'POST /v1/phases/:id/confirm': 'administrator integrity',
  'POST /v1/people/:officer/look-up': 'integrity',
  'GET /v1/unmaskings': 'integrity auditor administrator',
  'POST /v1/unmaskings': 'integrity',
  'POST /v1/unmaskings/:id/confirm': 'integrity administrator',
  'POST /v1/unmaskings/:id/withdraw': 'integrity',
  'POST /v1/unmaskings/:id/refuse': 'integrity administrator',
  'POST /v1/unmaskings/:id/look-up': 'integrity',
  'GET /v1/keys': 'administrator',
  'POST /v1/keys': 'administrator',
  'POST /v1/keys/:id/rotate': 'administrator',
  'DELETE /v1/keys/:id': 'administrator',
  'GET /v1/live': readers,
  'GET /v1/webhooks': 'administrator analyst integrity auditor',
  'POST /v1/webhooks': 'administrator analyst integrity',
  'PATCH /v1/webhooks/:id': 'administrator analyst integrity',
  'DELETE /v1/webhooks/:id': 'administrator analyst integrity',
  'POST /v1/webhooks/:id/secret': 'administrator analyst integrity',
  'POST /v1/webhooks/:id/ping': 'administrator analyst integrity',
  'POST /v1/webhooks/:id/resend': 'administrator analyst integrity',
  'GET /v1/webhook-deliveries': 'administrator analyst integrity auditor',
  'POST /v1/webhook-deliveries/:id/resend': 'administrator analyst integrity',
  'GET /metrics': 'administrator auditor',
  'GET /health/live': everybody,
  'GET /health/ready': everybody,
  'GET /openapi.json': everybody,
};

it('every route stands in the table of this test', () => {
  expect(Object.keys(table).sort()).toEqual(Object.keys(permissions).sort());
});

describe.each(Object.entries(table))('%s', (route, allowed) => {
  const [method, path] = route.split(' ') as ['GET' | 'POST' | 'PATCH' | 'DELETE', string];
  const url = path.replace(/:\w+/g, 'not-there');

  it(`lets through ${allowed || 'none of them'} and nobody else`, async () => {
    const passed: string[] = [];
    for (const role of [...roles, 'none' as const]) {
      // A stream that is let through does not end; that it began is enough.
      const stop = new AbortController();
      const answer = harness.app
        .inject({
          method,
          url,
          signal: stop.signal,
          headers: role === 'none' ? {} : bearer(keyOf[role]),
          ...(method === 'POST' || method === 'PATCH'
            ? {
                payload: '{}',
                headers: {
                  'content-type': 'application/json',
                  ...(role === 'none' ? {} : bearer(keyOf[role])),
                },
              }
            : {}),
        })
        .then(
          ({ statusCode, headers }) => {
            if (statusCode >= 400) expect(headers['content-type']).toContain('application/problem+json');
            return statusCode;
          },
          (thrown) => {
            if (!stop.signal.aborted) throw thrown;
            return 200;
          },
        );
      if (path === '/v1/live') setTimeout(() => stop.abort(), 150);
      const status = await answer;
      if (status === 401) expect(role).toBe('none');
      else if (status !== 403) passed.push(role);
    }
    expect(passed.sort()).toEqual(allowed.split(' ').filter(Boolean).sort());
  });
});

describe('a caller', () => {
  it('reads the findings of its own audience alone, in answers and in lists', async () => {
    const sent = { ...declaration(overweight), valuation: { cif: { amount: 2_000_000, currency: 'XTS' } } };
    const { body } = await post(harness, '/v1/checks', sent, bearer(keyOf.system));
    const events = `/v1/declarations/${encodeURIComponent(body.declaration)}/events`;
    await post(
      harness,
      events,
      { kind: 'RELEASE', at: '2026-03-02T10:00:00Z', user: 'anna' },
      bearer(keyOf.system),
    );
    await harness.settle();
    const seen: Record<string, string[]> = {};
    for (const role of ['system', 'officer', 'analyst', 'integrity'] as const) {
      const list = await get(
        harness,
        `/v1/checks?declaration=${encodeURIComponent(body.declaration)}&sort=-version,-recordedAt&limit=1`,
        bearer(keyOf[role]),
      );
      seen[role] = list.body.data[0].findings.map((one: { rule: string }) => one.rule).sort();
    }
    expect(seen).toEqual({
      system: ['FMT-901'],
      officer: ['FMT-901'],
      analyst: ['FMT-901', 'RSK-902', 'SHD-904'],
      integrity: ['CON-903', 'FMT-901', 'RSK-902', 'SHD-904'],
    });
    // What the clearance system reads tells nothing of the others: no rule, no threshold, no missing fact.
    const system = JSON.stringify((await get(harness, `/v1/checks/${body.id}`, bearer(keyOf.system))).body);
    expect(system).not.toMatch(/RSK-902|CON-903|SHD-904|threshold/);
    for (const role of ['officer', 'analyst', 'integrity'] as const) {
      const { body: rows } = await get(
        harness,
        `/v1/findings?declaration=${encodeURIComponent(body.declaration)}&current=1`,
        bearer(keyOf[role]),
      );
      expect(rows.data.map((row: { rule: string }) => row.rule).sort()).toEqual(seen[role]);
      // Under a surrogate of the month, for the office is in the descriptive phase.
      expect(JSON.stringify(rows).includes('P-'), role).toBe(role === 'integrity');
      expect(JSON.stringify(rows), role).not.toContain('O-');
    }
  });

  it('who is good for one office reads and writes no other', async () => {
    const keys = openKeys(harness.store);
    const { key: writes } = await keys.create(
      { label: 'b', role: 'system', offices: ['XXB1'], days: 1 },
      'tests',
      new Date(),
    );
    const { key: reads } = await keys.create(
      { label: 'b', role: 'analyst', offices: ['XXB1'], days: 1 },
      'tests',
      new Date(),
    );
    const foreign = await post(harness, '/v1/checks', declaration({ office: 'XXA1' }), bearer(writes));
    expect([foreign.status, foreign.body.code]).toEqual([403, 'CC_OFFICE_FORBIDDEN']);
    const own = await post(harness, '/v1/checks', declaration({ office: 'XXB1' }), bearer(writes));
    expect(own.status).toBe(200);
    const other = await post(harness, '/v1/checks', declaration({ office: 'XXA1' }), bearer(keyOf.system));
    expect((await get(harness, `/v1/checks/${other.body.id}`, bearer(reads))).status).toBe(404);
    expect(
      (await get(harness, `/v1/declarations/${encodeURIComponent(other.body.declaration)}`, bearer(reads)))
        .status,
    ).toBe(404);
    for (const list of ['/v1/checks', '/v1/declarations']) {
      const { body } = await get(harness, `${list}?limit=500`, bearer(reads));
      expect(
        new Set(
          body.data.map((row: { declaration?: string; reference?: string }) =>
            (row.reference ?? row.declaration)!.slice(0, 4),
          ),
        ),
      ).toEqual(new Set(['XXB1']));
    }
    const line = await harness.app.inject({
      method: 'POST',
      url: '/v1/checks/batch',
      headers: { 'content-type': 'application/x-ndjson', ...bearer(writes) },
      payload: [declaration({ office: 'XXA1' }), declaration({ office: 'XXB1' })]
        .map((one) => JSON.stringify(one))
        .join('\n'),
    });
    expect(
      line.body
        .trim()
        .split('\n')
        .map((text) => JSON.parse(text).code),
    ).toEqual(['CC_OFFICE_FORBIDDEN', undefined]);
  });

  it('who is good for one office may tell of its declarations before they are here, and of no other', async () => {
    const { key } = await openKeys(harness.store).create(
      { label: 'b', role: 'system', offices: ['XXB1'], days: 1 },
      'tests',
      new Date(),
    );
    const event = { kind: 'ARRIVE', at: '2026-03-30T07:00:00+01:00' };
    const outcome = {
      control: 'physical',
      result: 'conform',
      status: 'final',
      at: '2026-03-30T15:00:00+01:00',
    };
    const tell = async (reference: string) => [
      (await post(harness, `/v1/declarations/${encodeURIComponent(reference)}/events`, event, bearer(key)))
        .status,
      (await post(harness, '/v1/outcomes', { ...outcome, declaration: reference }, bearer(key))).status,
    ];
    const registration = { serial: 'C', number: '4711', date: '2026-03-30' };
    expect(await tell('XXB1/2026/C4711')).toEqual([200, 200]);
    // Another office's, names that tell no office, and what only looks like a registration.
    for (const foreign of ['XXA1/2026/C4711', '26XX0000000000B1A1', 'XXB1/4711', 'XXB1'])
      expect(await tell(foreign), foreign).toEqual([403, 403]);
    const own = await post(
      harness,
      '/v1/checks',
      { ...declaration({ office: 'XXB1' }), registration },
      bearer(key),
    );
    expect(own.body.declaration).toBe('XXB1/2026/C4711');
    const { body } = await get(
      harness,
      `/v1/declarations/${encodeURIComponent('XXB1/2026/C4711')}`,
      bearer(keyOf.officer),
    );
    expect([
      body.trail.map(({ kind }: { kind: string }) => kind),
      body.outcomes.map(({ control }: { control: string }) => control),
    ]).toEqual([['ARRIVE'], ['physical']]);
  });

  it('who is good for one office opens no other by keys, phases, subscriptions or what is of the whole country', async () => {
    const keys = openKeys(harness.store);
    const of = async (role: CallerRole) =>
      bearer((await keys.create({ label: 'b', role, offices: ['XXB1'], days: 1 }, 'tests', new Date())).key);
    const [administrator, analyst, system, auditor] = [
      await of('administrator'),
      await of('analyst'),
      await of('system'),
      await of('auditor'),
    ];
    const ask = async (by: object, method: string, url: string, payload?: unknown) => {
      const headers = { ...by, ...(payload === undefined ? {} : { 'content-type': 'application/json' }) };
      const sent = payload === undefined ? {} : { payload: JSON.stringify(payload) };
      const answer = await harness.app.inject({ method: method as 'POST', url, headers, ...sent });
      return [answer.statusCode, answer.json().code];
    };
    const forbidden = [403, 'CC_OFFICE_FORBIDDEN'];
    const absent = [404, 'CC_NOT_FOUND'];
    const whole = await keys.create({ label: 'a', role: 'integrity', days: 1 }, 'tests', new Date());
    const phase = { office: 'XXA1', phase: 'prescriptive', from: '2099-12-01', grounds: 'decision 9' };
    const hook = { label: 'x', url: 'https://a.test/', kinds: ['check.created'], audience: 'analyst' };
    const { body: ours } = await post(harness, '/v1/webhooks', hook, bearer(keyOf.analyst));
    const { body: units } = await post(
      harness,
      '/v1/webhooks',
      { ...hook, audience: 'integrity' },
      bearer(keyOf.integrity),
    );
    const { body: check } = await post(harness, '/v1/checks', declaration(), bearer(keyOf.system));

    const key = { label: 'x', role: 'integrity', days: 1 };
    expect(await ask(administrator, 'POST', '/v1/keys', { ...key, offices: ['XXA1'] })).toEqual(forbidden);
    const made = await post(harness, '/v1/keys', key, administrator);
    expect([made.status, made.body.offices]).toEqual([201, ['XXB1']]);
    for (const [method, url, body] of [
      ['POST', `/v1/keys/${whole.document.id}/rotate`, { graceDays: 1 }],
      ['DELETE', `/v1/keys/${whole.document.id}`],
    ] as const)
      expect(await ask(administrator, method, url, body)).toEqual(absent);
    const listed = await get(harness, '/v1/keys', administrator);
    expect(listed.body.data.every(({ offices }: { offices?: string[] }) => offices?.[0] === 'XXB1')).toBe(
      true,
    );

    expect(await ask(administrator, 'POST', '/v1/phases', phase)).toEqual(forbidden);
    const { body: proposed } = await post(harness, '/v1/phases', phase, bearer(keyOf.integrity));
    const confirm = `/v1/phases/${encodeURIComponent(proposed.id)}/confirm`;
    expect(await ask(administrator, 'POST', confirm)).toEqual(forbidden);
    for (const route of ['rebuild', 'recheck', 'retention'])
      expect(await ask(administrator, 'POST', `/v1/${route}`, { apply: false }), route).toEqual(forbidden);
    expect(await ask(analyst, 'POST', '/v1/baselines', {})).toEqual(forbidden);
    expect(await ask(analyst, 'DELETE', '/v1/lists/countries')).toEqual(forbidden);
    const programme = { trader: 'C1', programme: 'AEO', status: 'valid', from: '2026-01-01' };
    expect(await ask(system, 'POST', '/v1/reference/programme', programme)).toEqual(forbidden);
    expect(await ask(analyst, 'GET', `/v1/checks/${check.id}/replay`)).toEqual(absent);
    // One log of all offices; that its chains hold is anybody's to ask who may.
    expect(await ask(auditor, 'GET', '/v1/audit')).toEqual(forbidden);
    expect((await get(harness, '/v1/audit/verify', auditor)).status).toBe(200);
    const manifest = (office: string) =>
      `<Awmds><General_segment><General_segment_id><Customs_office_code>${office}</Customs_office_code><Voyage_number>V1</Voyage_number><Date_of_departure>2026-01-05</Date_of_departure></General_segment_id></General_segment></Awmds>`;
    const sendManifest = async (office: string) => {
      const headers = { ...system, 'content-type': 'application/xml' };
      const payload = manifest(office);
      const answer = await harness.app.inject({ method: 'POST', url: '/v1/manifests', headers, payload });
      return [answer.statusCode, answer.json().code];
    };
    expect([await sendManifest('XXA1'), await sendManifest('XXB1')]).toEqual([forbidden, [200, undefined]]);
    const hours = (office: string) => ({
      office,
      weekday: 1,
      opens: '08:00',
      closes: '16:00',
      from: '2026-01-01',
    });
    for (const office of ['XXA1', 'XXB1'])
      expect(
        (await post(harness, '/v1/reference/calendar', hours(office), bearer(keyOf.system))).body,
      ).toMatchObject({
        written: 1,
      });
    const known = async (office: string) =>
      (await get(harness, `/v1/reference/calendar?key=${office}%7C1%7C08:00`, analyst)).body.data.length;
    expect([await known('XXA1'), await known('XXB1')]).toEqual([0, 1]);
    expect(await ask(auditor, 'GET', `/v1/checks/${check.id}/draw`)).toEqual(absent);

    expect(await ask(analyst, 'POST', `/v1/webhooks/${ours.id}/secret`)).toEqual(absent);
    for (const [method, url, body] of [
      ['POST', '/secret'],
      ['POST', '/ping'],
      ['POST', '/resend'],
      ['PATCH', '', { active: false }],
      ['DELETE', ''],
    ] as const)
      expect(await ask(bearer(keyOf.analyst), method, `/v1/webhooks/${units.id}${url}`, body), url).toEqual(
        absent,
      );
    expect((await ask(bearer(keyOf.administrator), 'DELETE', `/v1/webhooks/${units.id}`))[0]).toBe(200);
  });
});

describe('a key', () => {
  it('is kept hashed, shown once, and no longer good once it is revoked, expired or rotated out', async () => {
    const keys = openKeys(harness.store);
    const { key, document } = await keys.create(
      { label: 'short', role: 'auditor', days: 1 },
      'tests',
      new Date(),
    );
    expect(JSON.stringify(await keys.list())).not.toContain(key.split('_').slice(2).join('_'));
    expect(await keys.verify(key, new Date())).toMatchObject({ role: 'auditor' });
    expect(await keys.verify(key, new Date(Date.now() + 2 * 86_400_000))).toBeUndefined();
    const successor = await keys.rotate(document.id, 0, 'tests', new Date());
    expect(await keys.verify(key, new Date(Date.now() + 1))).toBeUndefined();
    expect(await keys.verify(successor.key, new Date())).toMatchObject({ role: 'auditor' });
    await keys.revoke(successor.document.id, new Date());
    expect(await keys.verify(successor.key, new Date())).toBeUndefined();
  });

  it('that was revoked or has run out gets no successor', async () => {
    const keys = openKeys(harness.store);
    const asked = { label: 'gone', role: 'administrator', days: 1 } as const;
    const [revoked, expired] = await Promise.all([1, 2].map(() => keys.create(asked, 'tests', new Date())));
    await keys.revoke(revoked!.document.id, new Date());
    const rotate = (id: string) =>
      post(harness, `/v1/keys/${id}/rotate`, { graceDays: 1 }, bearer(keyOf.administrator));
    expect((await rotate(revoked!.document.id)).body).toMatchObject({ status: 400, code: 'CC_BAD_ARGUMENT' });
    const later = new Date(Date.now() + 2 * 86_400_000);
    await expect(keys.rotate(expired!.document.id, 1, 'tests', later)).rejects.toMatchObject({
      code: 'CC_BAD_ARGUMENT',
    });
  });

  it('of other bytes than characters is nobody, also where it is as long as the token of this machine', async () => {
    const local = await startService({ localToken: 'a'.repeat(43), authentication: () => ({}) });
    try {
      const answer = await get(local, '/v1/checks', bearer('\u00e9'.repeat(43)));
      expect([answer.status, answer.body.code]).toEqual([401, 'CC_UNAUTHENTICATED']);
    } finally {
      await local.close();
    }
  });

  it('with one character changed is nobody', async () => {
    const changed = keyOf.system.slice(0, -1) + (keyOf.system.endsWith('A') ? 'B' : 'A');
    expect((await get(harness, '/v1/checks', bearer(changed))).status).toBe(401);
  });

  it('is not made for longer than 400 days, for a role that is not granted or for nothing', async () => {
    const make = (body: object) => post(harness, '/v1/keys', body, bearer(keyOf.administrator));
    expect((await make({ label: 'x', role: 'system', days: 401 })).status).toBe(400);
    expect((await make({ label: 'x', role: 'local', days: 1 })).status).toBe(400);
    expect((await make({ label: '', role: 'system', days: 1 })).status).toBe(400);
    const made = await make({ label: 'x', role: 'system', days: 1 });
    expect(made.status).toBe(201);
    expect(made.body.hash).toBeUndefined();
  });
});

describe('a period', () => {
  it.each([
    ['/v1/rules/effectiveness', 'from=2026-02-30'],
    ['/v1/rules/effectiveness', 'from=2026-03-02&to=2026-03-01'],
    ['/v1/selectivity/comparison', 'to=2026-13-01'],
    ['/v1/selectivity/comparison', 'from=2026-03-02&to=2026-03-01'],
    ['/v1/post-clearance/coverage', 'from=2026-03-02&to=2026-03-01'],
    ['/v1/indicators/I08', 'from=2026-02-29'],
    ['/v1/indicators/I08', 'from=2026-03-02&to=2026-03-01'],
  ])('of %s with %s is refused, and is not a figure of nothing', async (path, query) => {
    const { status, body } = await get(harness, `${path}?${query}`, bearer(keyOf.analyst));
    expect([status, body.code]).toEqual([400, 'CC_REQUEST_INVALID']);
    const whole = await get(harness, `${path}?from=2026-02-28&to=2026-02-28`, bearer(keyOf.analyst));
    expect(whole.status).toBe(200);
  });
});

describe('a token of the administration', () => {
  const list = (token: string) => get(harness, '/v1/checks', bearer(token)).then(({ status }) => status);

  it('is good for the role it names', async () => {
    expect(await list(await sign({ crosscheck_role: 'analyst' }))).toBe(200);
    expect(await list(await sign({ crosscheck_role: 'declarant' }))).toBe(403);
  });

  it.each([
    ['names no role', {}, {}],
    ['claims the local session', { crosscheck_role: 'local' }, {}],
    ['names its offices as no list', { crosscheck_role: 'analyst', crosscheck_offices: 'XXA1' }, {}],
    ['names offices that are no texts', { crosscheck_role: 'analyst', crosscheck_offices: [7] }, {}],
    ['comes from another issuer', { crosscheck_role: 'analyst' }, { issuer: 'https://evil.test' }],
    ['has expired', { crosscheck_role: 'analyst' }, { expires: '-1m' }],
  ])('that %s is nobody', async (_, claims, change) => {
    expect(await list(await sign(claims, change))).toBe(401);
  });

  it('is good within half a minute of its time, since clocks differ, and names somebody', async () => {
    const pair = await generateKeyPair('RS256');
    const verify = openOidc({ issuer, audience: 'crosscheck', keys: async () => pair.publicKey });
    const now = Math.floor(Date.now() / 1000);
    const token = (from: number, to: number, sub: unknown = 'u1') =>
      new SignJWT({ crosscheck_role: 'analyst', sub } as Record<string, unknown>)
        .setProtectedHeader({ alg: 'RS256' })
        .setIssuer(issuer)
        .setAudience('crosscheck')
        .setNotBefore(now + from)
        .setExpirationTime(now + to)
        .sign(pair.privateKey);
    const subject = async (given: Promise<string>) => (await verify(await given))?.subject;
    expect(await subject(token(20, 300))).toBe('oidc:u1');
    expect(await subject(token(-300, -20))).toBe('oidc:u1');
    expect(await subject(token(90, 300))).toBeUndefined();
    expect(await subject(token(-300, -90))).toBeUndefined();
    for (const nobody of ['', {}, 7]) expect(await subject(token(0, 300, nobody))).toBeUndefined();
  });

  it('for another audience, under a symmetric algorithm or under a key that the issuer has not is nobody', async () => {
    const pair = await generateKeyPair('RS256', { extractable: true });
    const published = { ...(await exportJWK(pair.publicKey)), kid: 'one', alg: 'RS256' };
    const verify = openOidc({
      issuer,
      audience: 'crosscheck',
      keys: createLocalJWKSet({ keys: [published] }),
    });
    const token = (kid: string, audience: string, alg: string, key: Parameters<SignJWT['sign']>[0]) =>
      new SignJWT({ crosscheck_role: 'analyst' })
        .setProtectedHeader({ alg, kid })
        .setSubject('u1')
        .setIssuer(issuer)
        .setAudience(audience)
        .setExpirationTime('5m')
        .sign(key);
    expect(await verify(await token('one', 'crosscheck', 'RS256', pair.privateKey))).toMatchObject({
      role: 'analyst',
    });
    expect(await verify(await token('one', 'another', 'RS256', pair.privateKey))).toBeUndefined();
    // The published key as if it were a shared secret.
    const secret = new TextEncoder().encode(JSON.stringify(published));
    expect(await verify(await token('one', 'crosscheck', 'HS256', secret))).toBeUndefined();
    const other = await generateKeyPair('RS256');
    for (const kid of ['one', 'two', '../one'])
      expect(await verify(await token(kid, 'crosscheck', 'RS256', other.privateKey))).toBeUndefined();
  });

  it.each([
    ['answers with an error', 500, 'out of order'],
    ['answers with no keys', 200, '{"keys":"none"}'],
    ['answers with no JSON', 200, '<html>'],
  ])('of an issuer that %s is told as the issuer’s fault, and is not nobody', async (_, status, body) => {
    const server = createServer((_request, response) => response.writeHead(status).end(body));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    try {
      const jwksUri = `http://127.0.0.1:${(server.address() as AddressInfo).port}/jwks`;
      const verify = openOidc({ issuer, audience: 'crosscheck', jwksUri });
      await expect(verify(await sign({ crosscheck_role: 'analyst' }))).rejects.toMatchObject({
        code: 'CC_ISSUER_UNAVAILABLE',
      });
    } finally {
      server.close();
    }
  });

  it('that has expired is nobody, also while its issuer does not answer', async () => {
    const server = createServer((_request, response) => response.destroy());
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    try {
      const jwksUri = `http://127.0.0.1:${(server.address() as AddressInfo).port}/jwks`;
      const verify = openOidc({ issuer, audience: 'crosscheck', jwksUri });
      const token = (expires: string) => sign({ crosscheck_role: 'analyst' }, { expires });
      expect(await verify(await token('-1m'))).toBeUndefined();
      await expect(verify(await token('-10s'))).rejects.toMatchObject({ code: 'CC_ISSUER_UNAVAILABLE' });
    } finally {
      server.close();
    }
  });

  it('follows the issuer’s keys: a new one within seconds, a withdrawn one for ten minutes, none of an issuer that is gone', async () => {
    const made = async (kid: string) => {
      const pair = await generateKeyPair('ES256', { extractable: true });
      const token = await new SignJWT({ crosscheck_role: 'analyst' })
        .setProtectedHeader({ alg: 'ES256', kid })
        .setSubject('u1')
        .setIssuer(issuer)
        .setAudience('crosscheck')
        .setExpirationTime('1h')
        .sign(pair.privateKey);
      return { token, published: { ...(await exportJWK(pair.publicKey)), kid, alg: 'ES256' } };
    };
    const [old, next, stranger] = [await made('old'), await made('next'), await made('stranger')];
    let keys = [old.published];
    let asked = 0;
    let isUp = true;
    const server = createServer((_request, response) => {
      asked += 1;
      if (isUp) response.end(JSON.stringify({ keys }));
      else response.destroy();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    let later = 0;
    const { now } = Date;
    const clock = vi.spyOn(Date, 'now').mockImplementation(() => now() + later);
    try {
      const jwksUri = `http://127.0.0.1:${(server.address() as AddressInfo).port}/jwks`;
      const verify = openOidc({ issuer, audience: 'crosscheck', jwksUri });
      const analyst = { role: 'analyst', subject: 'oidc:u1' };
      expect(await verify(old.token)).toMatchObject(analyst);
      expect(await verify(old.token)).toMatchObject(analyst);
      expect(asked).toBe(1);

      keys = [old.published, next.published];
      later += 6_000;
      expect(await verify(next.token)).toMatchObject(analyst);
      expect(asked).toBe(2);
      // Whoever signs under a key of his own does not make us ask at each call.
      for (let n = 0; n < 5; n += 1) expect(await verify(stranger.token)).toBeUndefined();
      expect(asked).toBe(2);

      keys = [next.published];
      later += 11 * 60_000;
      expect(await verify(old.token)).toBeUndefined();
      expect(await verify(next.token)).toMatchObject(analyst);

      isUp = false;
      later += 6_000;
      expect(await verify(next.token)).toMatchObject(analyst);
      later += 11 * 60_000;
      await expect(verify(next.token)).rejects.toMatchObject({ code: 'CC_ISSUER_UNAVAILABLE' });
      isUp = true;
      later += 6_000;
      expect(await verify(next.token)).toMatchObject(analyst);
    } finally {
      clock.mockRestore();
      server.close();
    }
  });

  it('without a signature is nobody', async () => {
    const [, payload] = (await sign({ crosscheck_role: 'analyst' })).split('.');
    const none = Buffer.from('{"alg":"none"}').toString('base64url');
    expect(await list(`${none}.${payload}.`)).toBe(401);
  });
});

describe('what takes two people', () => {
  it('is not done by one with two keys: a key, its successor, and one that its holder made are in one hand', async () => {
    const keys = openKeys(harness.store);
    const make = async (by: string) => {
      const asked = { label: 'x', role: 'administrator', days: 1 } as const;
      const { key, document } = await keys.create(asked, by, new Date());
      return { key, id: document.id, subject: `key:${document.id}` };
    };
    const first = await make('tests');
    const rotated = await post(
      harness,
      `/v1/keys/${first.id}/rotate`,
      { graceDays: 1 },
      bearer(keyOf.administrator),
    );
    const made = await make(first.subject);
    const madeByThat = await make(made.subject);
    const somebodyElse = await make('tests');
    const phase = { office: 'XXH1', phase: 'prescriptive', from: '2099-12-01', grounds: 'decision 9' };
    const { body } = await post(harness, '/v1/phases', phase, bearer(first.key));
    const confirm = (key: string) =>
      post(harness, `/v1/phases/${encodeURIComponent(body.id)}/confirm`, {}, bearer(key));
    for (const key of [first.key, rotated.body.key as string, made.key, madeByThat.key]) {
      const refused = await confirm(key);
      expect([refused.status, refused.body.detail]).toEqual([409, expect.stringContaining('second person')]);
    }
    const confirmed = await confirm(somebodyElse.key);
    expect(confirmed.body).toMatchObject({ confirmedBy: somebodyElse.subject });
  });
});

describe('without configured authentication', () => {
  it('only this machine, under its own name, is let in', async () => {
    const local = await startService();
    try {
      const status = async (headers: Record<string, string>, remoteAddress = '127.0.0.1') =>
        (await local.app.inject({ method: 'GET', url: '/v1/checks', headers, remoteAddress })).statusCode;
      expect(await status({ host: '127.0.0.1:8080' })).toBe(200);
      expect(await status({ host: 'localhost' })).toBe(200);
      expect(await status({ host: 'evil.test' })).toBe(401);
      expect(await status({ host: 'localhost', origin: 'https://evil.test' })).toBe(401);
      expect(await status({ host: 'localhost' }, '10.0.0.7')).toBe(401);
      // A proxy on this machine calls for somebody else, under whatever name.
      expect(await status({ host: 'localhost', 'x-forwarded-for': '10.0.0.7' })).toBe(401);
      expect(await status({ host: 'localhost', forwarded: 'for=10.0.0.7' })).toBe(401);
    } finally {
      await local.close();
    }
  });
});
