/** Which rulebook a command of the analyst's works on, and what the commands have in common. */
import { existsSync } from 'node:fs';
import { type Command, Option } from 'commander';
import { parseDay } from '../declaration/dates.ts';
import { CrosscheckError } from '../errors.ts';
import { fromRoot } from '../ground/paths.ts';
import { diagnosticLines } from '../rules/diagnostic.ts';
import { openRulebook, type Rulebook, RulebookRefused } from '../rules/rulebook.ts';

/** The folder that was named, else `rules` here, else the rules that come with Crosscheck. */
export const rulesFolder = (named: string | undefined): string =>
  named ?? (existsSync('rules') ? 'rules' : fromRoot('rules'));

/** `--rules`, and `--folder`, as two commands called it before: either is read as `rules`. */
export const withRulesOption = (command: Command, description: string): Command =>
  command
    .option('--rules <dir>', description)
    .addOption(new Option('--folder <dir>').hideHelp())
    .on('option:folder', (folder: string) => command.setOptionValue('rules', folder));

export const badArgument = (name: string, problem: string): CrosscheckError =>
  new CrosscheckError('CC_BAD_ARGUMENT', { name, problem });

/** One of a list, or an error that lists them. */
export function oneOf<T extends string>(
  name: string,
  given: string | undefined,
  allowed: readonly T[],
): T | undefined {
  if (given === undefined) return undefined;
  const found = allowed.find((each) => each === given);
  if (found === undefined) throw badArgument(name, `"${given}" is none of ${allowed.join(', ')}`);
  return found;
}

/** A day of the calendar, where one is given. */
export function dayGiven(name: string, given: string | undefined): string | undefined {
  if (given !== undefined && parseDay(given, 'ymd') !== given)
    throw badArgument(name, `must be a day as YYYY-MM-DD, is ${given}`);
  return given;
}

/** The rulebook; where it is refused, its lints are printed before the error. */
export async function usableRulebook(folder: string): Promise<Rulebook> {
  try {
    return await openRulebook(folder);
  } catch (thrown) {
    if (thrown instanceof RulebookRefused)
      for (const diagnostic of thrown.diagnostics) process.stderr.write(`${diagnosticLines(diagnostic)}\n`);
    throw thrown;
  }
}

export const print = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

const isFigure = (cell: string | number): boolean =>
  typeof cell === 'number' || /^(–|-?[\d.,]+( %)?)$/.test(cell);

/** Columns as wide as their widest cell; numbers to the right. */
export function table(head: readonly string[], rows: readonly (readonly (string | number)[])[]): string[] {
  const cells = [head, ...rows.map((row) => row.map(String))];
  const widths = head.map((_, column) => Math.max(...cells.map((row) => row[column]!.length)));
  const right = head.map((_, column) => rows.length > 0 && rows.every((row) => isFigure(row[column]!)));
  return cells.map((row) =>
    row
      .map((cell, column) => (right[column] ? cell.padStart(widths[column]!) : cell.padEnd(widths[column]!)))
      .join('  ')
      .trimEnd(),
  );
}
