/** Two services on one MongoDB: one check, one draw, one version, one set of keys and phases; and a database that goes away and comes back. */
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checks } from '../../src/check/collections.ts';
import type { CheckDocument } from '../../src/check/document.ts';
import { degradedChecks } from '../../src/check/fallback.ts';
import { openDesk } from '../../src/check/open-desk.ts';
import { openSpool, type Spool } from '../../src/check/spool.ts';
import { openSeal } from '../../src/ground/seal.ts';
import { openKeys } from '../../src/service/auth/keys.ts';
import { type OpenService, openService } from '../../src/service/open.ts';
import { openMongo } from '../../src/store/mongo/store.ts';
import type { Store } from '../../src/store/port.ts';
import { mongoUri, restartableMongo, stopMongo } from '../store/mongod.ts';
import { declaration, get, type Harness, overweight, post, smallRules } from './harness.ts';

const uri = await mongoUri('two-services');
const folder = mkdtempSync(join(tmpdir(), 'crosscheck-away-'));
afterAll(async () => {
  await stopMongo();
  rmSync(folder, { recursive: true, force: true });
});

interface Replica extends OpenService {
  store: Store;
}

async function replica(address: string, rules = smallRules, keys = true, spool?: Spool): Promise<Replica> {
  const store = await openMongo(address);
  const desk = await openDesk({ rules, store, secret: Buffer.alloc(32, 9) });
  const service = await openService({
    store,
    desk,
    limits: { eventLoopDelayMs: 0 },
    ...(spool === undefined ? {} : { spool }),
    ...(keys ? { authentication: { keys: openKeys(store) } } : {}),
  });
  return {
    ...service,
    store,
    async close() {
      await service.close();
      await spool?.close();
      desk.close();
      await store.close();
    },
  };
}
const asHarness = (one: Replica): Harness => ({ ...one, folder });

describe.skipIf(uri === undefined)('two replicas on one MongoDB', () => {
  let one: Harness;
  let other: Harness;
  let bearer: (
    role: 'system' | 'administrator' | 'manager' | 'integrity',
  ) => Promise<{ authorization: string }>;
  beforeAll(async () => {
    [one, other] = (await Promise.all([replica(uri!), replica(uri!)])).map(asHarness) as [Harness, Harness];
    const made = new Map<string, string>();
    bearer = async (role) => {
      const known = made.get(role);
      if (known !== undefined) return { authorization: `Bearer ${known}` };
      const { key } = await openKeys(one.store).create({ label: role, role, days: 1 }, 'tests', new Date());
      made.set(role, key);
      return { authorization: `Bearer ${key}` };
    };
  });
  afterAll(() => Promise.all([one.close(), other.close()]));

  it('answer the same declaration at once with one check, one version and one draw', async () => {
    const by = await bearer('system');
    for (let round = 0; round < 5; round += 1) {
      const sent = declaration(overweight);
      const answers = await Promise.all(
        [one, other, one, other].map((each) => post(each, '/v1/checks', sent, by)),
      );
      expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
      expect(new Set(answers.map(({ body }) => body.id)).size).toBe(1);
      const [{ body }] = answers as [(typeof answers)[0]];
      const stored = await other.store
        .collection<CheckDocument>(checks)
        .find({ where: { column: 'declaration', op: 'eq', value: body.declaration }, limit: 10 });
      expect(stored.docs.map(({ version, ordinal, draw }) => [version, ordinal, draw !== undefined])).toEqual(
        [[1, 0, true]],
      );
    }
  });

  it('take changes of one declaration as versions, one after the other, with the draw of the first', async () => {
    const by = await bearer('system');
    const base = declaration(overweight);
    const changed = Array.from({ length: 4 }, (_, n) => ({ ...base, totals: { items: 1, packages: n + 1 } }));
    await post(one, '/v1/checks', base, by);
    const answers = await Promise.all(
      changed.map((sent, n) => post(n % 2 === 0 ? one : other, '/v1/checks', sent, by)),
    );
    expect(answers.map(({ body }) => body.version).sort()).toEqual([2, 3, 4, 5]);
    const { docs } = await one.store.collection<CheckDocument>(checks).find({
      where: { column: 'declaration', op: 'eq', value: answers[0]!.body.declaration },
      limit: 10,
    });
    expect(new Set(docs.map(({ draw }) => JSON.stringify(draw))).size).toBe(1);
  });

  it('see what the other checked, in lists and figures', async () => {
    const { body } = await post(one, '/v1/checks', declaration(overweight), await bearer('system'));
    const url = `/v1/findings?declaration=${encodeURIComponent(body.declaration)}`;
    const rows = async () => (await get(other, url, await bearer('integrity'))).body.data.length;
    await expect.poll(rows, { timeout: 20_000, interval: 250 }).toBeGreaterThan(0);
  });

  it('let a key in that the other made, and no longer than seconds after the other revoked it', async () => {
    const administrator = await bearer('administrator');
    const { body } = await post(one, '/v1/keys', { label: 'x', role: 'system', days: 1 }, administrator);
    const by = { authorization: `Bearer ${body.key}` };
    expect((await get(other, '/v1/checks?limit=1', by)).status).toBe(200);
    await one.app.inject({ method: 'DELETE', url: `/v1/keys/${body.id}`, headers: administrator });
    const status = async () => (await get(other, '/v1/checks?limit=1', by)).status;
    await expect.poll(status, { timeout: 8_000, interval: 250 }).toBe(401);
  });

  it('hold to a phase that was proposed at one and confirmed at the other', async () => {
    const proposal = {
      office: 'XXC3',
      phase: 'prescriptive',
      from: '2099-01-01',
      grounds: 'decision 12/2026',
    };
    const { body } = await post(one, '/v1/phases', proposal, await bearer('administrator'));
    const confirm = `/v1/phases/${encodeURIComponent(body.id)}/confirm`;
    expect((await post(other, confirm, {}, await bearer('integrity'))).status).toBe(200);
    const { body: listed } = await get(one, '/v1/phases', await bearer('manager'));
    expect(listed.data).toEqual([
      expect.objectContaining({ office: 'XXC3', confirmedBy: expect.any(String) }),
    ]);
  });

  it('tell it when they do not hold the same rulebook', async () => {
    const fewer = join(folder, 'rules');
    cpSync(smallRules, fewer, { recursive: true });
    rmSync(join(fewer, 'SHD-904.yaml'));
    const stray = asHarness(await replica(uri!, fewer));
    try {
      const ready = async () => (await get(one, '/health/ready')).body;
      await expect
        .poll(ready, { timeout: 15_000, interval: 250 })
        .toMatchObject({ status: 'ok', rulebooks: { agree: false } });
      expect(
        (await one.app.inject({ url: '/metrics', headers: await bearer('administrator') })).body,
      ).toMatch(/crosscheck_rulebooks 2/);
    } finally {
      await stray.close();
    }
  });
});

describe.skipIf(uri === undefined)('a MongoDB server stopped and started under load', () => {
  it.each([
    ['is told by 503 with a code', false],
    ['is bridged with the fallback lane where there is a spool', true],
  ])(
    '%s, loses nothing acknowledged, and is worked with again without a restart',
    async (_, spooled) => {
      const server = (await restartableMongo(join(folder, `mongo ${spooled}`), 'away'))!;
      const place = { folder: join(folder, 'spool'), seal: openSeal([Buffer.alloc(32, 7)], 'spool') };
      const spool = spooled ? await openSpool(place) : undefined;
      const address = `${server.uri}${server.uri.includes('?') ? '&' : '?'}serverSelectionTimeoutMS=700`;
      const service = asHarness(await replica(address, smallRules, false, spool));
      const told: { id: string; at: number }[] = [];
      const refused = new Map<string, number>();
      let loading = true;
      const write = async (): Promise<void> => {
        while (loading) {
          const response = await service.app.inject({
            method: 'POST',
            url: '/v1/checks',
            headers: { 'content-type': 'application/json' },
            payload: JSON.stringify(declaration(overweight)),
          });
          const body = response.json();
          if (response.statusCode === 200) told.push({ id: body.id, at: Date.now() });
          else {
            const kind = `${response.statusCode} ${body.code} ${response.headers['retry-after'] !== undefined}`;
            refused.set(kind, (refused.get(kind) ?? 0) + 1);
            await setTimeout(50);
          }
        }
      };
      const writing = Promise.all(Array.from({ length: 8 }, write));
      try {
        const grown = async (from: number) => {
          await expect.poll(() => told.length, { timeout: 60_000, interval: 50 }).toBeGreaterThan(from + 30);
        };
        await grown(0);
        server.kill();
        const killedAt = Date.now();
        if (spool === undefined)
          await expect.poll(() => refused.size, { timeout: 60_000, interval: 50 }).toBeGreaterThan(0);
        else await expect.poll(() => spool.bytes, { timeout: 60_000, interval: 50 }).toBeGreaterThan(0);
        expect((await get(service, '/health/ready')).status).toBe(spooled ? 200 : 503);
        // What is not a declaration is told of in any case.
        expect((await get(service, '/v1/findings')).body.code).toBe('CC_STORE_UNAVAILABLE');
        expect((await get(service, '/health/live')).status).toBe(200);
        const before = told.length;
        await server.start();
        await grown(before);
        loading = false;
        await writing;
        const coded = /^503 CC_(STORE_UNAVAILABLE|CHECK_NOT_KEPT) true$/;
        expect([...refused.keys()].filter((told) => !coded.test(told))).toEqual([]);
        expect((await get(service, '/health/ready')).status).toBe(200);
        await expect.poll(() => spool?.bytes ?? 0, { timeout: 60_000, interval: 250 }).toBe(0);
        const kept = await service.store.collection<CheckDocument>(checks).getMany(told.map(({ id }) => id));
        // What was answered with the fallback lane is kept as that, and done again.
        const degraded = await service.store.collection(degradedChecks).getMany(told.map(({ id }) => id));
        const counted = told.filter(({ at }) => at <= killedAt - server.ahead || at > killedAt + 200);
        expect(counted.filter(({ id }) => !kept.has(id) && !degraded.has(id))).toEqual([]);
      } finally {
        loading = false;
        await writing;
        await service.close();
        await server.stop();
      }
    },
    180_000,
  );
});
