/**
 * A file that a person wrote, as text: UTF-8, or UTF-16 with its mark, as editors save it. Bytes of another encoding are
 * refused with their line: read all the same, they would stand as � in what officers are shown.
 */
import { isUtf8 } from 'node:buffer';
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { CrosscheckError } from '../errors.ts';

const marks: readonly [mark: readonly number[], encoding: string][] = [
  [[0xff, 0xfe], 'utf-16le'],
  [[0xfe, 0xff], 'utf-16be'],
];

/**
 * UTF-16 without its mark, told by the zero bytes of its first two letters: read as anything else it is a table without its
 * columns. No text in UTF-8 has them.
 */
export const isUnmarkedUtf16 = (bytes: Uint8Array): boolean => {
  const zero = [0, 1, 2, 3].map((at) => bytes[at] === 0).join();
  return bytes.length > 3 && (zero === 'false,true,false,true' || zero === 'true,false,true,false');
};

export const unmarked = (file?: string): CrosscheckError =>
  new CrosscheckError(
    'CC_ENCODING',
    { encoding: 'utf-8', problem: 'they are UTF-16 without its byte order mark' },
    file === undefined ? {} : { file },
  );

/** UTF-16 cut between characters, wherever its bytes come apart. */
export async function* utf16Characters(
  bytes: AsyncIterable<Uint8Array>,
  encoding: 'utf-16le' | 'utf-16be',
): AsyncGenerator<Buffer> {
  const high = encoding === 'utf-16le' ? 1 : 2;
  let rest = Buffer.alloc(0);
  for await (const chunk of bytes) {
    const come = Buffer.concat([rest, chunk]);
    let end = come.length - (come.length % 2);
    // The first half of a pair waits for the second.
    if (end > 0 && (come[end - high]! & 0xfc) === 0xd8) end -= 2;
    if (end > 0) yield come.subarray(0, end);
    rest = come.subarray(end);
  }
  if (rest.length > 0) yield rest;
}

/** Throws CC_ENCODING with file, line and column. */
export function textOf(bytes: Uint8Array, file?: string): string {
  const encoding = marks.find(([mark]) => mark.every((byte, at) => bytes[at] === byte))?.[1] ?? 'utf-8';
  if (encoding === 'utf-8' && isUnmarkedUtf16(bytes)) throw unmarked(file);
  if (encoding !== 'utf-8' || isUtf8(bytes)) return new TextDecoder(encoding).decode(bytes);
  const good = goodBytes(bytes);
  const before = new TextDecoder().decode(bytes.subarray(0, good)).split('\n');
  const byte = bytes[good]!.toString(16).padStart(2, '0');
  throw new CrosscheckError(
    'CC_ENCODING',
    { encoding: 'utf-8', problem: `byte 0x${byte} at offset ${good}` },
    { ...(file === undefined ? {} : { file }), line: before.length, column: before.at(-1)!.length + 1 },
  );
}

/** Length of the beginning that comes back as it was: what is no UTF-8 becomes � and does not. */
function goodBytes(bytes: Uint8Array): number {
  const again = new TextEncoder().encode(new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes));
  return bytes.findIndex((byte, at) => byte !== again[at]);
}

/** Throws CC_ENCODING, and as node:fs. */
export const readText = (file: string): string => textOf(readFileSync(file), file);
export const readTextSoon = async (file: string): Promise<string> => textOf(await readFile(file), file);
