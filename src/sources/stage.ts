/**
 * Dumps into staging: a temporary DuckDB file that holds, of each table, the columns that the mapping names, as text,
 * with file and row of where they came from. DuckDB reads clean files itself; what it would refuse as a whole goes
 * through our own reader, row by row. Rows that cannot be read are handed to `refuse`, everything else is kept.
 */
import { isUtf8 } from 'node:buffer';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DuckDBConnection, DuckDBDataChunk, DuckDBInstance, INTEGER, VARCHAR } from '@duckdb/node-api';
import { CrosscheckError } from '../errors.ts';
import { plainName } from '../ground/column-names.ts';
import { CellFault } from '../mapping/values.ts';
import type { Slot } from './compile.ts';
import { bytesOf, csvHead, csvRows } from './csv-rows.ts';
import type { TableFile } from './folder.ts';
import { linesOf } from './json-rows.ts';

export interface Staging {
  connection: DuckDBConnection;
  /** A further connection to the same data, for a stream of its own. */
  connect(): Promise<DuckDBConnection>;
  close(): Promise<void>;
}

export interface StagedFile {
  rows: number;
  /** Columns of the file that no slot reads. */
  unmapped: string[];
}

/** Quoted identifier and literal; names come from mapping files and headers and are never trusted. */
export const sqlName = (name: string): string => `"${name.replaceAll('"', '""')}"`;
export const sqlText = (text: string): string => `'${text.replaceAll("'", "''")}'`;

/** What fits into memory several times over is staged there; a file would cost more than it saves. */
const smallBytes = 64 * 2 ** 20;

/**
 * @param bytes Size of the dumps together.
 * @param memory DuckDB's share, as it writes sizes: `1GB`; what is beyond goes to disk.
 */
export async function openStaging(bytes: number, memory = '512MB'): Promise<Staging> {
  // Personal data pass through here: readable by this account alone, and gone at the end.
  const folder = await mkdtemp(join(tmpdir(), 'crosscheck-stage-'));
  const instance = await DuckDBInstance.create(':memory:', {
    memory_limit: memory,
    temp_directory: join(folder, 'spill'),
    threads: '2',
  });
  const connection = await instance.connect();
  const where = bytes > smallBytes ? sqlText(join(folder, 'stage.duckdb')) : "':memory:'";
  await connection.run(`ATTACH ${where} AS stage`);
  await connection.run('USE stage');
  const others: DuckDBConnection[] = [];
  return {
    connection,
    async connect() {
      const other = await instance.connect();
      await other.run('USE stage');
      others.push(other);
      return other;
    },
    async close() {
      for (const each of [...others, connection]) each.closeSync();
      instance.closeSync();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

export interface StageOptions {
  csv: { delimiter?: string; quote: string; encoding: string };
  /** Texts that mean no value, in upper case. */
  absent: ReadonlySet<string>;
  refuse: (file: number, row: number, line: number | undefined, fault: CellFault) => void;
}

const columnsSql = (slots: readonly Slot[]): string =>
  ['f INTEGER', 'r INTEGER', 'l INTEGER', ...slots.map((_, i) => `s${i} VARCHAR`)].join(', ');

/** Makes the table empty; files are added to it one by one. */
export const createStaged = async (
  staging: Staging,
  table: string,
  slots: readonly Slot[],
): Promise<void> => {
  await staging.connection.run(`CREATE TABLE ${sqlName(table)} (${columnsSql(slots)})`);
};

/**
 * The file's own name of each slot's column; undefined where it has none of them. Where no column is called so by the
 * letter, accents and what stands between the words do not count.
 */
const resolve = (slots: readonly Slot[], names: readonly string[]): (string | undefined)[] => {
  const own = new Map(names.map((name) => [name.toUpperCase(), name]));
  const plainly = new Map(names.map((name) => [plainName(name), name]));
  plainly.delete('');
  return slots.map((slot) => {
    const found = slot.names.map((name) => own.get(name.toUpperCase())).find((name) => name !== undefined);
    return (
      found ??
      slot.names
        .filter(isWords)
        .map((name) => plainly.get(plainName(name)))
        .find(Boolean)
    );
  });
};

/** A name that people write in their own way: with an accent, an apostrophe or a space in it. */
const isWords = (name: string): boolean => /[^\x21-\x26\x28-\x7e]/.test(name);

const unmapped = (names: readonly string[], found: readonly (string | undefined)[]): string[] =>
  names.filter((name) => !found.includes(name));

export async function stageFile(
  staging: Staging,
  table: string,
  slots: readonly Slot[],
  file: TableFile,
  ordinal: number,
  options: StageOptions,
): Promise<StagedFile & { columns: (string | undefined)[] }> {
  if (file.format === 'parquet') return stageParquet(staging, table, slots, file, ordinal, options);
  if (file.format === 'ndjson') return stageNdjson(staging, table, slots, file, ordinal, options);
  return stageCsv(staging, table, slots, file, ordinal, options);
}

/** Cells are trimmed; the texts that mean no value are short, so that most cells need no second look. */
const cleanSql = (value: string, absent: ReadonlySet<string>): string => {
  const longest = Math.max(0, ...[...absent].map((text) => text.length)) + 2;
  const texts = ['', ...absent].map(sqlText).join(', ');
  return absent.size === 0
    ? `nullif(trim(${value}), '')`
    : `CASE WHEN length(${value}) <= ${longest} AND upper(trim(${value})) IN (${texts}) THEN NULL ELSE nullif(trim(${value}), '') END`;
};

const selectSql = (found: readonly (string | undefined)[], absent: ReadonlySet<string>): string =>
  found
    .map((name) => (name === undefined ? 'NULL' : cleanSql(`${sqlName(name)}::VARCHAR`, absent)))
    .join(', ');

async function countOf(staging: Staging, table: string, ordinal: number): Promise<number> {
  const reader = await staging.connection.runAndReadAll(
    `SELECT count(*)::INTEGER FROM ${sqlName(table)} WHERE f = ${ordinal}`,
  );
  return Number(reader.getRows()[0]![0]);
}

async function stageParquet(
  staging: Staging,
  table: string,
  slots: readonly Slot[],
  file: TableFile,
  ordinal: number,
  options: StageOptions,
) {
  const from = `read_parquet(${sqlText(file.path)}, file_row_number = true)`;
  try {
    const described = await staging.connection.runAndReadAll(`DESCRIBE SELECT * FROM ${from}`);
    const names = described
      .getRows()
      .map((row) => String(row[0]))
      .filter((name) => name !== 'file_row_number');
    const found = resolve(slots, names);
    await staging.connection.run(
      `INSERT INTO ${sqlName(table)} SELECT ${ordinal}, file_row_number + 1, NULL, ${selectSql(found, options.absent)} FROM ${from}`,
    );
    return { rows: await countOf(staging, table, ordinal), unmapped: unmapped(names, found), columns: found };
  } catch (thrown) {
    throw unreadable(file, thrown);
  }
}

const unreadable = (file: TableFile, thrown: unknown): CrosscheckError =>
  new CrosscheckError(
    'CC_SOURCE_FILE_REFUSED',
    { file: file.name, problem: (thrown instanceof Error ? thrown.message : String(thrown)).split('\n')[0]! },
    { file: file.name },
    thrown,
  );

async function stageCsv(
  staging: Staging,
  table: string,
  slots: readonly Slot[],
  file: TableFile,
  ordinal: number,
  options: StageOptions,
) {
  const { names, problem, ...form } = await csvHead(file.path, options.csv);
  const refuseFile = (problem: string) =>
    new CrosscheckError('CC_SOURCE_FILE_REFUSED', { file: file.name, problem }, { file: file.name });
  if (problem !== undefined) throw refuseFile(problem);
  if (names.length === 0 || (names.length === 1 && names[0] === ''))
    throw refuseFile('it has no header line');
  const found = resolve(slots, names);
  if (found.every((name) => name === undefined)) {
    const some = slots.slice(0, 40).map((slot) => slot.names[0]);
    const more = some.length < slots.length ? ', …' : '';
    throw refuseFile(
      `its first line names no column of the table (${some.join(', ')}${more}): it has to be a header`,
    );
  }
  const twice = repeated(names);
  const read = found.find((name) => name !== undefined && twice.has(name.toUpperCase()));
  if (read !== undefined) throw refuseFile(`its header names the column ${read} twice`);
  const result = { unmapped: unmapped(names, found), columns: found };
  const survey = await surveyOf(file.path, form.encoding);
  // DuckDB loses the whole database over a byte that is no UTF-8 in a column it reads, so it gets none.
  if (survey.clean) {
    const from =
      `read_csv(${sqlText(file.path)}, header = true, auto_detect = false, strict_mode = true, null_padding = false,` +
      ` delim = ${sqlText(form.delimiter)}, quote = ${sqlText(form.quote)}, escape = ${sqlText(form.quote)},` +
      ` max_line_size = 4000000, columns = {${toldApart(names, twice)
        .map((name) => `${sqlText(name)}: 'VARCHAR'`)
        .join(', ')}})`;
    try {
      await staging.connection.run(
        `INSERT INTO ${sqlName(table)} SELECT ${ordinal}, row_number() OVER (), NULL, ${selectSql(found, options.absent)} FROM ${from}`,
      );
      const rows = await countOf(staging, table, ordinal);
      // With no line breaks in cells and no empty lines, each row is the line after the one before.
      if (rows + 1 === survey.lines)
        await staging.connection.run(`UPDATE ${sqlName(table)} SET l = r + 1 WHERE f = ${ordinal}`);
      return { rows, ...result };
    } catch {
      // Some row is not clean: ours says which, and keeps the others.
    }
  }
  let rows = 0;
  await append(staging, table, slots.length, async function* () {
    const places = found.map((name) => (name === undefined ? -1 : names.indexOf(name)));
    const read = places.filter((place) => place >= 0);
    for await (const record of csvRows(file.path, form, names, read)) {
      rows++;
      if ('fault' in record) options.refuse(ordinal, record.row, record.line, record.fault);
      else
        yield [
          ordinal,
          record.row,
          record.line,
          ...places.map((place) => clean(place < 0 ? null : record.cells[place]!, options.absent)),
        ];
    }
  });
  return { rows, ...result };
}

/** Names that stand more than once, in upper case. */
function repeated(names: readonly string[]): Set<string> {
  const seen = new Set<string>();
  const twice = new Set<string>();
  for (const name of names.map((each) => each.toUpperCase())) (seen.has(name) ? twice : seen).add(name);
  return twice;
}

/** Columns that nothing reads may share a name in a dump, and may not in SQL. */
const toldApart = (names: readonly string[], twice: ReadonlySet<string>): string[] =>
  names.map((name, index) => (name === '' || twice.has(name.toUpperCase()) ? `${name} #${index + 1}` : name));

const clean = (cell: string | null, absent: ReadonlySet<string>): string | null => {
  if (cell === null) return null;
  const text = cell.trim();
  return text === '' || absent.has(text.toUpperCase()) ? null : text;
};

/** One pass over the bytes: is it UTF-8 throughout, and how many lines has it. */
async function surveyOf(path: string, encoding: string): Promise<{ clean: boolean; lines: number }> {
  if (encoding !== 'utf-8') return { clean: false, lines: 0 };
  let lines = 0;
  let last = 10;
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of bytesOf(path)) {
    for (let at = chunk.indexOf(10); at >= 0; at = chunk.indexOf(10, at + 1)) lines++;
    last = chunk[chunk.length - 1]!;
    const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    // Cut before a character that the chunk splits; four bytes are the longest.
    let cut = bytes.length;
    for (let back = 1; back <= Math.min(3, bytes.length); back++) {
      const byte = bytes[bytes.length - back]!;
      if (byte < 0x80) break;
      if (byte >= 0xc0) {
        if (back < (byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2)) cut = bytes.length - back;
        break;
      }
    }
    if (!isUtf8(bytes.subarray(0, cut))) return { clean: false, lines: 0 };
    rest = Buffer.from(bytes.subarray(cut));
  }
  return { clean: rest.length === 0, lines: last === 10 ? lines : lines + 1 };
}

async function stageNdjson(
  staging: Staging,
  table: string,
  slots: readonly Slot[],
  file: TableFile,
  ordinal: number,
  options: StageOptions,
) {
  const wanted = new Map<string, [place: number, rank: number][]>();
  for (const [place, slot] of slots.entries())
    for (const [rank, name] of slot.names.entries()) {
      const key = name.toUpperCase();
      wanted.set(key, [...(wanted.get(key) ?? []), [place, rank]]);
    }
  const names = new Map<string, string>();
  let rows = 0;
  await append(staging, table, slots.length, async function* () {
    for await (const { text, line, utf8 } of linesOf(file.path)) {
      rows++;
      if (!utf8) {
        options.refuse(ordinal, rows, line, new CellFault('CC_ROW_ENCODING', 'the line is no UTF-8'));
        continue;
      }
      let value: unknown;
      try {
        value = JSON.parse(text);
      } catch (thrown) {
        options.refuse(
          ordinal,
          rows,
          line,
          new CellFault('CC_ROW_UNREADABLE', String((thrown as Error).message)),
        );
        continue;
      }
      if (typeof value !== 'object' || value === null || Array.isArray(value)) {
        options.refuse(ordinal, rows, line, new CellFault('CC_ROW_UNREADABLE', 'the line is no JSON object'));
        continue;
      }
      const cells: (string | null)[] = slots.map(() => null);
      const ranks: number[] = [];
      for (const [name, member] of Object.entries(value)) {
        const upper = name.toUpperCase();
        names.set(upper, name);
        for (const [place, rank] of wanted.get(upper) ?? []) {
          if (rank > (ranks[place] ?? Number.POSITIVE_INFINITY)) continue;
          ranks[place] = rank;
          cells[place] = clean(
            member === null || member === undefined
              ? null
              : typeof member === 'object'
                ? JSON.stringify(member)
                : String(member),
            options.absent,
          );
        }
      }
      yield [ordinal, rows, line, ...cells];
    }
  });
  // Rows name the columns; where there is none, none is missing.
  if (rows === 0) return { rows, unmapped: [], columns: slots.map((slot) => slot.names[0]) };
  const found = resolve(slots, [...names.values()]);
  return { rows, unmapped: unmapped([...names.values()], found), columns: found };
}

const chunkRows = 2048;

/** Rows of our own readers into a staged table, a chunk at a time. */
async function append(
  staging: Staging,
  table: string,
  slots: number,
  rows: () => AsyncGenerator<(number | string | null)[]>,
): Promise<void> {
  const appender = await staging.connection.createAppender(table);
  const types = [INTEGER, INTEGER, INTEGER, ...Array.from({ length: slots }, () => VARCHAR)];
  let batch: (number | string | null)[][] = [];
  const flush = () => {
    if (batch.length === 0) return;
    const chunk = DuckDBDataChunk.create(types, batch.length);
    chunk.setRows(batch);
    appender.appendDataChunk(chunk);
    batch = [];
  };
  for await (const row of rows()) {
    batch.push(row);
    if (batch.length === chunkRows) flush();
  }
  flush();
  appender.closeSync();
}
