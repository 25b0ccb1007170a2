/** SIGKILL in the middle of writing, again and again on the same data: what was acknowledged is there, and nothing is half there. */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import { builtModule } from '../../src/ground/paths.ts';
import { lease } from '../../src/store/mongo/sequence.ts';
import { type OpenOptions, openStore } from '../../src/store/open.ts';
import type { CollectionSpec, Store } from '../../src/store/port.ts';
import { mongoUri, restartableMongo, stopMongo } from './mongod.ts';

interface Sealed {
  id: string;
  writer: string;
  n: number;
  text: string;
  seal: string;
}

const spec: CollectionSpec = {
  name: 'written',
  schema: 1,
  columns: { writer: { type: 'text' }, n: { type: 'integer' }, seal: { type: 'text' } },
  indexes: [['writer', 'n']],
};

const built = builtModule('store/open.js');
const script = fileURLToPath(new URL('writing.mjs', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'crosscheck-kill-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
afterAll(stopMongo);

/** Ids, and the last number under which each counter was written, each with the time of its acknowledgement. */
interface Acknowledged {
  documents: Map<string, number>;
  counters: Map<string, { n: number; at: number }>;
}

/** Lets a child write until `enough` documents are acknowledged, then calls `kill`, and waits for the child's end. */
async function writeUntil(
  options: OpenOptions & { journaled?: boolean },
  run: number,
  enough: number,
  kill: (child: ReturnType<typeof spawn>) => void,
  acknowledged: Acknowledged,
  /** Milliseconds of writing at the least, however fast it goes. */
  lasting = 0,
): Promise<void> {
  const child = spawn(process.execPath, [script, built, JSON.stringify(options), String(run)], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const before = acknowledged.documents.size;
  let killed = false;
  let first: number | undefined;
  for await (const line of createInterface({ input: child.stdout })) {
    const [kind, id, n] = line.split(' ');
    if (kind === 'counter') acknowledged.counters.set(id!, { n: Number(n), at: Date.now() });
    else if (kind !== 'open') acknowledged.documents.set(line, Date.now());
    first ??= Date.now();
    if (!killed && acknowledged.documents.size - before >= enough && Date.now() - first >= lasting) {
      killed = true;
      kill(child);
    }
  }
  expect(killed, 'the child ended before it was killed').toBe(true);
}

/** Every document whole, by key, by column and by the sequence; answers how many there are. */
async function examine(store: Store, { documents, counters }: Acknowledged): Promise<void> {
  const written = store.collection<Sealed>(spec);
  const present = new Set<string>();
  let cursor: string | undefined;
  do {
    const page = await written.find({ limit: 5_000, ...(cursor === undefined ? {} : { cursor }) });
    for (const { id, n, text, seal } of page.docs) {
      expect(seal).toBe(createHash('sha256').update(`${id} ${n} ${text}`).digest('hex'));
      present.add(id);
    }
    cursor = page.next;
  } while (cursor !== undefined);
  expect([...documents.keys()].filter((id) => !present.has(id))).toEqual([]);
  expect(await written.count()).toBe(present.size);
  // The indexes hold what the table holds.
  const rows = await written.aggregate({ groupBy: ['writer'], measures: { n: { count: true } } });
  for (const { key, values } of rows) {
    expect(await written.count({ column: 'writer', op: 'eq', value: key.writer as string })).toBe(values.n);
  }
  const told = new Set<string>();
  for (let seq = 0; ; ) {
    const next = await written.since(seq, 5_000);
    if (next.length === 0) break;
    for (const { doc } of next) told.add(doc.id);
    seq = next.at(-1)!.seq;
  }
  expect(told.size).toBe(present.size);
  const counted = await store.collection<Sealed>({ ...spec, name: 'counter' }).getMany([...counters.keys()]);
  for (const [id, { n }] of counters) expect(counted.get(id)?.doc.n, id).toBeGreaterThanOrEqual(n);
}

/** What killed writers had begun holds readers back until it lapses. */
async function lapsed(store: Store): Promise<void> {
  const written = store.collection<Sealed>(spec);
  const count = await written.count();
  await expect.poll(async () => (await written.since(0, 100_000)).length, { timeout: 2 * lease }).toBe(count);
}

describe.skipIf(!existsSync(built))('a process killed while it writes', () => {
  test.each([
    ['its tables', false],
    ['its journal', true],
  ])(
    'loses nothing acknowledged in the embedded store from %s, and the file opens again',
    async (_, byJournal) => {
      const options = { data: join(folder, byJournal ? 'killed-journaled' : 'killed'), journaled: byJournal };
      const acknowledged: Acknowledged = { documents: new Map(), counters: new Map() };
      for (let run = 1; run <= 3; run++) {
        await writeUntil(options, run, 200 * run, (child) => child.kill('SIGKILL'), acknowledged);
        const store = await openStore(options);
        try {
          await examine(store, acknowledged);
          // A call's documents go in together in this store.
          const pairs = await store.collection<Sealed>(spec).aggregate({
            groupBy: ['writer', 'n'],
            measures: { n: { count: true } },
          });
          expect(pairs.filter(({ values }) => values.n! % 2 !== 0)).toEqual([]);
        } finally {
          await store.close();
        }
      }
    },
  );

  test('loses nothing acknowledged in MongoDB', async ({ skip }) => {
    const uri = await mongoUri('killed');
    if (uri === undefined) return skip();
    const acknowledged: Acknowledged = { documents: new Map(), counters: new Map() };
    for (let run = 1; run <= 2; run++)
      await writeUntil({ mongodbUri: uri }, run, 300, (child) => child.kill('SIGKILL'), acknowledged);
    const store = await openStore({ mongodbUri: uri });
    try {
      await lapsed(store);
      await examine(store, acknowledged);
    } finally {
      await store.close();
    }
  });
});

describe.skipIf(!existsSync(built))('a MongoDB server killed while it is written to', () => {
  test('has everything acknowledged when it is back', async ({ skip }) => {
    const server = await restartableMongo(join(folder, 'mongo'), 'crashed');
    if (server === undefined) return skip();
    const acknowledged: Acknowledged = { documents: new Map(), counters: new Map() };
    try {
      let killedAt = 0;
      const kill = (): void => {
        killedAt = Date.now();
        server.kill();
      };
      await writeUntil({ mongodbUri: server.uri }, 1, 400, kill, acknowledged, 2 * server.ahead);
      for (const [id, at] of acknowledged.documents)
        if (at > killedAt - server.ahead) acknowledged.documents.delete(id);
      for (const [id, { at }] of acknowledged.counters)
        if (at > killedAt - server.ahead) acknowledged.counters.delete(id);
      expect(acknowledged.documents.size).toBeGreaterThan(0);
      await server.start();
      const store = await openStore({ mongodbUri: server.uri });
      try {
        await lapsed(store);
        await examine(store, acknowledged);
      } finally {
        await store.close();
      }
    } finally {
      await server.stop();
    }
  });
});
