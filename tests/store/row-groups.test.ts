/** How many rows DuckDB writes anew with the few that came since the last checkpoint, and what goes with the way it is told. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, describe, expect, it } from 'vitest';
import { databaseFile } from '../../src/store/duckdb/backup.ts';
import { connectTo, instanceOf } from '../../src/store/duckdb/instance.ts';
import { openDuckdb } from '../../src/store/duckdb/store.ts';
import type { CollectionSpec } from '../../src/store/port.ts';

const root = mkdtempSync(join(tmpdir(), 'crosscheck-row-groups-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const things: CollectionSpec = {
  name: 'thing',
  schema: 1,
  columns: { day: { type: 'integer' } },
  indexes: [['day']],
};

async function rowsOfGroups(folder: string): Promise<number[]> {
  const instance = await DuckDBInstance.create(join(folder, databaseFile), { access_mode: 'READ_ONLY' });
  const connection = await instance.connect();
  const rows = await connection.run(
    "SELECT sum(count) FROM pragma_storage_info('thing') WHERE column_name = 'id' AND segment_type = 'VARCHAR' " +
      'GROUP BY row_group_id ORDER BY row_group_id',
  );
  const found = (await rows.getRows()).map(([count]) => Number(count));
  connection.closeSync();
  instance.closeSync();
  return found;
}

async function fill(folder: string, from: number, to: number): Promise<void> {
  const store = await openDuckdb(folder);
  const collection = store.collection<{ id: string; day: number }>(things);
  for (let at = from; at < to; at += 1_000)
    await collection.putNew(Array.from({ length: 1_000 }, (_, i) => ({ id: `T${at + i}`, day: i % 7 })));
  await store.close();
}

describe('the row groups of the embedded store', () => {
  it('are small, since a checkpoint writes the last of each table anew', async () => {
    const folder = join(root, 'small');
    mkdirSync(folder);
    await fill(folder, 0, 40_000);
    expect(await rowsOfGroups(folder)).toEqual([16_384, 16_384, 7_232]);
  });

  it('are filled up where a store is opened again', async () => {
    const folder = join(root, 'again');
    mkdirSync(folder);
    await fill(folder, 0, 10_000);
    await fill(folder, 10_000, 20_000);
    expect(await rowsOfGroups(folder)).toEqual([16_384, 3_616]);
  });

  it('leave those alone that DuckDB made by itself, as older releases had it', async () => {
    const folder = join(root, 'older');
    mkdirSync(folder);
    await fill(folder, 0, 1_000);
    const instance = await DuckDBInstance.create(join(folder, databaseFile));
    const connection = await instance.connect();
    await connection.run(
      "INSERT INTO thing SELECT 'O' || i, i % 7, 1, 1000 + i, json_object('id', 'O' || i, 'day', i % 7) FROM range(60_000) r(i)",
    );
    connection.closeSync();
    instance.closeSync();
    await fill(folder, 1_000, 20_000);
    expect(await rowsOfGroups(folder)).toEqual([61_000, 16_384, 2_616]);
    const store = await openDuckdb(folder);
    const collection = store.collection<{ id: string; day: number }>(things);
    expect(await collection.count()).toBe(80_000);
    expect((await collection.get('O59999'))?.doc).toEqual({ id: 'O59999', day: 2 });
    await store.close();
  });
});

describe('the folder of the embedded store', () => {
  it('may have any name', async () => {
    const folder = join(root, 'o\'clock; -- a "name"');
    mkdirSync(folder);
    await fill(folder, 0, 1_000);
    expect(await rowsOfGroups(folder)).toEqual([1_000]);
  });

  it('takes what larger work spills, and not the folder in which the process was started', async () => {
    const path = join(root, 'spills.duckdb');
    const instance = await instanceOf(path, {});
    const connection = await connectTo(instance);
    const [row] = await connection.rows({
      text: "SELECT current_setting('temp_directory')",
      values: [],
      types: [],
    });
    connection.close();
    instance.closeSync();
    expect(row).toEqual([`${path}.tmp`]);
  });
});
