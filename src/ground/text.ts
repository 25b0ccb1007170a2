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

/** Throws CC_ENCODING with file, line and column. */
export function textOf(bytes: Uint8Array, file?: string): string {
  const encoding = marks.find(([mark]) => mark.every((byte, at) => bytes[at] === byte))?.[1] ?? 'utf-8';
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
