/**
 * Rows of a CSV stream with the line each begins on. Bytes go through the parser as Latin-1, so that a row whose bytes
 * are not UTF-8 loses only itself; cells are decoded as they come out.
 */
import { Readable } from 'node:stream';
import { CsvError, type Info, parse } from 'csv-parse';
import { CrosscheckError } from '../../errors.ts';
import { utf8Text } from '../input.ts';
import type { Limits } from '../limits.ts';

export interface Row {
  cells: string[];
  line: number;
}

interface Parsed {
  record: string[];
  info: Info;
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: everything outside ASCII
const beyondAscii = /[^\x00-\x7f]/;

const linesIn = (cell: string): number => (cell.includes('\n') ? cell.split('\n').length - 1 : 0);

const malformed = (problem: string, line: number): CrosscheckError =>
  new CrosscheckError('CC_CSV_MALFORMED', { problem }, { line });

/** Rows or the reasons why there is none; the first one is the header. A quote that never closes ends the file. */
export async function* csvRows(
  bytes: AsyncIterable<Uint8Array>,
  form: { delimiter?: string | undefined; quote?: string | undefined },
  limits: Limits,
): AsyncGenerator<Row | CrosscheckError> {
  const parser = parse({
    delimiter: form.delimiter ?? ',',
    quote: form.quote ?? '"',
    encoding: 'latin1',
    info: true,
    relax_column_count: true,
    relax_quotes: true,
    skip_empty_lines: true,
    max_record_size: limits.recordBytes,
  });
  const source = Readable.from(bytes, { objectMode: false });
  source.on('error', (error) => parser.destroy(error));
  source.pipe(parser);
  /** Where the next row begins, empty lines not counted. */
  let next = 1;
  let columns: number | undefined;
  try {
    for await (const parsed of parser) {
      const { record, info } = parsed as Parsed;
      const line = next + info.empty_lines;
      // The parser counts a line break inside quotes once or twice; the cells tell.
      next += 1 + record.reduce((breaks, cell) => breaks + linesIn(cell), 0);
      columns ??= record.length;
      if (record.length !== columns) {
        yield malformed(`${record.length} cells where the header names ${columns}`, line);
        continue;
      }
      try {
        const cells = record.map((cell) =>
          beyondAscii.test(cell) ? utf8Text(Buffer.from(cell, 'latin1'), line) : cell,
        );
        yield { cells, line };
      } catch (thrown) {
        if (!(thrown instanceof CrosscheckError)) throw thrown;
        yield thrown;
      }
    }
  } catch (thrown) {
    if (!(thrown instanceof CsvError)) throw thrown;
    yield malformed(`${thrown.message.replace(/,? at line \d+$/, '')}; nothing after it can be read`, next);
  } finally {
    source.destroy();
  }
}
