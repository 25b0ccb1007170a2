/** NDJSON files cut into ranges of bytes, so that workers share one file and hold only a range of it. */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

export interface Range {
  file: string;
  /** Lines that begin in [start, end) belong to the range. */
  start: number;
  end: number;
}

export interface Line {
  text: string;
  offset: number;
  length: number;
}

const newline = 10;

/** True where the first line is a whole JSON object: then every line is one, or is refused by itself. */
export function isNdjson(file: string): boolean {
  const handle = openSync(file, 'r');
  try {
    const head = Buffer.alloc(1 << 20);
    const read = readSync(handle, head, 0, head.length, 0);
    const end = head.indexOf(newline);
    const first = head
      .subarray(0, end < 0 || end > read ? read : end)
      .toString('utf8')
      .trim();
    if (!first.startsWith('{')) return false;
    JSON.parse(first);
    return true;
  } catch {
    return false;
  } finally {
    closeSync(handle);
  }
}

export function rangesOf(file: string, bytes: number): Range[] {
  const handle = openSync(file, 'r');
  const { size } = fstatSync(handle);
  closeSync(handle);
  const count = Math.max(1, Math.ceil(size / bytes));
  return Array.from({ length: count }, (_, i) => ({
    file,
    start: Math.floor((size * i) / count),
    end: Math.floor((size * (i + 1)) / count),
  }));
}

/** Beyond its end a range is read in steps of this many bytes, until its last line is whole. */
const tail = 1 << 16;

/** Lines that begin in the range, blank ones left out. */
export function* linesIn({ file, start, end }: Range): Generator<Line> {
  const handle = openSync(file, 'r');
  try {
    // A line begins after a newline, so the byte before the range decides about its first one.
    const from = Math.max(0, start - 1);
    // With room for the rest of its last line, so that nothing is copied unless lines are very long.
    let buffer = Buffer.allocUnsafe(end - from + tail);
    let filled = readSync(handle, buffer, 0, buffer.length, from);
    let at = start === 0 ? 0 : buffer.subarray(0, filled).indexOf(newline) + 1;
    if (start !== 0 && at === 0) return;
    while (from + at < end) {
      let stop = buffer.subarray(0, filled).indexOf(newline, at);
      while (stop < 0) {
        const more = Buffer.allocUnsafe(tail);
        const read = readSync(handle, more, 0, tail, from + filled);
        if (read === 0) break;
        const searched = filled;
        buffer = Buffer.concat([buffer.subarray(0, filled), more.subarray(0, read)]);
        filled += read;
        stop = buffer.indexOf(newline, searched);
      }
      const upTo = stop < 0 ? filled : stop;
      const text = buffer.toString('utf8', at, upTo);
      if (text.trim() !== '') yield { text, offset: from + at, length: upTo - at };
      at = upTo + 1;
    }
  } finally {
    closeSync(handle);
  }
}

/** One line of a file again. */
export function lineAt(file: string, offset: number, length: number): string {
  const handle = openSync(file, 'r');
  try {
    const buffer = Buffer.alloc(length);
    readSync(handle, buffer, 0, length, offset);
    return buffer.toString('utf8');
  } finally {
    closeSync(handle);
  }
}

/** Which line of the file begins at the byte, 1-based: counted only for what is shown. */
export function lineNumberAt(file: string, offset: number): number {
  const handle = openSync(file, 'r');
  try {
    const buffer = Buffer.alloc(1 << 22);
    let line = 1;
    for (let at = 0; at < offset; ) {
      const read = readSync(handle, buffer, 0, Math.min(buffer.length, offset - at), at);
      if (read === 0) break;
      for (
        let i = buffer.subarray(0, read).indexOf(newline);
        i >= 0;
        i = buffer.subarray(0, read).indexOf(newline, i + 1)
      )
        line++;
      at += read;
    }
    return line;
  } finally {
    closeSync(handle);
  }
}
