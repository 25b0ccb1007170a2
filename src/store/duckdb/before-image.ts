/**
 * What a checkpoint of DuckDB writes over. Rows go into blocks that nobody needs, but a block of its own bookkeeping that has room
 * left is written anew where it lies, all 256 KiB, before the file's header says so (1.5.6). A process that is killed in the
 * middle of one, or whose power fails, leaves a file that does not open, and no log helps.
 *
 * So these blocks, with the header, are in a file of their own on the disk before a checkpoint begins (as in InnoDB's doublewrite
 * buffer), and a start that finds that file puts them back where the checkpoint did not come to its header. The log, which then
 * still stands, has all that was written since.
 */
import { existsSync } from 'node:fs';
import { type FileHandle, open, readFile, rm } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { crc32 } from 'node:zlib';
import { DuckDBInstance } from '@duckdb/node-api';
import { CrosscheckError } from '../../errors.ts';
import type { Connection } from './connection.ts';
import { syncFolder } from './journal.ts';

/** Bytes before the first block: the file's header and two of the database, of which a checkpoint writes one. */
const headerBytes = 3 * 4096;

const imageOf = (path: string): string => `${path}.before`;
/** A database with nothing in it, for DuckDB's lock on it: who puts blocks back has it, and it ends with its process. */
const lockOf = (path: string): string => `${path}.mending`;

interface Image {
  blockBytes: number;
  blocks: number[];
  /** Of all that follows. */
  crc32: number;
}

export interface BeforeImages {
  /** Makes a checkpoint, on the writer's connection while nobody writes. */
  guard(connection: Connection, checkpoint: () => Promise<void>): Promise<void>;
  /** Not before the database is closed: closing a descriptor of its file ends DuckDB's lock on it. */
  close(): Promise<void>;
}

/** @param path of the database's file, which DuckDB has open */
export function openBeforeImages(path: string): BeforeImages {
  let file: FileHandle | undefined;

  async function keep(connection: Connection): Promise<boolean> {
    // Not prepared: a prepared one tells for ever what was so when it was prepared.
    const ask = async (sql: string) => (await connection.raw.run(sql)).getRows();
    const [size] = await ask(
      'SELECT block_size FROM pragma_database_size() WHERE database_name = current_database()',
    );
    const blocks = (
      await ask('SELECT block_id FROM pragma_metadata_info() WHERE free_blocks > 0 ORDER BY block_id')
    ).map(([id]) => Number(id));
    if (blocks.length === 0) return false;
    const blockBytes = Number(size![0]);
    file ??= await open(path, 'r');
    const body = Buffer.alloc(headerBytes + blocks.length * blockBytes);
    await file.read(body, 0, headerBytes, 0);
    for (const [place, block] of blocks.entries())
      await file.read(body, headerBytes + place * blockBytes, blockBytes, headerBytes + block * blockBytes);
    const image: Image = { blockBytes, blocks, crc32: crc32(body) };
    await writeDurably(imageOf(path), Buffer.concat([Buffer.from(`${JSON.stringify(image)}\n`), body]));
    return true;
  }

  return {
    async guard(connection, checkpoint) {
      const kept = await keep(connection);
      // Where it fails nobody knows how far it came.
      await checkpoint();
      if (kept) await rm(imageOf(path), { force: true });
    },
    close: async () => {
      await file?.close();
    },
  };
}

async function writeDurably(path: string, bytes: Buffer): Promise<void> {
  const isNew = !existsSync(path);
  const image = await open(path, 'w');
  try {
    await image.writeFile(bytes);
    await image.datasync();
  } finally {
    await image.close();
  }
  if (isNew) await syncFolder(dirname(path));
}

/** Whether a checkpoint of the file may have been cut short. */
export const wasCut = (path: string): boolean => existsSync(imageOf(path));

/**
 * Puts back what a checkpoint that did not come to its end has written over. Throws DuckDB's own error where another process has
 * the file, or is putting back, and CC_STORE_UNREADABLE where nobody can.
 */
export async function putBack(path: string): Promise<void> {
  const lock = await takeLock(path);
  try {
    if (!wasCut(path)) return;
    if (existsSync(path)) {
      await demandFree(path);
      const image = await readImage(imageOf(path));
      if (image !== undefined) await restore(path, image);
    }
    await rm(imageOf(path), { force: true });
    await syncFolder(dirname(path));
  } finally {
    lock.closeSync();
    for (const left of [lockOf(path), `${lockOf(path)}.wal`]) await rm(left, { force: true });
  }
}

async function takeLock(path: string): Promise<DuckDBInstance> {
  try {
    return await DuckDBInstance.create(lockOf(path));
  } catch (thrown) {
    if (isTaken(thrown)) throw thrown;
    // One that was cut short, or a folder that takes no file. It is not removed here: another start may have it by then.
    const problem = `a checkpoint was cut short, and the lock under which it is put back, ${basename(lockOf(path))}, cannot be made or used: remove that file where no other start is under way, and see that the folder takes files`;
    throw new CrosscheckError('CC_STORE_UNREADABLE', { path, problem }, {}, thrown);
  }
}

/** Throws where another process has it open. What else keeps it from being opened is what is to be mended. */
async function demandFree(path: string): Promise<void> {
  try {
    (await DuckDBInstance.create(path, { access_mode: 'READ_ONLY' })).closeSync();
  } catch (thrown) {
    if (isTaken(thrown)) throw thrown;
  }
}

export const isTaken = (thrown: unknown): boolean =>
  thrown instanceof Error && /could not set lock on file|being used by another process/i.test(thrown.message);

/** Undefined where it is not whole: then no checkpoint began after it. */
async function readImage(path: string): Promise<(Image & { body: Buffer }) | undefined> {
  const bytes = await readFile(path);
  const end = bytes.indexOf('\n');
  try {
    const image = JSON.parse(bytes.toString('latin1', 0, end)) as Image;
    const body = bytes.subarray(end + 1);
    return crc32(body) === image.crc32 ? { ...image, body } : undefined;
  } catch {
    return undefined;
  }
}

async function restore(path: string, { blockBytes, blocks, body }: Image & { body: Buffer }): Promise<void> {
  const file = await open(path, 'r+');
  try {
    const header = Buffer.alloc(headerBytes);
    await file.read(header, 0, headerBytes, 0);
    // The checkpoint came to its end, for which all blocks are on the disk before.
    if (!header.equals(body.subarray(0, headerBytes))) return;
    for (const [place, block] of blocks.entries())
      await file.write(body, headerBytes + place * blockBytes, blockBytes, headerBytes + block * blockBytes);
    await file.sync();
  } finally {
    await file.close();
  }
}
