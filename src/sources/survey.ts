/**
 * What a staged table says of itself as a whole: whole numbers that a client printed as floats, and days written with
 * the month first. A single cell can't tell; a column can. Works in SQL over the staged text.
 */
import type { CompiledTable } from './compile.ts';
import { type Staging, sqlName } from './stage.ts';

const whole = "'-?[0-9]+[.]0+'";

/** Columns of a staged table that need a closer look: a pattern costs much more than the look whether it can be there. */
export interface Suspects {
  /** Every cell of theirs has `.0` in it. */
  floats: string[];
  /** Some cell of theirs has two slashes. */
  slashes: string[];
}

export async function suspects(staging: Staging, table: CompiledTable): Promise<Suspects> {
  if (table.slots.length === 0) return { floats: [], slashes: [] };
  const columns = table.slots.map((_, i) => `s${i}`);
  const asked = columns.map(
    (s) => `coalesce(bool_and(contains(${s}, '.0')), false), coalesce(bool_or(${s} LIKE '%/%/%'), false)`,
  );
  const reader = await staging.connection.runAndReadAll(
    `SELECT ${asked.join(', ')} FROM ${sqlName(table.name)}`,
  );
  const said = reader.getRows()[0]!;
  return {
    floats: columns.filter((_, i) => said[2 * i] === true),
    slashes: columns.filter((_, i) => said[2 * i + 1] === true),
  };
}

/** Takes `.0` off columns of which every cell is a whole number with it: keys, codes and years of a data frame. */
export async function mendFloats(
  staging: Staging,
  table: CompiledTable,
  columns: readonly string[],
): Promise<void> {
  if (columns.length === 0) return;
  const asked = columns.map((s) => `coalesce(bool_and(regexp_full_match(${s}, ${whole})), false)`).join(', ');
  const reader = await staging.connection.runAndReadAll(`SELECT ${asked} FROM ${sqlName(table.name)}`);
  const said = reader.getRows()[0]!;
  const floats = columns.filter((_, i) => said[i] === true);
  if (floats.length === 0) return;
  const set = floats.map((s) => `${s} = split_part(${s}, '.', 1)`).join(', ');
  await staging.connection.run(`UPDATE ${sqlName(table.name)} SET ${set}`);
}

export interface DayOrder {
  /** Cells that can only be read with the day first, and with the month first. */
  dayFirst: number;
  monthFirst: number;
}

/** Cells such as `31/01/2026` and `01/31/2026` in the columns of a table. */
export async function dayOrder(
  staging: Staging,
  table: CompiledTable,
  columns: readonly string[],
): Promise<DayOrder> {
  if (columns.length === 0) return { dayFirst: 0, monthFirst: 0 };
  const beyond = (s: string, part: number) =>
    `count(*) FILTER (${s} LIKE '%/%/%' AND regexp_matches(${s}, '^[0-9]{1,2}/[0-9]{1,2}/[0-9]{2,4}( |T|$)') ` +
    `AND try_cast(split_part(${s}, '/', ${part}) AS INTEGER) BETWEEN 13 AND 31)`;
  const sum = (part: number) => `(${columns.map((s) => beyond(s, part)).join(' + ')})::DOUBLE`;
  const reader = await staging.connection.runAndReadAll(
    `SELECT ${sum(1)}, ${sum(2)} FROM ${sqlName(table.name)}`,
  );
  const [dayFirst, monthFirst] = reader.getRows()[0]!.map(Number) as [number, number];
  return { dayFirst, monthFirst };
}

/** The formats with day and month exchanged where they stand between slashes. */
export const monthFirst = (formats: readonly string[]): string[] =>
  formats.map((format) => format.replace('%d/%m/', '%m/%d/'));
