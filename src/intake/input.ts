/**
 * Bytes in, text out: the encoding is found (byte order mark, zero bytes, XML declaration; UTF-8 otherwise) and held to.
 * Bytes that are not what they claim to be are an error with its place, never a replacement character.
 */
import { isUtf8 } from 'node:buffer';
import { TextDecoder } from 'node:util';
import { CrosscheckError } from '../errors.ts';
import { isUnmarkedUtf16, unmarked, utf16Characters } from '../ground/text.ts';

export type Input = string | Uint8Array | AsyncIterable<Uint8Array | string>;

export interface OpenedInput {
  encoding: string;
  /** It is UTF-16 and nothing says so: to be refused where nobody else knows (demandMarked). */
  isUnmarked: boolean;
  /** The beginning of the text, for finding the format; not held to the encoding. */
  head(): string;
  /** All bytes, the head's too; to be read once. A byte order mark is left out. */
  bytes: AsyncGenerator<Uint8Array>;
}

const headBytes = 64 * 1024;
/** What encodings are told by; more need not have come where the format is known. */
export const markBytes = 4;

async function* chunksOf(input: Input): AsyncGenerator<Uint8Array> {
  if (typeof input === 'string') yield Buffer.from(input);
  else if (input instanceof Uint8Array) yield input;
  else for await (const chunk of input) yield typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
}

/** Byte order marks and what the first characters of markup or JSON look like without one (XML 1.0, appendix F). */
const signatures: readonly { bytes: readonly number[]; encoding: string; mark: number }[] = [
  { bytes: [0xef, 0xbb, 0xbf], encoding: 'utf-8', mark: 3 },
  { bytes: [0xff, 0xfe, 0, 0], encoding: 'utf-32le', mark: 4 },
  { bytes: [0, 0, 0xfe, 0xff], encoding: 'utf-32be', mark: 4 },
  { bytes: [0xff, 0xfe], encoding: 'utf-16le', mark: 2 },
  { bytes: [0xfe, 0xff], encoding: 'utf-16be', mark: 2 },
  { bytes: [0x3c, 0, 0x3f, 0], encoding: 'utf-16le', mark: 0 },
  { bytes: [0, 0x3c, 0, 0x3f], encoding: 'utf-16be', mark: 0 },
];

const lessThan = 0x3c;
const utf8 = { encoding: 'utf-8', mark: 0 };

/** Encoding and length of the byte order mark. */
function encodingOf(head: Uint8Array): { encoding: string; mark: number } {
  const signature = signatures.find(({ bytes }) => bytes.every((byte, index) => head[index] === byte));
  if (signature !== undefined) return signature;
  const first = head.find((byte) => byte > 32);
  if (first !== lessThan) return utf8;
  const start = Buffer.from(head.subarray(0, 256)).toString('latin1');
  const declared = /^\s*<\?xml[^>]*?\sencoding\s*=\s*["']([A-Za-z][\w.-]*)["']/.exec(start)?.[1];
  return { encoding: declared?.toLowerCase() ?? 'utf-8', mark: 0 };
}

/** @param peek bytes that are waited for; the head is no longer than what came with them. */
export async function openInput(input: Input, assumed?: string, peek = headBytes): Promise<OpenedInput> {
  const chunks = chunksOf(input);
  const peeked: Uint8Array[] = [];
  let size = 0;
  while (size < peek) {
    const { done, value } = await chunks.next();
    if (done === true) break;
    peeked.push(value);
    size += value.length;
  }
  const start = peeked.length === 1 ? peeked[0]! : Buffer.concat(peeked);
  const { encoding, mark } = encodingOf(start);
  const chosen = mark === 0 && encoding === 'utf-8' ? (assumed ?? encoding) : encoding;
  const head = () => decoderOf(chosen, false).decode(start.subarray(mark, headBytes));
  async function* all(): AsyncGenerator<Uint8Array> {
    yield start.subarray(mark);
    yield* chunks;
  }
  const isUnmarked = chosen === 'utf-8' && mark === 0 && isUnmarkedUtf16(start);
  return { encoding: chosen, isUnmarked, head, bytes: all() };
}

function decoderOf(encoding: string, fatal: boolean): TextDecoder {
  try {
    return new TextDecoder(encoding, { fatal, ignoreBOM: true });
  } catch {
    throw new CrosscheckError('CC_ENCODING', { encoding, problem: 'this encoding is not supported' });
  }
}

/** Throws CC_ENCODING. */
export function demandMarked({ encoding, isUnmarked }: Pick<OpenedInput, 'encoding' | 'isUnmarked'>): void {
  if (isUnmarked && encoding === 'utf-8') throw unmarked();
}

const isUtf16 = (encoding: string): encoding is 'utf-16le' | 'utf-16be' => encoding.startsWith('utf-16');

/**
 * Decodes strictly. Throws CC_ENCODING with the line at which the bytes stop making sense; of UTF-16, which nobody cuts into
 * records before it is decoded, what stands before that is yielded first.
 */
export async function* decodeText(
  bytes: AsyncIterable<Uint8Array>,
  encoding: string,
): AsyncGenerator<string> {
  const decoder = decoderOf(encoding, true);
  let line = 1;
  let offset = 0;
  const cut = isUtf16(decoder.encoding) ? utf16Characters(bytes, decoder.encoding) : bytes;
  for await (const chunk of cut) {
    let text: string;
    try {
      text = decoder.decode(chunk, { stream: true });
    } catch {
      const good = goodText(encoding, chunk);
      if (isUtf16(decoder.encoding)) yield good.text;
      throw undecodable(encoding, chunk, good, line, offset);
    }
    if (text !== '') yield text;
    for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) line += 1;
    offset += chunk.length;
  }
  try {
    decoder.decode();
  } catch {
    throw new CrosscheckError(
      'CC_ENCODING',
      { encoding, problem: 'the last character is cut off' },
      { line },
    );
  }
}

/** The same text as UTF-8 bytes, for readers that split bytes. */
export async function* asUtf8(opened: OpenedInput): AsyncGenerator<Uint8Array> {
  demandMarked(opened);
  if (opened.encoding === 'utf-8') yield* opened.bytes;
  else for await (const text of decodeText(opened.bytes, opened.encoding)) yield Buffer.from(text);
}

/** One record's bytes as text. Throws CC_ENCODING. */
export function utf8Text(bytes: Uint8Array, line: number): string {
  if (!isUtf8(bytes)) throw undecodable('utf-8', bytes, goodText('utf-8', bytes), line, 0);
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
}

/** The longest beginning that decodes: bisected, for decoders do not say. */
function goodText(encoding: string, chunk: Uint8Array): { bytes: number; text: string } {
  const decoded = (length: number): string =>
    decoderOf(encoding, true).decode(chunk.subarray(0, length), { stream: true });
  let good = 0;
  let bad = chunk.length;
  while (good < bad) {
    const middle = (good + bad + 1) >> 1;
    try {
      decoded(middle);
      good = middle;
    } catch {
      bad = middle - 1;
    }
  }
  return { bytes: good, text: decoded(good) };
}

function undecodable(
  encoding: string,
  chunk: Uint8Array,
  good: { bytes: number; text: string },
  line: number,
  offset: number,
): CrosscheckError {
  const byte = (chunk[good.bytes] ?? 0).toString(16).padStart(2, '0');
  const problem = `byte 0x${byte} at offset ${offset + good.bytes}`;
  return new CrosscheckError(
    'CC_ENCODING',
    { encoding, problem },
    { line: line + good.text.split('\n').length - 1 },
  );
}
