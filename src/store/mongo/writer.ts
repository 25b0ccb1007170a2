/**
 * Writes to one collection. Calls that arrive while a round is on its way wait together and share the next: one step on
 * the sequence's record and one bulk for all of them. Each document is written by itself and durable on a majority before
 * its call resolves; there is no transaction over several. Within a round, calls on the same document go in the order in
 * which they came.
 */
import { randomBytes } from 'node:crypto';
import {
  type AnyBulkWriteOperation,
  type Document as BsonDocument,
  type Collection as Driver,
  Long,
} from 'mongodb';
import { CrosscheckError } from '../../errors.ts';
import type { Row } from '../columns.ts';
import { duplicateKey, duplicatesOf, unavailable } from './errors.ts';
import { mayHaveLapsed, release, type Taken, takeNumbers, writeLimit } from './sequence.ts';

export type Stored = BsonDocument & { _id: string };

/** `put` replaces, `new` inserts what is not there, `if` writes on one version, `delete` removes. */
type Kind = 'put' | 'new' | 'if' | 'delete';

interface Call {
  kind: Kind;
  ids: readonly string[];
  rows: readonly Row[];
  expected: number;
  resolve(result: unknown): void;
  reject(reason: unknown): void;
}

/** What a written document holds beside its id, version and number. */
export type Fields = (row: Row) => BsonDocument;

export interface MongoWriter {
  put(rows: readonly Row[]): Promise<void>;
  putNew(rows: readonly Row[]): Promise<boolean[]>;
  putIf(row: Row, expected: number): Promise<number>;
  remove(ids: readonly string[]): Promise<void>;
  idle(): Promise<void>;
  /** Resolves when the numbers of the last round are given back, so that its documents are settled for readers. */
  givenBack(): Promise<void>;
}

/** Documents in one round, about; a call with more is several, so that each stays well within its time. */
const roundLimit = 500;

const parts = <T>(all: readonly T[]): T[][] =>
  Array.from({ length: Math.ceil(all.length / roundLimit) }, (_, i) =>
    all.slice(i * roundLimit, (i + 1) * roundLimit),
  );

const bounded = { ordered: false, maxTimeMS: writeLimit } as const;

export function startWriter(
  name: string,
  documents: Driver<Stored>,
  records: Driver<Stored>,
  fields: Fields,
): MongoWriter {
  const queue: Call[] = [];
  let loop: Promise<void> | undefined;
  let writer = freshName();
  let released: Promise<unknown> = Promise.resolve();

  const enqueue = <T>(call: Omit<Call, 'resolve' | 'reject'>): Promise<T> =>
    new Promise<T>((resolve, reject) => {
      queue.push({ ...call, resolve: (result) => resolve(result as T), reject });
      loop ??= work();
    });

  async function work(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
    while (queue.length > 0) {
      const round = takeRound(queue);
      try {
        for (const settle of await writeRound(round)) settle();
      } catch (thrown) {
        // The server may still be at it: under another name the place of these numbers stays guarded until it lapses.
        writer = freshName();
        for (const call of round) call.reject(unavailable(thrown));
      }
    }
    loop = undefined;
  }

  async function writeRound(round: readonly Call[]): Promise<(() => void)[]> {
    const count = round.reduce((sum, call) => sum + call.rows.length, 0);
    let taken = count === 0 ? undefined : await takeNumbers(records, name, writer, count);
    let next = taken?.from ?? 0;
    const settles: (() => void)[] = [];
    for (const wave of wavesOf(round)) {
      settles.push(
        ...(await Promise.all([
          putAll(
            wave.filter(({ kind }) => kind === 'put'),
            number,
          ),
          ...wave.filter(({ kind }) => kind === 'new').map((call) => insertNew(call, number)),
          ...wave.filter(({ kind }) => kind === 'if').map((call) => putOne(call, number)),
          ...wave.filter(({ kind }) => kind === 'delete').map(removeAll),
        ])),
      );
    }
    while (taken !== undefined && mayHaveLapsed(taken)) {
      if (await release(records, name, taken)) break;
      // Readers went past these numbers meanwhile: what was written gets new ones, so that they come upon it.
      taken = await renumber(round, count);
    }
    if (taken !== undefined && queue.length === 0) {
      const done = taken;
      // The next round takes the place over; without one it is given back, and nobody waits for that.
      released = release(records, name, done).catch(() => {
        writer = freshName();
      });
    }
    return settles;

    function number(): Long {
      return Long.fromNumber(next++);
    }
  }

  async function renumber(round: readonly Call[], count: number): Promise<Taken> {
    const taken = await takeNumbers(records, name, writer, count);
    let next = taken.from;
    await documents.bulkWrite(
      round.flatMap((call) =>
        call.rows.map((row) => ({
          updateOne: { filter: { _id: row.id }, update: { $set: { s: Long.fromNumber(next++) } } },
        })),
      ),
      bounded,
    );
    return taken;
  }

  const replace = (row: Row, number: Long) => ({ $set: { ...fields(row), s: number }, $inc: { v: 1 } });

  async function putAll(calls: readonly Call[], number: () => Long): Promise<() => void> {
    const operations: AnyBulkWriteOperation<Stored>[] = calls.flatMap((call) =>
      call.rows.map((row) => ({
        updateOne: { filter: { _id: row.id }, update: replace(row, number()), upsert: true },
      })),
    );
    // Two replicas that bring the same new document at once: the one that lost the race finds it there now.
    for (let left = operations; left.length > 0; ) {
      const lost = await duplicatesOf(() => documents.bulkWrite(left, bounded));
      left = left.filter((_, i) => lost.has(i));
    }
    return () => {
      for (const call of calls) call.resolve(undefined);
    };
  }

  async function insertNew(call: Call, number: () => Long): Promise<() => void> {
    const there = await duplicatesOf(() =>
      documents.insertMany(
        call.rows.map((row) => ({ _id: row.id, v: 1, s: number(), ...fields(row) })),
        bounded,
      ),
    );
    return () => call.resolve(call.rows.map((_, i) => !there.has(i)));
  }

  async function putOne(call: Call, number: () => Long): Promise<() => void> {
    const row = call.rows[0]!;
    const written = await writeOn(row, call.expected, number());
    if (written) return () => call.resolve(call.expected + 1);
    const found = await documents.findOne({ _id: row.id }, { projection: { v: 1 } });
    const conflict = new CrosscheckError('CC_VERSION_CONFLICT', {
      collection: name,
      id: row.id,
      found: Number(found?.v ?? 0),
      expected: call.expected,
    });
    return () => call.reject(conflict);
  }

  async function writeOn(row: Row, expected: number, number: Long): Promise<boolean> {
    if (expected > 0) {
      const filter = { _id: row.id, v: expected };
      return (
        (await documents.updateOne(filter, replace(row, number), { maxTimeMS: writeLimit })).matchedCount ===
        1
      );
    }
    try {
      await documents.insertOne({ _id: row.id, v: 1, s: number, ...fields(row) }, { maxTimeMS: writeLimit });
      return true;
    } catch (thrown) {
      if ((thrown as { code?: unknown }).code === duplicateKey) return false;
      throw thrown;
    }
  }

  async function removeAll(call: Call): Promise<() => void> {
    await documents.deleteMany({ _id: { $in: [...call.ids] } }, { maxTimeMS: writeLimit });
    return () => call.resolve(undefined);
  }

  const rowsCall = (kind: Kind, rows: readonly Row[], expected = 0) => ({
    kind,
    rows,
    ids: rows.map((row) => row.id),
    expected,
  });

  return {
    put: async (rows) => {
      const lasts = [...new Map(rows.map((row) => [row.id, row])).values()];
      await settled(parts(lasts).map((part) => enqueue(rowsCall('put', part))));
    },
    putNew: async (rows) => {
      const firsts = new Map<string, Row>();
      for (const row of rows) if (!firsts.has(row.id)) firsts.set(row.id, row);
      const calls = parts([...firsts.values()]).map((part) => enqueue<boolean[]>(rowsCall('new', part)));
      const told = (await settled(calls)).flat();
      const fresh = new Set([...firsts.values()].filter((_, i) => told[i]));
      // Of equal ids in one call the first is the new one.
      return rows.map((row) => fresh.has(row));
    },
    putIf: (row, expected) => enqueue(rowsCall('if', [row], expected)),
    remove: async (ids) => {
      const calls = parts(ids).map((part) => enqueue({ kind: 'delete', ids: part, rows: [], expected: 0 }));
      await settled(calls);
    },
    idle: async () => {
      await loop;
      await released;
    },
    givenBack: async () => {
      await released;
    },
  };
}

/** All answers, or the first failure once nothing of the call is under way any more. */
async function settled<T>(calls: readonly Promise<T>[]): Promise<T[]> {
  await Promise.allSettled(calls);
  return Promise.all(calls);
}

/** Names no host and no person: it is only told apart. */
const freshName = (): string => `w${randomBytes(8).toString('hex')}`;

function takeRound(queue: Call[]): Call[] {
  const round: Call[] = [];
  for (let count = 0; queue.length > 0 && count < roundLimit; ) {
    const call = queue.shift()!;
    round.push(call);
    count += call.ids.length;
  }
  return round;
}

/** Splits a round where a call touches a document that an earlier one of the same wave touches. */
function wavesOf(round: readonly Call[]): Call[][] {
  const waves: Call[][] = [];
  let touched = new Set<string>();
  for (const call of round) {
    if (waves.length === 0 || call.ids.some((id) => touched.has(id))) {
      waves.push([]);
      touched = new Set();
    }
    waves.at(-1)!.push(call);
    for (const id of call.ids) touched.add(id);
  }
  return waves;
}
