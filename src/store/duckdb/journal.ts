/**
 * The journal: what new documents of journaled collections are acknowledged from. A transaction of DuckDB costs the same
 * some milliseconds of processor for one row as for fifty, and waits behind whatever the one writer is at; a line in a file that
 * is synced costs microseconds. So new documents are lines here first, and DuckDB takes them over a segment at a time
 * (./fold-journal.ts). Until then they stand in memory beside their tables (./ahead.ts).
 *
 * The file of the next segment is made while the one before it is written: its name is on the disk before its first group
 * comes, which would wait for that behind all that DuckDB writes when it takes a segment over.
 *
 * A segment is text. Each group that was committed together is a head, `#`, the bytes of its rows and their CRC-32, and then
 * a row a line (./lines.ts). A group that is torn at the end was never acknowledged.
 */
import { constants, existsSync, readdirSync } from 'node:fs';
import { type FileHandle, open, readFile, rm, truncate } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { crc32 } from 'node:zlib';
import { CrosscheckError } from '../../errors.ts';
import { type Ahead, openAhead } from './ahead.ts';
import { bytesOf, linesOf, writeTexts } from './lines.ts';
import type { Numbered } from './recent.ts';

const segmentName = /^crosscheck\.journal\.(\d{10})$/;

/**
 * A write that returns when it is on the disk: one wait for a thread of libuv, where a sync after it would be another, behind
 * whatever the event loop and DuckDB are at meanwhile.
 */
const syncsWrites = constants.O_DSYNC !== undefined;
const asNew =
  constants.O_WRONLY |
  constants.O_APPEND |
  constants.O_CREAT |
  constants.O_EXCL |
  (syncsWrites ? constants.O_DSYNC : 0);

const isFull = (thrown: unknown): boolean =>
  ['ENOSPC', 'EDQUOT', 'EFBIG'].includes(String((thrown as NodeJS.ErrnoException).code));

/** Rows of one collection that are committed with others. */
export interface Entry {
  collection: string;
  rows: readonly Numbered[];
}

/** A file of the journal, with the rows that it is the only durable place of. */
export interface Segment {
  readonly path: string;
  readonly ahead: Ahead;
}

export interface Journal {
  /** Oldest first; the last is being written. */
  segments(): readonly Segment[];
  /** Durable when it resolves, all of it or nothing. */
  append(entries: readonly Entry[]): Promise<void>;
  /** Ends the segment that is being written and answers all that can be folded, oldest first. */
  seal(): Promise<readonly Segment[]>;
  /** Whether a group would be taken now. Where the last one was not, as many bytes are tried on the file of the next. */
  working(): Promise<boolean>;
  /** Forgets a segment whose rows are in their tables. */
  remove(segment: Segment): Promise<void>;
  /** Leaves no file behind that was not needed, unless what lies under its name may be another's. */
  close(of?: { inPlace: boolean }): Promise<void>;
}

/** Segments that an earlier process left, oldest first. */
export const segmentsIn = (folder: string): string[] =>
  (existsSync(folder) ? readdirSync(folder) : [])
    .filter((name) => segmentName.test(name))
    .sort()
    .map((name) => join(folder, name));

/** A file with nothing in it, whose name is on the disk. */
interface Blank {
  path: string;
  file: FileHandle;
}

export function openJournal(folder: string): Journal {
  const segments: Segment[] = [];
  let next = 1 + Math.max(0, ...segmentsIn(folder).map((path) => Number(path.slice(-10))));
  let writing: { segment: Segment; file: FileHandle; length: number } | undefined;
  /** For the next segment; undefined within where it could not be made. */
  let spare: Promise<Blank | undefined> = Promise.resolve(undefined);
  const groups = groupWriter();
  let failed: unknown;
  /** Bytes of the last group, where it was not taken for want of a file or of room. */
  let wanting = 0;
  /** Appends and seals one after the other. */
  let last: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const run = last.then(work);
    last = run.catch(() => {});
    return run;
  };

  async function blank(): Promise<Blank> {
    const path = join(folder, `crosscheck.journal.${String(next).padStart(10, '0')}`);
    next += 1;
    const file = await open(path, asNew);
    try {
      await syncFolder(folder);
    } catch (thrown) {
      // Nothing was written to it, and another is made when one is needed.
      await file.close();
      await rm(path, { force: true });
      throw thrown;
    }
    return { path, file };
  }

  async function begin() {
    const { path, file } = (await spare) ?? (await blank());
    // What fails here is tried again when it is needed.
    spare = blank().catch(() => undefined);
    const segment = { path, ahead: openAhead() };
    segments.push(segment);
    return { segment, file, length: 0 };
  }

  return {
    segments: () => segments,
    append: (entries) =>
      inTurn(async () => {
        if (failed !== undefined) throw failed;
        const bytes = groups(entries);
        wanting = bytes.length;
        writing ??= await begin();
        const { file, segment } = writing;
        try {
          await writeAll(file, bytes);
          if (!syncsWrites) await file.datasync();
        } catch (thrown) {
          // A full disk may have taken half of it; cut, the segment is as it was. What the system could not sync otherwise
          // it may have dropped: nothing after it can be promised.
          if (!isFull(thrown)) failed = thrown;
          else
            await file.truncate(writing.length).catch((fault: unknown) => {
              failed = fault;
            });
          throw thrown;
        }
        wanting = 0;
        writing.length += bytes.length;
        for (const entry of entries) segment.ahead.add(entry.collection, entry.rows);
      }),
    seal: () =>
      inTurn(async () => {
        const file = writing?.file;
        writing = undefined;
        await file?.close();
        return [...segments];
      }),
    working: () =>
      inTurn(async () => {
        if (failed !== undefined || wanting === 0) return failed === undefined;
        const made = (await spare) ?? (await blank().catch(() => undefined));
        const whole = made !== undefined && (await takesAndGives(made, wanting));
        spare = Promise.resolve(whole ? made : undefined);
        if (whole) wanting = 0;
        return whole;
      }),
    async remove(segment) {
      await removeSegment(segment.path);
      segments.splice(segments.indexOf(segment), 1);
    },
    async close({ inPlace } = { inPlace: true }) {
      await last;
      await writing?.file.close();
      const unused = await spare;
      await unused?.file.close();
      // Where that fails an empty segment is left, which the next start removes.
      if (unused !== undefined && inPlace) await rm(unused.path, { force: true }).catch(() => undefined);
    },
  };
}

/** Bytes before the rows for a group's head. */
const headRoom = 64;
/** Bytes that stay from one group to the next; what a larger one took is let go. */
const keptBytes = 4 * 2 ** 20;

/** Makes the bytes of groups, all in one place: valid until the next call. */
function groupWriter(): (entries: readonly Entry[]) => Buffer {
  let kept = Buffer.allocUnsafeSlow(2 ** 20);
  return (entries) => {
    const texts = entries.flatMap(({ collection, rows }) => linesOf(collection, rows));
    const size = headRoom + bytesOf(texts);
    const room = size <= kept.length ? kept : Buffer.allocUnsafeSlow(size);
    if (size <= keptBytes) kept = room;
    const end = writeTexts(texts, room, headRoom);
    const rows = room.subarray(headRoom, end);
    const head = `#\t${rows.length}\t${crc32(rows)}\t\t\n`;
    const start = headRoom - head.length;
    room.write(head, start, 'latin1');
    return room.subarray(start, end);
  };
}

async function writeAll(file: FileHandle, bytes: Buffer): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    done += (await file.write(bytes, done)).bytesWritten;
  }
}

/** Whether so many bytes fit, by writing them: a file without rows is as before, and one that stays otherwise is thrown away. */
async function takesAndGives({ path, file }: Blank, bytes: number): Promise<boolean> {
  const fits = await writeAll(file, Buffer.alloc(bytes)).then(
    () => true,
    () => false,
  );
  try {
    await file.truncate(0);
    if (fits) return true;
  } catch {
    // Rows behind what is left in it would not be found.
  }
  await file.close().catch(() => undefined);
  await rm(path, { force: true }).catch(() => undefined);
  return false;
}

/**
 * Durably, before anything that was in it can be removed from its table: it must not come back. What was removed and could not
 * be synced is synced again.
 */
export async function removeSegment(path: string): Promise<void> {
  await rm(path, { force: true });
  await syncFolder(dirname(path));
}

export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/**
 * Reads a segment that a killed process left and cuts off a group that is torn at its end. Throws CC_JOURNAL_DAMAGED where
 * whole groups stand behind a broken one: those had been acknowledged, and no write of ours leaves that behind.
 */
export async function mend(path: string): Promise<void> {
  const bytes = await readFile(path);
  let at = 0;
  while (at < bytes.length) {
    const end = groupEnd(bytes, at);
    if (end === undefined) break;
    at = end;
  }
  if (at === bytes.length) return;
  for (let head = bytes.indexOf('\n#\t', at); head >= 0; head = bytes.indexOf('\n#\t', head + 1)) {
    if (groupEnd(bytes, head + 1) !== undefined)
      throw new CrosscheckError('CC_JOURNAL_DAMAGED', { path, position: at });
  }
  await truncate(path, at);
}

/** Where the group that begins here ends; undefined where it is not whole. */
function groupEnd(bytes: Buffer, at: number): number | undefined {
  const lineEnd = bytes.indexOf('\n', at);
  if (lineEnd < 0) return undefined;
  const head = /^#\t(\d+)\t(\d+)\t\t$/.exec(bytes.toString('latin1', at, lineEnd));
  if (head === null) return undefined;
  const end = lineEnd + 1 + Number(head[1]);
  if (end > bytes.length || crc32(bytes.subarray(lineEnd + 1, end)) !== Number(head[2])) return undefined;
  return end;
}
