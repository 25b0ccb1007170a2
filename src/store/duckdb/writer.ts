/**
 * The one writer. Calls that arrive while a transaction is on its way wait together and go into the next one, whatever
 * their collection: so fifty callers share one fsync instead of queueing for fifty, and a lone caller waits for nobody.
 * A call resolves when its transaction is in the write-ahead log and synced.
 *
 * Within a group calls take effect in the order in which they came. The versions of all documents concerned are looked
 * up once (nobody else writes) and the calls are worked out here on that draft. What is new is appended to its table; what
 * changes goes through an appender into a staging table and from there by one upsert.
 */
import { CrosscheckError } from '../../errors.ts';
import type { Row } from '../columns.ts';
import { type Connection, unavailable } from './connection.ts';
import type { Room } from './disk.ts';
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

interface Write {
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

type Job = Write | Exclusive;

/** Documents in one transaction, about: bounds the memory and the wait of whoever comes next. */
const groupLimit = 10_000;

export interface Writer {
  write<T>(table: Table, ids: readonly string[], apply: (draft: Draft) => T): Promise<T>;
  /** Alone on the writer's connection, in a transaction of its own making. */
  exclusive<T>(run: (connection: Connection) => Promise<T>): Promise<T>;
  /** True until DuckDB gives the database up. */
  working(): boolean;
  close(): Promise<void>;
}

export function startWriter(
  connection: Connection,
  room: Room,
  afterGroup: (idle: boolean) => Promise<void>,
): Writer {
  const queue: Job[] = [];
  let loop: Promise<void> | undefined;
  let closed = false;
  let fatal: unknown;

  const enqueue = <T>(make: (resolve: (result: unknown) => void, reject: (reason: unknown) => void) => Job) =>
    new Promise<T>((resolve, reject) => {
      if (closed || fatal !== undefined) {
        const problem = closed ? 'it was closed' : 'it stopped after a fault; restart the service';
        reject(new CrosscheckError('CC_STORE_UNAVAILABLE', { problem }, {}, fatal));
        return;
      }
      queue.push(make((result) => resolve(result as T), reject));
      loop ??= work();
    });

  const failed = (thrown: unknown): unknown => {
    // After these DuckDB refuses everything until the file is opened again.
    if (
      thrown instanceof Error &&
      /^(FATAL|INTERNAL) Error|database has been invalidated/.test(thrown.message)
    )
      fatal = thrown;
    return unavailable(thrown);
  };

  async function work(): Promise<void> {
    // Let the calls of this turn of the event loop come together first.
    await new Promise((resolve) => setImmediate(resolve));
    while (queue.length > 0) {
      const first = queue[0]!;
      if ('run' in first) {
        queue.shift();
        await first.run(connection).then(first.resolve, (thrown) => first.reject(failed(thrown)));
      } else {
        const group = takeGroup(queue);
        try {
          if (!(await room()))
            throw new CrosscheckError('CC_STORE_UNAVAILABLE', { problem: 'the disk is nearly full' });
          for (const settle of await writeGroup(connection, group)) settle();
        } catch (thrown) {
          const reason = failed(thrown);
          for (const write of group) write.reject(reason);
        }
      }
      if (fatal === undefined) await afterGroup(queue.length === 0).catch(failed);
    }
    // In the same turn in which the queue was seen empty: a call that comes now starts a new round.
    loop = undefined;
  }

  return {
    write: (table, ids, apply) => enqueue((resolve, reject) => ({ table, ids, apply, resolve, reject })),
    exclusive: (run) => enqueue((resolve, reject) => ({ run, resolve, reject })),
    working: () => !closed && fatal === undefined,
    close: async () => {
      closed = true;
      await loop;
      connection.close();
    },
  };
}

function takeGroup(queue: Job[]): Write[] {
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
interface Changes {
  table: Table;
  removed: string[];
  /** What may have been there before goes through staging and an upsert. */
  written: Numbered[];
  /** What never was there is appended, which costs a fraction. */
  inserted: Numbered[];
}

/** Commits a group and answers what settles each call. */
async function writeGroup(connection: Connection, group: readonly Write[]): Promise<(() => void)[]> {
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
    for (const [id, version] of await table.versions(connection, perhaps)) {
      drafted.set(id, { version, changed: false, before: true });
    }
    const draft = draftOn(drafted, new Set(perhaps));
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
    if (written.length > 0) await table.stage(connection, written);
    if (written.length + removed.length + inserted.length > 0)
      changed.push({ table, removed, written, inserted });
  }
  await commit(connection, changed);
  for (const { table, removed, written, inserted } of changed)
    table.recent.took([...written, ...inserted], removed);
  return settles;
}

async function commit(connection: Connection, changed: readonly Changes[]): Promise<void> {
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
  else if (changed.length > 0) await transaction(connection, apply);
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
