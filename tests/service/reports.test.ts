/** The monthly report, pairs and exports by HTTP: who may have them, and what they name. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AuditDocument, audit } from '../../src/audit/log.ts';
import { confirmPhase, phases, proposePhase } from '../../src/indicators/phase.ts';
import { openKeys } from '../../src/service/auth/keys.ts';
import type { CallerRole } from '../../src/service/caller.ts';
import { declaration, get, type Harness, post, startService } from './harness.ts';

let harness: Harness;
const keyOf: Record<string, string> = {};
const bearer = (name: string) => ({ authorization: `Bearer ${keyOf[name]}` });
const officers = ['anna', 'bert', 'carl', 'dora', 'emil'];

beforeAll(async () => {
  harness = await startService({ authentication: (store) => ({ keys: openKeys(store) }) });
  const keys = openKeys(harness.store);
  const people: [string, CallerRole, string[]?][] = [
    ['system', 'system'],
    ['manager', 'manager'],
    ['inspector', 'integrity'],
    ['chief', 'manager', ['XXA1']],
  ];
  for (const [name, role, offices] of people) {
    const asked = { label: name, role, days: 1, ...(offices === undefined ? {} : { offices }) };
    keyOf[name] = (await keys.create(asked, 'tests', new Date())).key;
  }
  const lodge = async (user: string, change: object = {}) => {
    const { body } = await post(harness, '/v1/checks', declaration({ ...change }), bearer('system'));
    const events = `/v1/declarations/${encodeURIComponent(body.declaration)}/events`;
    const at = '2026-03-02T10:00:00+01:00';
    const registered = { kind: 'REGISTER', at: '2026-03-02T08:00:00+01:00', user };
    await post(harness, events, registered, bearer('system'));
    await post(harness, events, { kind: 'ASSIGN', at, user: 'engine', to: user }, bearer('system'));
    await post(harness, events, { kind: 'ASSESS', at, user }, bearer('system'));
  };
  for (const office of ['XXA1', 'XXB1']) {
    const record = { office, name: office, kind: 'port', timezone: 'Africa/Lagos', country: 'XX' };
    const rule = { ...record, assignment: 'random', from: '2025-01-01' };
    expect((await post(harness, '/v1/reference/office', rule, bearer('system'))).body.written).toBe(1);
  }
  for (const user of officers) await lodge(user);
  await lodge('solo', { office: 'XXB1', declarant: { id: 'B2' } });
  await harness.settle();
}, 60_000);
afterAll(() => harness.close());

const print = async (name: string, body: object = {}) => {
  const response = await harness.app.inject({
    method: 'POST',
    url: '/v1/reports',
    headers: { 'content-type': 'application/json', ...bearer(name) },
    payload: JSON.stringify({ period: '2026-03', ...body }),
  });
  return { status: response.statusCode, type: response.headers['content-type'], html: response.body };
};

const prescriptive = async (...offices: string[]) => {
  const at = '2025-12-31T12:00:00.000Z';
  for (const office of offices) {
    const phase = {
      office,
      phase: 'prescriptive' as const,
      from: '2026-01-01',
      grounds: 'g',
      proposedBy: 'a',
    };
    await confirmPhase(harness.store, await proposePhase(harness.store, phase, at), 'b', at);
  }
};

describe('the monthly report', () => {
  it('is a page in the language that was asked for, and its printing is on record', async () => {
    const { status, type, html } = await print('manager', { language: 'fr', administration: 'Douanes <X>' });
    expect([status, type]).toEqual([201, 'text/html; charset=utf-8']);
    expect(html).toContain('<html lang="fr">');
    expect(html).toContain('Douanes &#60;X&#62;');
    const { docs } = await harness.store.collection<AuditDocument>(audit).find({
      where: { column: 'action', op: 'eq', value: 'report.print' },
      limit: 10,
    });
    expect(docs.map(({ object, role }) => [object, role])).toEqual([['2026-03', 'manager']]);
    const listed = await get(harness, '/v1/editions?period=2026-03&limit=100', bearer('manager'));
    expect(listed.body.data.length).toBeGreaterThan(20);
  });

  it('shows at a glance what there is: without rosters and opening hours the clock', async () => {
    const { html } = await print('manager');
    const [line] = /<a href="#I08">.*?<\/tr>/s.exec(html)!;
    expect(line).toContain('Hours in hands by the clock, median');
    expect(line).toMatch(/>\d+\.\d<\/a>/);
  });

  it('leads to as many declarations as the figure says', async () => {
    const { html } = await print('manager');
    const section = /<section id="I01">.*?<\/section>/s.exec(html)![0];
    const links = [...section.matchAll(/<a href="http:\/\/[^/]+([^"]+)">(\d+)<\/a>/g)];
    expect(links.length).toBeGreaterThan(1);
    for (const [, path, n] of links) {
      const { status, body } = await get(harness, path!.replaceAll('&#38;', '&'), bearer('manager'));
      expect([status, body.n, body.data.length]).toEqual([200, Number(n), Number(n)]);
    }
  });

  it('names nobody in an office that measures itself alone, to the integrity unit either', async () => {
    for (const name of ['manager', 'inspector']) {
      const { html } = await print(name, { withPeople: true });
      expect(html).not.toMatch(/O-[A-Z2-9]{10}/);
      expect(html).toMatch(/<th scope="row">P-/);
    }
    // One officer alone in an office would be known by any surrogate.
    const { html } = await print('manager', { withPeople: true });
    expect(html).not.toMatch(/<th scope="row">XXB1<\/th><th scope="row">P-/);
    const { body } = await get(harness, '/v1/editions?period=2026-03&limit=200', bearer('manager'));
    for (const { id } of body.data) {
      const edition = await get(harness, `/v1/editions/${encodeURIComponent(id)}`, bearer('manager'));
      expect(JSON.stringify(edition.body), id).not.toMatch(/O-[A-Z2-9]{10}/);
    }
  });

  it('of who is good for one office shows that office and freezes nothing', async () => {
    const before = await get(harness, '/v1/editions?limit=200', bearer('manager'));
    const { status, html } = await print('chief');
    expect([status, html.includes('XXA1'), html.includes('XXB1')]).toEqual([201, true, false]);
    expect((await get(harness, '/v1/editions?limit=200', bearer('manager'))).body).toEqual(before.body);
  });
});

describe('the year before', () => {
  it('beside a month is the whole month, the leap day included', async () => {
    for (const date of ['2024-02-28', '2024-02-29', '2025-02-03'])
      await post(
        harness,
        '/v1/checks',
        declaration({ office: 'XXF1', registration: { serial: 'F', number: date, date } }),
        bearer('system'),
      );
    await harness.settle();
    const beside = async (period: string, by: string) => {
      const url = `/v1/indicators/I01?by=${by}&where=office%20%3D%20XXF1&${period}&previousYear=true`;
      return (await get(harness, url, bearer('manager'))).body.rows[0].figures.count.previous;
    };
    for (const by of ['', 'month'])
      expect(await beside('from=2025-02-01&to=2025-02-28', by), by).toEqual({ value: 2, n: 2 });
    expect(await beside('from=2025-02-01&to=2025-02-27', '')).toEqual({ value: 0, n: 0 });
    expect(await beside('from=2025-02-03&to=2025-02-28', '')).toEqual({ value: 1, n: 1 });
  });
});

describe('the year before by week', () => {
  it('is of whole weeks of the same numbers, the last one included', async () => {
    // The Sunday of week 13 is the 30th in 2025 and the 29th in 2026.
    for (const date of ['2025-03-03', '2025-03-30', '2025-03-31', '2026-03-02', '2026-03-25'])
      await post(
        harness,
        '/v1/checks',
        declaration({ office: 'XXF2', registration: { serial: 'F', number: date, date } }),
        bearer('system'),
      );
    await harness.settle();
    const told = async (days: string) =>
      (
        await get(
          harness,
          `/v1/indicators/I01?by=week&where=office%20%3D%20XXF2&${days}&previousYear=true`,
          bearer('manager'),
        )
      ).body.rows.map(({ key, figures }: { key: object; figures: { count: { previous?: object } } }) => [
        Object.values(key)[0],
        figures.count.previous,
      ]);
    expect(await told('from=2026-03-02&to=2026-03-29')).toEqual([
      ['2026-W10', { value: 1, n: 1 }],
      ['2026-W13', { value: 1, n: 1 }],
    ]);
  });
});

describe('pairs', () => {
  const asked = '/v1/indicators/I29/pairs?from=2026-03-01&to=2026-03-31';

  it('are told over a period to the integrity unit alone, under surrogates of offices with five officers', async () => {
    expect((await get(harness, asked, bearer('manager'))).status).toBe(403);
    const { status, body } = await get(harness, asked, bearer('inspector'));
    expect([status, body.assigned]).toEqual([200, 6]);
    expect(body.pairs).toHaveLength(5);
    for (const { officer, offices } of body.pairs)
      expect([officer.slice(0, 2), offices]).toEqual(['P-', ['XXA1']]);
    await prescriptive('XXA1', 'XXB1');
    const named = await get(harness, asked, bearer('inspector'));
    expect(named.body.pairs.map(({ officer }: { officer: string }) => officer.slice(0, 2))).toEqual(
      Array(5).fill('O-'),
    );
    // What was done before the switch stays nameless.
    const earlier = await get(harness, asked.replace('2026-03-01', '2025-12-31'), bearer('inspector'));
    expect(JSON.stringify(earlier.body)).not.toContain('O-');
    await harness.store.collection(phases).clear();
  });

  it('say where they are told, and of how many days at a time', async () => {
    const { status, body } = await get(harness, '/v1/indicators/I29?from=2026-03-01', bearer('inspector'));
    expect([status, body.detail]).toEqual([400, expect.stringContaining('/v1/indicators/I29/pairs')]);
    const long = await get(harness, asked.replace('2026-03-01', '2025-03-01'), bearer('inspector'));
    expect([long.status, long.body.detail]).toEqual([400, expect.stringContaining('100 days')]);
    expect((await get(harness, asked.replace('I29', 'I05'), bearer('inspector'))).status).toBe(404);
  });

  it('of declarants whom nobody shares an officer with are frozen, too, without who is alone in an office', async () => {
    const frozen = await post(
      harness,
      '/v1/editions',
      { indicator: 'I29', period: '2026-03' },
      bearer('inspector'),
    );
    expect(frozen.body).toMatchObject({ data: [{ kind: 'pairs' }, { kind: 'pairs' }] });
    const { id } = frozen.body.data[0];
    const { body } = await get(harness, `/v1/editions/${encodeURIComponent(id)}`, bearer('inspector'));
    expect(body.pairs.pairs.flatMap(({ offices }: { offices: string[] }) => offices)).not.toContain('XXB1');
  });
});

describe('figures', () => {
  it('come as CSV and Parquet with the values of JSON, and no more names', async () => {
    const url = '/v1/indicators/I05?by=officer&from=2026-03-01&to=2026-03-31';
    const { body } = await get(harness, url, bearer('manager'));
    const inject = (format: string) =>
      harness.app.inject({ method: 'GET', url: `${url}&format=${format}`, headers: bearer('manager') });
    const csv = await inject('csv');
    expect(csv.headers['content-type']).toBe('text/csv; charset=utf-8');
    const parquet = await inject('parquet');
    const folder = mkdtempSync(join(tmpdir(), 'crosscheck-formats-'));
    writeFileSync(join(folder, 'f.csv'), csv.body);
    writeFileSync(join(folder, 'f.parquet'), parquet.rawPayload);
    const connection = await (await DuckDBInstance.create(':memory:')).connect();
    const read = async (file: string) =>
      (
        await connection.runAndReadAll(
          `SELECT key2, value::INTEGER AS value, n::INTEGER AS n FROM '${join(folder, file)}' ORDER BY key2`,
        )
      ).getRowObjectsJson();
    const told = body.rows.map(
      ({ key, figures }: { key: { officer: string }; figures: { share: { value: number; n: number } } }) => ({
        key2: key.officer,
        value: figures.share.value,
        n: figures.share.n,
      }),
    );
    expect(told).toHaveLength(5);
    expect(await read('f.csv')).toEqual(told);
    expect(await read('f.parquet')).toEqual(told);
    connection.closeSync();
    rmSync(folder, { recursive: true, force: true });
  });
});
