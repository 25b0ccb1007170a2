/** Figures on officers by HTTP: the phase of each office decides what a reader sees, and two people decide the phase. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { confirmPhase, phasesAt, proposePhase } from '../../src/indicators/phase.ts';
import { editions } from '../../src/indicators/snapshot.ts';
import { type ClearanceRow, clearance } from '../../src/projections/clearance.ts';
import { openKeys } from '../../src/service/auth/keys.ts';
import type { CallerRole } from '../../src/service/caller.ts';
import { declaration, get, type Harness, post, startService } from './harness.ts';

let harness: Harness;
const keyOf: Record<string, string> = {};
const bearer = (name: string) => ({ authorization: `Bearer ${keyOf[name]}` });
const asked = '/v1/indicators/I05?by=office,officer&from=2026-01-01&to=2026-12-31';

beforeAll(async () => {
  harness = await startService({ authentication: (store) => ({ keys: openKeys(store) }) });
  const keys = openKeys(harness.store);
  const people: [string, CallerRole][] = [
    ['system', 'system'],
    ['manager', 'manager'],
    ['director', 'administrator'],
    ['inspector', 'integrity'],
  ];
  for (const [name, role] of people) {
    keyOf[name] = (await keys.create({ label: name, role, days: 1 }, 'tests', new Date())).key;
  }
  for (const user of ['anna', 'bert', 'carl', 'dora', 'emil']) {
    const { body } = await post(harness, '/v1/checks', declaration(), bearer('system'));
    const events = `/v1/declarations/${encodeURIComponent(body.declaration)}/events`;
    await post(harness, events, { kind: 'ASSESS', at: '2026-03-02T10:00:00+01:00', user }, bearer('system'));
  }
  await harness.settle();
});
afterAll(() => harness.close());

const officersSeen = async (name: string, url = asked): Promise<string[]> => {
  const { body } = await get(harness, url, bearer(name));
  return body.rows.map((row: { key: { officer: string } }) => row.key.officer);
};

describe('an office', () => {
  it('is descriptive at first: five officers under surrogates of the period', async () => {
    const seen = await officersSeen('manager');
    expect(seen).toHaveLength(5);
    expect(seen.every((officer) => officer.startsWith('P-'))).toBe(true);
    const officers = await harness.store.collection<ClearanceRow>(clearance.spec).find({ limit: 1 });
    const one = encodeURIComponent(`officer = ${officers.docs[0]!.assessor}`);
    const refused = await get(harness, `/v1/indicators/I05?by=none&where=${one}`, bearer('manager'));
    expect(refused.body.code).toBe('CC_PHASE_DESCRIPTIVE');
  });

  it('is descriptive at first: no address of declarations that would tell whose they are, and no empty list in their place', async () => {
    const { body } = await get(harness, asked, bearer('inspector'));
    const [row] = body.rows;
    expect(row.figures.share.n).toBe(1);
    expect(row.figures.share).not.toHaveProperty('declarations');
    const key = Object.entries(row.key).map(
      ([name, value]) => `key=${encodeURIComponent(`${name}=${value}`)}`,
    );
    const behind = await get(
      harness,
      `${asked.replace('?', '/declarations?')}&${key.join('&')}`,
      bearer('inspector'),
    );
    expect([behind.status, behind.body.code]).toEqual([409, 'CC_PHASE_DESCRIPTIVE']);
    // By office there is nobody to hide.
    const whole = await get(harness, '/v1/indicators/I05?by=office', bearer('inspector'));
    expect(
      (await get(harness, whole.body.rows[0].figures.share.declarations, bearer('inspector'))).body,
    ).toMatchObject({
      n: 5,
      data: { length: 5 },
    });
  });

  const decide = async (phase: string, from: string) => {
    const { status, body } = await post(
      harness,
      '/v1/phases',
      { office: 'XXA1', phase, from, grounds: 'decision 12/2026' },
      bearer('director'),
    );
    return { status, body, confirm: `/v1/phases/${encodeURIComponent(body.id)}/confirm` };
  };

  it('becomes prescriptive when a second person confirms it, from a day to come', async () => {
    const today = new Date().toISOString().slice(0, 10);
    for (const from of ['2026-01-01', today]) {
      const { status, body } = await decide('prescriptive', from);
      expect([status, body.code, body.detail]).toEqual([
        400,
        'CC_BAD_ARGUMENT',
        expect.stringContaining('after the day on which it is decided'),
      ]);
    }
    const { status, confirm } = await decide('prescriptive', '2099-01-01');
    expect(status).toBe(201);
    expect((await post(harness, confirm, {}, bearer('director'))).status).toBe(409);
    const confirmed = await post(harness, confirm, {}, bearer('inspector'));
    expect([confirmed.status, confirmed.body.confirmedAt]).toEqual([200, expect.stringContaining('T')]);
    expect((await officersSeen('manager')).every((officer) => officer.startsWith('P-'))).toBe(true);
  });

  it('keeps what one person proposed until a second confirms it: another’s proposal of the same does not take its place', async () => {
    const { confirm } = await decide('prescriptive', '2099-02-01');
    const other = { office: 'XXA1', phase: 'prescriptive', from: '2099-02-01', grounds: 'none at all' };
    const { status, body } = await post(harness, '/v1/phases', other, bearer('inspector'));
    expect([status, body.code]).toEqual([409, 'CC_CONFLICT']);
    expect((await post(harness, confirm, {}, bearer('inspector'))).body.grounds).toBe('decision 12/2026');
  });

  it('begins to name after the day of the decision by its own clock, on which people worked', async () => {
    const record = { office: 'XXE1', name: 'x', timezone: 'Pacific/Auckland', from: '2025-01-01' };
    expect((await post(harness, '/v1/reference/office', record, bearer('system'))).status).toBe(200);
    const phase = { office: 'XXE1', phase: 'prescriptive' as const, grounds: 'decision', proposedBy: 'one' };
    // Noon of 2 January there, and still 1 January by UTC.
    const at = '2026-01-01T23:00:00.000Z';
    await expect(proposePhase(harness.store, { ...phase, from: '2026-01-02' }, at)).rejects.toThrow(
      '2026-01-02 is not after 2026-01-02',
    );
    const id = await proposePhase(
      harness.store,
      { ...phase, from: '2026-01-02' },
      '2026-01-01T10:00:00.000Z',
    );
    await expect(confirmPhase(harness.store, id, 'two', at)).rejects.toThrow('its first day came');
  });

  it('changes at midnight by its own clock', async () => {
    const phase = { office: 'XXE1', grounds: 'decision', proposedBy: 'one' };
    const decided = '2026-02-01T00:00:00.000Z';
    for (const [name, from] of [
      ['prescriptive', '2026-03-05'],
      ['descriptive', '2026-03-07'],
    ] as const) {
      const id = await proposePhase(harness.store, { ...phase, phase: name, from }, decided);
      await confirmPhase(harness.store, id, 'two', decided);
    }
    const seen = async (at: string) => (await phasesAt(harness.store, at))('XXE1');
    // Auckland is thirteen hours ahead in March.
    expect(await seen('2026-03-04T10:59:59.000Z')).toBe('descriptive');
    expect(await seen('2026-03-04T11:00:00.000Z')).toBe('prescriptive');
    expect(await seen('2026-03-06T10:59:59.000Z')).toBe('prescriptive');
    expect(await seen('2026-03-06T11:00:00.000Z')).toBe('descriptive');
  });

  it('names its officers once it is prescriptive', async () => {
    const at = '2025-12-31T12:00:00.000Z';
    const held = { office: 'XXA1', phase: 'prescriptive' as const, from: '2026-01-01', grounds: 'decision' };
    const id = await proposePhase(harness.store, { ...held, proposedBy: 'one' }, at);
    await confirmPhase(harness.store, id, 'two', at);
    const seen = await officersSeen('manager');
    expect(seen).toHaveLength(5);
    expect(seen.every((officer) => officer.startsWith('O-'))).toBe(true);
  });

  it('names nobody for what was done before, figures of the year before beside a later period included', async () => {
    const seen = async (url: string): Promise<string[]> => {
      const { body } = await get(harness, url, bearer('manager'));
      return body.rows.map((row: { key: { officer: string } }) => row.key.officer);
    };
    const veiled = (officers: string[]) =>
      officers.length === 5 && officers.every((officer) => officer.startsWith('P-'));
    expect(veiled(await seen(asked.replace('from=2026-01-01', 'from=2025-12-31')))).toBe(true);
    expect(veiled(await seen(`${asked}&previousYear=true`))).toBe(true);
    expect(veiled(await seen(asked))).toBe(false);
  });

  it('that goes back to measuring itself alone names nobody in what was frozen before either', async () => {
    const frozen = await post(
      harness,
      '/v1/editions',
      { indicator: 'I05', period: '2026-03' },
      bearer('manager'),
    );
    const [{ id }] = frozen.body.data;
    const place = `/v1/editions/${encodeURIComponent(id)}`;
    const whole = async (url: string) =>
      (await harness.app.inject({ url, headers: bearer('manager') })).payload;
    expect(await whole(place)).toContain('"O-');
    const back = { office: 'XXA1', phase: 'descriptive' as const, from: '2026-03-01', grounds: 'agreement' };
    const at = '2026-04-20T12:00:00.000Z';
    await confirmPhase(
      harness.store,
      await proposePhase(harness.store, { ...back, proposedBy: 'one' }, at),
      'two',
      at,
    );
    expect(await whole(place)).not.toContain('O-');
    const { rows } = JSON.parse(await whole(place)).figures;
    expect(rows.map(({ key }: { key: { officer: string } }) => key.officer)).toEqual(
      (await officersSeen('manager', asked.replace(/from.*/, 'from=2026-03-01&to=2026-03-31'))).sort(),
    );
    expect(await whole(`${place}?format=csv`)).not.toContain('O-');
    // What is frozen now stands under the same second surrogates, so nothing seems to have changed.
    const again = await post(
      harness,
      '/v1/editions',
      { indicator: 'I05', period: '2026-03' },
      bearer('manager'),
    );
    const now = `/v1/editions/${encodeURIComponent(again.body.data[0].id)}`;
    expect(JSON.parse(await whole(now)).differences).toEqual([]);
    expect(JSON.parse(await whole(`${now}/differences`)).data).toEqual([]);
    await harness.store.collection(editions).clear();
  });
});
