/**
 * The one writer. Calls that arrive while a transaction is on its way wait together and go into the next one, whatever
 * their collection: so fifty callers share one fsync instead of queueing for fifty, and a lone caller waits for nobody.
 * A call resolves when its transaction is in the write-ahead log and synced.
 *
 * Within a group calls take effect in the order in which they came. The versions of all documents concerned are looked
 * up once (nobody else writes) and the calls are worked out here on that draft. What is new is appended to its table; what
 * changes goes through an appender into a staging table and from there by one upsert. Many rows are written as lines to a
 * file that DuckDB reads.
 */
import { rm, writeFile } from 'node:fs/promises';
import { CrosscheckError } from '../../errors.ts';
import type { Row } from '../columns.ts';
import { type Connection, unavailable } from './connection.ts';
import { type Disk, nearlyFull } from './disk.ts';
import { fileOfLines, isPlain } from './lines.ts';
import type { Numbered } from './recent.ts';
import { type Table, transaction } from './table.ts';

/** A document's state while a group is worked out. Version 0: it is not there. */
interface Drafted {
  version: number;
  /** Absent when the stored one stands or when it is removed. */
  row?: Row;
  changed: boolean;
  /** It may have been in the table, even if it is not there now. */
  before: boolean;
}

export interface Draft {
  version(id: string): number;
  write(row: Row): number;
  remove(id: string): void;
}

export interface Write {
  table: Table;
  ids: readonly string[];
  /** Answers the call's result or throws what this one call fails with; others of the group go on. */
  apply(draft: Draft): unknown;
  resolve(result: unknown): void;
  reject(reason: unknown): void;
}

interface Exclusive {
  run(connection: Connection): Promise<unknown>;
  resolve(result: unknown): void;
  reject(reason: unknown): void;
}

export type Job = Write | Exclusive;

/** Documents in one transaction, about: bounds the memory and the wait of whoever comes next. */
const groupLimit = 10_000;

export interface Writer {
  write<T>(table: Table, ids: readonly string[], apply: (draft: Draft) => T): Promise<T>;
  /** Alone on the writer's connection, in a transaction of its own making. */
  exclusive<T>(run: (connection: Connection) => Promise<T>): Promise<T>;
  /** True until DuckDB gives the database up. */
  working(): boolean;
  /** What is told of it then. */
  stopped(): CrosscheckError;
  close(): Promise<void>;
}

/** A queue of jobs and who works it off; what comes after `close` is refused. */
export function gatherer(work: () => Promise<void>): {
  queue: Job[];
  enqueue<T>(
    make: (resolve: (result: unknown) => void, reject: (reason: unknown) => void) => Job,
  ): Promise<T>;
  close(): Promise<void>;
} {
  const queue: Job[] = [];
  let loop: Promise<void> | undefined;
  let closed = false;
  async function run(): Promise<void> {
    // Let the calls of this turn of the event loop come together first.
    await new Promise((resolve) => setImmediate(resolve));
    // Asked again in the turn that ends the loop: a call may have come since `work` saw the queue empty.
    do await work();
    while (queue.length > 0);
    loop = undefined;
  }
  return {
    queue,
    enqueue: <T>(make: (resolve: (result: unknown) => void, reject: (reason: unknown) => void) => Job) =>
      new Promise<T>((resolve, reject) => {
        if (closed) {
          reject(new CrosscheckError('CC_STORE_UNAVAILABLE', { problem: 'it was closed' }));
          return;
        }
        queue.push(make((result) => resolve(result as T), reject));
        loop ??= run();
      }),
    async close() {
      closed = true;
      await loop;
    },
  };
}

export function startWriter(
  connection: Connection,
  disk: Disk,
  scratch: string,
  afterGroup: (idle: boolean) => Promise<void>,
): Writer {
  const { queue, enqueue, close } = gatherer(work);
  let closed = false;
  let fatal: unknown;
  /** The log's bytes before what is being done. */
  let before = 0;

  const failed = (thrown: unknown): unknown => {
    // After these DuckDB refuses everything until the file is opened again.
    if (
      thrown instanceof Error &&
      (/^(FATAL|INTERNAL) Error|database has been invalidated/.test(thrown.message) || leavesRest(thrown))
    )
      fatal = thrown;
    return unavailable(thrown);
  };

  /**
   * A commit that could not be written is cut off the log. Where that fails too, DuckDB goes on writing behind what is left of
   * it, and no start reads beyond that.
   */
  const leavesRest = ({ message }: Error): boolean =>
    /Failed to commit|Could not truncate/.test(message) && isLonger();

  /** Where nobody can look, nobody can tell. */
  const isLonger = (): boolean => {
    try {
      return disk.logged() > before;
    } catch {
      return true;
    }
  };

  const stopped = (): CrosscheckError =>
    new CrosscheckError(
      'CC_STORE_UNAVAILABLE',
      { problem: `it stopped after a fault; ${remedyOf(fatal)}` },
      {},
      fatal,
    );

  async function inPlace<T>(run: () => Promise<T>): Promise<T> {
    disk.demandPlace();
    before = disk.logged();
    return run();
  }

  async function work(): Promise<void> {
    while (queue.length > 0) {
      const first = queue[0]!;
      if (fatal !== undefined) {
        queue.shift();
        first.reject(stopped());
        continue;
      }
      if ('run' in first) {
        queue.shift();
        await inPlace(() => first.run(connection)).then(first.resolve, (thrown) =>
          first.reject(failed(thrown)),
        );
      } else {
        const group = takeGroup(queue);
        try {
          if (!(await disk.room())) throw nearlyFull();
          disk.demandPlace();
          before = disk.logged();
          const { changed, settles } = await workOut(group, (table, ids) => table.versions(connection, ids));
          await commit(connection, changed, scratch);
          tellFollowers(changed);
          for (const settle of settles) settle();
        } catch (thrown) {
          const reason = failed(thrown);
          for (const write of group) write.reject(reason);
        }
      }
      if (fatal === undefined) await afterGroup(queue.length === 0).catch(failed);
    }
  }

  return {
    write: (table, ids, apply) => enqueue((resolve, reject) => ({ table, ids, apply, resolve, reject })),
    exclusive: (run) => enqueue((resolve, reject) => ({ run, resolve, reject })),
    working: () => !closed && fatal === undefined,
    stopped,
    close: async () => {
      closed = true;
      await close();
      connection.close();
    },
  };
}

/** An index that lacks rows (./replayed.ts) makes every start end with the same fault. */
const remedyOf = (fault: unknown): string =>
  fault instanceof Error && /rows from index/.test(fault.message)
    ? 'an index lacks rows: stop the service and run `crosscheck rebuild`'
    : 'restart the service';

/** Takes the writes that stand first, up to what one transaction bears. */
export function takeGroup(queue: Job[]): Write[] {
  const group: Write[] = [];
  let documents = 0;
  while (queue.length > 0 && documents < groupLimit) {
    const job = queue[0]!;
    if ('run' in job) break;
    group.push(job);
    documents += job.ids.length;
    queue.shift();
  }
  return group;
}

/** What a group does to one table. */
export interface Changes {
  table: Table;
  removed: string[];
  /** What may have been there before goes through staging and an upsert. */
  written: Numbered[];
  /** What never was there is appended, which costs a fraction. */
  inserted: Numbered[];
}

/** A group that is worked out. */
export interface Worked {
  changed: Changes[];
  /** What settles each call, once the changes are durable. */
  settles: (() => void)[];
}

/** id → version of those of the ids that are there. */
export type Versions = (table: Table, ids: readonly string[]) => Promise<ReadonlyMap<string, number>>;

/**
 * Works the calls of a group out, in the order in which they came; nothing is written yet. A document that is not there is
 * new unless its id was removed.
 */
export async function workOut(group: readonly Write[], versions: Versions): Promise<Worked> {
  const byTable = new Map<Table, Write[]>();
  for (const write of group) {
    const writes = byTable.get(write.table);
    if (writes === undefined) byTable.set(write.table, [write]);
    else writes.push(write);
  }
  const settles: (() => void)[] = [];
  const changed: Changes[] = [];
  for (const [table, writes] of byTable) {
    const ids = [...new Set(writes.flatMap((write) => write.ids))];
    const drafted = new Map<string, Drafted>();
    const perhaps = table.absence.narrow('id', ids);
    for (const [id, version] of await versions(table, perhaps)) {
      drafted.set(id, { version, changed: false, before: true });
    }
    const draft = draftOn(drafted, new Set(perhaps.filter((id) => drafted.has(id) || table.wasRemoved(id))));
    for (const write of writes) settles.push(outcomeOf(write, draft));
    const removed: string[] = [];
    const perhapsThere: [Row, number][] = [];
    const fresh: [Row, number][] = [];
    for (const [id, { changed, row, version, before }] of drafted) {
      if (!changed) continue;
      if (row === undefined) removed.push(id);
      else (before ? perhapsThere : fresh).push([row, version]);
    }
    const written = table.number(perhapsThere);
    const inserted = table.number(fresh);
    if (written.length + removed.length + inserted.length > 0)
      changed.push({ table, removed, written, inserted });
  }
  return { changed, settles };
}

/** Followers are told once it is durable. */
export function tellFollowers(changed: readonly Changes[]): void {
  for (const { table, removed, written, inserted } of changed)
    table.recent.took([...written, ...inserted], removed);
}

/** Rows of a group from which lines are cheaper than appenders. */
const linesPay = 64;

/**
 * The changes of a group to DuckDB, in one transaction.
 * @param scratch how the names of files of the writer's own begin
 */
export async function commit(
  connection: Connection,
  changed: readonly Changes[],
  scratch: string,
): Promise<void> {
  if (changed.length === 0) return;
  const rows = changed.flatMap(({ written, inserted }) => [...written, ...inserted]);
  if (rows.length >= linesPay && rows.every(isPlain)) await commitLines(connection, changed, scratch);
  else await commitAppended(connection, changed);
}

async function commitLines(
  connection: Connection,
  changed: readonly Changes[],
  scratch: string,
): Promise<void> {
  const parts = changed.flatMap(({ table, written, inserted }) =>
    [
      { table, perhapsThere: true, rows: written, path: `${scratch}.${table.collection}.written` },
      { table, perhapsThere: false, rows: inserted, path: `${scratch}.${table.collection}.inserted` },
    ].filter(({ rows }) => rows.length > 0),
  );
  try {
    for (const { path, rows } of parts) await writeFile(path, fileOfLines(rows));
    await transaction(connection, async () => {
      for (const { table, removed } of changed)
        if (removed.length > 0) await table.remove(connection, removed);
      for (const { table, path, perhapsThere } of parts) await table.takeFile(connection, path, perhapsThere);
    });
  } finally {
    // What is erased from the database must not stay in a file beside it.
    for (const { path } of parts) await rm(path, { force: true });
  }
}

async function commitAppended(connection: Connection, changed: readonly Changes[]): Promise<void> {
  for (const { table, written } of changed) if (written.length > 0) await table.stage(connection, written);
  const apply = async (): Promise<void> => {
    for (const { table, removed, written, inserted } of changed) {
      if (removed.length > 0) await table.remove(connection, removed);
      if (written.length > 0) await table.takeStaged(connection);
      if (inserted.length > 0) await table.insert(connection, inserted);
    }
  };
  const [first] = changed;
  // One statement is a transaction by itself: two trips to DuckDB less.
  if (changed.length === 1 && first!.removed.length + first!.inserted.length === 0) await apply();
  else await transaction(connection, apply);
}

const draftOn = (drafted: Map<string, Drafted>, perhaps: ReadonlySet<string>): Draft => {
  const version = (id: string): number => drafted.get(id)?.version ?? 0;
  return {
    version,
    write: (row) => {
      const next = version(row.id) + 1;
      drafted.set(row.id, { version: next, row, changed: true, before: perhaps.has(row.id) });
      return next;
    },
    remove: (id) => {
      if (version(id) > 0) drafted.set(id, { version: 0, changed: true, before: perhaps.has(id) });
    },
  };
};

function outcomeOf(write: Write, draft: Draft): () => void {
  try {
    const result = write.apply(draft);
    return () => write.resolve(result);
  } catch (thrown) {
    return () => write.reject(thrown);
  }
}
