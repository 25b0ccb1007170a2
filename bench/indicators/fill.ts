/**
 * A year of a projected table's rows made by a plain hash of their number, written straight into the store's table: a
 * million rows through folds and writers would be another benchmark.
 */
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { type Db, Long } from 'mongodb';
import { type TableName, tables } from '../../src/projections/fold.ts';
import { changedDays } from '../../src/projections/project.ts';
import { databaseFile } from '../../src/store/duckdb/backup.ts';
import { openDuckdb } from '../../src/store/duckdb/store.ts';
import { fieldsOf } from '../../src/store/mongo/collection.ts';
import { shapeOf } from '../../src/store/mongo/shape.ts';
import type { Store } from '../../src/store/port.ts';
import { expressionsOf, perDeclaration } from './rows.ts';

export async function fill(folder: string, name: TableName, rowCount: number): Promise<void> {
  // The store makes its tables; what it has beside the columns is written as its writer would.
  const store = await openDuckdb(folder);
  await store.collection(tables[name].spec).count();
  await store.collection(changedDays).count();
  await store.close();
  const instance = await DuckDBInstance.create(join(folder, databaseFile));
  const connection = await instance.connect();
  await connection.run('CREATE TEMP MACRO h(x) AS CAST(hash(x) % 1000000007 AS BIGINT)');
  const columns = expressionsOf(name, rowCount);
  const names = columns.map(({ column }) => `"${column}"`).join(', ');
  const values = columns.map(({ sql }) => sql).join(', ');
  await connection.run(
    `INSERT INTO "${name}" (id, ${names}, _version, _seq, _doc) SELECT 'D' || i, ${values}, 1, i + 1, '{}' ` +
      `FROM (SELECT i, i // ${perDeclaration[name]} AS d FROM range(${rowCount}) AS r(i))`,
  );
  await connection.run(
    `INSERT INTO changed_day (id, _version, _seq, _doc) SELECT day, 1, row_number() OVER (ORDER BY day), '{"id":"' || day || '"}' FROM (SELECT DISTINCT day FROM "${name}")`,
  );
  connection.closeSync();
  instance.closeSync();
}

/** Rows at once on their way from one store to the other. */
const batch = 5_000;

/** The same rows in MongoDB, as its writer would lay them down. */
export async function fillMongo(
  store: Store,
  database: Db,
  folder: string,
  name: TableName,
  rowCount: number,
): Promise<void> {
  await fill(folder, name, rowCount);
  const { spec } = tables[name];
  await store.collection(spec).count();
  const fields = fieldsOf(spec, shapeOf(spec));
  const collection = database.collection<{ _id: string }>(spec.name);
  // Each row into every index is most of the work; an index over rows that are there is made by sorting.
  const indexes = (await collection.indexes()).filter(({ name: index }) => index !== '_id_');
  await collection.dropIndexes();
  const instance = await DuckDBInstance.create(join(folder, databaseFile));
  const connection = await instance.connect();
  const columns = Object.keys(spec.columns);
  const days = new Set<string>();
  for (let from = 1; from <= rowCount; from += batch) {
    const found = await connection.run(
      `SELECT id, ${columns.map((column) => `"${column}"`).join(', ')} FROM "${name}" WHERE _seq BETWEEN ${from} AND ${from + batch - 1}`,
    );
    const rows = (await found.getRows()).map(([id, ...values]) => ({
      id: String(id),
      json: '{}',
      values: values.map((value) => (typeof value === 'bigint' ? Number(value) : (value as string | null))),
    }));
    for (const { values } of rows) days.add(String(values[columns.indexOf('day')]));
    await collection.insertMany(
      rows.map((row, i) => ({
        _id: row.id,
        v: Long.fromNumber(1),
        s: Long.fromNumber(from + i),
        ...fields(row),
      })),
      { ordered: false },
    );
  }
  connection.closeSync();
  instance.closeSync();
  if (indexes.length > 0)
    await collection.createIndexes(indexes.map(({ key, name: index }) => ({ key, name: index })));
  await store.collection(changedDays).put([...days].sort().map((id) => ({ id })));
}
