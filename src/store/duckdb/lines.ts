/**
 * Rows as lines of text that DuckDB reads by itself, off the event loop: where from, version, place in the sequence, a JSON
 * array of id and column values, the document, with tabs between, of which JSON has none. Its appender takes a value a call, and
 * its flush holds the event loop for milliseconds.
 */
import type { Connection } from './connection.ts';
import type { Numbered } from './recent.ts';
import { quote } from './sql.ts';

/** Longer documents take the appender: DuckDB reads a line whole. In characters of JSON. */
const longest = 512 * 1024;
/** Bytes of a line: three a character, and room for the columns. */
const longestLine = 4 * 2 ** 20;

/** Whether a row can be a line. NUL has no place in DuckDB's reading of JSON. */
export const isPlain = ({ row }: Numbered): boolean =>
  row.json.length <= longest && !hasNul(row.id) && !row.values.some(hasNul);

const hasNul = (value: unknown): boolean => typeof value === 'string' && value.includes('\u0000');

/**
 * The texts of lines, to be written one after the other. Never one text: V8 would copy all of it twice, which took a
 * hundred times as long as the writing.
 * @param from names the rows for `takeLines`; without tabs and line ends
 */
export function linesOf(from: string, rows: readonly Numbered[]): string[] {
  const texts: string[] = [];
  for (const { row, version, seq } of rows)
    texts.push(`${from}\t${version}\t${seq}\t${JSON.stringify([row.id, ...row.values])}\t`, row.json, '\n');
  return texts;
}

export const bytesOf = (texts: readonly string[]): number =>
  texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0);

/** @returns where they end */
export function writeTexts(texts: readonly string[], into: Buffer, from: number): number {
  let end = from;
  for (const text of texts) end += into.write(text, end);
  return end;
}

/** A file of lines. */
export function fileOfLines(rows: readonly Numbered[]): Buffer {
  const texts = linesOf('', rows);
  const bytes = Buffer.allocUnsafeSlow(bytesOf(texts));
  writeTexts(texts, bytes, 0);
  return bytes;
}

/** Whose rows are in a file: the names that `linesOf` was given. */
export async function namesInLines(connection: Connection, path: string): Promise<string[]> {
  const found = await connection.raw.run(
    `SELECT DISTINCT "of" FROM ${fileOf(path)} WHERE "of" <> '#' ORDER BY 1`,
  );
  return (await found.getRows()).map(([name]) => String(name));
}

/** A table that lines are read into. */
export interface Target {
  table: string;
  /** DuckDB's types of id and the declared columns, in the table's order. */
  types: readonly string[];
}

export interface Taking extends Target {
  /** What to do about rows that are there. */
  onConflict: string;
}

/**
 * The rows of one name out of a file with several, into a table; part of a transaction. A file of a few names is read once for
 * each, which costs less than to keep what was read.
 */
export async function takeLines(
  connection: Connection,
  path: string,
  from: string,
  taking: Taking,
): Promise<void> {
  // Not prepared: the path is another each time.
  await connection.raw.run(insertFrom(`${fileOf(path)} WHERE "of" = ${literal(from)}`, taking));
}

/**
 * All rows of a file into a table, part of a transaction. Planning an insert of eighty columns takes as long as running it, so
 * it is prepared, and prepared once where the path stays the same.
 */
export async function takeFile(connection: Connection, path: string, taking: Taking): Promise<void> {
  await connection.change({ text: insertFrom(fileOf(path), taking), values: [], types: [] });
}

function insertFrom(source: string, { table, types, onConflict }: Taking): string {
  const declared = types.map((type, i) => `CAST(value[${i + 1}] AS ${type})`);
  const places = types.map((_, i) => `'$[${i}]'`).join(', ');
  return (
    `INSERT INTO ${quote(table)} SELECT ${declared.join(', ')}, version, seq, doc FROM (` +
    `SELECT json_extract_string(columns, [${places}]) AS value, version, seq, doc FROM ${source}) ${onConflict}`
  );
}

const fileOf = (path: string): string =>
  `read_csv(${pattern(path)}, auto_detect = false, header = false, delim = '\t', quote = '', escape = '', new_line = '\\n', ` +
  `max_line_size = ${longestLine}, ` +
  "columns = {'of': 'VARCHAR', 'version': 'BIGINT', 'seq': 'BIGINT', 'columns': 'VARCHAR', 'doc': 'VARCHAR'})";

const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`;

/** A path as a pattern that means that file alone. */
const pattern = (path: string): string => literal(path.replace(/[[*?]/g, (special) => `[${special}]`));
