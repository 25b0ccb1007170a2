/**
 * JSON dumps as records: a line each, or one value of which the list of records is found, however a client wrapped it.
 */
import { isUtf8 } from 'node:buffer';
import { CrosscheckError } from '../errors.ts';
import { bytesOf } from './csv-rows.ts';

/** More than a JSON array of reference records holds; larger ones come as NDJSON. */
const largestArray = 256 * 2 ** 20;

/** Records of an NDJSON file or of one JSON value as text, one after the other, with the line or the place in the list. */
export async function* linesOf(path: string): AsyncGenerator<{ text: string; line: number; utf8: boolean }> {
  if (/\.json(\.gz)?$/i.test(path) && (await isOneValue(path))) {
    const chunks: Buffer[] = [];
    let size = 0;
    for await (const chunk of bytesOf(path)) {
      size += chunk.length;
      if (size > largestArray)
        throw new CrosscheckError('CC_SOURCE_FILE_REFUSED', {
          file: path,
          problem: 'a JSON array of more than 256 MiB',
        });
      chunks.push(chunk);
    }
    let list: readonly unknown[];
    try {
      list = recordsIn(JSON.parse(Buffer.concat(chunks).toString('utf8')));
    } catch (thrown) {
      throw new CrosscheckError('CC_SOURCE_FILE_REFUSED', {
        file: path,
        problem: (thrown as Error).message,
      });
    }
    for (const [index, value] of list.entries())
      yield { text: JSON.stringify(value), line: index + 1, utf8: true };
    return;
  }
  let rest: Buffer = Buffer.alloc(0);
  let line = 0;
  const give = function* (bytes: Buffer) {
    line++;
    const text = bytes.toString('utf8').trim();
    if (text !== '') yield { text, line, utf8: isUtf8(bytes) };
  };
  for await (const chunk of bytesOf(path)) {
    const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    let from = 0;
    for (let at = bytes.indexOf(10); at >= 0; at = bytes.indexOf(10, from)) {
      yield* give(bytes.subarray(from, at));
      from = at + 1;
    }
    rest = Buffer.from(bytes.subarray(from));
  }
  if (rest.length > 0) yield* give(rest);
}

/** Whether the file is one JSON value: an array, or an object that its first line does not end. */
async function isOneValue(path: string): Promise<boolean> {
  let text = '';
  for await (const chunk of bytesOf(path)) {
    text += chunk.toString('utf8');
    const first = text.replace(/^\ufeff?\s*/, '');
    if (first.startsWith('[')) return true;
    const end = first.indexOf('\n');
    if (first !== '' && (end >= 0 || text.length > largestLine)) return !isRecord(first.slice(0, end));
  }
  return !isRecord(text);
}

/** More than a record of any table is long. */
const largestLine = 1 << 20;

/** A whole object without a list of objects in it: a line of NDJSON. */
function isRecord(line: string): boolean {
  try {
    const value: unknown = JSON.parse(line);
    return recordsIn(value).length === 0;
  } catch {
    return false;
  }
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The list of a JSON export, which clients wrap: `[…]`, `{"items": […]}`, `{"results": [{"columns": …, "items": […]}]}`. */
function recordsIn(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) {
    const [first] = value as unknown[];
    const inner = isObject(first) && 'columns' in first ? recordsIn(first) : [];
    return inner.length > 0 ? inner : value;
  }
  if (!isObject(value)) return [];
  for (const name of ['items', 'rows', 'data', 'results', 'records'])
    if (Array.isArray(value[name])) {
      const list = recordsIn(value[name]);
      if (list.every(isObject)) return list;
    }
  return [];
}
