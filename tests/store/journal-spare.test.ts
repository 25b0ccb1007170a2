/** The journal's spare segment, made ahead of need, where the folder that is to hold its name cannot be synced. */
import { mkdtempSync, readdirSync, readlinkSync, rmSync } from 'node:fs';
import type * as files from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it, vi } from 'vitest';
import { openJournal } from '../../src/store/duckdb/journal.ts';

/** The folder whose syncing fails. */
const broken = vi.hoisted(() => ({ folder: '' }));
vi.mock('node:fs/promises', async (original) => {
  const real = await original<typeof files>();
  return {
    ...real,
    open: async (...asked: Parameters<typeof real.open>) => {
      const handle = await real.open(...asked);
      if (asked[0] === broken.folder) handle.sync = () => Promise.reject(new Error('the disk is gone'));
      return handle;
    },
  };
});

const folder = mkdtempSync(join(tmpdir(), 'crosscheck-spare-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const descriptors = () =>
  readdirSync('/proc/self/fd').filter((fd) => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`).startsWith(folder);
    } catch {
      return false;
    }
  }).length;
const entries = (id: string) =>
  [
    {
      collection: 'c',
      rows: [{ row: { id, json: `{"id":"${id}"}`, values: [] }, version: 1, seq: 1 }],
    },
  ] as never;

it.skipIf(process.platform !== 'linux')(
  'leaves neither a descriptor nor a file behind, and is made when it is needed',
  async () => {
    const journal = openJournal(folder);
    await journal.append(entries('a'));
    // One that is written and one that stands ready.
    await vi.waitFor(() => expect(descriptors()).toBe(2));
    broken.folder = folder;
    for (let round = 0; round < 3; round += 1) {
      await journal.seal();
      await journal.append(entries(`b${round}`)).catch(() => undefined);
    }
    await vi.waitFor(() => expect(descriptors()).toBeLessThanOrEqual(1));
    broken.folder = '';
    await journal.seal();
    await journal.append(entries('c'));
    await journal.close();
    expect(descriptors()).toBe(0);
    expect(readdirSync(folder)).toHaveLength(journal.segments().length);
  },
);
