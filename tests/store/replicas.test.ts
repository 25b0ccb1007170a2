/** What only MongoDB has: several service replicas on one database, and a server that goes away. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Long, MongoClient } from 'mongodb';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { lease, type Taken } from '../../src/store/mongo/sequence.ts';
import { openMongo } from '../../src/store/mongo/store.ts';
import type { Collection, Store } from '../../src/store/port.ts';
import { type Thing, thing } from './contract.ts';
import { mongoUri, restartableMongo, stopMongo } from './mongod.ts';

/** Lets the next round's lease be over when it was written, and its writer be struck off. */
const standing = vi.hoisted(() => ({ still: false }));
vi.mock('../../src/store/mongo/sequence.ts', async (original) => {
  const actual = await original<typeof import('../../src/store/mongo/sequence.ts')>();
  return {
    ...actual,
    mayHaveLapsed: (taken: Taken) => standing.still || actual.mayHaveLapsed(taken),
    release: async (...[records, collection, taken]: Parameters<typeof actual.release>) => {
      if (standing.still) await records.updateOne({ _id: collection }, { $set: { pending: {} } });
      standing.still = false;
      return actual.release(records, collection, taken);
    },
  };
});

const folder = mkdtempSync(join(tmpdir(), 'crosscheck-replicas-'));
const uri = await mongoUri('replicas');
afterAll(async () => {
  await stopMongo();
  rmSync(folder, { recursive: true, force: true });
});

describe.skipIf(uri === undefined)('several replicas', () => {
  let replicas: Store[];
  let client: MongoClient;
  const records = () => client.db().collection<{ _id: string; pending: object; seq: Long }>('_collection');
  beforeAll(async () => {
    replicas = await Promise.all(Array.from({ length: 3 }, () => openMongo(uri!)));
    client = await new MongoClient(uri!).connect();
  });
  afterAll(async () => {
    await Promise.all(replicas.map((store) => store.close()));
    await client.close();
  });

  test('write at once, and a reader misses nothing', async () => {
    const handles = replicas.map((store) => store.collection<Thing>(thing('busy')));
    const seen = new Set<string>();
    let cursor = 0;
    let writing = true;
    const read = async (): Promise<number> => {
      const next = await handles[0]!.since(cursor, 20);
      for (const { doc, seq } of next) {
        expect(seq).toBeGreaterThan(cursor);
        cursor = seq;
        seen.add(doc.id);
      }
      return next.length;
    };
    const reader = (async () => {
      while (writing) await read();
      while ((await read()) > 0);
    })();
    await Promise.all(
      handles.flatMap((things, replica) =>
        Array.from({ length: 4 }, async (_, writer) => {
          for (let i = 0; i < 25; i++)
            await things.put([{ id: `${replica}-${writer}-${i}` }, { id: 'shared', amount: i }]);
        }),
      ),
    );
    writing = false;
    // The last rounds are given back a moment after they were acknowledged.
    await expect
      .poll(async () => Object.keys((await records().findOne({ _id: 'busy' }))!.pending))
      .toEqual([]);
    await reader;
    while ((await read()) > 0);
    expect(seen.size).toBe(3 * 4 * 25 + 1);
  });

  test('a version is won by one of them', async () => {
    const handles = replicas.map((store) => store.collection<Thing>(thing('contended')));
    const told = await Promise.allSettled(
      handles.map((things, i) => things.putIf({ id: 'x', amount: i }, 0)),
    );
    expect(told.filter(({ status }) => status === 'fulfilled').length).toBe(1);
    const news = await Promise.all(handles.map((things, i) => things.putNew([{ id: 'y', amount: i }])));
    expect(news.flat().filter(Boolean).length).toBe(1);
  });

  /** As another replica leaves it: a number was taken, and the write is under way. */
  const pendingElsewhere = (collection: string, from: number, at: Date) =>
    records().updateOne(
      { _id: collection },
      { $set: { 'pending.elsewhere': { from: Long.fromNumber(from), at } }, $inc: { seq: Long.ONE } },
    );

  test('a reader waits for a number that somebody is still writing under', async () => {
    const things = replicas[0]!.collection<Thing>(thing('waited'));
    await things.put([{ id: 'first' }]);
    await pendingElsewhere('waited', 2, new Date());
    await things.put([{ id: 'third' }]);
    expect((await things.since(0, 10)).map(({ doc }) => doc.id)).toEqual(['first']);
    await records().updateOne({ _id: 'waited' }, { $unset: { 'pending.elsewhere': '' } });
    expect((await things.since(0, 10)).map(({ doc }) => doc.id)).toEqual(['first', 'third']);
  });

  test('a writer that died is struck off after its lease', async () => {
    const things = replicas[0]!.collection<Thing>(thing('struck'));
    await things.put([{ id: 'first' }]);
    await pendingElsewhere('struck', 2, new Date(Date.now() - lease - 1_000));
    await things.put([{ id: 'third' }]);
    expect((await things.since(0, 10)).map(({ doc }) => doc.id)).toEqual(['first', 'third']);
  });

  test('a writer that died is struck off where the server’s clock is ahead of ours by hours, too', async () => {
    const things = replicas[0]!.collection<Thing>(thing('ahead'));
    await things.put([{ id: 'first' }]);
    const [began, steady] = [Date.now(), performance.now()];
    const wall = vi.spyOn(Date, 'now').mockImplementation(() => began - 3 * 3_600_000);
    const since = vi.spyOn(performance, 'now').mockImplementation(() => steady);
    try {
      await pendingElsewhere('ahead', 2, new Date(began - lease - 1_000));
      await things.put([{ id: 'third' }]);
      const ids = async () => (await things.since(0, 10)).map(({ doc }) => doc.id);
      expect(await ids()).toEqual(['first']);
      since.mockImplementation(() => steady + lease + 1);
      expect(await ids()).toEqual(['first', 'third']);
    } finally {
      wall.mockRestore();
      since.mockRestore();
    }
  });

  test('a writer that stood still beyond its lease numbers its documents anew before it acknowledges them', async () => {
    const things = replicas[0]!.collection<Thing>(thing('stood'));
    await things.put([{ id: 'first' }]);
    await expect.poll(async () => (await things.since(0, 10)).length).toBe(1);
    // As after a stopped machine: the lease is over, and a reader struck the writer off and went past its numbers.
    standing.still = true;
    await things.put([{ id: 'slow' }]);
    expect(standing.still).toBe(false);
    await expect
      .poll(async () => (await things.since(0, 10)).map(({ doc, seq }) => [doc.id, seq]))
      .toEqual([
        ['first', 1],
        ['slow', 3],
      ]);
  });
});

describe('a server that goes away', () => {
  test('gives a clear error meanwhile, and everything acknowledged and new writes when it is back', async ({
    skip,
  }) => {
    const server = await restartableMongo(join(folder, 'server'), 'away');
    if (server === undefined) return skip();
    const store = await openMongo(`${server.uri}?serverSelectionTimeoutMS=500`);
    const things: Collection<Thing> = store.collection<Thing>(thing('thing'));
    try {
      await things.put([{ id: 'before' }]);
      await new Promise((resolve) => setTimeout(resolve, server.ahead));
      server.kill();
      await expect(things.put([{ id: 'lost' }])).rejects.toMatchObject({ code: 'CC_STORE_UNAVAILABLE' });
      await expect(things.get('before')).rejects.toMatchObject({ code: 'CC_STORE_UNAVAILABLE' });
      expect(await store.healthy()).toBe(false);
      await server.start();
      await expect.poll(() => store.healthy(), { timeout: 15_000 }).toBe(true);
      expect((await things.get('before'))?.doc).toEqual({ id: 'before' });
      await things.put([{ id: 'after' }]);
      expect(await things.count({ column: 'id', op: 'in', value: ['before', 'after'] })).toBe(2);
    } finally {
      await store.close();
      await server.stop();
    }
  }, 120_000);
  test('that stands still with its connections open is told as well, to what waits on them too', async ({
    skip,
  }) => {
    const server = await restartableMongo(join(folder, 'still'), 'still');
    if (server === undefined) return skip();
    const store = await openMongo(
      `${server.uri}?serverSelectionTimeoutMS=500&connectTimeoutMS=500&heartbeatFrequencyMS=500`,
    );
    const things: Collection<Thing> = store.collection<Thing>(thing('thing'));
    try {
      await things.put([{ id: 'before' }]);
      server.standStill();
      const waiting = await Promise.allSettled([things.get('before'), things.put([{ id: 'lost' }])]);
      expect(waiting.map((told) => told.status === 'rejected' && told.reason.code)).toEqual([
        'CC_STORE_UNAVAILABLE',
        'CC_STORE_UNAVAILABLE',
      ]);
      expect(await store.healthy()).toBe(false);
    } finally {
      server.kill();
      await store.close();
      await server.stop();
    }
  }, 120_000);
  test('is a clear error when there is none at the start', async () => {
    await expect(
      openMongo('mongodb://127.0.0.1:1/nothing?serverSelectionTimeoutMS=300'),
    ).rejects.toMatchObject({
      code: 'CC_STORE_UNAVAILABLE',
    });
  });
});
