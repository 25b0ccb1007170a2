/** Retention: whole declarations past their days go, what somebody needs stays, and a rebuild changes nothing after it. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type AuditDocument, audit, openAuditLog } from '../../src/audit/log.ts';
import { verifyAudit } from '../../src/audit/verify.ts';
import { checks, declarations, events, outcomes } from '../../src/check/collections.ts';
import { editions } from '../../src/indicators/snapshot.ts';
import { tables } from '../../src/projections/fold.ts';
import { rebuild } from '../../src/projections/project.ts';
import { retain, retainOnRecord } from '../../src/service/retention/apply.ts';
import { loadRetention, type Retention, shippedRetention } from '../../src/service/retention/policy.ts';
import { declaration, get, type Harness, overweight, post, startService } from './harness.ts';

let harness: Harness;
const folder = mkdtempSync(join(tmpdir(), 'crosscheck-'));
const referenceOf: Record<string, string> = {};
/** Long after everything of these tests was recorded. */
const later = new Date(Date.now() + 400 * 86_400_000);
const policy: Retention = {
  id: 'a-year',
  version: 1,
  title: { en: 'a year' },
  owner: 'tests',
  keep: { declaration: 365, webhook_delivery: 30 },
};

async function lodge(name: string, change: Record<string, unknown>, trail: object[], results: object[] = []) {
  const { body } = await post(harness, '/v1/checks', declaration(change));
  referenceOf[name] = body.declaration;
  const at = `/v1/declarations/${encodeURIComponent(body.declaration)}/events`;
  if (trail.length > 0) await post(harness, at, trail);
  for (const result of results)
    await post(harness, '/v1/outcomes', { declaration: body.declaration, ...result });
}
const registered = (day: string) => ({
  ...overweight,
  registration: { serial: 'R', number: String(Math.random()).slice(2, 9), date: day },
});
const release = { kind: 'RELEASE', at: '2026-03-02T10:00:00Z', user: 'anna' };
const outcome = { control: 'physical', result: 'quantity', at: '2026-03-02T11:00:00Z' };

const never = 'XXA1/2026/NEVER1';
const waiting = () =>
  Promise.all(
    [events, outcomes].map((spec) =>
      harness.store.collection(spec).count({ column: 'declaration', op: 'eq', value: never }),
    ),
  );

beforeAll(async () => {
  harness = await startService();
  // Of a declaration that never comes.
  await post(harness, `/v1/declarations/${encodeURIComponent(never)}/events`, [release]);
  await post(harness, '/v1/outcomes', { declaration: never, ...outcome, status: 'final' });
  await lodge('finished', overweight, [release], [{ ...outcome, status: 'final' }]);
  await lodge('unfinished', overweight, []);
  await lodge('appealed', overweight, [release], [{ ...outcome, status: 'appealed' }]);
  await lodge('reported', registered('2026-01-15'), [{ ...release, at: '2026-01-16T10:00:00Z' }]);
  // The service's own projections, to their end: another runner beside them might come second with what is older.
  const checked = { column: 'checked', op: 'eq', value: 1 } as const;
  await vi.waitUntil(
    async () => (await harness.store.collection(tables.clearance.spec).count(checked)) === 4,
    { timeout: 50_000, interval: 200 },
  );
  await harness.settle();
  await harness.store.collection(editions).put([
    {
      id: 'e',
      series: 's',
      indicator: 'I01',
      period: '2026-01',
      edition: 1,
      frozenAt: '2026-02-01T00:00:00Z',
      content: 'x',
    } as never,
  ]);
});
afterAll(async () => {
  await harness.close();
  rmSync(folder, { recursive: true, force: true });
});

const held = (change: object = {}) => ({
  active: 0,
  'not projected': 0,
  open: 1,
  'under suspense': 0,
  'entry kept': 0,
  disputed: 1,
  'frozen figures': 1,
  'open mark sheet': 0,
  unmasking: 0,
  ...change,
});
const here = async (name: string): Promise<number> =>
  (await get(harness, `/v1/declarations/${encodeURIComponent(referenceOf[name]!)}`)).status;

describe('a policy', () => {
  it('that is shipped keeps everything', async () => {
    const { policy: shipped } = loadRetention(shippedRetention);
    expect(await retain(harness.store, shipped, later, { dryRun: false })).toEqual([]);
  });

  it('with a fault is refused with its place', () => {
    const file = join(folder, 'bad.yaml');
    writeFileSync(file, 'id: x\nversion: 1\ntitle: { en: x }\nowner: x\nkeep: { audit: 30 }\n');
    expect(() => loadRetention(file)).toThrow(/keep/);
  });
});

describe('retention', () => {
  it('counts what would go and what is held, and touches nothing on a dry run', async () => {
    const counted = await retain(harness.store, policy, later, { dryRun: true });
    expect(counted.at(-1)).toMatchObject({ collection: 'declaration', removed: 1, held: held() });
    expect(counted.slice(1, -1).map(({ collection, removed }) => [collection, removed])).toEqual([
      ['event', 1],
      ['outcome', 1],
    ]);
    expect(await here('finished')).toBe(200);
    expect(await waiting()).toEqual([1, 1]);
    const young = await retain(harness.store, policy, new Date(), { dryRun: true });
    expect(young.every(({ removed }) => removed === 0)).toBe(true);
  });

  it('removes a declaration whole, keeps what is open, disputed or behind frozen figures, and is on record', async () => {
    const { store } = harness;
    const loaded = { policy, version: 'v' };
    const by = { subject: 'tests', role: 'local' };
    const done = await retainOnRecord(store, openAuditLog(store), by, loaded, later, { dryRun: false });
    expect(done.at(-1)).toMatchObject({ removed: 1, held: held() });
    expect(await here('finished')).toBe(404);
    expect(await waiting()).toEqual([0, 0]);
    for (const name of ['unfinished', 'appealed', 'reported']) expect(await here(name), name).toBe(200);
    const of = (column: string) => ({ column, op: 'eq', value: referenceOf.finished! }) as const;
    expect(await store.collection(declarations).count(of('reference'))).toBe(0);
    for (const spec of [checks, events, outcomes, ...Object.values(tables).map((table) => table.spec)])
      expect(await store.collection(spec).count(of('declaration')), spec.name).toBe(0);
    const { docs } = await store.collection<AuditDocument>(audit).find({ limit: 100 });
    expect(docs.map(({ action }) => action)).toEqual(['retention.begin', 'retention.end']);
    expect((await verifyAudit(store)).broken).toBeUndefined();
  });

  it('leaves what a rebuild makes again, and figures that follow', async () => {
    const rows = () =>
      Promise.all(
        Object.values(tables).map(
          async ({ spec }) => (await harness.store.collection(spec).find({ limit: 1_000 })).docs,
        ),
      );
    const before = await rows();
    await rebuild(harness.store);
    expect(await rows()).toEqual(before);
    const figure = async () =>
      (await get(harness, '/v1/indicators/I01?by=none&from=2026-01-01&to=2026-12-31')).body.rows[0]?.figures
        .count.value;
    await post(harness, '/v1/retention', { apply: true });
    await expect.poll(figure, { timeout: 10_000 }).toBe(3);
  });

  it('of a check that a key still names has the call done again', async () => {
    const body = JSON.stringify(declaration(overweight));
    const call = () =>
      harness.app.inject({
        method: 'POST',
        url: '/v1/checks',
        headers: { 'content-type': 'application/json', 'idempotency-key': 'kept for a month' },
        payload: body,
      });
    const first = (await call()).json();
    expect((await call()).headers['idempotency-replayed']).toBe('true');
    await post(harness, `/v1/declarations/${encodeURIComponent(first.declaration)}/events`, [release]);
    await harness.settle();
    // Nothing but the key knows of it after this: its days are longer than those of the declaration.
    await retain(harness.store, policy, later, { dryRun: false });
    expect((await get(harness, `/v1/checks/${first.id}`)).status).toBe(404);
    const again = await call();
    expect([again.statusCode, again.headers['idempotency-replayed']]).toEqual([200, undefined]);
    expect(again.json()).toMatchObject({ declaration: first.declaration, lane: first.lane });
    const repeated = await call();
    expect([repeated.headers['idempotency-replayed'], repeated.json().id]).toEqual(['true', again.json().id]);
  });

  it('runs over the rest again and finds nothing more', async () => {
    expect((await retain(harness.store, policy, later, { dryRun: false })).at(-1)).toMatchObject({
      removed: 0,
      held: held({ open: 2 }),
    });
  });
});
