/**
 * What a checkpoint of 3,000 new documents takes beside those that are there: in row groups as the embedded store has them,
 * against DuckDB's own. The same statements on both, which take turns at each size.
 */
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { type Connection, wrap } from '../src/store/duckdb/connection.ts';
import { connectTo, instanceOf } from '../src/store/duckdb/instance.ts';
import { type BenchCase, type BenchResult, machine, median } from './result.ts';

const sizes = [20_000, 60_000, 110_000];
const added = 3_000;
const checkpoints = 3;
/** Rows of one commit while the table is filled. */
const filledAtOnce = 5_000;

const options = { checkpoint_threshold: '1TB', threads: '1' };

interface Side {
  name: 'ours' | 'DuckDB’s own';
  path: string;
  instance: DuckDBInstance;
  connection: Connection;
  rows: number;
}

/** Documents of 2.6 kB in nine columns with a key and an index, as declarations have them. */
async function add(side: Side, count: number): Promise<void> {
  const { connection, rows } = side;
  for (let from = rows; from < rows + count; from += filledAtOnce) {
    const to = Math.min(from + filledAtOnce, rows + count);
    await connection.raw.run(
      "INSERT INTO declaration SELECT 'D' || i, 'O' || i % 40, 'C' || hash(i) % 900, 'T' || hash(i) % 700, i % 365, hash(i)::VARCHAR, 1, i, " +
        `list_aggregate(list_transform(range(80), n -> md5((i * 80 + n)::VARCHAR)), 'string_agg', '') FROM range(${from}, ${to}) r(i)`,
    );
  }
  side.rows += count;
}

async function checkpoint({ connection }: Side): Promise<number> {
  const begun = performance.now();
  await connection.raw.run('CHECKPOINT');
  return performance.now() - begun;
}

async function sideOf(name: Side['name'], folder: string): Promise<Side> {
  const path = join(folder, name === 'ours' ? 'ours.duckdb' : 'own.duckdb');
  const instance =
    name === 'ours' ? await instanceOf(path, options) : await DuckDBInstance.create(path, options);
  const connection = name === 'ours' ? await connectTo(instance) : wrap(await instance.connect());
  await connection.raw.run(
    'CREATE TABLE declaration (id VARCHAR PRIMARY KEY, office VARCHAR, consignee VARCHAR, declarant VARCHAR, day BIGINT, ' +
      'content VARCHAR, _version BIGINT, _seq BIGINT, _doc VARCHAR)',
  );
  await connection.raw.run('CREATE INDEX by_office ON declaration (office)');
  return { name, path, instance, connection, rows: 0 };
}

export async function run(): Promise<BenchResult> {
  const folder = mkdtempSync(join(tmpdir(), 'crosscheck-bench-'));
  const sides = [await sideOf('ours', folder), await sideOf('DuckDB’s own', folder)];
  const results: BenchCase[] = [];
  try {
    for (const size of sizes) {
      const times = new Map<Side, number[]>(sides.map((side) => [side, []]));
      for (const side of sides) {
        await add(side, size - side.rows);
        await checkpoint(side);
      }
      for (let round = 0; round < checkpoints; round += 1)
        for (const side of sides) {
          await add(side, added);
          times.get(side)!.push(await checkpoint(side));
        }
      const [ours, own] = sides.map((side) => times.get(side)!) as [number[], number[]];
      const ratios = ours.map((time, round) => time / own[round]!).sort((a, b) => a - b);
      const beside = `beside ${size.toLocaleString('en')}`;
      results.push(
        { case: `DuckDB’s own groups, ${beside}`, value: median(own), unit: 'ms' },
        {
          case: `ours, ${beside}`,
          value: median(ours),
          unit: 'ms',
          baseline: 'DuckDB’s own groups',
          ratio: median(ratios),
          between: [ratios[0]!, ratios.at(-1)!],
        },
      );
    }
    const [ours, own] = sides.map(({ path }) => statSync(path).size / 2 ** 20) as [number, number];
    results.push({
      case: 'the file in the end, ours',
      value: ours,
      unit: 'MiB',
      baseline: 'DuckDB’s own groups',
      ratio: ours / own,
    });
  } finally {
    for (const { connection, instance } of sides) {
      connection.close();
      instance.closeSync();
    }
    rmSync(folder, { recursive: true, force: true });
  }
  return { name: 'checkpoint', machine: machine(), results };
}
