/** Two replicas on one MongoDB: what they share of lanes, keys of calls and degraded answers, and a server that is gone. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { checks } from '../../src/check/collections.ts';
import type { CheckDocument } from '../../src/check/document.ts';
import { openFallback } from '../../src/check/fallback.ts';
import { openIdempotency } from '../../src/check/idempotency.ts';
import { openSpool } from '../../src/check/spool.ts';
import { fromRoot } from '../../src/ground/paths.ts';
import { openSeal } from '../../src/ground/seal.ts';
import { openMongo } from '../../src/store/mongo/store.ts';
import type { Store } from '../../src/store/port.ts';
import { declaration, overweight } from '../service/harness.ts';
import { mongoUri, restartableMongo, stopMongo } from '../store/mongod.ts';
import { recordOf, startOffice, type TestOffice } from './office.ts';

const uri = await mongoUri('offices');
const folder = mkdtempSync(join(tmpdir(), 'crosscheck-'));
afterAll(async () => {
  await stopMongo();
  rmSync(folder, { recursive: true, force: true });
});

const profile = join(folder, 'profile.yaml');
writeFileSync(
  profile,
  stringify({
    ...(parse(readFileSync(fromRoot('profiles', 'selectivity', 'default.yaml'), 'utf8')) as object),
    overrides: [],
    random: [],
    fallbackAfterMs: 1_500,
    capacity: [{ lane: 'yellow', perDay: 3, instead: 'blue' }],
  }),
);

describe.skipIf(uri === undefined)('two replicas', () => {
  let one: TestOffice;
  let other: TestOffice;
  beforeAll(async () => {
    const stores = await Promise.all([openMongo(uri!), openMongo(uri!)]);
    [one, other] = (await Promise.all(stores.map((store) => startOffice({ profile }, store)))) as [
      TestOffice,
      TestOffice,
    ];
  });
  afterAll(async () => {
    await one?.close();
    await other?.close();
  });

  it('fill one day of an office together', async () => {
    // What others decided is taken in by the clock of the machine.
    const today = new Date();
    for (const office of [one, other]) office.clock.now = today;
    let numbers = 0;
    const lodgedToday = (change = {}) =>
      declaration({
        registration: { serial: 'T', number: String(++numbers), date: today.toISOString().slice(0, 10) },
        ...change,
      });
    await one.check(lodgedToday());
    await other.check(lodgedToday());
    for (let i = 0; i < 3; i++) expect((await one.check(lodgedToday(overweight))).lane).toBe('yellow');
    await other.desk.refresh();
    expect((await other.check(lodgedToday(overweight))).lane).toBe('blue');
  });

  it('know one key of a call', async () => {
    const call = (body: string) => ({ caller: 'system', key: 'k', body: Buffer.from(body), under: {} });
    const begun = await openIdempotency(one.store).begin(call('a'), one.clock.now);
    const there = openIdempotency(other.store);
    await expect(there.begin(call('b'), one.clock.now)).rejects.toThrow(
      expect.objectContaining({ code: 'CC_IDEMPOTENCY_CONFLICT' }),
    );
    expect(begun.check).toBeUndefined();
    await begun.done('C-1');
    expect(await there.begin(call('a'), one.clock.now)).toMatchObject({ check: 'C-1' });
  });

  it('do again what the other left undone', async () => {
    const failing = () => Promise.reject(new Error('facts'));
    const here = openFallback({ desk: one.desk, store: one.store, office: one.office, lodge: failing });
    const { check } = await here.lodge(recordOf(declaration()));
    // The process that answered is gone.
    await here.close();
    const there = openFallback({
      desk: other.desk,
      store: other.store,
      office: other.office,
      lodge: failing,
    });
    expect(await there.redo()).toBe(1);
    expect((await there.get(check.id))?.redone).toMatch(/^C-/);
    await there.close();
  });
});

describe.skipIf(uri === undefined)('a server that is gone, with a spool', () => {
  it('is answered for with the fallback lane, kept over a crash, and checked when the server is back', async () => {
    const server = (await restartableMongo(join(folder, 'spooled'), 'spooled'))!;
    const store: Store = await openMongo(server.uri);
    const office = await startOffice({ profile }, store);
    const place = { folder: join(folder, 'spool'), seal: openSeal([Buffer.alloc(32, 7)], 'spool') };
    const open = async () =>
      openFallback({
        desk: office.desk,
        store,
        office: office.office,
        spool: await openSpool(place),
        lodge: async (record) => (await office.office.lodge([record]))[0]!,
      });
    const first = await open();
    await first.lodge(recordOf(declaration()));
    server.kill();
    const record = recordOf(declaration());
    record.trail = [{ kind: 'RELEASE', at: '2026-03-02T10:00:00Z', user: 'anna.by.name' }];
    const { check } = await first.lodge(record);
    expect(check).toMatchObject({ lane: 'yellow', degraded: true });
    expect(await first.redo()).toBe(0);
    // Another process comes upon it, as after a crash.
    const next = await open();
    await server.start();
    await expect.poll(() => store.healthy(), { timeout: 30_000 }).toBe(true);
    await expect
      .poll(
        async () => {
          await next.redo();
          return (await next.get(check.id))?.redone;
        },
        { timeout: 30_000 },
      )
      .toMatch(/^C-/);
    const kept = (await next.get(check.id))!;
    expect(JSON.stringify(kept)).not.toContain('by.name');
    const { doc } = (await store.collection<CheckDocument>(checks).get(kept.redone!))!;
    expect([doc.circumstances?.answered, doc.findings.map(({ rule }) => rule)]).toEqual([
      { check: check.id, lane: 'yellow' },
      expect.arrayContaining(['CON-903']),
    ]);
    await first.close();
    await next.close();
    await office.close();
    await server.stop();
  }, 120_000);
});

describe.skipIf(uri === undefined)('a server that is gone', () => {
  it('acknowledges nothing and names the fallback lane; it goes on by itself when the server is back', async () => {
    const server = (await restartableMongo(join(folder, 'db'), 'gone'))!;
    const store: Store = await openMongo(server.uri);
    const office = await startOffice({ profile }, store);
    const fallback = openFallback({
      desk: office.desk,
      store,
      office: office.office,
      lodge: async (record) => (await office.office.lodge([record]))[0]!,
    });
    expect((await fallback.lodge(recordOf(declaration()))).check.lane).toBe('green');
    server.kill();
    await expect(fallback.lodge(recordOf(declaration()))).rejects.toThrow(
      expect.objectContaining({ code: 'CC_CHECK_NOT_KEPT', status: 503 }),
    );
    await server.start();
    let answered: string | undefined;
    for (let attempt = 0; attempt < 40 && answered === undefined; attempt++)
      answered = await fallback.lodge(recordOf(declaration())).then(
        ({ check }) => check.lane,
        () => undefined,
      );
    expect(['green', 'yellow']).toContain(answered);
    await fallback.close();
    await office.close();
    await server.stop();
  }, 120_000);
});
