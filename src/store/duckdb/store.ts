/**
 * The embedded store: one DuckDB file in a folder of its own, held by one process through one instance. A second
 * process is refused by DuckDB's lock on the file; a second instance in the same process (from a worker, too) is not,
 * and would lose committed rows without an error, so that is refused here.
 */
import { existsSync, readdirSync, readlinkSync, realpathSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { CrosscheckError } from '../../errors.ts';
import { folderToWrite } from '../../ground/folder.ts';
import { keyedLock } from '../../ground/lock.ts';
import type { Collection, CollectionSpec, Document, Store } from '../port.ts';
import type { Scans } from './absence.ts';
import { amissIn } from './access.ts';
import { backUp, databaseFile, restoringIn } from './backup.ts';
import { isTaken, openBeforeImages } from './before-image.ts';
import { type CheckpointPolicy, checkpointBesideReaders, checkpointer, defaultPolicy } from './checkpoint.ts';
import { duckdbCollection } from './collection.ts';
import { type Connection, lane, unavailable } from './connection.ts';
import { duckdbDerived } from './derived.ts';
import { diskReserve, nearlyFull, openDisk } from './disk.ts';
import { foldSegment, targetsIn } from './fold-journal.ts';
import { connectTo, instanceOf, leaveLog } from './instance.ts';
import { mend, openJournal, removeSegment, segmentsIn } from './journal.ts';
import { startJournaling } from './journaling.ts';
import { remakeIndexes, useIndexes } from './replayed.ts';
import { openTable, type Table } from './table.ts';
import { startWriter, type Writer } from './writer.ts';

export interface DuckdbOptions {
  /** DuckDB's buffers, such as '2GB'; DuckDB's default is 80 % of the machine's memory. */
  memoryLimit?: string;
  /**
   * Threads for queries; default all cores but one. Whoever waits for a statement that another of DuckDB's threads is at
   * spins, which costs the event loop its core where there are two.
   */
  threads?: number;
  checkpoint?: Partial<CheckpointPolicy>;
  /** Bytes of free disk below which nothing is written; default 128 MiB. */
  diskReserve?: number;
}

export async function openDuckdb(folder: string, options: DuckdbOptions = {}): Promise<Store> {
  const path = fileIn(folder);
  if (openHere.has(path) || hasDescriptorOf(path)) throw new CrosscheckError('CC_STORE_TAKEN', { path });
  const amiss = amissIn(folder);
  if (amiss !== undefined) throw new CrosscheckError('CC_STORE_UNREADABLE', { path, problem: amiss });
  // An empty store that began beside what is to be restored would be taken for it, and stand in its way.
  const [left] = restoringIn(folder);
  if (left !== undefined && !existsSync(path))
    throw new CrosscheckError('CC_RESTORE_UNFINISHED', { folder, left });
  openHere.add(path);
  const isNew = !existsSync(path);
  // The log, or one that stood beside it while a checkpoint was made.
  const replays = readdirSync(folder).some((name) => name.startsWith(`${databaseFile}.wal`));
  const instance = await instanceOf(path, {
    // Checkpoints are ours to time.
    checkpoint_threshold: '1TB',
    // DuckDB 1.5 plans with what it knows of the values in a table (least, greatest, none null) and runs a prepared plan
    // on when that is no longer true: rows written since came back wrong, or changed on their way into the table.
    disabled_optimizers: 'statistics_propagation',
    ...(options.memoryLimit === undefined ? {} : { memory_limit: options.memoryLimit }),
    threads: String(options.threads ?? Math.max(1, availableParallelism() - 1)),
  }).catch((thrown: unknown) => {
    openHere.delete(path);
    if (thrown instanceof CrosscheckError) throw thrown;
    if (isTaken(thrown)) throw new CrosscheckError('CC_STORE_TAKEN', { path }, {}, thrown);
    if (!(thrown instanceof Error)) throw thrown;
    if (isNew) {
      const problem = `it holds no store, and none can be made there: ${problemIn(thrown)}`;
      throw new CrosscheckError('CC_FILE_UNREADABLE', { file: folder, problem }, {}, thrown);
    }
    throw new CrosscheckError('CC_STORE_UNREADABLE', { path, problem: problemIn(thrown) }, {}, thrown);
  });
  const connect = () => connectTo(instance);
  const lookups = lane([await connect(), await connect()]);
  const scans = lane([await connect()]);
  const writing = await connect();
  /** What the one writer hands to DuckDB at a time: files whose names begin so. */
  const scratch = `${path}.lines`;
  const reserve = options.diskReserve ?? diskReserve;
  const disk = openDisk(path, reserve);
  // A killed process may have left some.
  for (const left of readdirSync(folder).filter((name) => name.startsWith(`${databaseFile}.lines`)))
    await rm(join(folder, left), { force: true });
  try {
    if (replays) await useIndexes(writing);
    await takeOver(folder, writing);
  } catch (thrown) {
    // A checkpoint at its closing would not be one of ours.
    await leaveLog(writing).catch(() => undefined);
    instance.closeSync();
    openHere.delete(path);
    throw unavailable(thrown);
  }
  const images = openBeforeImages(path);
  const checkpoints = checkpointer(
    disk,
    { ...defaultPolicy, ...options.checkpoint },
    () =>
      images.guard(writing, async () => {
        await writing.raw.run('CHECKPOINT');
      }),
    (run) => {
      // A store that was closed meanwhile has made its checkpoint.
      writer.exclusive(run).catch(() => {});
    },
  );
  const writer: Writer = startWriter(writing, disk, scratch, checkpoints.afterGroup);

  const journaling = startJournaling(
    openJournal(folder),
    writer,
    lookups,
    disk,
    scratch,
    checkpoints.stirred,
  );

  // Behind whatever either writer is at.
  const scansFor: Scans = { settled: () => journaling.exclusive(async () => {}), scan: scans.use };
  let copying: Promise<unknown> = Promise.resolve();
  const copies = keyedLock();
  const tables = new Map<string, Promise<Table>>();
  const collections = new Map<string, Collection<Document>>();
  const tableFor = (spec: CollectionSpec): Promise<Table> => {
    const found = tables.get(spec.name);
    if (found !== undefined) return found;
    const opening = writer.exclusive((connection) => openTable(connection, spec, scansFor));
    tables.set(spec.name, opening);
    // What failed is tried again by the next call.
    opening.catch(() => tables.delete(spec.name));
    return opening;
  };

  /** So that the next start has nothing to replay. A checkpoint would remove what lies under the log's name now. */
  async function foldLog(connection: Connection): Promise<void> {
    disk.demandPlace();
    if (disk.logged() > 0) await images.guard(connection, () => checkpointBesideReaders(connection));
  }

  return {
    kind: 'duckdb',
    exclusive: true,
    collection: <T extends Document>(spec: CollectionSpec) => {
      const made =
        collections.get(spec.name) ??
        duckdbCollection<Document>(spec, {
          writer: spec.journaled ? journaling : writer,
          journaling: spec.journaled ? journaling : undefined,
          lookups,
          scans,
          table: () => tableFor(spec),
        });
      collections.set(spec.name, made);
      return made as unknown as Collection<T>;
    },
    derived: duckdbDerived({
      writer,
      scans,
      tableFor: async (spec) => {
        if (spec.journaled) await journaling.settled();
        return tableFor(spec);
      },
    }),
    prepare: async (specs) => {
      for (const spec of specs) await tableFor(spec);
    },
    healthy: async () => {
      try {
        if (!disk.inPlace() || !(await disk.room()) || !(await journaling.takes())) return false;
        await lookups.use((connection) => connection.rows({ text: 'SELECT 1', values: [], types: [] }));
        return true;
      } catch {
        return false;
      }
    },
    remakeIndexes: () => writer.exclusive(remakeIndexes),
    backup: (target) => {
      const backup = backUp(
        {
          path,
          reserve,
          alone: (work) =>
            copies.run([path], async () => {
              checkpoints.hold();
              try {
                return await work();
              } finally {
                checkpoints.release();
              }
            }),
          settle: async (work) => {
            await journaling.settled();
            return writer.exclusive(async (connection) => {
              if (disk.logged() > 0) {
                if (!(await disk.room(2 * disk.logged()))) throw nearlyFull();
                await images.guard(connection, () => checkpointBesideReaders(connection));
              }
              return work(connection);
            });
          },
        },
        target,
      );
      // Closing changes the file: it waits for the copy.
      const before = copying;
      copying = Promise.allSettled([before, backup]);
      return backup;
    },
    close: async () => {
      checkpoints.stop();
      await copying;
      await journaling.close();
      await writer.exclusive(foldLog).catch(() => lookups.use(leaveLog).catch(() => undefined));
      await writer.close();
      await Promise.all([lookups.close(), scans.close()]);
      instance.closeSync();
      await images.close();
      openHere.delete(path);
    },
  };
}

/** Takes in what a killed process had acknowledged from its journal. */
async function takeOver(folder: string, connection: Connection): Promise<void> {
  for (const path of segmentsIn(folder)) {
    await mend(path);
    await foldSegment(connection, path, await targetsIn(connection, path), { again: true });
    await removeSegment(path);
  }
}

function fileIn(folder: string): string {
  folderToWrite(folder);
  try {
    return join(realpathSync(folder), databaseFile);
  } catch (thrown) {
    throw new CrosscheckError('CC_FILE_UNREADABLE', { file: folder, problem: String(thrown) }, {}, thrown);
  }
}

/** Files that this thread has open or is opening. */
const openHere = new Set<string>();

/** Whether any thread of this process has the file open; systems without /proc know their own thread's alone. */
function hasDescriptorOf(path: string): boolean {
  if (!existsSync('/proc/self/fd')) return false;
  return readdirSync('/proc/self/fd').some((descriptor) => {
    try {
      return readlinkSync(`/proc/self/fd/${descriptor}`) === path;
    } catch {
      // Closed since it was listed.
      return false;
    }
  });
}

/** DuckDB's own first line, which may name another file than the database: the log of what was written last. */
const problemIn = ({ message }: Error): string => message.split('\n', 1)[0]!.slice(0, 300);
