/** What a file system refuses for a while, and what the embedded store says and does meanwhile and afterwards. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type * as files from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it, vi } from 'vitest';
import type { Connection } from '../../src/store/duckdb/connection.ts';
import { type Disk, openDisk } from '../../src/store/duckdb/disk.ts';
import { openDuckdb } from '../../src/store/duckdb/store.ts';
import { startWriter } from '../../src/store/duckdb/writer.ts';
import type { CollectionSpec } from '../../src/store/port.ts';
import { type Thing, thing } from './contract.ts';

const refusal = (code: string) => Object.assign(new Error(`${code}: refused by the test`), { code });

/** What is refused now: bytes of the journal beyond a size, as by a quota, and syncs of a folder. */
const refused = vi.hoisted(() => ({ bytesFrom: Number.POSITIVE_INFINITY, syncs: 0, folder: '', files: 0 }));
vi.mock('node:fs/promises', async (original) => {
  const real = await original<typeof files>();
  return {
    ...real,
    open: async (...asked: Parameters<typeof real.open>) => {
      const handle = await real.open(...asked);
      if (asked[0] === refused.folder) {
        const sync = handle.sync.bind(handle);
        handle.sync = async () => {
          if (refused.syncs === 0) return sync();
          refused.syncs -= 1;
          throw refusal('EIO');
        };
      }
      if (String(asked[0]).includes('.journal.')) {
        const write = handle.write.bind(handle);
        handle.write = (async (bytes: Buffer, offset?: number) => {
          if (bytes.length > refused.bytesFrom) throw refusal('EDQUOT');
          return write(bytes, offset);
        }) as typeof handle.write;
      }
      return handle;
    },
    statfs: async (...asked: Parameters<typeof real.statfs>) => {
      const found = await real.statfs(...asked);
      return refused.files === 0 ? found : { ...found, files: 1_000_000, ffree: refused.files };
    },
  };
});

const root = mkdtempSync(join(tmpdir(), 'crosscheck-refused-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const spec: CollectionSpec = { ...thing('thing'), journaled: true };
const one = (id: string, amount = 1): Thing => ({
  id,
  office: 'O1',
  amount,
  weight: 0.1,
  urgent: false,
  note: 'x'.repeat(1_000),
});

/** A store with two documents acknowledged. */
async function begun(name: string) {
  const folder = join(root, name);
  const store = await openDuckdb(folder);
  const things = store.collection<Thing>(spec);
  await things.putNew([one('a')]);
  await things.putNew([one('b')]);
  return { folder, store, things };
}
const unavailable = { code: 'CC_STORE_UNAVAILABLE' };

describe('a journal that takes no more bytes, on a disk that says it has room', () => {
  it('makes the store unready until as many fit, whether somebody writes or not', async () => {
    const { folder, store, things } = await begun('quota');
    refused.bytesFrom = 500;
    await expect(things.putNew([one('c')])).rejects.toMatchObject(unavailable);
    expect(await store.healthy()).toBe(false);
    expect((await things.get('a'))?.doc.id).toBe('a');
    refused.bytesFrom = Number.POSITIVE_INFINITY;
    expect(await store.healthy()).toBe(true);
    await things.putNew([one('d')]);
    await store.close();
    const again = await openDuckdb(folder);
    const kept = await again.collection<Thing>(spec).find({ limit: 10 });
    expect(kept.docs.map(({ id }) => id).sort()).toEqual(['a', 'b', 'd']);
    await again.close();
  });
});

describe('a folder that cannot be synced after a segment was taken over', () => {
  it('once, keeps nothing from being changed and counted afterwards', async () => {
    const { folder, store, things } = await begun('once');
    refused.folder = folder;
    refused.syncs = 1;
    await expect(things.putIf(one('a', 2), 1)).rejects.toMatchObject(unavailable);
    expect(await things.putIf(one('a', 2), 1)).toBe(2);
    expect(await things.count()).toBe(2);
    expect(await store.healthy()).toBe(true);
    await store.close();
  });

  it('for a while, makes the store unready, and ready again by itself', async () => {
    const { folder, store, things } = await begun('while');
    refused.folder = folder;
    refused.syncs = Number.POSITIVE_INFINITY;
    await expect(things.count()).rejects.toMatchObject(unavailable);
    expect(await store.healthy()).toBe(false);
    refused.syncs = 0;
    await expect.poll(() => store.healthy(), { timeout: 10_000, interval: 100 }).toBe(true);
    expect(await things.count()).toBe(2);
    await store.close();
  });
});

const anyDisk: Disk = {
  room: async () => true,
  logged: () => 0,
  inPlace: () => true,
  demandPlace: () => {},
};

describe('a commit that cannot be written', () => {
  const failing = () => Promise.reject(new Error('TransactionContext Error: Failed to commit: Input/output'));
  /** A writer on a log that has so many bytes. */
  const writerOn = (log: { bytes: number }) =>
    startWriter({} as Connection, { ...anyDisk, logged: () => log.bytes }, '', async () => {});

  it('and not be cut off the log, is the last that is tried: what came behind it would not be read again', async () => {
    const log = { bytes: 100 };
    const writer = writerOn(log);
    const tried = writer.exclusive(() => {
      log.bytes += 30;
      return failing();
    });
    await expect(tried).rejects.toMatchObject(unavailable);
    expect(writer.working()).toBe(false);
    const next = vi.fn(async () => {});
    await expect(writer.exclusive(next)).rejects.toMatchObject(unavailable);
    expect(next).not.toHaveBeenCalled();
  });

  it('and was cut off, is passed over', async () => {
    const writer = writerOn({ bytes: 100 });
    await expect(writer.exclusive(failing)).rejects.toMatchObject(unavailable);
    expect(writer.working()).toBe(true);
    expect(await writer.exclusive(async () => 'done')).toBe('done');
  });
});

it('a file system that has bytes and hardly a place for another file has no room', async () => {
  const file = join(root, 'a file');
  writeFileSync(file, '');
  expect(await openDisk(file, 1).room()).toBe(true);
  refused.files = 20;
  expect(await openDisk(file, 1).room()).toBe(false);
  refused.files = 0;
});
