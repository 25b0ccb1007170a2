/**
 * Rows of a CSV stream with the line each begins on. Bytes go through the parser as Latin-1, so that a row whose bytes
 * are not UTF-8 loses only itself; cells are decoded as they come out.
 */
import { CsvError, type Info, parse } from 'csv-parse';
import { CrosscheckError } from '../../errors.ts';
import { utf8Text } from '../input.ts';
import type { Limits } from '../limits.ts';

export interface Row {
  cells: string[];
  line: number;
}

/** A row that can not be read, with its cells as far as they can be told: they may say whose it is. */
export interface BrokenRow extends Row {
  fault: CrosscheckError;
}

interface Parsed {
  record: string[];
  info: Info;
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: everything outside ASCII
const beyondAscii = /[^\x00-\x7f]/;

const linesIn = (cell: string): number => (cell.includes('\n') ? cell.split('\n').length - 1 : 0);

/** A line break may be any of them, one row by the next: files are put together from several. */
const lineBreaks = ['\r\n', '\n', '\r'];

const malformed = (problem: string, line: number): CrosscheckError =>
  new CrosscheckError('CC_CSV_MALFORMED', { problem }, { line });

/** In a table of fewer columns a remark of two lines has as many commas as a row before one knows. */
const columnsOfRows = 6;

/**
 * Rows that a cell has taken in, because a quote was opened by mistake and another one closed it in the same column further
 * down: the cells left over make a row that looks whole.
 */
function swallowed(cell: string, delimiter: string, columns: number): number {
  const breaks = linesIn(cell);
  return breaks > 0 && columns >= columnsOfRows && cell.split(delimiter).length - 1 === breaks * (columns - 1)
    ? breaks
    : 0;
}

/** Rows or the reasons why there is none; the first one is the header. A quote that never closes ends the file. */
export async function* csvRows(
  bytes: AsyncIterable<Uint8Array>,
  form: { delimiter?: string | undefined; quote?: string | undefined },
  limits: Limits,
): AsyncGenerator<Row | BrokenRow> {
  const delimiter = form.delimiter ?? ',';
  let come: Parsed[] = [];
  const parser = parse({
    delimiter,
    quote: form.quote ?? '"',
    encoding: 'latin1',
    record_delimiter: lineBreaks,
    relax_column_count: true,
    relax_quotes: true,
    skip_empty_lines: true,
    max_record_size: limits.recordBytes,
    // Taken here and not from the stream, which with a row that ends it drops those that wait to be read.
    on_record: (record: string[], info) => {
      come.push({ record, info });
      return null;
    },
  });
  const ended = new Promise<unknown>((resolve) => {
    parser.once('end', resolve).on('error', resolve);
  });
  parser.resume();
  /** Where the next row begins, empty lines not counted. */
  let next = 1;
  let columns: number | undefined;

  function told({ record, info }: Parsed): Row | BrokenRow {
    const line = next + info.empty_lines;
    // The parser counts a line break inside quotes once or twice; the cells tell.
    const breaks = record.reduce((sum, cell) => sum + linesIn(cell), 0);
    next += 1 + breaks;
    columns ??= record.length;
    const broken = (fault: CrosscheckError): BrokenRow => ({ cells: record, line, fault });
    if (record.length !== columns)
      return broken(malformed(`${record.length} cells where the header names ${columns}`, line));
    for (const cell of breaks === 0 ? [] : record) {
      const rows = swallowed(cell, delimiter, columns);
      if (rows > 0)
        return broken(
          malformed(`a quoted cell holds what looks like ${rows} more rows; nothing of them is read`, line),
        );
    }
    try {
      const cells = record.map((cell) =>
        beyondAscii.test(cell) ? utf8Text(Buffer.from(cell, 'latin1'), line) : cell,
      );
      return { cells, line };
    } catch (thrown) {
      if (!(thrown instanceof CrosscheckError)) throw thrown;
      return broken(thrown);
    }
  }
  const taken = (): Parsed[] => {
    const rows = come;
    come = [];
    return rows;
  };

  try {
    let problem: unknown;
    for await (const chunk of bytes) {
      problem = await new Promise((resolve) => parser.write(chunk, resolve));
      for (const parsed of taken()) yield told(parsed);
      if (problem) break;
    }
    if (!problem) {
      parser.end();
      problem = await ended;
      for (const parsed of taken()) yield told(parsed);
    }
    if (!problem) return;
    if (!(problem instanceof CsvError)) throw problem;
    const fault = malformed(
      `${problem.message.replace(/,? at line \d+$/, '')}; nothing after it can be read`,
      next,
    );
    const { state } = parser as unknown as { state?: { record?: string[] } };
    yield { cells: state?.record ?? [], line: next, fault };
  } finally {
    parser.destroy();
  }
}
