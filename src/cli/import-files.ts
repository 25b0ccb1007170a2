/**
 * What the arguments of `crosscheck import` are, in the order in which they are read: reference records first, so that
 * checks know them; then declarations. A file named after a kind of reference record (`duty.ndjson`, `office.csv`) holds
 * such records, unless declarations are in it; a folder without a mapping holds files of both, as `crosscheck simulate`
 * writes them.
 */
import {
  closeSync,
  createReadStream,
  mkdtempSync,
  openSync,
  readdirSync,
  readSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, gunzipSync, constants as zlib } from 'node:zlib';
import { CrosscheckError } from '../errors.ts';
import { filesFor, type TableFile } from '../sources/folder.ts';
import { shippedMappings } from '../sources/mapping-file.ts';
import { plainReferenceMapping, referenceMappingId } from '../sources/reference/plain.ts';

export type Part =
  /** A folder of table dumps. */
  | { kind: 'folder'; folder: string; mapping: string }
  /** A file of messages or records. */
  | { kind: 'file'; file: string };

export interface Parts {
  parts: Part[];
  /** Removes what was made to read them; to be called when they are read. */
  done(): void;
}

const referenceFiles = Object.values(plainReferenceMapping().tables).flatMap(({ files }) => files);
const declarationFile = /^declarations?[\w.-]*\.(ndjson|jsonl|json)(\.gz)?$/i;
const headBytes = 64 * 1024;

/** Throws CC_FILE_UNREADABLE for what is not there, CC_BAD_ARGUMENT for a folder that says nothing without a mapping. */
export function partsOf(paths: readonly string[], mapping: string | undefined): Parts {
  const folders: Part[] = [];
  const references: string[] = [];
  const files: string[] = [];
  for (const path of paths) {
    const stat = statSync(path, { throwIfNoEntry: false });
    if (stat?.isDirectory() === true) {
      if (mapping !== undefined) folders.push({ kind: 'folder', folder: path, mapping });
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
  const last = files.map((file): Part => ({ kind: 'file', file }));
  if (references.length === 0) return { parts: [...folders, ...last], done() {} };
  const gathered = gather(references);
  return {
    parts: [{ kind: 'folder', folder: gathered, mapping: referenceMappingId }, ...folders, ...last],
    done: () => rmSync(gathered, { recursive: true, force: true }),
  };
}

/** The reader of extracts takes a folder: links to the files, wherever they lie, beside each other. */
function gather(files: readonly string[]): string {
  const folder = mkdtempSync(join(tmpdir(), 'crosscheck-references-'));
  for (const [index, file] of files.entries()) {
    const name = basename(file);
    const taken = files.slice(0, index).some((other) => basename(other) === name);
    symlinkSync(resolve(file), join(folder, taken ? name.replace('.', `-${index}.`) : name));
  }
  return folder;
}

function isReference(path: string): boolean {
  const name = basename(path);
  const file: TableFile = { path, name, format: 'ndjson', bytes: 0 };
  if (!/\.(csv|tsv|ndjson|jsonl|json|parquet)(\.gz)?$/i.test(name)) return false;
  if (filesFor(referenceFiles, [file]).length === 0) return false;
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

/** A file's bytes, unpacked where it is packed; `read` tells how many of the file's own have gone by. */
export function openFile(path: string): { bytes: Readable; read: () => number } {
  const stream = createReadStream(path);
  const read = () => stream.bytesRead;
  if (!isGzip(firstBytes(path, 2))) return { bytes: stream, read };
  const unpacked = createGunzip();
  // A broken file is the reader's to tell, not this pipe's.
  pipeline(stream, unpacked).catch(() => {});
  return { bytes: unpacked, read };
}

function needsMapping(): CrosscheckError {
  const problem = `a folder without reference records or declarations.ndjson is read by a source mapping: ${shippedMappings().join(', ')}, or a file`;
  return new CrosscheckError('CC_BAD_ARGUMENT', { name: '--mapping', problem });
}
