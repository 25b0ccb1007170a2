/**
 * What the arguments of `crosscheck import` are, in the order in which they are read: reference records first, so that
 * checks know them; then declarations; and what says that these are complete. A file named after a kind of reference record (`duty.ndjson`, `office.csv`) holds
 * such records, unless declarations are in it; a folder without a mapping holds files of both, as `crosscheck simulate`
 * writes them.
 */
import { closeSync, createReadStream, openSync, readdirSync, readSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, gunzipSync, constants as zlib } from 'node:zlib';
import { CrosscheckError } from '../errors.ts';
import { type Dumps, filesFor, type TableFile } from '../sources/folder.ts';
import { shippedMappings } from '../sources/mapping-file.ts';
import { plainReferenceMapping, referenceMappingId } from '../sources/reference/plain.ts';

export type Part =
  /** Table dumps. */
  | { kind: 'extract'; dumps: Dumps; mapping: string }
  /** A file of messages or records. */
  | { kind: 'file'; file: string };

/** Kinds that say that all declarations of a day are here, which is so when they have been read. */
const closing = ['complete', 'control-total'];

const tables = Object.entries(plainReferenceMapping().tables);
const filesOfKinds = (kept: (into: string) => boolean): string[] =>
  tables.flatMap(([, { files, into }]) => (kept(into) ? files : []));
const referenceFiles = filesOfKinds(() => true);
const closingFiles = filesOfKinds((into) => closing.some((kind) => into === `reference.${kind}`));
const tableFile = /\.(csv|tsv|ndjson|jsonl|json|parquet)(\.gz)?$/i;
const declarationFile = /^declarations?[\w.-]*\.(ndjson|jsonl|json)(\.gz)?$/i;
const headBytes = 64 * 1024;

/** Throws CC_FILE_UNREADABLE for what is not there, CC_BAD_ARGUMENT for a folder that says nothing without a mapping. */
export function partsOf(paths: readonly string[], mapping: string | undefined): Part[] {
  const folders: Part[] = [];
  const references: string[] = [];
  const files: string[] = [];
  for (const path of paths) {
    const stat = statSync(path, { throwIfNoEntry: false });
    if (stat?.isDirectory() === true) {
      if (mapping !== undefined) folders.push({ kind: 'extract', dumps: path, mapping });
      else {
        const within = readdirSync(path).map((name) => join(path, name));
        const records = within.filter(isReference);
        const declarations = within.filter((name) => declarationFile.test(basename(name)));
        if (records.length + declarations.length === 0) throw needsMapping();
        references.push(...records);
        files.push(...declarations);
      }
    } else if (stat?.isFile() !== true) {
      throw new CrosscheckError(
        'CC_FILE_UNREADABLE',
        { file: path, problem: 'there is no such file' },
        { file: path },
      );
    } else if (mapping === referenceMappingId || (mapping === undefined && isReference(path))) {
      references.push(path);
    } else files.push(path);
  }
  const ends = references.filter((path) => isOneOf(closingFiles, path));
  const records = (dumps: readonly string[]): Part[] =>
    dumps.length === 0 ? [] : [{ kind: 'extract', dumps, mapping: referenceMappingId }];
  return [
    ...records(references.filter((path) => !ends.includes(path))),
    ...folders,
    ...files.map((file): Part => ({ kind: 'file', file })),
    ...records(ends),
  ];
}

function isOneOf(names: readonly string[], path: string): boolean {
  const name = basename(path);
  const file: TableFile = { path, name, format: 'ndjson', bytes: 0 };
  return tableFile.test(name) && filesFor(names, [file]).length > 0;
}

function isReference(path: string): boolean {
  if (!isOneOf(referenceFiles, path)) return false;
  return !/"(declaration|items|generalProcedure)"\s*:/.test(headOf(path));
}

function firstBytes(path: string, count: number): Buffer {
  const handle = openSync(path, 'r');
  try {
    const bytes = Buffer.alloc(count);
    return bytes.subarray(0, readSync(handle, bytes, 0, count, 0));
  } finally {
    closeSync(handle);
  }
}

const isGzip = (start: Uint8Array): boolean => start[0] === 0x1f && start[1] === 0x8b;

function headOf(path: string): string {
  const start = firstBytes(path, headBytes);
  // The end of what was read is no end of the file.
  return (isGzip(start) ? gunzipSync(start, { finishFlush: zlib.Z_SYNC_FLUSH }) : start).toString('utf8');
}

/**
 * A file's bytes, unpacked where it is packed; `read` tells how many of the file's own have gone by. Throws CC_FILE_UNREADABLE
 * where it cannot be read or unpacked further, as one that was cut off cannot.
 */
export function openFile(path: string): { bytes: AsyncIterable<Uint8Array>; read: () => number } {
  const stream = createReadStream(path);
  const read = () => stream.bytesRead;
  if (!isGzip(firstBytes(path, 2))) return { bytes: readable(stream, path), read };
  const unpacked = createGunzip();
  // A broken file is the reader's to tell, not this pipe's.
  pipeline(stream, unpacked).catch(() => {});
  return { bytes: readable(unpacked, path), read };
}

async function* readable(stream: Readable, file: string): AsyncGenerator<Uint8Array> {
  try {
    yield* stream as AsyncIterable<Uint8Array>;
  } catch (cause) {
    const problem = `${(cause as Error).message}; nothing after it can be read`;
    throw new CrosscheckError('CC_FILE_UNREADABLE', { file, problem }, { file }, cause);
  }
}

function needsMapping(): CrosscheckError {
  const problem = `a folder without reference records or declarations.ndjson is read by a source mapping: ${shippedMappings().join(', ')}, or a file`;
  return new CrosscheckError('CC_BAD_ARGUMENT', { name: '--mapping', problem });
}
