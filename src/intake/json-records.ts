/**
 * Cuts a stream of UTF-8 bytes into JSON records: lines (NDJSON) or the elements of one array. Only the record at hand
 * is held, so memory stays flat for files of any size. Cutting looks at quotes and brackets alone; a record is parsed
 * and judged by whoever takes it.
 */
import { CrosscheckError } from '../errors.ts';
import type { Limits } from './limits.ts';

export interface RawRecord {
  bytes: Uint8Array;
  /** Where the record starts, 1-based. */
  line: number;
  column: number;
}

/** A record, or the reason why there is none at this place. */
export type Cut = RawRecord | CrosscheckError;

const newline = 10;
const isBlank = (byte: number): boolean => byte === 32 || byte === 9 || byte === 13 || byte === newline;
const tooLarge = (limits: Limits, line: number): CrosscheckError =>
  new CrosscheckError(
    'CC_INPUT_TOO_LARGE',
    { what: 'the record', limit: `${limits.recordBytes} bytes` },
    { line },
  );

/** Collects pieces of a record that runs over chunks; past the limit it forgets them and only remembers that. */
class Pieces {
  private pieces: Uint8Array[] = [];
  private size = 0;
  private readonly limit: number;
  constructor(limit: number) {
    this.limit = limit;
  }
  get over(): boolean {
    return this.size > this.limit;
  }
  add(piece: Uint8Array): void {
    this.size += piece.length;
    if (this.over) this.pieces = [];
    else if (piece.length > 0) this.pieces.push(piece);
  }
  take(): Uint8Array {
    const taken = this.pieces.length === 1 ? this.pieces[0]! : Buffer.concat(this.pieces);
    this.pieces = [];
    this.size = 0;
    return taken;
  }
}

/** One record a line; blank lines are passed over. A line over the limit is an error of its own. */
export async function* cutLines(chunks: AsyncIterable<Uint8Array>, limits: Limits): AsyncGenerator<Cut> {
  for await (const cuts of cutLinesTogether(chunks, limits)) yield* cuts;
}

/** The same, those together that came in one piece; one at least. */
export async function* cutLinesTogether(
  chunks: AsyncIterable<Uint8Array>,
  limits: Limits,
): AsyncGenerator<Cut[]> {
  const pieces = new Pieces(limits.recordBytes);
  let line = 1;
  let cuts: Cut[] = [];
  const close = (): void => {
    const over = pieces.over;
    const bytes = pieces.take();
    if (over) cuts.push(tooLarge(limits, line));
    else if (!bytes.every(isBlank)) cuts.push({ bytes, line, column: 1 });
  };
  for await (const chunk of chunks) {
    let start = 0;
    for (let end = chunk.indexOf(newline); end >= 0; end = chunk.indexOf(newline, start)) {
      pieces.add(chunk.subarray(start, end));
      close();
      line += 1;
      start = end + 1;
    }
    pieces.add(chunk.subarray(start));
    if (cuts.length > 0) yield cuts;
    cuts = [];
  }
  close();
  if (cuts.length > 0) yield cuts;
}

const quote = 34;
const backslash = 92;
const comma = 44;
const bracket = { open: 91, close: 93 };
const brace = { open: 123, close: 125 };
const malformed = (problem: string, line: number): CrosscheckError =>
  new CrosscheckError('CC_JSON_MALFORMED', { problem }, { line });

/**
 * The elements of one array. Elements that came whole stand, even where the array is not closed: its tail is then an
 * error of its own, as is anything after its end.
 */
export async function* cutArray(chunks: AsyncIterable<Uint8Array>, limits: Limits): AsyncGenerator<Cut> {
  const pieces = new Pieces(limits.recordBytes);
  let opened = false;
  let closed = false;
  let depth = 0;
  let inText = false;
  let escaped = false;
  let line = 1;
  let lineStart = 0;
  let offset = 0;
  /** Where the element at hand starts; undefined until its first character. */
  let from: { line: number; column: number } | undefined;
  let commas = 0;

  const close = (last: boolean): Cut | undefined => {
    const over = pieces.over;
    const bytes = pieces.take();
    const started = from;
    from = undefined;
    if (started === undefined) {
      return last && commas === 0 ? undefined : malformed('an element is missing between commas', line);
    }
    return over ? tooLarge(limits, started.line) : { bytes, ...started };
  };

  for await (const chunk of chunks) {
    /** Where the part of the element at hand begins in this chunk. */
    let start = 0;
    for (let at = 0; at < chunk.length; at += 1) {
      const byte = chunk[at]!;
      if (byte === newline) {
        line += 1;
        lineStart = offset + at + 1;
      }
      if (inText) {
        if (escaped) escaped = false;
        else if (byte === backslash) escaped = true;
        else if (byte === quote) inText = false;
        continue;
      }
      if (isBlank(byte)) continue;
      if (!opened && byte === bracket.open) {
        opened = true;
        start = at + 1;
        continue;
      }
      if (!opened || closed) {
        yield malformed('there is more after its end', line);
        return;
      }
      if (depth === 0 && (byte === comma || byte === bracket.close)) {
        pieces.add(chunk.subarray(start, at));
        const cut = close(byte === bracket.close);
        if (cut !== undefined) yield cut;
        start = at + 1;
        if (byte === comma) commas += 1;
        else closed = true;
        continue;
      }
      if (from === undefined) {
        from = { line, column: offset + at - lineStart + 1 };
        pieces.take();
        start = at;
      }
      if (byte === quote) inText = true;
      else if (byte === bracket.open || byte === brace.open) depth += 1;
      else if (byte === bracket.close || byte === brace.close) depth -= 1;
    }
    if (opened && !closed) pieces.add(chunk.subarray(start));
    offset += chunk.length;
  }
  if (!closed) yield malformed('the array is not closed: the file is cut', line);
}
