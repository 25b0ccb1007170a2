/** `crosscheck selectivity lint [FILE…]`: what is wrong with selectivity profiles, with places and what to do. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { CrosscheckError } from '../errors.ts';
import { fromRoot } from '../ground/paths.ts';
import { whyUnreadable } from '../ground/system-error.ts';
import { readText } from '../ground/text.ts';
import { type Diagnostic, diagnosticLines, inOrder } from '../rules/diagnostic.ts';
import { loadRules } from '../rules/load.ts';
import { readSource, unreadable } from '../rules/source.ts';
import type { Against } from '../selectivity/lint.ts';
import { profileComplaints } from '../selectivity/profile.ts';
import { dayGiven, oneOf, print, rulesFolder } from './rules-folder.ts';

const severities = ['error', 'warning', 'hint'] as const;

/** `/overrides/0/random` as the keys that lead there. */
const pathOf = (pointer: string): (string | number)[] =>
  pointer
    .split('/')
    .slice(1)
    .filter((part) => part !== '')
    .map((part) => (/^\d+$/.test(part) ? Number(part) : part.replaceAll('~1', '/').replaceAll('~0', '~')));

export function lintProfileFile(file: string, against: Against): Diagnostic[] {
  let text: string;
  try {
    text = readText(file);
  } catch (cause) {
    if (cause instanceof CrosscheckError) return [unreadable(cause, file)];
    const problem = whyUnreadable(cause);
    throw new CrosscheckError('CC_FILE_UNREADABLE', { file, problem }, { file }, cause);
  }
  const source = readSource(file, text);
  if (source.problems.length > 0) return inOrder(source.problems);
  return inOrder(
    profileComplaints(source.value, against).map(({ pointer, ...complaint }) => ({
      ...complaint,
      place: source.place(pathOf(pointer), 'key'),
    })),
  );
}

const shipped = (): string[] => {
  const folder = fromRoot('profiles', 'selectivity');
  return readdirSync(folder)
    .filter((name) => name.endsWith('.yaml'))
    .sort()
    .map((name) => join(folder, name));
};

export function registerSelectivity(program: Command): void {
  program
    .command('selectivity')
    .description('judge selectivity profiles')
    .command('lint')
    .description(
      'tell what is wrong with profiles: file:line:column, code, and what to do (docs/selectivity.md)',
    )
    .argument('[file...]', 'profiles; the shipped ones otherwise')
    .option('--json', 'one JSON object')
    .option('--fail-on <severity>', 'exit with 1 from this severity up: error, warning or hint', 'error')
    .option('--today <day>', 'judge review dates by this day')
    .option('--rules <dir>', 'judge selection percentages by these rules; the shipped ones otherwise')
    .action(
      async (files: string[], flags: { json?: boolean; failOn: string; today?: string; rules?: string }) => {
        const failOn = severities.indexOf(oneOf('--fail-on', flags.failOn, severities)!);
        const today = dayGiven('--today', flags.today) ?? new Date().toISOString().slice(0, 10);
        // Rules that are broken have a lint of their own.
        const rules = (await loadRules(rulesFolder(flags.rules))).rules.flatMap(({ rule }) => rule ?? []);
        const found = (files.length > 0 ? files : shipped()).flatMap((file) =>
          lintProfileFile(file, { today, rules }),
        );
        if (flags.json === true) print(JSON.stringify({ diagnostics: found }));
        else {
          for (const diagnostic of found) print(diagnosticLines(diagnostic));
          const [errors, warnings] = severities.map(
            (severity) => found.filter((one) => one.severity === severity).length,
          );
          print(`${errors} errors, ${warnings} warnings`);
        }
        process.exitCode = found.some(({ severity }) => severities.indexOf(severity) <= failOn) ? 1 : 0;
      },
    );
}
