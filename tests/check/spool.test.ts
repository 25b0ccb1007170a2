/** The spool: what it has acknowledged it hands over, whatever happened to the process meanwhile. */
import { spawnSync } from 'node:child_process';
import {
  appendFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { type FileHandle, open as openFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { openSpool, type Spool } from '../../src/check/spool.ts';
import { openSeal } from '../../src/ground/seal.ts';

const seal = openSeal([Buffer.alloc(32, 7)], 'spool');
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'crosscheck-spool-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Open files of this process, on Linux. */
const ownHandles = '/proc/self/fd';

const files = () => readdirSync(folder).filter((name) => name.includes('.spool'));
const drained = async (spool: Spool) => {
  const all: unknown[] = [];
  await spool.drain(async (entries) => {
    all.push(...entries);
  });
  return all;
};
const entries = (count: number) => Array.from({ length: count }, (_, n) => ({ n }));

describe('a spool', () => {
  it('leaves no file behind of what a full disk did not take, and keeps what it took before and after', async () => {
    const spool = await openSpool({ folder, seal });
    await spool.append({ n: 0 });
    const handle = await openFile(join(folder, 'any'), 'w');
    const full = Object.assign(new Error('no space left'), { code: 'ENOSPC' });
    const refused = vi.spyOn(Object.getPrototypeOf(handle), 'appendFile').mockRejectedValue(full);
    await handle.close();
    try {
      for (let n = 0; n < 20; n += 1) await expect(spool.append({ n: 'refused' })).rejects.toBe(full);
      // The one with a line that was acknowledged.
      expect(files()).toHaveLength(1);
    } finally {
      refused.mockRestore();
    }
    await spool.append({ n: 1 });
    expect(await drained(spool)).toEqual([{ n: 0 }, { n: 1 }]);
    await spool.close();
  });

  it('hands over what was appended at once and one after the other, once, in order', async () => {
    const spool = await openSpool({ folder, seal });
    await Promise.all(entries(50).map((entry) => spool.append(entry)));
    await spool.append({ n: 50 });
    expect(spool.bytes).toBeGreaterThan(0);
    expect(await drained(spool)).toEqual(entries(51));
    expect([await drained(spool), spool.bytes, files()]).toEqual([[], 0, []]);
    await spool.close();
  });

  it('shows nobody what is in it', async () => {
    const spool = await openSpool({ folder, seal });
    await spool.append({ user: 'anna.by.name' });
    expect(readFileSync(join(folder, files()[0]!), 'utf8')).not.toMatch(/anna|user/);
    await spool.close();
  });

  it('hands over after a crash what the process before had acknowledged, and not what was cut', async () => {
    const killed = await openSpool({ folder, seal });
    await killed.append({ n: 1 });
    // The process ended in the middle of a line.
    appendFileSync(join(folder, files()[0]!), seal.close('{"n":2}', 'spool').slice(0, 40));
    const next = await openSpool({ folder, seal });
    await next.append({ n: 3 });
    expect(await drained(next)).toEqual([{ n: 1 }, { n: 3 }]);
    await next.close();
  });

  it('keeps what the store did not take, and takes more meanwhile', async () => {
    const spool = await openSpool({ folder, seal });
    await spool.append({ n: 1 });
    await expect(spool.drain(() => Promise.reject(new Error('away')))).rejects.toThrow('away');
    await spool.append({ n: 2 });
    expect(await drained(spool)).toEqual([{ n: 1 }, { n: 2 }]);
    await spool.close();
  });

  it('loses nothing that is appended while it is handed over', async () => {
    const spool = await openSpool({ folder, seal });
    const taken: unknown[] = [];
    const drain = () => spool.drain(async (some) => void taken.push(...some));
    await Promise.all(
      entries(200).map(async (entry, n) => {
        if (n % 10 === 0) void drain();
        await spool.append(entry);
      }),
    );
    await drain();
    await drain();
    expect(taken).toHaveLength(200);
    expect(new Set(taken.map((one) => (one as { n: number }).n)).size).toBe(200);
    await spool.close();
  });

  it('refuses what it has no room for, and takes again once it is emptied', async () => {
    const spool = await openSpool({ folder, seal, limit: 300 });
    await spool.append({ text: 'x'.repeat(100) });
    await expect(spool.append({ text: 'x'.repeat(100) })).rejects.toMatchObject({ code: 'CC_SPOOL_FULL' });
    await drained(spool);
    await spool.append({ text: 'x'.repeat(100) });
    await spool.close();
  });

  it('refuses what the disk does not take', async () => {
    const spool = await openSpool({ folder, seal });
    rmSync(folder, { recursive: true });
    await expect(spool.append({ n: 1 })).rejects.toThrow();
  });

  it.skipIf(!existsSync(ownHandles))(
    'leaves neither a file nor a handle of one whose folder could not be synced',
    async () => {
      const probe = await openFile(folder, 'r');
      const sync = vi.spyOn(Object.getPrototypeOf(probe) as FileHandle, 'sync');
      await probe.close();
      const spool = await openSpool({ folder, seal });
      sync.mockRejectedValueOnce(new Error('EIO'));
      await expect(spool.append({ n: 1 })).rejects.toThrow('EIO');
      sync.mockRestore();
      const held = readdirSync(ownHandles).filter((one) => {
        const path = join(ownHandles, one);
        return existsSync(path) && readlinkSync(path).startsWith(folder);
      });
      expect([held, files(), spool.bytes]).toEqual([[], [], 0]);
      await spool.append({ n: 2 });
      expect(await drained(spool)).toEqual([{ n: 2 }]);
      await spool.close();
    },
  );

  it('sets a file aside that cannot be opened, and hands over the others', async () => {
    const lost = await openSpool({ folder, seal: openSeal([Buffer.alloc(32, 1)], 'spool') });
    await lost.append({ n: 1 });
    const told: string[] = [];
    const spool = await openSpool({ folder, seal, onBroken: (file) => told.push(file) });
    await spool.append({ n: 2 });
    expect(await drained(spool)).toEqual([{ n: 2 }]);
    expect([told.length, files().map((name) => name.endsWith('.broken'))]).toEqual([1, [true]]);
    await spool.close();
  });

  it('is one process its own', async () => {
    const { pid } = spawnSync('true');
    writeFileSync(join(folder, 'running.json'), JSON.stringify({ pid, url: '' }));
    await (await openSpool({ folder, seal })).close();
    writeFileSync(join(folder, 'running.json'), JSON.stringify({ pid: process.ppid, url: '' }));
    await expect(openSpool({ folder, seal })).rejects.toMatchObject({ code: 'CC_BAD_ARGUMENT' });
  });
});
