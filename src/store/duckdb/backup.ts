/**
 * Backup of the embedded store while it runs, and restoring one. DuckDB changes its file at checkpoints alone: what is
 * committed in between lies in the log. So a backup is a checkpoint, after which writers go on into the log while the
 * file is copied and no checkpoint is made. The copy is then opened and counted against what was there at that moment,
 * and a manifest with its hash is written last: a folder without one is no backup.
 */
import { createHash, randomBytes } from 'node:crypto';
import { constants, createReadStream, existsSync, readdirSync } from 'node:fs';
import { copyFile, link, open, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { DuckDBInstance } from '@duckdb/node-api';
import { CrosscheckError } from '../../errors.ts';
import { folderToWrite, makeFolder } from '../../ground/folder.ts';
import { packageVersion } from '../../ground/paths.ts';
import type { Backup } from '../port.ts';
import { type Connection, wrap } from './connection.ts';
import { copyApart } from './copy-apart.ts';
import { segmentsIn } from './journal.ts';
import { quote } from './sql.ts';

/** The database's file in a store's folder; its log lies beside it with `.wal`. */
export const databaseFile = 'crosscheck.duckdb';
const manifestFile = 'backup.json';
/** Between the database's name and one of its own, while a restore copies it. */
const restoring = '.restoring';
const format = 1;

/** Files in which a restore is under way, or was when it was cut off. */
export const restoringIn = (folder: string): string[] =>
  readdirSync(folder)
    .filter((name) => name.startsWith(`${databaseFile}${restoring}`))
    .map((name) => join(folder, name));

interface Manifest extends Backup {
  format: number;
  release: string;
  sha256: string;
}

/** Documents of each collection, as they are now on this connection. */
async function countAll(connection: Connection): Promise<Record<string, number>> {
  const none = { values: [], types: [] };
  const tables = await connection.rows({
    text: "SELECT table_name FROM duckdb_tables() WHERE table_name = '_collection' AND NOT temporary",
    ...none,
  });
  if (tables.length === 0) return {};
  const counts: Record<string, number> = {};
  for (const [name, heldIn] of await connection.rows({
    text: 'SELECT name, held_in FROM _collection ORDER BY name',
    ...none,
  })) {
    const [row] = await connection.rows({ text: `SELECT count(*) FROM ${quote(String(heldIn))}`, ...none });
    counts[String(name)] = Number(row![0]);
  }
  return counts;
}

export interface Source {
  /** The database's file. */
  path: string;
  /** Bytes that stay free on its disk. */
  reserve: number;
  /** One at a time, and no checkpoint is made meanwhile but the one of `settle`: another would change what is copied. */
  alone<T>(work: () => Promise<T>): Promise<T>;
  /** Makes a checkpoint and then runs on the writer's connection, before anybody writes. */
  settle<T>(work: (connection: Connection) => Promise<T>): Promise<T>;
}

/** Leaves nothing in the folder where it fails: a disk that it has filled must not stay full. */
export async function backUp(source: Source, folder: string): Promise<Backup> {
  try {
    makeFolder(folder);
    await claim(folder);
  } catch (thrown) {
    throw failed(folder, thrown);
  }
  try {
    return await writeInto(source, folder);
  } catch (thrown) {
    for (const name of [manifestFile, databaseFile])
      await rm(join(folder, name), { force: true }).catch(() => undefined);
    throw failed(folder, thrown);
  }
}

/** The folder is this backup's from here on, also before another that found it empty at the same moment, and takes away what failed. */
async function claim(folder: string): Promise<void> {
  const taken = (problem: string) =>
    new CrosscheckError('CC_CONFLICT', { what: 'the folder', id: folder, problem });
  if ((await readdir(folder)).length > 0) throw taken('it is not empty');
  try {
    await (await open(join(folder, databaseFile), 'wx')).close();
  } catch (thrown) {
    throw (thrown as NodeJS.ErrnoException).code === 'EEXIST'
      ? taken('another backup writes into it')
      : thrown;
  }
}

async function writeInto(source: Source, folder: string): Promise<Backup> {
  const copy = join(folder, databaseFile);
  const { collections, at } = await source.alone(async () => {
    const settled = await source.settle(async (connection) => ({
      at: new Date().toISOString(),
      collections: await countAll(connection),
    }));
    await copyApart(source.path, copy, source.reserve);
    return settled;
  });
  await sync(copy);
  const found = await countsOf(copy);
  if (JSON.stringify(found) !== JSON.stringify(collections))
    throw invalid(folder, 'the copy does not hold what the store held; try again');
  const bytes = (await stat(copy)).size;
  const manifest: Manifest = {
    format,
    release: packageVersion,
    at,
    collections,
    bytes,
    sha256: await hashOf(copy),
  };
  const manifestPath = join(folder, manifestFile);
  await writeFile(manifestPath, `${JSON.stringify(manifest, null, 2)}\n`);
  await sync(manifestPath);
  await sync(folder);
  return { at, collections, bytes };
}

/** Proves the backup whole, and puts it into a folder that holds no store. Throws CC_BACKUP_INVALID, CC_CONFLICT, CC_FILE_UNREADABLE. */
export async function restore(from: string, folder: string): Promise<Backup> {
  const manifest = await readManifest(from);
  const source = join(from, databaseFile);
  if (!existsSync(source)) throw invalid(from, `there is no ${databaseFile}`);
  if ((await hashOf(source)) !== manifest.sha256)
    throw invalid(from, 'its file is not the one that was written');
  folderToWrite(folder);
  const target = join(folder, databaseFile);
  for (const there of [target, `${target}.wal`, ...segmentsIn(folder)])
    if (existsSync(there)) throw standing(there);
  // What one that was cut off has left.
  for (const left of restoringIn(folder)) await rm(left, { force: true });
  // Under a name of its own: another restore into the folder must not go on writing into what has become the store.
  const arriving = `${target}${restoring}${randomBytes(4).toString('hex')}`;
  try {
    await copyFile(source, arriving, constants.COPYFILE_FICLONE);
    await sync(arriving);
    await put(arriving, target);
  } catch (thrown) {
    throw failed(folder, thrown);
  } finally {
    await rm(arriving, { force: true }).catch(() => undefined);
  }
  await sync(folder);
  return { at: manifest.at, collections: manifest.collections, bytes: manifest.bytes };
}

/** Whole at once, and never over a store that came there meanwhile. */
async function put(arriving: string, target: string): Promise<void> {
  try {
    await link(arriving, target);
  } catch (thrown) {
    const { code } = thrown as NodeJS.ErrnoException;
    if (code === 'EEXIST') throw standing(target);
    // Where the file system has no links.
    if (code === 'EPERM' || code === 'ENOTSUP' || code === 'ENOSYS') await rename(arriving, target);
    else throw thrown;
  }
}

const standing = (there: string) =>
  new CrosscheckError('CC_CONFLICT', {
    what: 'the store',
    id: dirname(there),
    problem: `${there} is there already; move it away to restore in its place`,
  });

async function readManifest(from: string): Promise<Manifest> {
  let manifest: Partial<Manifest>;
  try {
    manifest = JSON.parse(await readFile(join(from, manifestFile), 'utf8'));
  } catch (thrown) {
    throw invalid(from, `its ${manifestFile} cannot be read`, thrown);
  }
  if (manifest.format !== format) throw invalid(from, `its format is ${manifest.format}, not ${format}`);
  return manifest as Manifest;
}

/** Opens a copy for reading alone, which proves that DuckDB takes it. */
async function countsOf(path: string): Promise<Record<string, number>> {
  const instance = await DuckDBInstance.create(path, { access_mode: 'READ_ONLY' });
  try {
    return await countAll(wrap(await instance.connect()));
  } finally {
    instance.closeSync();
  }
}

async function hashOf(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path, { highWaterMark: 2 ** 20 }), hash);
  return hash.digest('hex');
}

async function sync(path: string): Promise<void> {
  const file = await open(path);
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}

/** What the file system refused; faults of ours and of the store are told as they are. */
const failed = (path: string, thrown: unknown): unknown => {
  const { code, message } = thrown as NodeJS.ErrnoException;
  return thrown instanceof CrosscheckError || typeof code !== 'string'
    ? thrown
    : new CrosscheckError(
        'CC_BACKUP_FAILED',
        { path, problem: code === 'ENOSPC' ? 'the disk is full' : message },
        {},
        thrown,
      );
};

const invalid = (path: string, problem: string, cause?: unknown): CrosscheckError =>
  new CrosscheckError('CC_BACKUP_INVALID', { path, problem }, {}, cause);
