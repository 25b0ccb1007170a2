/** A store that a killed process left, and that is opened and closed by somebody who uses nothing of it. */
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, expect, test } from 'vitest';
import { run } from '../../src/cli/main.ts';
import { databaseFile } from '../../src/store/duckdb/backup.ts';
import { openDuckdb } from '../../src/store/duckdb/store.ts';
import type { CollectionSpec, Store } from '../../src/store/port.ts';

const root = mkdtempSync(join(tmpdir(), 'crosscheck-replayed-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const spec: CollectionSpec = {
  name: 'thing',
  schema: 1,
  columns: { of: { type: 'text' } },
  indexes: [['of']],
};
interface Thing {
  id: string;
  of: string;
}
const things = (of: string, count: number): Thing[] =>
  Array.from({ length: count }, (_, n) => ({ id: `${of}${n}`, of }));
const collection = (store: Store) => store.collection<Thing>(spec);

/** The folder as a killed process leaves it: rows in the file, and rows in the log alone. */
async function killed(name: string): Promise<string> {
  const running = join(root, `${name} running`);
  const store = await openDuckdb(running);
  await collection(store).put(things('first', 200));
  await store.close();
  const again = await openDuckdb(running);
  await collection(again).put(things('second', 200));
  const left = join(root, name);
  cpSync(running, left, { recursive: true });
  await again.close();
  return left;
}

const foundIn = async (folder: string): Promise<number[]> => {
  const store = await openDuckdb(folder);
  try {
    const found = ['first', 'second'].map((of) =>
      collection(store).find({ where: { column: 'of', op: 'eq', value: of }, limit: 1_000 }),
    );
    return (await Promise.all(found)).map(({ docs }) => docs.length);
  } finally {
    await store.close();
  }
};

test('has everything in its indexes: look-ups find it, and it can be changed', async () => {
  const folder = await killed('left');
  await (await openDuckdb(folder)).close();
  expect(await foundIn(folder)).toEqual([200, 200]);
  const store = await openDuckdb(folder);
  await collection(store).put(things('second', 200));
  expect(await store.healthy()).toBe(true);
  await store.close();
});

test('whose indexes lost rows in a release of before works again after `crosscheck rebuild`', async () => {
  const folder = await killed('sick');
  // As that release did: DuckDB forgets what it replayed for indexes that nobody used.
  (await DuckDBInstance.create(join(folder, databaseFile), { checkpoint_threshold: '1TB' })).closeSync();
  expect(await foundIn(folder)).toEqual([200, 0]);
  const broken = await openDuckdb(folder);
  await expect(collection(broken).put(things('second', 200))).rejects.toMatchObject({
    code: 'CC_STORE_UNAVAILABLE',
  });
  await expect(collection(broken).put(things('third', 1))).rejects.toThrow('crosscheck rebuild');
  await broken.close();
  expect(await run(['rebuild', '--data', folder])).toBe(0);
  expect(await foundIn(folder)).toEqual([200, 200]);
  // And once more, whatever the indexes are called by now.
  expect(await run(['rebuild', '--data', folder])).toBe(0);
  const store = await openDuckdb(folder);
  await collection(store).put(things('second', 200));
  expect(await store.healthy()).toBe(true);
  await store.close();
  expect(await foundIn(folder)).toEqual([200, 200]);
});
