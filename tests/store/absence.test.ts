import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { absence } from '../../src/store/duckdb/absence.ts';
import { openDuckdb } from '../../src/store/duckdb/store.ts';
import type { CollectionSpec, Store } from '../../src/store/port.ts';

const folder = mkdtempSync(join(tmpdir(), 'crosscheck-absence-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Doc {
  id: string;
  party: string | null;
}

const spec: CollectionSpec = {
  name: 'doc',
  schema: 1,
  columns: { party: { type: 'text' } },
  indexes: [['party']],
};

const doc = (n: number): Doc => ({ id: `é-${n}`, party: n % 10 === 0 ? null : `party ${n}` });
const range = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => from + i);

async function found(store: Store, numbers: readonly number[]) {
  const collection = store.collection<Doc>(spec);
  const byId = await collection.getMany(numbers.map((n) => doc(n).id));
  const parties = numbers.map((n) => doc(n).party).filter((party) => party !== null);
  let byParty = 0;
  for (let from = 0; from < parties.length; from += 500) {
    const value = parties.slice(from, from + 500);
    byParty += (await collection.find({ where: { column: 'party', op: 'in', value }, limit: 1_000 })).docs
      .length;
  }
  return { byId: byId.size, byParty };
}

describe('what the filter of a table says is not there', () => {
  it('is not there, while it grows, after a restart and while it is made', async () => {
    const path = join(folder, 'grown');
    let store = await openDuckdb(path);
    for (let from = 0; from < 12_000; from += 3_000) {
      await store.collection<Doc>(spec).putNew(range(from, from + 3_000).map(doc));
      expect(await found(store, range(0, from + 3_000))).toEqual({
        byId: from + 3_000,
        byParty: (from + 3_000) * 0.9,
      });
    }
    await store.close();

    store = await openDuckdb(path);
    const collection = store.collection<Doc>(spec);
    // Look-ups make the filter, while others write.
    for (let from = 12_000; from < 15_000; from += 100) {
      const [, old] = await Promise.all([
        collection.putNew(range(from, from + 100).map(doc)),
        found(store, range(from - 12_000, from - 11_900)),
      ]);
      expect(old).toEqual({ byId: 100, byParty: 90 });
      expect(await collection.get(doc(from).id)).toBeDefined();
    }
    expect(await found(store, range(0, 15_000))).toEqual({ byId: 15_000, byParty: 13_500 });
    expect(await found(store, range(15_000, 16_000))).toEqual({ byId: 0, byParty: 0 });
    expect(await collection.putNew([doc(3), doc(15_000), doc(3)])).toEqual([false, true, false]);
    await store.close();
  });

  it('may be there again after it was removed', async () => {
    const store = await openDuckdb(join(folder, 'removed'));
    const collection = store.collection<Doc>(spec);
    await collection.putNew([doc(1), doc(2)]);
    await collection.delete([doc(1).id]);
    expect(await collection.get(doc(1).id)).toBeUndefined();
    expect(await collection.putNew([doc(1), doc(2), doc(3)])).toEqual([true, false, true]);
    await collection.clear();
    await collection.put([doc(1), doc(4)]);
    expect(await collection.count()).toBe(2);
    expect((await collection.get(doc(1).id))?.doc).toEqual(doc(1));
    await store.close();
  });
});

it('few of the absent are taken for present, and nothing is said of columns that are not looked up', async () => {
  const none = { settled: async () => {}, scan: () => Promise.reject(new Error('not asked')) };
  const absent = absence('doc', ['party', 'other'], ['id', 'party'], 0, none);
  absent.add(range(0, 2_500).map((n) => ({ id: doc(n).id, json: '', values: [doc(n).party, 'x'] })));
  const ids = range(0, 2_500).map((n) => doc(n).id);
  expect(absent.narrow('id', ids)).toEqual(ids);
  expect(
    absent.narrow(
      'id',
      range(2_500, 22_500).map((n) => doc(n).id),
    ).length,
  ).toBeLessThan(25);
  expect(absent.narrow('other', ['never'])).toEqual(['never']);
});
