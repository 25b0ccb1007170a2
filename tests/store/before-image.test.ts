/**
 * A checkpoint that is cut short in the middle of a block that it writes over. Its state is put together from the file before and
 * after it: all blocks but one as they came to be, one in part as it was, and the header of before.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { databaseFile } from '../../src/store/duckdb/backup.ts';
import { openBeforeImages, putBack, wasCut } from '../../src/store/duckdb/before-image.ts';
import { wrap } from '../../src/store/duckdb/connection.ts';
import { connectTo, instanceOf } from '../../src/store/duckdb/instance.ts';
import { openStore } from '../../src/store/open.ts';

const root = mkdtempSync(join(tmpdir(), 'crosscheck-before-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const headerBytes = 3 * 4096;
const tables = 8;
const options = { checkpoint_threshold: '1TB' };
let before: Buffer;
let log: Buffer;
let image: Buffer;
let after: Buffer;
let rows: number;

const fill = (round: number): string[] =>
  Array.from(
    { length: tables },
    (_, table) =>
      `INSERT INTO t${table} SELECT 'r${round}-' || i, i, repeat(hash(i)::TEXT, 4) FROM range(3000) r(i)`,
  );

beforeAll(async () => {
  const path = join(root, 'made.duckdb');
  const instance = await instanceOf(path, options);
  const connection = await connectTo(instance);
  for (let table = 0; table < tables; table += 1)
    await connection.raw.run(`CREATE TABLE t${table} (id TEXT PRIMARY KEY, n BIGINT, doc TEXT)`);
  const images = openBeforeImages(path);
  for (let round = 0; round < 4; round += 1) {
    for (const sql of fill(round)) await connection.raw.run(sql);
    await images.guard(connection, async () => {
      await connection.raw.run('CHECKPOINT');
    });
    expect(wasCut(path)).toBe(false);
  }
  for (const sql of fill(4)) await connection.raw.run(sql);
  rows = 5 * 3000;
  before = readFileSync(path);
  log = readFileSync(`${path}.wal`);
  await images.guard(connection, async () => {
    image = readFileSync(`${path}.before`);
    await connection.raw.run('CHECKPOINT');
  });
  after = readFileSync(path);
  connection.close();
  instance.closeSync();
  await images.close();
}, 60_000);

/** A folder as a process leaves it that is killed in the checkpoint. */
function left(file: Buffer, beside: { log?: Buffer; image?: Buffer }): string {
  const folder = mkdtempSync(join(root, 'left-'));
  const path = join(folder, databaseFile);
  writeFileSync(path, file);
  if (beside.log !== undefined) writeFileSync(`${path}.wal`, beside.log);
  if (beside.image !== undefined) writeFileSync(`${path}.before`, beside.image);
  return path;
}

async function rowsIn(path: string): Promise<number[]> {
  const instance = await DuckDBInstance.create(path, options);
  const connection = wrap(await instance.connect());
  try {
    const counts: number[] = [];
    for (let table = 0; table < tables; table += 1) {
      const [row] = await connection.rows({
        text: `SELECT count(*) FROM t${table} WHERE doc <> ''`,
        values: [],
        types: [],
      });
      counts.push(Number(row![0]));
    }
    return counts;
  } finally {
    connection.close();
    instance.closeSync();
  }
}

/** Blocks of the image, and each with the file in which it alone is half written. */
function torn(): { block: number; file: Buffer }[] {
  const { blocks, blockBytes } = JSON.parse(image.toString('latin1', 0, image.indexOf('\n')));
  return (blocks as number[]).flatMap((block) => {
    const start = headerBytes + block * blockBytes;
    const end = start + blockBytes;
    const changed: number[] = [];
    for (let at = start; at < end; at += 1) if (before[at] !== after[at]) changed.push(at);
    if (changed.length === 0) return [];
    // In the middle of what it changes.
    const cut = changed[Math.floor(changed.length / 2)]!;
    const file = Buffer.from(after);
    before.copy(file, 0, 0, headerBytes);
    before.copy(file, cut, cut, end);
    return [{ block, file }];
  });
}

describe('a checkpoint that is cut short', () => {
  it('leaves a file that DuckDB cannot open, or that lacks rows, where a block is half written', async () => {
    let broken = 0;
    for (const { file } of torn())
      await rowsIn(left(file, { log })).then(
        (counts) => {
          if (counts.some((count) => count !== rows)) broken += 1;
        },
        () => {
          broken += 1;
        },
      );
    expect(broken).toBeGreaterThan(0);
  });

  it('has every block put back that it wrote over', async () => {
    expect(torn().length).toBeGreaterThan(0);
    for (const { file } of torn()) {
      const path = left(file, { log, image });
      await putBack(path);
      expect(wasCut(path)).toBe(false);
      expect(existsSync(`${path}.mending`)).toBe(false);
      expect(await rowsIn(path)).toEqual(Array(tables).fill(rows));
    }
  });

  it('is mended by the next start of a store', async () => {
    const [first] = torn();
    const path = left(first!.file, { log, image });
    const store = await openStore({ data: join(path, '..') });
    await store.close();
    expect(wasCut(path)).toBe(false);
    expect(await rowsIn(path)).toEqual(Array(tables).fill(rows));
  });

  it('is not mended where it came to its end, nor from blocks that were not written whole', async () => {
    const ended = left(after, { image });
    await putBack(ended);
    expect(readFileSync(ended).equals(after)).toBe(true);
    const begun = left(before, { log, image: image.subarray(0, image.length - 1) });
    await putBack(begun);
    expect(readFileSync(begun).equals(before)).toBe(true);
    for (const path of [ended, begun]) expect(wasCut(path)).toBe(false);
  });

  it('of a file that was taken away is forgotten', async () => {
    const path = left(before, { image });
    rmSync(path);
    await putBack(path);
    expect(wasCut(path)).toBe(false);
    const other = join(mkdtempSync(join(root, 'new-')), databaseFile);
    copyFileSync(join(root, 'made.duckdb'), other);
    writeFileSync(`${other}.before`, image);
    const store = await openStore({ data: join(other, '..') });
    await store.close();
    expect(await rowsIn(other)).toEqual(Array(tables).fill(rows));
  });

  it('of a process that is still at it is left to that process', async () => {
    const path = left(before, { log, image });
    const holder = spawn(
      process.execPath,
      [
        '--input-type=module',
        '-e',
        `import { DuckDBInstance } from '@duckdb/node-api'; await DuckDBInstance.create(${JSON.stringify(path)}); console.log('has it'); setInterval(() => {}, 1000);`,
      ],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    try {
      await once(holder.stdout, 'data');
      await expect(openStore({ data: join(path, '..') })).rejects.toMatchObject({ code: 'CC_STORE_TAKEN' });
      expect(wasCut(path)).toBe(true);
    } finally {
      const ended = once(holder, 'exit');
      holder.kill('SIGKILL');
      await ended;
    }
    expect(readFileSync(path).equals(before)).toBe(true);
    const store = await openStore({ data: join(path, '..') });
    await store.close();
    expect(await rowsIn(path)).toEqual(Array(tables).fill(rows));
  });
});
