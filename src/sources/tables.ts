/**
 * The tables of an extract: which files of the folder hold them, what stands in staging of each, and which of them find
 * their way to a declaration with the columns that this dump has.
 */
import { CrosscheckError } from '../errors.ts';
import { clockReader } from '../mapping/values.ts';
import type { CompiledMapping, CompiledTable } from './compile.ts';
import type { TableFile } from './folder.ts';
import type { RowProblem } from './problems.ts';
import { createStaged, type Staging, stageFile } from './stage.ts';
import { dayOrder, mendFloats, monthFirst, suspects } from './survey.ts';

export interface Progress {
  phase: 'staging' | 'reading';
  table?: string;
  done: number;
  total?: number;
}

export interface TableReport {
  table: string;
  files: string[];
  rows: number;
  /** Rows that the mapping does not mean. */
  left: number;
  /** Columns that nothing reads. */
  unmapped: string[];
  /** Columns of the mapping that the dump has not. */
  absent: string[];
}

export const named = (files: readonly TableFile[]): string =>
  files.length === 0
    ? 'no table at all'
    : files
        .slice(0, 10)
        .map(({ name }) => name)
        .join(', ') + (files.length > 10 ? ', …' : '');

/** A table of the mapping with the files of the folder that hold it. */
export interface Used {
  table: CompiledTable;
  files: TableFile[];
}

/** The header first. */
export const tablesOf = (compiled: CompiledMapping): CompiledTable[] =>
  compiled.header.name === '' ? compiled.tables : [compiled.header, ...compiled.tables];

/** Stages the files of a table and adds what is told of them; answers the places of the columns that the dump has. */
export async function stageTable(
  staging: Staging,
  { table, files }: Used,
  compiled: CompiledMapping,
  reports: TableReport[],
  fileNames: string[],
  note: (problem: RowProblem) => void,
  onProgress: ((progress: Progress) => void) | undefined,
): Promise<ReadonlySet<number>> {
  const { csv, absent } = compiled.mapping;
  await createStaged(staging, table.name, table.slots);
  const result: TableReport = { table: table.name, files: [], rows: 0, left: 0, unmapped: [], absent: [] };
  reports.push(result);
  const found = new Set<number>();
  const unmapped = new Set<string>();
  for (const file of files) {
    onProgress?.({ phase: 'staging', table: table.name, done: result.rows });
    const ordinal = fileNames.push(file.name) - 1;
    const staged = await stageFile(staging, table.name, table.slots, file, ordinal, {
      csv: {
        quote: csv?.quote ?? '"',
        encoding: csv?.encoding ?? 'utf-8',
        ...(csv?.delimiter === undefined ? {} : { delimiter: csv.delimiter }),
      },
      absent: new Set((absent ?? []).map((text) => text.toUpperCase())),
      refuse: (_, row, line, fault) =>
        note({
          code: fault.code,
          table: table.name,
          file: file.name,
          row,
          ...(line === undefined ? {} : { line }),
          problem: fault.problem,
          effect: 'left out',
        }),
    });
    result.files.push(file.name);
    result.rows += staged.rows;
    for (const name of staged.unmapped) unmapped.add(name);
    for (const [place, name] of staged.columns.entries()) if (name !== undefined) found.add(place);
  }
  result.unmapped = [...unmapped];
  result.absent = table.slots.filter((_, place) => !found.has(place)).map((slot) => slot.names[0]!);
  return found;
}

/**
 * How the rows of a table find their declaration, with the columns that this dump has: by way of another table where
 * both sides are there, else by the key. Throws CC_SOURCE_COLUMN_MISSING or CC_SOURCE_TABLE_MISSING where there is no way.
 */
export function usableTable(
  { table, files }: Used,
  columns: ReadonlySet<number>,
  used: readonly Used[],
): CompiledTable {
  const lacking = (places: readonly number[]): string[] =>
    places.filter((place) => !columns.has(place)).map((place) => table.slots[place]!.names.join(' or '));
  const { link } = table;
  const keyed = table.key.filter(({ optional }) => !optional).map(({ slot }) => slot);
  const keyLacks = lacking(keyed);
  const [file] = files;
  const missing = (column: string) =>
    new CrosscheckError('CC_SOURCE_COLUMN_MISSING', { table: file!.name, column }, { file: file!.name });
  if (link === undefined) {
    if (keyLacks.length > 0) throw missing(keyLacks[0]!);
    return table;
  }
  const way = used.find((other) => other.table.name === link.table)!;
  const linkLacks = lacking(link.pairs.map(([own]) => own));
  if (way.files.length > 0 && linkLacks.length === 0) return table;
  if (keyed.length > 0 && keyLacks.length === 0) {
    const { link: _, ...direct } = table;
    return { ...direct, carried: [] };
  }
  if (linkLacks.length > 0) throw missing(linkLacks[0]!);
  throw new CrosscheckError(
    'CC_SOURCE_TABLE_MISSING',
    {
      table: link.table,
      files: way.table.spec.files.join(', '),
      found: named(used.flatMap((one) => one.files)),
    },
    { file: file!.name },
  );
}

/** Columns and dates as the client that made the dump prints them. */
export async function readAsWritten(
  staging: Staging,
  present: readonly CompiledTable[],
  compiled: CompiledMapping,
  notes: string[],
): Promise<void> {
  let dayFirst = 0;
  let americans = 0;
  for (const table of present) {
    const { floats, slashes } = await suspects(staging, table);
    await mendFloats(staging, table, floats);
    const order = await dayOrder(staging, table, slashes);
    dayFirst += order.dayFirst;
    americans += order.monthFirst;
  }
  if (americans === 0) return;
  const shown = `${americans} dates can only be read with the month first`;
  if (dayFirst > 0) {
    notes.push(
      `${shown} and ${dayFirst} only with the day first; days are read first, the others are refused`,
    );
    return;
  }
  compiled.dates = monthFirst(compiled.dates);
  compiled.reading.clock = clockReader(compiled.dates);
  notes.push(`${shown} and none with the day first, so that 01/02/2026 is the second of January`);
}
