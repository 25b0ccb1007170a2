/**
 * A year of clearance rows made by a plain hash of their number, written straight into the store's table: a million rows
 * through folds and writers would be another benchmark. The rows are made up without meaning; only their number of keys
 * is like an administration's.
 */
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { type Db, Long } from 'mongodb';
import { clearance } from '../../src/projections/clearance.ts';
import { changedDays } from '../../src/projections/project.ts';
import { databaseFile } from '../../src/store/duckdb/backup.ts';
import { openDuckdb } from '../../src/store/duckdb/store.ts';
import { fieldsOf } from '../../src/store/mongo/collection.ts';
import { shapeOf } from '../../src/store/mongo/shape.ts';
import type { Store } from '../../src/store/port.ts';

/** What a column holds in row i: parties in the thousands, officers and goods in the hundreds, offices a score. */
function expression(column: string, rowCount: number): string {
  // A few brokers, firms and goods make most of the trade, and many make little.
  const skewed = (count: number, salt: number): string =>
    `CAST(floor(${count} * (h(i * 31 + ${salt}) / 1000000007.0) ** 2.5) AS BIGINT)`;
  const pick = (count: number, prefix: string, salt: number): string =>
    `'${prefix}' || ${skewed(count, salt)}`;
  const office = skewed(20, 1);
  const share = (percent: number, salt: number): string =>
    `CASE WHEN h(i * 17 + ${salt}) % 100 < ${percent} THEN 1 ELSE 0 END`;
  const day = `DATE '2025-01-01' + CAST(i * 365 // ${rowCount} AS INTEGER)`;
  const texts: Record<string, string> = {
    declaration: `'D' || i`,
    office: pick(20, 'O', 1),
    section: `'S' || (${office} * 3 + h(i + 2) % 3)`,
    flow: `['import', 'import', 'import', 'export'][1 + h(i) % 4]`,
    regime: `['IM4', 'IM4', 'IM5', 'IM7', 'EX1'][1 + h(i + 5) % 5]`,
    procedure: pick(8, '40', 3),
    chapter: `lpad((1 + ${skewed(97, 2)})::VARCHAR, 2, '0')`,
    heading: `lpad(((1 + ${skewed(97, 2)}) * 100 + 1 + h(i + 21) % 12)::VARCHAR, 4, '0')`,
    hs: `lpad((((1 + ${skewed(97, 2)}) * 100 + 1 + h(i + 21) % 12) * 100 + 1 + h(i + 22) % 5)::VARCHAR, 6, '0')`,
    origin: pick(150, 'C', 4),
    declarant: pick(500, 'B', 6),
    importer: pick(8_000, 'M', 7),
    exporter: pick(3_000, 'X', 8),
    consignee: pick(8_000, 'M', 7),
    consignor: pick(12_000, 'N', 9),
    currency: `'EUR'`,
    firstLane: `['green', 'green', 'green', 'yellow', 'red', 'blue'][1 + h(i + 9) % 6]`,
    lastLane: `'green'`,
    criterion: pick(80, 'K', 10),
    day: `strftime(${day}, '%Y-%m-%d')`,
    week: `strftime(${day}, '%G-W%V')`,
    month: `strftime(${day}, '%Y-%m')`,
    year: `strftime(${day}, '%Y')`,
    registeredDay: `strftime(${day}, '%Y-%m-%d')`,
    assessedDay: `strftime(${day} + CAST(h(i) % 6 AS INTEGER), '%Y-%m-%d')`,
    paidDay: `strftime(${day} + CAST(h(i) % 9 AS INTEGER), '%Y-%m-%d')`,
  };
  if (column in texts) return texts[column]!;
  const type = clearance.spec.columns[column]!.type;
  if (
    [
      'assigner',
      'assigned',
      'examiner',
      'assessor',
      'rerouter',
      'releaser',
      'controller',
      'amender',
    ].includes(column)
  ) {
    // Six to an office.
    return `'F' || (${office} * 6 + h(i * 13 + ${column.length}) % 6)`;
  }
  if (type === 'text') return 'NULL';
  if (column.endsWith('Seconds')) return `CAST(exp(6 + (h(i + ${column.length}) % 800) / 100.0) AS BIGINT)`;
  if (column.endsWith('Bin')) {
    const seconds = expression(column.replace(/Bin$/, 'Seconds'), rowCount);
    return `1 + CAST(floor(ln(${seconds}) / ln(1.02) + 1e-9) AS BIGINT)`;
  }
  if ((clearance.columns as Record<string, { money?: true }>)[column]?.money)
    return `h(i + ${column.length}) % 1000000`;
  return share(column === 'registered' || column === 'checked' ? 98 : 30, column.length);
}

export async function fill(folder: string, rowCount: number): Promise<void> {
  // The store makes its tables; a million rows through its writer would be another benchmark.
  const store = await openDuckdb(folder);
  await store.collection(clearance.spec).count();
  await store.collection(changedDays).count();
  await store.close();
  const instance = await DuckDBInstance.create(join(folder, databaseFile));
  const connection = await instance.connect();
  await connection.run('CREATE TEMP MACRO h(x) AS CAST(hash(x) % 1000000007 AS BIGINT)');
  const columns = Object.keys(clearance.spec.columns);
  const names = columns.map((column) => `"${column}"`).join(', ');
  await connection.run(
    `INSERT INTO clearance (id, ${names}, _version, _seq, _doc) SELECT 'D' || i, ${columns.map((column) => expression(column, rowCount)).join(', ')}, 1, i + 1, '{}' FROM range(${rowCount}) AS r(i)`,
  );
  await connection.run(
    `INSERT INTO changed_day (id, _version, _seq, _doc) SELECT day, 1, row_number() OVER (ORDER BY day), '{"id":"' || day || '"}' FROM (SELECT DISTINCT day FROM clearance)`,
  );
  connection.closeSync();
  instance.closeSync();
}

/** Rows at once on their way from one store to the other. */
const batch = 5_000;

/** The same rows in MongoDB, as its writer would lay them down. */
export async function fillMongo(store: Store, database: Db, folder: string, rowCount: number): Promise<void> {
  await fill(folder, rowCount);
  await store.collection(clearance.spec).count();
  const fields = fieldsOf(clearance.spec, shapeOf(clearance.spec));
  const instance = await DuckDBInstance.create(join(folder, databaseFile));
  const connection = await instance.connect();
  const columns = Object.keys(clearance.spec.columns);
  const days = new Set<string>();
  for (let from = 1; from <= rowCount; from += batch) {
    const found = await connection.run(
      `SELECT id, ${columns.map((column) => `"${column}"`).join(', ')} FROM clearance WHERE _seq BETWEEN ${from} AND ${from + batch - 1}`,
    );
    const rows = (await found.getRows()).map(([id, ...values]) => ({
      id: String(id),
      json: '{}',
      values: values.map((value) => (typeof value === 'bigint' ? Number(value) : (value as string | null))),
    }));
    for (const { values } of rows) days.add(String(values[columns.indexOf('day')]));
    await database.collection<{ _id: string }>(clearance.spec.name).insertMany(
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
  await store.collection(changedDays).put([...days].sort().map((id) => ({ id })));
}
