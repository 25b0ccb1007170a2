/**
 * A file on this machine's own disk that takes what the store does not: sealed lines, appended and synced before anybody is
 * answered, and handed to the store when it is back. Lines that come together share one sync.
 *
 * Killed at any moment: a line that was cut was not acknowledged and is passed over; a file is removed once the store has
 * all of it, so what was handed over before a crash is handed over again, which must change nothing (ids follow from
 * content). A folder is one process's own.
 */
import { randomBytes } from 'node:crypto';
import { type FileHandle, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { CrosscheckError } from '../errors.ts';
import { folderToWrite } from '../ground/folder.ts';
import type { Seal } from '../ground/seal.ts';
import { announceRunning, readRunning } from '../store/running.ts';

export interface Spool {
  /** Durable when it resolves. CC_SPOOL_FULL where there is no more room. */
  append(entry: object): Promise<void>;
  /** Hands over all there is, oldest file first; a file is gone when `take` has taken what was in it. */
  drain(take: (entries: unknown[]) => Promise<void>): Promise<void>;
  /** Bytes that wait. */
  readonly bytes: number;
  close(): Promise<void>;
}

export interface SpoolOptions {
  folder: string;
  seal: Seal;
  /** Bytes that may wait; some 10 KB a declaration. */
  limit?: number;
  /** Told of a file with lines that cannot be opened, which was set aside. */
  onBroken?: (file: string, problem: unknown) => void;
}

const defaultLimit = 256 * 2 ** 20;
const ending = '.spool';
/** What a line is sealed as: none can be put into a database in place of something else. */
const about = 'spool';

interface Waiting {
  line: string;
  resolve(): void;
  reject(error: unknown): void;
}

export async function openSpool({
  folder,
  seal,
  limit = defaultLimit,
  onBroken = () => {},
}: SpoolOptions): Promise<Spool> {
  folderToWrite(folder, 0o700);
  const owner = readRunning(folder);
  if (owner !== undefined && owner.pid !== process.pid)
    throw new CrosscheckError('CC_BAD_ARGUMENT', {
      name: 'spool',
      problem: `${folder} is the spool of process ${owner.pid}`,
    });
  const withdraw = announceRunning(folder, { url: '' });

  /** Files that are written no more, in the order in which they were. */
  const closed = (await readdir(folder)).filter((name) => name.endsWith(ending)).sort();
  const sizes = new Map<string, number>();
  for (const name of closed) sizes.set(name, (await stat(join(folder, name))).size);
  let current: { name: string; handle: FileHandle } | undefined;
  let queue: Waiting[] = [];
  let writing: Promise<void> | undefined;
  let draining: Promise<void> | undefined;
  const held = (): number => [...sizes.values()].reduce((sum, size) => sum + size, 0);

  /** The name of a file is on the disk when its folder is synced. */
  async function syncFolder(): Promise<void> {
    const handle = await open(folder, 'r');
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  }

  async function fresh(): Promise<NonNullable<typeof current>> {
    const name = `${String(Date.now()).padStart(15, '0')}-${randomBytes(4).toString('hex')}${ending}`;
    const handle = await open(join(folder, name), 'ax', 0o600);
    try {
      await syncFolder();
    } catch (thrown) {
      // Nothing is in it yet, and nobody would close it.
      await handle.close().catch(() => undefined);
      await rm(join(folder, name), { force: true }).catch(() => undefined);
      throw thrown;
    }
    sizes.set(name, 0);
    return { name, handle };
  }

  async function write(): Promise<void> {
    while (queue.length > 0) {
      const round = queue;
      queue = [];
      try {
        current ??= await fresh();
        const text = round.map(({ line }) => line).join('');
        await current.handle.appendFile(text);
        await current.handle.datasync();
        sizes.set(current.name, sizes.get(current.name)! + Buffer.byteLength(text));
        for (const { resolve } of round) resolve();
      } catch (thrown) {
        // What was written in part is cut: the file is closed, so that no whole line ever follows a cut one.
        const name = current?.name;
        await retire();
        if (name !== undefined && sizes.get(name) === 0 && draining === undefined) await discard(name);
        for (const { reject } of round) reject(thrown);
      }
    }
    writing = undefined;
  }

  async function retire(): Promise<void> {
    if (current === undefined) return;
    const { name, handle } = current;
    current = undefined;
    closed.push(name);
    await handle.close().catch(() => undefined);
  }

  /** Nobody was told of anything in it: a disk that stays full must not fill with names. */
  async function discard(name: string): Promise<void> {
    closed.splice(closed.indexOf(name), 1);
    sizes.delete(name);
    await rm(join(folder, name), { force: true }).catch(() => undefined);
  }

  async function entriesOf(name: string): Promise<{ entries: unknown[]; broken: unknown }> {
    const lines = (await readFile(join(folder, name), 'utf8')).split('\n');
    const entries: unknown[] = [];
    let broken: unknown;
    // What follows the last end of a line was cut, and acknowledged to nobody.
    for (const line of lines.slice(0, -1)) {
      try {
        entries.push(JSON.parse(seal.open(line, about)));
      } catch (thrown) {
        broken = thrown;
      }
    }
    return { entries, broken };
  }

  async function drainAll(take: (entries: unknown[]) => Promise<void>): Promise<void> {
    while (writing !== undefined) await writing;
    await retire();
    for (let name = closed[0]; name !== undefined; name = closed[0]) {
      const { entries, broken } = await entriesOf(name);
      if (entries.length > 0) await take(entries);
      const file = join(folder, name);
      // Never thrown away: with its key, or by hand, it may yet be read.
      if (broken === undefined) await rm(file, { force: true });
      else {
        await rename(file, `${file}.broken`);
        onBroken(`${file}.broken`, broken);
      }
      closed.shift();
      sizes.delete(name);
    }
  }

  return {
    append(entry) {
      const line = `${seal.close(JSON.stringify(entry), about)}\n`;
      const waiting = queue.reduce((sum, one) => sum + one.line.length, 0);
      if (held() + waiting + line.length > limit)
        return Promise.reject(new CrosscheckError('CC_SPOOL_FULL', { limit }));
      return new Promise((resolve, reject) => {
        queue.push({ line, resolve, reject });
        writing ??= write();
      });
    },
    drain(take) {
      draining ??= drainAll(take).finally(() => {
        draining = undefined;
      });
      return draining;
    },
    get bytes() {
      return held();
    },
    async close() {
      while (writing !== undefined) await writing;
      await draining?.catch(() => undefined);
      await retire();
      withdraw();
    },
  };
}
