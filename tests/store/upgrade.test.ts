/** A store that an older release wrote is opened by a newer one, and the other way round, on both stores. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { openDuckdb } from '../../src/store/duckdb/store.ts';
import { openMongo } from '../../src/store/mongo/store.ts';
import type { CollectionSpec, Store } from '../../src/store/port.ts';
import { applyRetention } from '../../src/store/retention.ts';
import { mongoUri, stopMongo } from './mongod.ts';

const folder = mkdtempSync(join(tmpdir(), 'crosscheck-upgrade-'));
const uri = await mongoUri('upgrade');
afterAll(async () => {
  await stopMongo();
  rmSync(folder, { recursive: true, force: true });
});

interface Parcel {
  id: string;
  [more: string]: unknown;
}

/** First release: a weight in pounds, as text. */
const first = (name: string): CollectionSpec => ({
  name,
  schema: 1,
  columns: { office: { type: 'text' }, weight: { type: 'text' } },
  indexes: [['office']],
});

/** Third release: the weight in grams, an integer; the office among other places, and indexed with the weight. */
const third = (name: string): CollectionSpec => ({
  name,
  schema: 3,
  upgrades: {
    1: ({ weight, ...rest }) => ({ ...rest, grams: Math.round(Number(weight) * 453.59237) }),
    2: ({ office, ...rest }) => ({ ...rest, places: { office } }),
  },
  columns: { office: { type: 'text', path: 'places.office' }, grams: { type: 'integer' } },
  indexes: [['office', 'grams'], ['grams']],
});

const stores: [string, () => Promise<Store>][] = [
  ['the embedded store', () => openDuckdb(join(folder, 'store'))],
];
if (uri !== undefined) stores.push(['MongoDB', () => openMongo(uri)]);

describe.each(stores)('%s', (_title, open) => {
  const using = async <T>(work: (store: Store) => Promise<T>): Promise<T> => {
    const store = await open();
    try {
      return await work(store);
    } finally {
      await store.close();
    }
  };
  const parcels = Array.from({ length: 2_500 }, (_, i) => ({
    id: `p${i}`,
    office: `O${i % 3}`,
    weight: `${i}`,
  }));

  test('documents of an older release come up with their versions and places, in the new columns', async () => {
    await using(async (store) => {
      const old = store.collection<Parcel>(first('parcel'));
      await old.put(parcels);
      await old.put([{ id: 'p7', office: 'O1', weight: '10' }]);
      await old.delete(['p9']);
    });
    await using(async (store) => {
      const now = store.collection<Parcel>(third('parcel'));
      expect(await now.get('p7')).toEqual({
        doc: { id: 'p7', places: { office: 'O1' }, grams: 4536 },
        version: 2,
        seq: 2_501,
      });
      expect(await now.count()).toBe(2_499);
      expect(await now.count({ column: 'grams', op: 'lt', value: 455 })).toBe(2);
      const [row] = await now.aggregate({
        where: { column: 'office', op: 'eq', value: 'O1' },
        measures: { n: { count: true }, heaviest: { max: 'grams' } },
      });
      expect(row!.values).toEqual({ n: 833, heaviest: Math.round(2_497 * 453.59237) });
      expect((await now.since(2_499, 10)).map(({ doc, seq }) => [doc.id, seq])).toEqual([
        ['p2499', 2_500],
        ['p7', 2_501],
      ]);
      expect(await now.putIf({ id: 'p7', places: { office: 'O2' }, grams: 1 }, 2)).toBe(3);
      expect((await now.get('p7'))!.seq).toBeGreaterThan(2_501);
    });
    // The second start of the new release finds everything done.
    await using(async (store) => {
      expect(
        await store.collection<Parcel>(third('parcel')).count({ column: 'grams', op: 'eq', value: 1 }),
      ).toBe(1);
    });
  });

  test('a collection of a newer release is refused, and left as it is', async () => {
    await using((store) => store.collection<Parcel>(third('newer')).put([{ id: 'a', grams: 5 }]));
    await using(async (store) => {
      await expect(store.collection<Parcel>(first('newer')).get('a')).rejects.toMatchObject({
        code: 'CC_STORE_NEWER',
        params: { collection: 'newer', found: 3, known: 1 },
      });
      await expect(store.prepare([first('newer')])).rejects.toMatchObject({ code: 'CC_STORE_NEWER' });
      // Other collections are not concerned.
      await store.collection<Parcel>(first('other')).put([{ id: 'a' }]);
    });
    await using(async (store) => {
      expect(
        await store.collection<Parcel>(third('newer')).count({ column: 'grams', op: 'eq', value: 5 }),
      ).toBe(1);
    });
  });

  test('an upgrade that fails leaves the documents as they were', async () => {
    await using((store) =>
      store.collection<Parcel>(first('broken')).put([
        { id: 'a', weight: 'heavy' },
        { id: 'b', weight: '1' },
      ]),
    );
    await using((store) =>
      // Not a number of grams: the column refuses it.
      expect(store.prepare([third('broken')])).rejects.toMatchObject({ code: 'CC_BAD_ARGUMENT' }),
    );
    await using(async (store) => {
      const documents = await store.collection<Parcel>(first('broken')).find({ limit: 5 });
      expect(documents.docs).toEqual([
        { id: 'a', weight: 'heavy' },
        { id: 'b', weight: '1' },
      ]);
    });
  });

  test('columns and indexes that come, go and change their type need no new schema', async () => {
    const spec = (columns: CollectionSpec['columns']): CollectionSpec => ({
      name: 'columns',
      schema: 1,
      columns,
      indexes: [Object.keys(columns)],
    });
    await using((store) =>
      store.collection<Parcel>(spec({ a: { type: 'integer' } })).put([
        { id: 'x', a: 1, b: 'one' },
        { id: 'y', a: 2 },
      ]),
    );
    await using(async (store) => {
      const changed = store.collection<Parcel>(spec({ a: { type: 'real' }, b: { type: 'text' } }));
      expect(await changed.count({ column: 'b', op: 'eq', value: 'one' })).toBe(1);
      await changed.put([{ id: 'z', a: 2.5 }]);
      expect(await changed.count({ column: 'a', op: 'ge', value: 2 })).toBe(2);
    });
  });

  test('what is older than its days goes, what has no age stays, and the order of writing goes on', async () => {
    await using(async (store) => {
      const collection: CollectionSpec = {
        name: 'aging',
        schema: 1,
        columns: { recordedAt: { type: 'text' }, amount: { type: 'integer' } },
        indexes: [],
      };
      const aging = store.collection<Parcel>(collection);
      await aging.put([
        { id: 'ageless' },
        { id: 'kept', recordedAt: '2026-02-01T00:00:00.000Z' },
        { id: 'old', recordedAt: '2025-12-31T23:59:59.999Z' },
        { id: 'older', recordedAt: '2020-01-01' },
        { id: 'edge', recordedAt: '2026-01-01T00:00:00.000Z' },
      ]);
      const now = new Date('2026-01-31T15:00:00Z');
      expect(await applyRetention(store, [{ collection, column: 'recordedAt', days: 30 }], now)).toEqual([
        { collection: 'aging', before: '2026-01-01', documents: 2 },
      ]);
      expect((await aging.find({ limit: 9 })).docs.map((doc) => doc.id)).toEqual(['ageless', 'edge', 'kept']);
      for (const policy of [
        { collection, column: 'amount', days: 30 },
        { collection, column: 'recordedAt', days: 0 },
        { collection, column: 'nothing', days: 30 },
      ])
        await expect(applyRetention(store, [policy], now)).rejects.toMatchObject({ code: 'CC_BAD_ARGUMENT' });
      expect(await aging.count()).toBe(3);
    });
  });
});
