/**
 * A CSV reader that gives up a row, never the file: used where DuckDB's own refuses a dump as a whole (wrong column
 * counts, quotes that do not close, bytes of another encoding). It names line and row of everything it leaves out.
 */
import { createReadStream } from 'node:fs';
import { createGunzip } from 'node:zlib';
import { isUnmarkedUtf16, utf16Characters } from '../ground/text.ts';
import { CellFault } from '../mapping/values.ts';

export interface CsvForm {
  delimiter: string;
  quote: string;
  encoding: string;
}

export type CsvRow =
  | { row: number; line: number; cells: string[] }
  | { row: number; line: number; fault: CellFault };

export function bytesOf(path: string): AsyncIterable<Buffer> {
  const file = createReadStream(path, { highWaterMark: 1 << 20 });
  return path.toLowerCase().endsWith('.gz') ? file.pipe(createGunzip()) : file;
}

/** More than any cell needs: a quote that is open longer than this was never closed. */
const longestRecord = 256 * 1024;

/**
 * Records in order; the header line is not among them and rows count from 1 behind it. A cell for each name is expected.
 * Works on bytes as Latin-1 text, where each character is one byte, and decodes the cells that are read as it hands them
 * out: what nobody reads may be written in any way.
 * @param read places of the cells that are read
 */
export async function* csvRows(
  path: string,
  form: CsvForm,
  names: readonly string[],
  read: readonly number[],
): AsyncGenerator<CsvRow> {
  const decode = decoder(form.encoding);
  const columns = names.length;
  const quote = form.quote.charCodeAt(0);
  const delimiter = form.delimiter.charCodeAt(0);
  let text = '';
  let at = 0;
  let line = 1;
  let row = -1;
  let done = false;
  const bytes = bytesOf(path);
  const source = (form.encoding === 'utf-16le' ? utf16Characters(bytes, form.encoding) : bytes)[
    Symbol.asyncIterator
  ]();

  while (true) {
    const scanned = scan(text, at, delimiter, quote, done);
    // A record of several lines with the wrong number of cells is a quote gone astray: its first line alone is given up.
    const record: Scanned =
      scanned !== 'more' &&
      'cells' in scanned &&
      scanned.lines > 1 &&
      scanned.cells.length !== columns &&
      row >= 0
        ? {
            fault: `a quote runs over ${scanned.lines} lines to ${scanned.cells.length} cells where the header names ${columns}`,
          }
        : scanned;
    if (record === 'more' && !(text.length - at > longestRecord)) {
      if (done) return;
      const next = await source.next();
      done = next.done === true;
      text = text.slice(at) + (done ? '' : narrow(next.value as Buffer, form.encoding));
      at = 0;
      continue;
    }
    if (record === 'more' || 'fault' in record) {
      // Give up this line alone and go on behind it.
      const newline = text.indexOf('\n', at);
      if (newline < 0 && !done) {
        const next = await source.next();
        done = next.done === true;
        if (!done) text += narrow(next.value as Buffer, form.encoding);
        continue;
      }
      row++;
      const problem = record === 'more' ? 'a quote is opened and not closed' : record.fault;
      yield { row, line, fault: new CellFault('CC_ROW_UNREADABLE', problem) };
      line++;
      if (newline < 0) return;
      at = newline + 1;
      continue;
    }
    const started = line;
    line += record.lines;
    at = record.next;
    if (record.cells.length === 1 && record.cells[0] === '') {
      if (at >= text.length && done) return;
      continue;
    }
    row++;
    if (row > 0) {
      if (record.cells.length !== columns) {
        yield {
          row,
          line: started,
          fault: new CellFault(
            'CC_ROW_COLUMNS',
            `${record.cells.length} cells where the header names ${columns}`,
          ),
        };
      } else {
        const { cells } = record;
        let strange: string | undefined;
        for (const place of read) {
          const cell = decode(cells[place]!);
          if (cell === undefined) strange ??= names[place]!;
          else cells[place] = cell;
        }
        yield strange === undefined
          ? { row, line: started, cells }
          : {
              row,
              line: started,
              fault: new CellFault('CC_ROW_ENCODING', `the cell of ${strange} is no ${form.encoding}`),
            };
      }
    }
    if (at > 1 << 20) {
      text = text.slice(at);
      at = 0;
    }
  }
}

type Scanned = { cells: string[]; next: number; lines: number } | { fault: string } | 'more';

/** One record from `from`; `more` where the text ends before it does. */
function scan(text: string, from: number, delimiter: number, quote: number, final: boolean): Scanned {
  const cells: string[] = [];
  let lines = 0;
  let at = from;
  if (at >= text.length) return 'more';
  while (true) {
    if (text.charCodeAt(at) === quote) {
      let cell = '';
      let start = at + 1;
      while (true) {
        const end = text.indexOf(text[at]!, start);
        if (end < 0) return 'more';
        if (end + 1 >= text.length && !final) return 'more';
        cell += text.slice(start, end);
        if (text.charCodeAt(end + 1) === quote) {
          cell += text[at]!;
          start = end + 2;
          continue;
        }
        for (let i = 0; i < cell.length; i++) if (cell.charCodeAt(i) === 10) lines++;
        cells.push(cell);
        at = end + 1;
        break;
      }
    } else {
      let end = at;
      while (end < text.length) {
        const code = text.charCodeAt(end);
        if (code === delimiter || code === 10) break;
        end++;
      }
      if (end >= text.length && !final) return 'more';
      const raw = text.slice(at, end);
      cells.push(
        raw.endsWith('\r') && (end >= text.length || text.charCodeAt(end) === 10) ? raw.slice(0, -1) : raw,
      );
      at = end;
    }
    if (at >= text.length) return final ? { cells, next: at, lines: lines + 1 } : 'more';
    const code = text.charCodeAt(at);
    if (code === delimiter) {
      at++;
      if (at >= text.length) {
        if (!final) return 'more';
        cells.push('');
        return { cells, next: at, lines: lines + 1 };
      }
      continue;
    }
    if (code === 10) return { cells, next: at + 1, lines: lines + 1 };
    if (code === 13 && text.charCodeAt(at + 1) === 10) return { cells, next: at + 2, lines: lines + 1 };
    if (code === 13 && at + 1 >= text.length)
      return final ? { cells, next: at + 1, lines: lines + 1 } : 'more';
    return { fault: 'text stands behind a closing quote' };
  }
}

/**
 * UTF-16 has no byte per character: it is brought to UTF-8 before it is cut. Half a pair becomes a byte that is no UTF-8,
 * so that its cell is told.
 */
function narrow(bytes: Buffer, encoding: string): string {
  if (encoding !== 'utf-16le') return bytes.toString('latin1');
  const parts = bytes.toString('utf16le').split(/\p{Surrogate}/u);
  return parts.map((part) => Buffer.from(part, 'utf8').toString('latin1')).join('\xff');
}

function decoder(encoding: string): (cell: string) => string | undefined {
  if (encoding === 'latin-1') return (cell) => cell;
  const strict = new TextDecoder(encoding === 'utf-16le' ? 'utf-8' : encoding, { fatal: true });
  return (cell) => {
    for (let i = 0; i < cell.length; i++) {
      if (cell.charCodeAt(i) < 128) continue;
      try {
        return strict.decode(Buffer.from(cell, 'latin1'));
      } catch {
        return undefined;
      }
    }
    return cell;
  };
}

export interface CsvHead extends CsvForm {
  names: string[];
  /** Why the file cannot be read as a table at all. */
  problem?: string;
}

/** What is told from a file's first bytes, before anything is made of its text. */
function markOf(bytes: Buffer, encoding: string): { encoding: string; problem?: string } {
  if (bytes[0] === 0x1f && bytes[1] === 0x8b)
    return { encoding, problem: 'it is compressed; end its name with .gz' };
  if (bytes[0] === 0x50 && bytes[1] === 0x4b)
    return { encoding, problem: 'it is a ZIP archive or a workbook; unpack it, or save it as CSV' };
  if (bytes[0] === 0xfe && bytes[1] === 0xff)
    return { encoding, problem: 'it is UTF-16 with the high byte first; save it as UTF-8' };
  // A byte order mark says more than the mapping.
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return { encoding: 'utf-16le' };
  if (encoding !== 'utf-16le' && isUnmarkedUtf16(bytes))
    return { encoding, problem: 'it is UTF-16 without its byte order mark; save it as UTF-8' };
  return { encoding };
}

/**
 * The header's names, the delimiter where it is not given (the sign that stands most often in the header), and the
 * encoding where the file begins with a mark of it.
 */
export async function csvHead(
  path: string,
  form: Omit<CsvForm, 'delimiter'> & { delimiter?: string },
): Promise<CsvHead> {
  let text = '';
  let mark: ReturnType<typeof markOf> | undefined;
  for await (const bytes of bytesOf(path)) {
    mark ??= markOf(bytes, form.encoding);
    text += narrow(bytes, mark.encoding);
    if (text.includes('\n')) break;
  }
  const { encoding, problem } = mark ?? { encoding: form.encoding };
  const utf8Mark = '\u00ef\u00bb\u00bf';
  if (text.startsWith(utf8Mark)) text = text.slice(utf8Mark.length);
  const bare = text.split('\n', 1)[0]!.replace(/"[^"]*"/g, '');
  const count = (sign: string) => bare.split(sign).length;
  const delimiter =
    form.delimiter ??
    [',', ';', '\t', '|', '^', '~'].reduce((best, sign) => (count(sign) > count(best) ? sign : best));
  const first = scan(
    text.includes('\n') ? text : `${text}\n`,
    0,
    delimiter.charCodeAt(0),
    form.quote.charCodeAt(0),
    true,
  );
  const decode = decoder(encoding);
  // A name in bytes of another encoding is none that a mapping knows, and still stands in the report.
  const names =
    first === 'more' || 'fault' in first ? [] : first.cells.map((name) => (decode(name) ?? name).trim());
  return { names, delimiter, quote: form.quote, encoding, ...oddness(problem, bare, text) };
}

/** Why the first line is no header, where the bytes themselves are readable. */
function oddness(problem: string | undefined, first: string, text: string): { problem?: string } {
  if (problem !== undefined) return { problem };
  if (/^"?sep=/i.test(text))
    return { problem: "its first line is a spreadsheet's sep=; take that line away" };
  if (first.includes('\r') && !first.trimEnd().endsWith('\r') && first.trimEnd().includes('\r'))
    return { problem: 'its lines end in a carriage return alone; end them with a line feed' };
  return {};
}
