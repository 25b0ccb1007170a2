/**
 * What a staged table says of itself as a whole: whole numbers that a client printed as floats, and days written with
 * the month first. A single cell can't tell; a column can. Works in SQL over the staged text.
 */
import type { CompiledTable } from './compile.ts';
import { type Staging, sqlName } from './stage.ts';

const whole = "'-?[0-9]+[.]0+'";

/** Takes `.0` off columns of which every cell is a whole number with it: keys, codes and years of a data frame. */
export async function mendFloats(staging: Staging, table: CompiledTable): Promise<void> {
  if (table.slots.length === 0) return;
  const columns = table.slots.map((_, i) => `s${i}`);
  const asked = columns
    .map(
      (s) =>
        `count(${s})::DOUBLE, count(*) FILTER (${s} LIKE '%.0%' AND regexp_full_match(${s}, ${whole}))::DOUBLE`,
    )
    .join(', ');
  const reader = await staging.connection.runAndReadAll(`SELECT ${asked} FROM ${sqlName(table.name)}`);
  const counts = reader.getRows()[0]!.map(Number);
  const floats = columns.filter((_, i) => counts[2 * i]! > 0 && counts[2 * i] === counts[2 * i + 1]);
  if (floats.length === 0) return;
  const set = floats.map((s) => `${s} = split_part(${s}, '.', 1)`).join(', ');
  await staging.connection.run(`UPDATE ${sqlName(table.name)} SET ${set}`);
}

export interface DayOrder {
  /** Cells that can only be read with the day first, and with the month first. */
  dayFirst: number;
  monthFirst: number;
}

/** Cells such as `31/01/2026` and `01/31/2026` in all tables. */
export async function dayOrder(staging: Staging, tables: readonly CompiledTable[]): Promise<DayOrder> {
  const order: DayOrder = { dayFirst: 0, monthFirst: 0 };
  for (const table of tables) {
    if (table.slots.length === 0) continue;
    const beyond = (s: string, part: number) =>
      `count(*) FILTER (${s} LIKE '%/%/%' AND regexp_matches(${s}, '^[0-9]{1,2}/[0-9]{1,2}/[0-9]{2,4}( |T|$)') ` +
      `AND try_cast(split_part(${s}, '/', ${part}) AS INTEGER) BETWEEN 13 AND 31)`;
    const sum = (part: number) => `(${table.slots.map((_, i) => beyond(`s${i}`, part)).join(' + ')})::DOUBLE`;
    const reader = await staging.connection.runAndReadAll(
      `SELECT ${sum(1)}, ${sum(2)} FROM ${sqlName(table.name)}`,
    );
    const [first, second] = reader.getRows()[0]!.map(Number) as [number, number];
    order.dayFirst += first;
    order.monthFirst += second;
  }
  return order;
}

/** The formats with day and month exchanged where they stand between slashes. */
export const monthFirst = (formats: readonly string[]): string[] =>
  formats.map((format) => format.replace('%d/%m/', '%m/%d/'));
