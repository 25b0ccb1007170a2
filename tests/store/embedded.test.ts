/** What only the embedded store has: one owner of the file, its announcement, checkpoints. */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Worker } from 'node:worker_threads';
import { afterAll, afterEach, describe, expect, test, vi } from 'vitest';
import { builtModule } from '../../src/ground/paths.ts';
import { databaseFile } from '../../src/store/duckdb/backup.ts';
import { openDuckdb } from '../../src/store/duckdb/store.ts';
import { openStore } from '../../src/store/open.ts';
import type { CollectionSpec } from '../../src/store/port.ts';
import { announceRunning, readRunning } from '../../src/store/running.ts';
import { type Thing, thing } from './contract.ts';

const root = mkdtempSync(join(tmpdir(), 'crosscheck-embedded-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));
let folders = 0;
const freshFolder = (): string => join(root, `store${++folders}`);

const built = builtModule('store/open.js');
const openAndClose = `
  const { openStore } = await import(process.env.OPEN);
  try { await (await openStore({ data: process.env.DATA })).close(); console.log('opened'); }
  catch (error) { console.log(error.code, error.message); }`;

describe('one owner of the file', () => {
  test('a second instance in the same process is refused, whatever the path is called', async () => {
    const folder = freshFolder();
    const store = await openDuckdb(folder);
    const link = freshFolder();
    symlinkSync(folder, link);
    for (const path of [folder, link])
      await expect(openDuckdb(path)).rejects.toMatchObject({
        code: 'CC_STORE_TAKEN',
        params: { path: join(folder, databaseFile) },
      });
    await store.close();
    await (await openDuckdb(link)).close();
  });
  test('of two who open it at once one is refused', async () => {
    const folder = freshFolder();
    const [first, second] = await Promise.allSettled([openDuckdb(folder), openDuckdb(folder)]);
    expect([first.status, second.status].sort()).toEqual(['fulfilled', 'rejected']);
    for (const each of [first, second]) if (each.status === 'fulfilled') await each.value.close();
  });
  test.skipIf(!existsSync(built))('a second process is refused with the path', async () => {
    const folder = freshFolder();
    const store = await openDuckdb(folder);
    const run = async () =>
      (
        await promisify(execFile)(process.execPath, ['--input-type=module', '-e', openAndClose], {
          env: { ...process.env, OPEN: built, DATA: folder },
        })
      ).stdout.trim();
    expect(await run()).toBe(
      `CC_STORE_TAKEN the store ${join(folder, databaseFile)} is in use by another process`,
    );
    await store.close();
    expect(await run()).toBe('opened');
  });
  test.skipIf(!existsSync(built) || !existsSync('/proc/self/fd'))(
    'a worker of this process is refused',
    async () => {
      const folder = freshFolder();
      const store = await openDuckdb(folder);
      const worker = new Worker(
        `const { parentPort, workerData } = require('node:worker_threads');
       import(workerData.open).then(({ openStore }) => openStore({ data: workerData.data }))
         .then(() => parentPort.postMessage('opened'), (error) => parentPort.postMessage(error.code));`,
        { eval: true, workerData: { open: built, data: folder } },
      );
      expect(await new Promise((resolve) => worker.once('message', resolve))).toBe('CC_STORE_TAKEN');
      await worker.terminate();
      await store.close();
    },
  );
  test('a file of something else, or one that was cut off, is named with what is wrong, and left as it is', async () => {
    const [foreign, cut] = [freshFolder(), freshFolder()];
    mkdirSync(foreign);
    writeFileSync(join(foreign, databaseFile), 'a letter to the director');
    await (await openDuckdb(cut)).close();
    truncateSync(join(cut, databaseFile), 9_000);
    for (const [folder, problem] of [
      [foreign, /not a valid DuckDB database/],
      [cut, /./],
    ] as const) {
      const file = join(folder, databaseFile);
      const before = readFileSync(file);
      await expect(openDuckdb(folder)).rejects.toMatchObject({
        code: 'CC_STORE_UNREADABLE',
        params: { path: file, problem: expect.stringMatching(problem) },
      });
      expect(readFileSync(file).equals(before)).toBe(true);
      // It is nobody's: once it is whole again it can be opened.
      rmSync(file);
      await (await openDuckdb(folder)).close();
    }
  });
  test('a folder that cannot be made is named', async () => {
    const file = join(root, 'a file');
    writeFileSync(file, '');
    await expect(openDuckdb(join(file, 'store'))).rejects.toMatchObject({ code: 'CC_FILE_UNREADABLE' });
  });
  test('a file that is no database is refused, and can be tried again', async () => {
    const folder = freshFolder();
    mkdirSync(folder);
    writeFileSync(join(folder, databaseFile), 'no database'.repeat(1_000));
    for (let attempt = 1; attempt <= 2; attempt++)
      await expect(openDuckdb(folder)).rejects.toMatchObject({ code: 'CC_STORE_UNREADABLE' });
  });
});

test('a disk that is nearly full is a clear error, readiness tells it, and reading goes on', async () => {
  const folder = freshFolder();
  const store = await openDuckdb(folder);
  await store.collection<Thing>(thing('thing')).put([{ id: 'a' }]);
  await store.close();
  const full = await openDuckdb(folder, { diskReserve: Number.MAX_SAFE_INTEGER });
  const things = full.collection<Thing>(thing('thing'));
  await expect(things.put([{ id: 'b' }])).rejects.toMatchObject({
    code: 'CC_STORE_UNAVAILABLE',
    params: { problem: 'the disk is nearly full' },
  });
  expect(await full.healthy()).toBe(false);
  expect((await things.get('a'))?.doc).toEqual({ id: 'a' });
  await full.close();
});

describe('a folder that is moved away under the store', () => {
  const spec: CollectionSpec = { ...thing('thing'), journaled: true };
  const one = (id: string): Thing => ({ id, office: 'O1', amount: 1 });
  const plain = thing('plain');
  const unavailable = {
    code: 'CC_STORE_UNAVAILABLE',
    params: { problem: expect.stringContaining('is not where it was opened') },
  };

  test('makes it refuse and unready until it is put back, and nothing is lost', async () => {
    const folder = freshFolder();
    const store = await openDuckdb(folder);
    const things = store.collection<Thing>(spec);
    await things.putNew([one('a')]);
    renameSync(folder, `${folder}-away`);
    await expect(things.putNew([one('b')])).rejects.toMatchObject(unavailable);
    await expect(store.collection<Thing>(plain).put([one('b')])).rejects.toMatchObject(unavailable);
    expect(await store.healthy()).toBe(false);
    expect((await things.get('a'))?.doc.id).toBe('a');
    renameSync(`${folder}-away`, folder);
    expect(await store.healthy()).toBe(true);
    await things.putNew([one('c')]);
    await store.close();
    const again = await openDuckdb(folder);
    expect(await again.collection<Thing>(spec).count()).toBe(2);
    await again.close();
  });

  test('and replaced by another store leaves that one alone, files of the same names included, and closes', async () => {
    const folder = freshFolder();
    const first = await openDuckdb(folder);
    await first.collection<Thing>(plain).put([one('of the first')]);
    await first.collection<Thing>(spec).putNew([one('of the first')]);
    renameSync(folder, `${folder}-away`);

    const script = `
      import { openDuckdb } from ${JSON.stringify(builtModule('store/duckdb/store.js'))};
      const store = await openDuckdb(${JSON.stringify(folder)});
      for (const spec of ${JSON.stringify([plain, spec])})
        await store.collection(spec).putNew([{ id: 'of the second', office: 'O1', amount: 1 }]);
      process.kill(process.pid, 'SIGKILL');`;
    const second = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: 'ignore' });
    expect(await once(second, 'exit')).toEqual([null, 'SIGKILL']);
    const files = () => readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), 'latin1')]);
    const left = files();

    await expect(first.collection<Thing>(plain).put([one('late')])).rejects.toMatchObject(unavailable);
    await expect(first.collection<Thing>(spec).putNew([one('late')])).rejects.toMatchObject(unavailable);
    expect(await first.healthy()).toBe(false);
    await first.close();
    expect(files()).toEqual(left);

    for (const [at, id] of [
      [folder, 'of the second'],
      [`${folder}-away`, 'of the first'],
    ] as const) {
      const store = await openDuckdb(at);
      for (const each of [plain, spec]) {
        const { docs } = await store.collection<Thing>(each).find({ limit: 5 });
        expect(docs.map((doc) => doc.id)).toEqual([id]);
      }
      await store.close();
    }
  });
});

describe('memory and threads', () => {
  afterEach(() => vi.unstubAllEnvs());
  test('are taken from the environment', async () => {
    vi.stubEnv('CROSSCHECK_STORE_MEMORY', '200MB');
    vi.stubEnv('CROSSCHECK_STORE_THREADS', '1');
    const store = await openStore({ data: freshFolder() });
    await store.collection<Thing>(thing('thing')).put([{ id: 'a' }]);
    await store.close();
  });
  test.each([
    ['CROSSCHECK_STORE_MEMORY', 'plenty'],
    ['CROSSCHECK_STORE_MEMORY', '-1GB'],
    ['CROSSCHECK_STORE_THREADS', '0'],
    ['CROSSCHECK_STORE_THREADS', '2 or 3'],
  ])('that are none are refused: %s=%s', async (name, value) => {
    vi.stubEnv(name, value);
    await expect(openStore({ data: freshFolder() })).rejects.toMatchObject({
      code: 'CC_BAD_ARGUMENT',
      params: { name },
    });
  });
});

describe('the announcement of a running service', () => {
  test('is found while its process lives', () => {
    const folder = freshFolder();
    mkdirSync(folder);
    expect(readRunning(folder)).toBeUndefined();
    const takeBack = announceRunning(folder, { url: 'http://127.0.0.1:3000', token: 'let me in' });
    expect(readRunning(folder)).toEqual({
      pid: process.pid,
      url: 'http://127.0.0.1:3000',
      token: 'let me in',
    });
    expect(statSync(join(folder, 'running.json')).mode & 0o777).toBe(0o600);
    takeBack();
    expect(readRunning(folder)).toBeUndefined();
  });
  test('is not believed when its process is gone, was another, or the file is damaged', async () => {
    const folder = freshFolder();
    mkdirSync(folder);
    const child = spawn(process.execPath, ['-e', '']);
    await new Promise((resolve) => child.once('exit', resolve));
    for (const content of [
      JSON.stringify({ pid: child.pid, url: 'http://127.0.0.1:1' }),
      JSON.stringify({ pid: process.pid, url: 5 }),
      '{"pid":',
    ]) {
      writeFileSync(join(folder, 'running.json'), content);
      expect(readRunning(folder)).toBeUndefined();
    }
  });
  test.skipIf(!existsSync('/proc/self/stat'))(
    'is not believed of another process under the same number',
    () => {
      const folder = freshFolder();
      mkdirSync(folder);
      writeFileSync(
        join(folder, 'running.json'),
        JSON.stringify({ pid: process.pid, beginning: '1', url: 'http://127.0.0.1:1' }),
      );
      expect(readRunning(folder)).toBeUndefined();
    },
  );
});

describe('the log', () => {
  const logOf = (folder: string): number =>
    statSync(join(folder, `${databaseFile}.wal`), { throwIfNoEntry: false })?.size ?? 0;
  const many = (count: number): Thing[] =>
    Array.from({ length: count }, (_, i) => ({ id: `d${i}`, amount: i, text: `${i}`.repeat(200) }));

  test('is folded into the file in a quiet moment', async () => {
    const folder = freshFolder();
    const store = await openDuckdb(folder, { checkpoint: { whenQuiet: 1, quiet: 20 } });
    await store.collection<Thing>(thing('thing')).put(many(500));
    await expect.poll(() => logOf(folder)).toBe(0);
    await store.close();
  });
  test('is left alone while the journal is written to, and folded in once that is quiet too', async () => {
    const folder = freshFolder();
    const quiet = 1_500;
    const store = await openDuckdb(folder, { checkpoint: { whenQuiet: 1, quiet } });
    const things = store.collection<Thing>({ ...thing('thing'), journaled: true });
    await things.putNew(many(500));
    // The journal into its tables, through the log.
    await things.count();
    const begun = performance.now();
    for (let i = 0; performance.now() - begun < 1.3 * quiet; i++) {
      await things.putNew([{ id: `later${i}`, amount: i }]);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    expect(logOf(folder)).toBeGreaterThan(0);
    await expect.poll(() => logOf(folder), { timeout: 20_000 }).toBe(0);
    expect(await things.count()).toBeGreaterThan(500);
    await store.close();
  });
  test('is folded in before it grows beyond its limit, while writers go on', async () => {
    const folder = freshFolder();
    const limit = 200_000;
    const store = await openDuckdb(folder, {
      checkpoint: { whenQuiet: Number.MAX_SAFE_INTEGER, atMost: limit },
    });
    const things = store.collection<Thing>(thing('thing'));
    const docs = many(2_000);
    for (let from = 0; from < docs.length; from += 200) {
      await things.put(docs.slice(from, from + 200));
      expect(logOf(folder)).toBeLessThan(limit + 400_000);
    }
    expect(await things.count()).toBe(2_000);
    await store.close();
  });
  test('is empty and everything there when a closed store is opened again', async () => {
    const folder = freshFolder();
    const store = await openDuckdb(folder, { threads: 1, memoryLimit: '256MB' });
    await store.collection<Thing>(thing('thing')).put(many(300));
    await store.close();
    await expect(store.collection<Thing>(thing('thing')).put([{ id: 'x' }])).rejects.toMatchObject({
      code: 'CC_STORE_UNAVAILABLE',
    });
    expect(await store.healthy()).toBe(false);
    expect(logOf(folder)).toBe(0);
    const again = await openDuckdb(folder);
    const things = again.collection<Thing>(thing('thing'));
    expect(await things.count()).toBe(300);
    expect((await things.since(299, 10)).map(({ doc, seq }) => [doc.id, seq])).toEqual([['d299', 300]]);
    await again.close();
  });
  test('writes under way are waited for by close', async () => {
    const folder = freshFolder();
    const store = await openDuckdb(folder);
    const things = store.collection<Thing>(thing('thing'));
    await store.prepare([things.spec]);
    const writes = many(50).map((doc) => things.put([doc]));
    await new Promise((resolve) => setImmediate(resolve));
    await store.close();
    await Promise.all(writes);
    const again = await openDuckdb(folder);
    expect(await again.collection<Thing>(thing('thing')).count()).toBe(50);
    await again.close();
  });
});
