/**
 * Rows a second into each store in bulk, and durable documents a second at 1, 10 and 50 writers who each wait for their
 * own document. Beside each the bare driver doing the same: what the port adds, and what its group commit wins.
 * MongoDB is the one of MONGODB_URI, else mongodb-memory-server's; without either its cases are left out.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BIGINT, DuckDBInstance, VARCHAR } from '@duckdb/node-api';
import { MongoClient } from 'mongodb';
import { openDuckdb } from '../src/store/duckdb/store.ts';
import { openMongo } from '../src/store/mongo/store.ts';
import type { CollectionSpec, Store } from '../src/store/port.ts';
import { mongoAddress } from './mongo.ts';
import { type BenchCase, type BenchResult, machine } from './result.ts';

const bulkRows = 20_000;
const bulkBatch = 1_000;
const writerCounts = [1, 10, 50];
const milliseconds = 1_500;

interface Check {
  id: string;
  office: string;
  declaration: string;
  score: number;
  recordedAt: string;
  findings: { rule: string; message: string }[];
}

/** About the size of a check's document with a few findings, 1.3 kB. */
const check = (id: string, n: number): Check => ({
  id,
  office: `O${n % 40}`,
  declaration: `2026/O${n % 40}/${n >> 2}`,
  score: n % 100,
  recordedAt: new Date(1.7e12 + n * 1_000).toISOString(),
  findings: Array.from({ length: 6 }, (_, i) => ({
    rule: `VAL-${i}`,
    message:
      `Item ${i}: the price per kilogram ${n * 7 + i} is ${n % 13} deviations from its baseline, by ${id}`.repeat(
        2,
      ),
  })),
});

const spec = (name: string): CollectionSpec => ({
  name,
  schema: 1,
  columns: {
    office: { type: 'text' },
    declaration: { type: 'text' },
    score: { type: 'integer' },
    recordedAt: { type: 'text' },
  },
  indexes: [['declaration', 'recordedAt']],
});

/** Writes one document and resolves when it is durable. */
type WriteOne = (doc: Check, writer: number) => Promise<unknown>;

async function perSecond(writers: number, write: WriteOne): Promise<number> {
  const name = `${Date.now()}-${writers}`;
  let written = 0;
  const started = performance.now();
  const until = started + milliseconds;
  await Promise.all(
    Array.from({ length: writers }, async (_, writer) => {
      for (let n = 0; performance.now() < until; n++) {
        await write(check(`${name}-${writer}-${n}`, n), writer);
        written++;
      }
    }),
  );
  return (written / (performance.now() - started)) * 1_000;
}

async function bulkPerSecond(writeBatch: (docs: Check[]) => Promise<unknown>): Promise<number> {
  const docs = Array.from({ length: bulkRows }, (_, n) => check(`bulk-${n}`, n));
  const started = performance.now();
  for (let from = 0; from < bulkRows; from += bulkBatch) await writeBatch(docs.slice(from, from + bulkBatch));
  return (bulkRows / (performance.now() - started)) * 1_000;
}

interface Bare {
  bulkName: string;
  bulk(docs: Check[]): Promise<unknown>;
  singleName: string;
  single: WriteOne;
}

async function compare(title: string, store: Store, bare: Bare): Promise<BenchCase[]> {
  const row = (name: string, value: number, unit: string, baseline: string, base: number): BenchCase[] => [
    { case: `${title}, ${baseline}`, value: base, unit },
    { case: `${title}, ${name}`, value, unit, baseline, ratio: value / base },
  ];
  const bulk = store.collection<Check>(spec('bulk'));
  const single = store.collection<Check>(spec('single'));
  await store.prepare([bulk.spec, single.spec]);
  const results = row(
    `put of ${bulkBatch}`,
    await bulkPerSecond((docs) => bulk.put(docs)),
    'rows/s',
    bare.bulkName,
    await bulkPerSecond(bare.bulk),
  );
  for (const writers of writerCounts) {
    const base = await perSecond(writers, bare.single);
    const ours = await perSecond(writers, (doc) => single.putNew([doc]));
    const many = `${writers} ${writers === 1 ? 'writer' : 'writers'}`;
    results.push(...row(`putNew, ${many}`, ours, 'durable documents/s', `${bare.singleName}, ${many}`, base));
  }
  return results;
}

async function bareDuckdb(folder: string): Promise<Bare> {
  const instance = await DuckDBInstance.create(join(folder, 'bare.duckdb'));
  const setup = await instance.connect();
  const columns =
    'id VARCHAR PRIMARY KEY, office VARCHAR, declaration VARCHAR, score BIGINT, recordedAt VARCHAR, doc VARCHAR';
  await setup.run(`CREATE TABLE bulk (${columns})`);
  await setup.run(`CREATE TABLE single (${columns})`);
  const connections = await Promise.all(
    Array.from({ length: Math.max(...writerCounts) }, async () => {
      const connection = await instance.connect();
      return connection.prepare('INSERT OR REPLACE INTO single VALUES ($1, $2, $3, $4, $5, $6)');
    }),
  );
  return {
    bulkName: `bare appender of ${bulkBatch}`,
    bulk: async (docs) => {
      const appender = await setup.createAppender('bulk');
      for (const doc of docs) {
        appender.appendVarchar(doc.id);
        appender.appendVarchar(doc.office);
        appender.appendVarchar(doc.declaration);
        appender.appendBigInt(BigInt(doc.score));
        appender.appendVarchar(doc.recordedAt);
        appender.appendVarchar(JSON.stringify(doc));
        appender.endRow();
      }
      appender.closeSync();
    },
    singleName: 'bare single upserts, a connection each',
    single: async (doc, writer) => {
      const prepared = connections[writer]!;
      prepared.bind(
        [doc.id, doc.office, doc.declaration, BigInt(doc.score), doc.recordedAt, JSON.stringify(doc)],
        [VARCHAR, VARCHAR, VARCHAR, BIGINT, VARCHAR, VARCHAR],
      );
      await prepared.run();
    },
  };
}

function bareMongo(client: MongoClient): Bare {
  const bulk = client.db().collection<Check & { _id: string }>('bareBulk');
  const single = client.db().collection<Check & { _id: string }>('bareSingle');
  return {
    bulkName: `bare insertMany of ${bulkBatch}`,
    bulk: (docs) =>
      bulk.insertMany(
        docs.map((doc) => ({ _id: doc.id, ...doc })),
        { ordered: false },
      ),
    singleName: 'bare single upserts',
    single: (doc) => single.updateOne({ _id: doc.id }, { $set: doc }, { upsert: true }),
  };
}

export async function run(): Promise<BenchResult> {
  const folder = mkdtempSync(join(tmpdir(), 'crosscheck-bench-'));
  const results: BenchCase[] = [];
  try {
    const embedded = await openDuckdb(join(folder, 'embedded'));
    results.push(...(await compare('embedded', embedded, await bareDuckdb(folder))));
    await embedded.close();
    const address = await mongoAddress();
    if (address !== undefined) {
      const store = await openMongo(address.uri);
      const client = await new MongoClient(address.uri, {
        writeConcern: { w: 'majority', journal: true },
      }).connect();
      results.push(...(await compare('MongoDB', store, bareMongo(client))));
      await store.close();
      await client.close();
      await address.stop();
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return { name: 'store', machine: machine(), results };
}
