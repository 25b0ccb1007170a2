/** A checkpoint that a backup needs, while somebody still reads what was there before the last write. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { checkpointBesideReaders } from '../../src/store/duckdb/checkpoint.ts';
import { type Connection, wrap } from '../../src/store/duckdb/connection.ts';

const folder = mkdtempSync(join(tmpdir(), 'crosscheck-checkpoint-'));
let instance: DuckDBInstance;
let writer: Connection;
let reader: Connection;

beforeAll(async () => {
  instance = await DuckDBInstance.create(join(folder, 'x.duckdb'));
  writer = wrap(await instance.connect());
  reader = wrap(await instance.connect());
  await writer.raw.run('CREATE TABLE t AS SELECT i FROM range(1000) s(i)');
  await writer.raw.run('CHECKPOINT');
});
afterAll(() => {
  instance.closeSync();
  rmSync(folder, { recursive: true, force: true });
});
beforeEach(async () => {
  await reader.raw.run('BEGIN');
  await (await reader.raw.run('SELECT count(*) FROM t')).getRows();
  await writer.raw.run('UPDATE t SET i = i + 1 WHERE i < 10');
});

it('waits until he is done, and keeps him from nothing', async () => {
  let done = false;
  const made = checkpointBesideReaders(writer).then(() => {
    done = true;
  });
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(done).toBe(false);
  expect(await (await reader.raw.run('SELECT count(*) FROM t')).getRows()).toEqual([[1000n]]);
  await reader.raw.run('COMMIT');
  await made;
});

it('is given up where he does not come to an end', async () => {
  await expect(checkpointBesideReaders(writer, 60)).rejects.toThrow(/other write transactions/);
  await reader.raw.run('COMMIT');
});
