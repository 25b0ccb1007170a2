/** Files and folders of the store that its account may not use, at a start and while it runs; root would be let. */
import { execFile, spawnSync } from 'node:child_process';
import { chmodSync, chownSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { builtModule } from '../../src/ground/paths.ts';
import { databaseFile } from '../../src/store/duckdb/backup.ts';
import { openDuckdb } from '../../src/store/duckdb/store.ts';
import type { CollectionSpec } from '../../src/store/port.ts';
import { type Thing, thing } from './contract.ts';

const built = builtModule('store/duckdb/store.js');
const isRoot = process.getuid?.() === 0;
const nobody = 65_534;
const account = isRoot ? { uid: nobody, gid: nobody } : {};
const root = mkdtempSync(join(tmpdir(), 'crosscheck-permissions-'));
chmodSync(root, 0o755);
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** The account must reach the program, and the folder of its store. */
const probe = `await import(${JSON.stringify(built)}); (await import('node:fs')).readdirSync(${JSON.stringify(root)})`;
const isAble =
  process.platform !== 'win32' &&
  existsSync(built) &&
  spawnSync(process.execPath, ['--input-type=module', '-e', probe], account).status === 0;
const missing = isAble ? '' : ' (skipped: it is not built, or another account does not reach it)';

const plain = thing('plain');
const journaled: CollectionSpec = { ...thing('thing'), journaled: true };

let folder: string;
beforeEach(async () => {
  folder = mkdtempSync(join(root, 'store-'));
  const store = await openDuckdb(folder);
  await store.collection<Thing>(plain).put([{ id: 'a', office: 'O1', amount: 1 }]);
  await store.close();
  give(folder);
  give(join(folder, databaseFile));
});
function give(path: string): void {
  if (isRoot) chownSync(path, nobody, nobody);
}

/** What a script says that has `openDuckdb`, the folder and the two collections, and runs under the account. */
async function run(script: string): Promise<unknown> {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [
      '--input-type=module',
      '-e',
      `import { chmodSync } from 'node:fs';
       import { setTimeout as pause } from 'node:timers/promises';
       import { openDuckdb } from ${JSON.stringify(built)};
       const folder = ${JSON.stringify(folder)};
       const [plain, journaled] = ${JSON.stringify([plain, journaled])};
       const one = (id) => [{ id, office: 'O1', amount: 1 }];
       const problemOf = (call) => call.then(() => 'done', ({ code, params, message }) => code === undefined ? message : code + ' ' + params.problem);
       ${script}`,
    ],
    account,
  );
  return JSON.parse(stdout);
}
const start = () => run('console.log(JSON.stringify(await problemOf(openDuckdb(folder))));');

describe.skipIf(!isAble)(`a start${missing}`, () => {
  it.each([
    ['the folder', '.', 0o000],
    ['a folder that takes no file', '.', 0o555],
    ['the database', databaseFile, 0o444],
    ['its log', `${databaseFile}.wal`, 0o000],
    ['a segment of the journal', 'crosscheck.journal.0000000007', 0o000],
    ['what a checkpoint wrote over', `${databaseFile}.before`, 0o000],
    ['the lock under which that is put back', `${databaseFile}.mending`, 0o000],
  ])('without permission for %s says so, whose it is and what to do', async (_, name, mode) => {
    const path = join(folder, name);
    if (!existsSync(path)) {
      writeFileSync(path, '');
      give(path);
    }
    chmodSync(path, mode);
    const what = name === '.' ? 'its folder' : name;
    expect(await start()).toMatch(
      new RegExp(`^CC_STORE_UNREADABLE .* may not read and write ${what}: give it to that account`),
    );
    chmodSync(path, 0o755);
  });

  it('names a folder that stands in the place of one of its files', async () => {
    mkdirSync(join(folder, `${databaseFile}.before`));
    expect(await start()).toBe(
      `CC_STORE_UNREADABLE ${databaseFile}.before is a folder, and no file of this program`,
    );
  });

  it('says what to do about a lock that a start which was cut short left half made', async () => {
    for (const name of ['before', 'mending']) {
      writeFileSync(join(folder, `${databaseFile}.${name}`), '');
      give(join(folder, `${databaseFile}.${name}`));
    }
    expect(await start()).toMatch(
      /^CC_STORE_UNREADABLE .*\.mending, cannot be made or used: remove that file/,
    );
    rmSync(join(folder, `${databaseFile}.mending`));
    expect(await start()).toBe('done');
  });
});

describe.skipIf(!isAble)(`a running store${missing}`, () => {
  it('whose folder is closed to it refuses, is unready and lives, and goes on when it is given back', async () => {
    const told = (await run(`
      const store = await openDuckdb(folder);
      const said = {};
      await store.collection(plain).put(one('b'));
      await store.collection(journaled).putNew(one('a'));
      chmodSync(folder, 0o000);
      said.plain = await problemOf(store.collection(plain).put(one('c')));
      said.journaled = await problemOf(store.collection(journaled).putNew(one('b')));
      said.unready = await store.healthy();
      // Meanwhile what stands in the journal is tried to be handed on.
      await pause(1_700);
      said.read = (await store.collection(journaled).get('a'))?.doc.id;
      chmodSync(folder, 0o755);
      for (const until = Date.now() + 20_000; !(await store.healthy()) && Date.now() < until; ) await pause(50);
      said.ready = await store.healthy();
      said.again = await problemOf(store.collection(journaled).putNew(one('c')));
      await store.close();
      console.log(JSON.stringify(said));`)) as Record<string, unknown>;
    const closed = expect.stringMatching(
      /^CC_STORE_UNAVAILABLE its folder .* may not be looked into any more/,
    );
    expect(told).toEqual({
      plain: closed,
      journaled: closed,
      unready: false,
      read: 'a',
      ready: true,
      again: 'done',
    });
    const store = await openDuckdb(folder);
    expect(await store.collection<Thing>(plain).count()).toBe(2);
    expect(await store.collection<Thing>(journaled).count()).toBe(2);
    await store.close();
  });
});
