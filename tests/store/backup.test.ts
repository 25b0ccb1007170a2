/** Backup of the embedded store while it is written to, and what a restore accepts. */
import { execFile } from 'node:child_process';
import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { builtModule } from '../../src/ground/paths.ts';
import { backUp, databaseFile, restore } from '../../src/store/duckdb/backup.ts';
import { openDuckdb } from '../../src/store/duckdb/store.ts';
import type { Store } from '../../src/store/port.ts';
import { type Thing, thing } from './contract.ts';

const root = mkdtempSync(join(tmpdir(), 'crosscheck-backup-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));
let folders = 0;
const freshFolder = (): string => join(root, `folder${++folders}`);

const many = (from: number, count: number): Thing[] =>
  Array.from({ length: count }, (_, i) => ({ id: `d${from + i}`, amount: from + i, text: 'x'.repeat(500) }));

test('a backup made while writers write holds everything acknowledged before it, and each call whole or not at all', async () => {
  const store = await openDuckdb(freshFolder(), { checkpoint: { whenQuiet: 1, atMost: 100_000, quiet: 1 } });
  const things = store.collection<Thing>(thing('thing'));
  await things.put(many(0, 2_000));
  let writing = true;
  let acknowledged = 2_000;
  const writers = Promise.all(
    Array.from({ length: 4 }, async (_, writer) => {
      for (let i = 0; writing; i += 2) {
        await things.put(many(10_000 + writer * 100_000 + i, 2));
        acknowledged += 2;
      }
    }),
  );
  const before = acknowledged;
  const target = freshFolder();
  const backup = await store.backup!(target);
  const after = acknowledged;
  expect(backup.collections.thing).toBeGreaterThanOrEqual(before);
  expect(backup.collections.thing! % 2).toBe(0);
  writing = false;
  await writers;
  await things.put(many(900_000, 10));
  expect(after).toBeGreaterThan(before);
  await store.close();

  const folder = freshFolder();
  expect(await restore(target, folder)).toEqual(backup);
  const restored = await openDuckdb(folder);
  const again = restored.collection<Thing>(thing('thing'));
  expect(await again.count()).toBe(backup.collections.thing);
  expect((await again.getMany(many(0, 2_000).map(({ id }) => id))).size).toBe(2_000);
  // The sequence goes on where it was, and the restored store is written to like any other.
  const [last] = await again.since(backup.collections.thing! - 1, 10);
  await again.put([{ id: 'after' }]);
  expect((await again.get('after'))!.seq).toBeGreaterThan(last!.seq);
  await restored.close();
});

test.skipIf(!existsSync(builtModule('store/open.js')))(
  'a backup leaves the store to its owner: another process is refused as before',
  async () => {
    const folder = freshFolder();
    const store = await openDuckdb(folder);
    await store.collection<Thing>(thing('thing')).put(many(0, 100));
    await store.backup!(freshFolder());
    const opening = `
    const { openStore } = await import(process.env.OPEN);
    try { await (await openStore({ data: process.env.DATA })).close(); console.log('opened'); }
    catch (error) { console.log(error.code); }`;
    const env = { ...process.env, OPEN: builtModule('store/open.js'), DATA: folder };
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', opening], {
      env,
    });
    expect(stdout.trim()).toBe('CC_STORE_TAKEN');
    await store.close();
  },
);

test('a backup that cannot be written leaves nothing behind, and says why', async () => {
  const store = await openDuckdb(freshFolder());
  await store.collection<Thing>(thing('thing')).put(many(0, 100));
  const file = freshFolder();
  writeFileSync(file, 'no folder');
  await expect(store.backup!(join(file, 'in it'))).rejects.toMatchObject({ code: 'CC_BACKUP_FAILED' });
  // What is written is taken away again, whatever failed: here the file that is to be copied is gone.
  const target = freshFolder();
  const source = {
    reserve: 0,
    path: join(file, 'gone'),
    alone: <T>(work: () => Promise<T>) => work(),
    settle: async () => ({}) as never,
  };
  await expect(backUp(source, target)).rejects.toMatchObject({
    code: 'CC_BACKUP_FAILED',
    params: { path: target },
  });
  expect(readdirSync(target)).toEqual([]);
  expect((await store.backup!(freshFolder())).collections).toEqual({ thing: 100 });
  await store.close();
});

test('of backups at once into one folder one is made, and those that are refused leave it alone', async () => {
  const store = await openDuckdb(freshFolder());
  await store.collection<Thing>(thing('thing')).put(many(0, 100));
  const target = freshFolder();
  const made = await Promise.allSettled(Array.from({ length: 4 }, () => store.backup!(target)));
  const refused = made.flatMap((one) => (one.status === 'rejected' ? [one.reason] : []));
  expect(refused.map(({ code, params }) => [code, params.id])).toEqual(
    Array.from({ length: 3 }, () => ['CC_CONFLICT', target]),
  );
  await store.close();
  expect((await restore(target, freshFolder())).collections).toEqual({ thing: 100 });
});

test('a backup that would leave the store too little of its disk is refused before it takes any, and one that needs a checkpoint there too', async () => {
  const folder = freshFolder();
  const store = await openDuckdb(folder);
  await store.collection<Thing>(thing('thing')).put(many(0, 200));
  await store.close();
  // As on a disk that others have filled meanwhile.
  const full = await openDuckdb(folder, { diskReserve: Number.MAX_SAFE_INTEGER });
  const target = freshFolder();
  await expect(full.backup!(target)).rejects.toMatchObject({
    code: 'CC_BACKUP_FAILED',
    params: { problem: expect.stringMatching(/^it takes \d+ bytes of \d+ that are free/) },
  });
  expect(readdirSync(target)).toEqual([]);
  await full.close();

  const writing = await openDuckdb(folder);
  await writing.collection<Thing>(thing('thing')).put(many(200, 200));
  const left = freshFolder();
  cpSync(folder, left, { recursive: true });
  await writing.close();
  const logged = await openDuckdb(left, { diskReserve: Number.MAX_SAFE_INTEGER });
  expect(statSync(join(left, `${databaseFile}.wal`)).size).toBeGreaterThan(0);
  await expect(logged.backup!(freshFolder())).rejects.toMatchObject({
    code: 'CC_STORE_UNAVAILABLE',
    params: { problem: 'the disk is nearly full' },
  });
  expect(await logged.collection<Thing>(thing('thing')).count()).toBe(400);
  await logged.close();
});

test('a backup waits for the copying of another, which a checkpoint would change', async () => {
  const store = await openDuckdb(freshFolder());
  const things = store.collection<Thing>(thing('thing'));
  await things.put(many(0, 2_000));
  const [first, second] = [freshFolder(), freshFolder()];
  const one = store.backup!(first);
  await things.put(many(2_000, 2_000));
  const other = store.backup!(second);
  await one;
  const copied = statSync(join(first, databaseFile)).mtimeMs;
  expect(Date.parse((await other).at) + 1).toBeGreaterThan(copied);
  await store.close();
  await restore(first, freshFolder());
  await restore(second, freshFolder());
});

test('closing waits for a backup under way', async () => {
  const store = await openDuckdb(freshFolder());
  await store.collection<Thing>(thing('thing')).put(many(0, 100));
  const target = freshFolder();
  const backup = store.backup!(target);
  await store.close();
  expect((await backup).collections).toEqual({ thing: 100 });
  await restore(target, freshFolder());
});

test('where a restore was cut off no store begins, and the next restore takes its place', async () => {
  const store = await openDuckdb(freshFolder());
  await store.collection<Thing>(thing('thing')).put(many(0, 100));
  const target = freshFolder();
  await store.backup!(target);
  await store.close();
  // Those of an earlier release have no name of their own.
  for (const left of [`${databaseFile}.restoring`, `${databaseFile}.restoring0a1b2c3d`]) {
    const folder = freshFolder();
    mkdirSync(folder);
    writeFileSync(join(folder, left), readFileSync(join(target, databaseFile)).subarray(0, 20_000));
    await expect(openDuckdb(folder)).rejects.toMatchObject({
      code: 'CC_RESTORE_UNFINISHED',
      params: { left: join(folder, left) },
    });
    expect(readdirSync(folder)).toEqual([left]);
    await restore(target, folder);
    expect(readdirSync(folder)).toEqual([databaseFile]);
    const restored = await openDuckdb(folder);
    expect(await restored.collection<Thing>(thing('thing')).count()).toBe(100);
    await restored.close();
  }
});

test('of restores at once into one folder each is refused or is the one that stands, and it is whole', async () => {
  const backups: string[] = [];
  for (const count of [100, 3_000]) {
    const store = await openDuckdb(freshFolder());
    await store.collection<Thing>(thing('thing')).put(many(0, count));
    const target = freshFolder();
    await store.backup!(target);
    await store.close();
    backups.push(target);
  }
  for (let round = 0; round < 5; round += 1) {
    const folder = freshFolder();
    const ends = await Promise.allSettled(
      Array.from({ length: 6 }, (_, n) => restore(backups[n % 2]!, folder)),
    );
    const won = ends.flatMap((end) => (end.status === 'fulfilled' ? [end.value.collections.thing] : []));
    expect(won.length).toBe(1);
    const restored = await openDuckdb(folder);
    expect([await restored.collection<Thing>(thing('thing')).count()]).toEqual(won);
    await restored.close();
  }
});

test('an empty store has a backup too', async () => {
  const store = await openDuckdb(freshFolder());
  const target = freshFolder();
  expect((await store.backup!(target)).collections).toEqual({});
  await store.close();
  await restore(target, freshFolder());
});

describe('refused is', () => {
  let store: Store;
  beforeAll(async () => {
    store = await openDuckdb(freshFolder());
    await store.collection<Thing>(thing('thing')).put(many(0, 100));
  });
  afterAll(() => store.close());
  const backedUp = async (): Promise<string> => {
    const folder = freshFolder();
    await store.backup!(folder);
    return folder;
  };

  test('a backup into a folder that holds something', async () => {
    const folder = freshFolder();
    mkdirSync(folder);
    writeFileSync(join(folder, 'thesis.txt'), 'years of work');
    await expect(store.backup!(folder)).rejects.toMatchObject({ code: 'CC_CONFLICT' });
  });
  test('a restore over a store, or over the log of one', async () => {
    const backup = await backedUp();
    for (const name of [databaseFile, `${databaseFile}.wal`]) {
      const folder = freshFolder();
      mkdirSync(folder);
      writeFileSync(join(folder, name), 'something');
      await expect(restore(backup, folder)).rejects.toMatchObject({ code: 'CC_CONFLICT' });
      expect(readFileSync(join(folder, name), 'utf8')).toBe('something');
    }
  });
  test.each<[string, (folder: string) => void]>([
    ['has lost its manifest, as one that was broken off', (folder) => rmSync(join(folder, 'backup.json'))],
    ['has lost its file', (folder) => rmSync(join(folder, databaseFile))],
    ['was changed', (folder) => appendFileSync(join(folder, databaseFile), 'x')],
    ['is of a format to come', (folder) => writeFileSync(join(folder, 'backup.json'), '{"format":2}')],
  ])('a backup that %s', async (_title, damage) => {
    const backup = await backedUp();
    damage(backup);
    const folder = freshFolder();
    await expect(restore(backup, folder)).rejects.toMatchObject({
      code: 'CC_BACKUP_INVALID',
      params: { path: backup },
    });
    await (await openDuckdb(folder)).close();
  });
});
