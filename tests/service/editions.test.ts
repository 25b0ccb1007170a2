/** Monthly editions by HTTP: frozen, listed, shown, and compared; what an officer's name stands in is the unit's alone. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AuditDocument, audit } from '../../src/audit/log.ts';
import { sourceOf } from '../../src/indicators/figure.ts';
import { freezeDue, freezeMonth } from '../../src/indicators/frozen.ts';
import { soundIndicators } from '../../src/indicators/load.ts';
import { openKeys } from '../../src/service/auth/keys.ts';
import type { CallerRole } from '../../src/service/caller.ts';
import { monthDue } from '../../src/service/monthly.ts';
import { declaration, get, type Harness, post, startService } from './harness.ts';

let harness: Harness;
const keyOf: Record<string, string> = {};
const bearer = (name: string) => ({ authorization: `Bearer ${keyOf[name]}` });
const address = (id: string) => `/v1/editions/${encodeURIComponent(id)}`;

async function lodge(user: string): Promise<void> {
  const { body } = await post(harness, '/v1/checks', declaration(), bearer('system'));
  const events = `/v1/declarations/${encodeURIComponent(body.declaration)}/events`;
  await post(harness, events, { kind: 'ASSESS', at: '2026-03-02T10:00:00+01:00', user }, bearer('system'));
  await harness.settle();
}

beforeAll(async () => {
  harness = await startService({ authentication: (store) => ({ keys: openKeys(store) }) });
  const keys = openKeys(harness.store);
  const people: [string, CallerRole][] = [
    ['system', 'system'],
    ['manager', 'manager'],
    ['inspector', 'integrity'],
    ['auditor', 'auditor'],
  ];
  for (const [name, role] of people) {
    keyOf[name] = (await keys.create({ label: name, role, days: 1 }, 'tests', new Date())).key;
  }
  const office = { label: 'a', role: 'manager' as const, offices: ['XXA1'], days: 1 };
  keyOf.local = (await keys.create(office, 'tests', new Date())).key;
  await lodge('anna');
});
afterAll(() => harness.close());

const freeze = (indicator: string, name = 'manager') =>
  post(harness, '/v1/editions', { indicator, period: '2026-03' }, bearer(name));

describe('an edition', () => {
  it('stays as it was frozen; what is different later is a new one, with the difference', async () => {
    const first = await freeze('I05');
    expect(first.status).toBe(201);
    const [one] = first.body.data;
    expect(one).toMatchObject({ indicator: 'I05', period: '2026-03', edition: 1, kind: 'figures' });
    expect((await freeze('I05')).body.data[0].id).toBe(one.id);
    await freeze('I01');
    await lodge('bert');
    const [two] = (await freeze('I01')).body.data;
    expect(two.edition).toBe(2);
    const { body: changed } = await get(harness, `${address(two.id)}/differences`, bearer('manager'));
    expect(changed.data).toEqual([{ key: '["XXA1"]', figure: 'count', before: 1, after: 2 }]);
    const { body: kept } = await get(harness, address(changed.from), bearer('manager'));
    expect(kept.figures.rows[0].figures.count).toMatchObject({ value: 1, n: 1 });
    expect(JSON.stringify(kept)).not.toContain('behind');
  });

  it('is exported as CSV with its difference, and as Parquet with the same', async () => {
    const [{ id }] = (await freeze('I01')).body.data;
    const csv = await harness.app.inject({ url: `${address(id)}?format=csv`, headers: bearer('manager') });
    expect(csv.headers['content-type']).toContain('text/csv');
    const [head, ...lines] = csv.payload.trim().split('\r\n');
    const told = lines.map((line) =>
      Object.fromEntries(head!.split(',').map((name, i) => [name, line.split(',')[i]])),
    );
    const count = told.find(({ figure, key1 }) => figure === 'count' && key1 === 'XXA1');
    expect(count).toMatchObject({
      value: '2',
      edition: '2',
      changed: 'changed',
      before: '1',
      dimension1: 'office',
    });
    const parquet = await harness.app.inject({
      url: `${address(id)}?format=parquet`,
      headers: bearer('manager'),
    });
    expect(parquet.rawPayload.subarray(0, 4).toString()).toBe('PAR1');
    const changes = await harness.app.inject({
      url: `${address(id)}/differences?format=csv`,
      headers: bearer('manager'),
    });
    expect(changes.payload).toBe(
      'series,from,to,key1,key2,figure,before,after,nBefore,nAfter\r\nI01|office|2026-03,1,2,XXA1,,count,1,2,,\r\n',
    );
  });

  it('names no officer of an office in the descriptive phase', async () => {
    const [edition] = (await freeze('I05')).body.data;
    const { body } = await get(harness, address(edition.id), bearer('manager'));
    expect(JSON.stringify(body)).not.toContain('O-');
  });

  it('of an integrity indicator is there for the unit alone, and opening pairs is recorded', async () => {
    expect((await freeze('I29')).status).toBe(404);
    const frozen = await freeze('I29', 'inspector');
    expect(frozen.body.data.map((one: { kind: string }) => one.kind)).toEqual(['pairs', 'pairs']);
    const { id } = frozen.body.data[0];
    expect((await get(harness, address(id), bearer('manager'))).status).toBe(404);
    const listed = async (name: string): Promise<string[]> =>
      (await get(harness, '/v1/editions?limit=100', bearer(name))).body.data.map(
        (one: { indicator: string }) => one.indicator,
      );
    expect(await listed('manager')).not.toContain('I29');
    expect(await listed('inspector')).toContain('I29');
    expect((await get(harness, address(id), bearer('inspector'))).status).toBe(200);
    const asCsv = { url: `${address(id)}?format=csv`, headers: bearer('manager') };
    expect((await harness.app.inject(asCsv)).statusCode).toBe(404);
    const { docs } = await harness.store.collection<AuditDocument>(audit).find({
      where: { column: 'object', op: 'eq', value: id },
      limit: 10,
    });
    expect(docs.map(({ action, role }) => [action, role])).toEqual([['pairs.read', 'integrity']]);
  });

  it('is of every office and closed to who is good for some', async () => {
    const { status, body } = await get(harness, '/v1/editions', bearer('local'));
    expect([status, body.code]).toEqual([403, 'CC_OFFICE_FORBIDDEN']);
  });
});

describe('the calendar', () => {
  it('freezes the month before once figures have settled', () => {
    expect(monthDue('2026-04-04')).toBeUndefined();
    expect(monthDue('2026-04-05')).toBe('2026-03');
    expect(monthDue('2026-01-31')).toBe('2025-12');
  });

  it('freezes each indicator once, and nothing of a month without declarations', async () => {
    const { definitions } = soundIndicators();
    const some = ['I01', 'I06', 'I30'].map((id) => definitions.get(id)!);
    const source = sourceOf(harness.store);
    const due = (period: string) =>
      freezeDue(harness.store, source, some, { period, frozenAt: '2026-04-05T00:00:00.000Z' });
    // I01 was frozen above.
    expect(await due('2026-03')).toBe(2);
    expect(await due('2026-03')).toBe(0);
    expect(await due('2025-03')).toBeUndefined();
  });

  it('freezes what a month came to, whatever was frozen of it before its figures had settled', async () => {
    const definition = soundIndicators().definitions.get('I34')!;
    const source = sourceOf(harness.store);
    const frozenAt = '2026-04-02T09:00:00.000Z';
    const by = { period: '2026-03', frozenAt };
    expect((await freezeMonth(harness.store, source, definition, by))[0]!.edition).toBe(1);
    await lodge('carl');
    const due = () =>
      freezeDue(harness.store, source, [definition], { ...by, frozenAt: '2026-04-05T09:00:00.000Z' });
    expect([await due(), await due()]).toEqual([1, 0]);
  });
});

describe('a month that is not over', () => {
  it('is not frozen, and a report of it says so and freezes nothing: the calendar would take it for the month', async () => {
    const period = new Date().toISOString().slice(0, 7);
    const { status, body } = await post(
      harness,
      '/v1/editions',
      { indicator: 'I01', period },
      bearer('manager'),
    );
    expect([status, body.code, body.detail]).toEqual([
      400,
      'CC_BAD_ARGUMENT',
      `period: ${period} is not over`,
    ]);
    const printed = await harness.app.inject({
      method: 'POST',
      url: '/v1/reports',
      headers: { 'content-type': 'application/json', ...bearer('manager') },
      payload: JSON.stringify({ period }),
    });
    expect([printed.statusCode, printed.body.includes('The month is not over')]).toEqual([201, true]);
    const listed = await get(harness, `/v1/editions?period=${period}`, bearer('manager'));
    expect(listed.body.data).toEqual([]);
  });
});

describe('a difference', () => {
  it('tells that a value stands on other declarations, though it is the same', async () => {
    const [one] = (await freeze('I24')).body.data;
    await lodge('carl');
    const [two] = (await freeze('I24')).body.data;
    expect(two.edition).toBe(one.edition + 1);
    const [row] = (await get(harness, address(one.id), bearer('manager'))).body.figures.rows;
    const { n } = row.figures.share;
    const { body } = await get(harness, `${address(two.id)}/differences`, bearer('manager'));
    const [share] = body.data.filter(({ figure }: { figure: string }) => figure === 'share');
    expect(share).toMatchObject({ key: '["B1"]', before: 0, after: 0, n: { before: n, after: n + 1 } });
    const csv = await harness.app.inject({
      url: `${address(two.id)}?format=csv`,
      headers: bearer('manager'),
    });
    expect(csv.payload).toMatch(/,B1,.*,share,.*,changed,0\r\n/);
  });
});
