/**
 * The writer of journaled collections. New documents are acknowledged from the journal (./journal.ts); anything else (a
 * change, a removal, a document that is no line) waits until the journal is folded and goes through DuckDB's writer. All writes
 * of these collections pass here one group after the other, so that places in the sequence become visible in order.
 */
import { type Lane, unavailable } from './connection.ts';
import { type Disk, nearlyFull } from './disk.ts';
import { foldSegment } from './fold-journal.ts';
import type { Journal, Segment } from './journal.ts';
import { isPlain, type Target } from './lines.ts';
import type { Numbered } from './recent.ts';
import type { Table } from './table.ts';
import {
  type Changes,
  commit,
  gatherer,
  takeGroup,
  tellFollowers,
  type Write,
  type Writer,
  workOut,
} from './writer.ts';

/** Rows, and characters of them, from which a segment is folded while others write on; and after which nobody writes on. */
const foldRows = 4_000;
const foldSize = 16 * 2 ** 20;
const mostSize = 96 * 2 ** 20;
/** Milliseconds without a write after which what stands in the journal is folded. */
const quiet = 500;
/** Milliseconds until folding is tried again that came to nothing. */
const retry = 1_000;

export interface Journaling extends Writer {
  /** Whether a new document would be acknowledged now, and a change of one. */
  takes(): Promise<boolean>;
  /** The row of an id that is committed and not in its table yet. */
  ahead(collection: string, id: string): Numbered | undefined;
  /** All such rows of a collection. */
  allAhead(collection: string): readonly Numbered[];
  /** Resolves when all that was acknowledged before the call is in its table. */
  settled(): Promise<void>;
}

export function startJournaling(
  journal: Journal,
  writer: Writer,
  lookups: Lane,
  disk: Disk,
  scratch: string,
  stirred: () => void,
): Journaling {
  const { queue, enqueue, close } = gatherer(work);
  let running: Promise<void> | undefined;
  let waiting: Promise<void> | undefined;
  let timer: NodeJS.Timeout | undefined;

  const held = (of: 'rows' | 'size'): number =>
    journal.segments().reduce((sum, { ahead }) => sum + ahead[of](), 0);

  /** Segments whose folding failed on its way: their rows may be in the tables. */
  const tried = new Set<Segment>();
  /** Those whose rows are, and whose file was not removed yet. */
  const folded = new Set<Segment>();
  /** Folding came to nothing the last time. */
  let stuck = false;
  /** Of every collection that was written to. */
  const targets = new Map<string, Target>();

  async function fold(): Promise<void> {
    for (const segment of await journal.seal()) {
      if (!folded.has(segment)) {
        const again = tried.has(segment) ? { again: true as const } : {};
        tried.add(segment);
        const into = new Map(segment.ahead.collections().map((name) => [name, targets.get(name)!]));
        await writer.exclusive((connection) => foldSegment(connection, segment.path, into, again));
        folded.add(segment);
        tried.delete(segment);
      }
      disk.demandPlace();
      await journal.remove(segment);
      folded.delete(segment);
    }
  }

  /** One at a time; who comes while one is under way may have written since it began, and waits for the next. */
  function settled(): Promise<void> {
    if (held('rows') === 0) return Promise.resolve();
    waiting ??= (running ?? Promise.resolve())
      .catch(() => {})
      .then(() => {
        waiting = undefined;
        running = fold().then(
          () => {
            stuck = false;
          },
          (thrown: unknown) => {
            stuck = true;
            throw unavailable(thrown);
          },
        );
        return running;
      });
    return waiting;
  }

  /** What fails here is durable where it is, and is tried again, whether somebody writes or not. */
  const settleBeside = (): void => {
    settled().catch(() => {
      if (writer.working()) later(retry);
    });
  };
  const later = (ms: number): void => {
    clearTimeout(timer);
    timer = setTimeout(settleBeside, ms);
    timer.unref();
  };

  const ahead = (collection: string, id: string): Numbered | undefined => {
    for (const segment of journal.segments()) {
      const found = segment.ahead.of(collection).get(id);
      if (found !== undefined) return found;
    }
    return undefined;
  };

  async function versions(table: Table, ids: readonly string[]): Promise<Map<string, number>> {
    const found = new Map<string, number>();
    const others: string[] = [];
    for (const id of ids) {
      const row = ahead(table.collection, id);
      if (row === undefined) others.push(id);
      else found.set(id, Number(row.version));
    }
    if (others.length === 0) return found;
    for (const [id, version] of await lookups.use((connection) => table.versions(connection, others)))
      found.set(id, version);
    return found;
  }

  async function write(group: readonly Write[]): Promise<void> {
    if (!writer.working()) throw writer.stopped();
    if (!(await disk.room())) throw nearlyFull();
    disk.demandPlace();
    if (held('size') > mostSize) await settled();
    const { changed, settles } = await workOut(group, versions);
    for (const { table } of changed) targets.set(table.collection, table.target);
    stirred();
    if (changed.every(isNew)) {
      if (changed.length > 0)
        await journal.append(
          changed.map(({ table, inserted }) => ({ collection: table.collection, rows: inserted })),
        );
    } else {
      await settled();
      await writer.exclusive((connection) => commit(connection, changed, scratch));
    }
    tellFollowers(changed);
    for (const settle of settles) settle();
  }

  async function work(): Promise<void> {
    clearTimeout(timer);
    while (queue.length > 0) {
      const first = queue[0]!;
      if ('run' in first) {
        queue.shift();
        await settled()
          .then(() => writer.exclusive(first.run))
          .then(first.resolve, first.reject);
        continue;
      }
      const group = takeGroup(queue);
      try {
        await write(group);
      } catch (thrown) {
        const reason = unavailable(thrown);
        for (const each of group) each.reject(reason);
      }
      if (held('rows') >= foldRows || held('size') >= foldSize) settleBeside();
    }
    later(quiet);
  }

  return {
    write: (table, ids, apply) => enqueue((resolve, reject) => ({ table, ids, apply, resolve, reject })),
    exclusive: (run) => enqueue((resolve, reject) => ({ run, resolve, reject })),
    working: writer.working,
    takes: async () => writer.working() && !stuck && (await journal.working()),
    stopped: writer.stopped,
    ahead,
    allAhead: (collection) =>
      journal.segments().flatMap((segment) => [...segment.ahead.of(collection).values()]),
    settled,
    async close() {
      await close();
      clearTimeout(timer);
      // What cannot be folded now is at the next start.
      await settled().catch(() => {});
      await journal.close({ inPlace: disk.inPlace() });
    },
  };
}

const isNew = ({ removed, written, inserted }: Changes): boolean =>
  removed.length === 0 && written.length === 0 && inserted.every(isPlain);
