/** `crosscheck rules lint [PATH]`: what is wrong with the rules, with places and what to do. */
import { statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import type { Command } from 'commander';
import { CrosscheckError } from '../errors.ts';
import { type Diagnostic, diagnosticLines } from '../rules/diagnostic.ts';
import { type LoadedRules, loadRules } from '../rules/load.ts';
import { lintLoaded } from '../rules/rulebook.ts';
import { dayGiven, oneOf, print, rulesFolder } from './rules-folder.ts';

interface LintFlags {
  json?: boolean;
  failOn?: string;
  today?: string;
}

const isFile = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;

/** The rulebook that a file belongs to: the highest folder above it that still has a shared/ or base/, else its own. */
function rulebookOfFile(file: string): string {
  let found = dirname(file);
  for (let folder = found, i = 0; i < 4; i++, folder = dirname(resolve(folder))) {
    if (
      ['shared', 'base'].some((name) =>
        statSync(join(folder, name), { throwIfNoEntry: false })?.isDirectory(),
      )
    )
      found = folder;
    if (basename(resolve(folder)) === 'rules') return folder;
  }
  return found;
}

/** A file is judged as a part of its rulebook: its shared conditions count, and rules that say the same. */
async function lintPath(
  path: string,
  today: string | undefined,
): Promise<{ loaded: LoadedRules; found: Diagnostic[] }> {
  const options = today === undefined ? {} : { today };
  if (!isFile(path)) {
    const loaded = await loadRules(path);
    return { loaded, found: lintLoaded(loaded, options) };
  }
  const [alone, book] = [await loadRules(path), await loadRules(rulebookOfFile(path))];
  const others = book.rules.filter(({ source }) => resolve(source.file) !== resolve(path));
  const loaded: LoadedRules = { ...alone, rules: [...others, ...alone.rules], shared: book.shared };
  const found = lintLoaded(loaded, options).filter(({ place }) => resolve(place.file) === resolve(path));
  return { loaded: alone, found };
}

export function registerLint(rules: Command): void {
  rules
    .command('lint')
    .description('tell what is wrong with rules: file:line:column, code, and what to do (docs/lints.md)')
    .argument('[path]', 'folder of rules, or one file (YAML, or JSON as for json-rules-engine)')
    .option('--json', 'one JSON object')
    .option('--fail-on <severity>', 'exit with 1 from this severity up: error, warning or hint', 'error')
    .option('--today <day>', 'judge review dates by this day')
    .action(async (path: string | undefined, flags: LintFlags) => {
      const order = ['error', 'warning', 'hint'] as const;
      const failOn = order.indexOf(oneOf('--fail-on', flags.failOn, order)!);
      const { loaded, found } = await lintPath(rulesFolder(path), dayGiven('--today', flags.today));
      const count = (severity: Diagnostic['severity']) =>
        found.filter((each) => each.severity === severity).length;
      const [errors, warnings, hints] = order.map(count);
      if (flags.json)
        print(
          JSON.stringify({
            path: loaded.from,
            version: loaded.version,
            rules: loaded.rules.length,
            errors,
            warnings,
            hints,
            unread: loaded.unread,
            diagnostics: found,
          }),
        );
      else {
        for (const diagnostic of found) print(diagnosticLines(diagnostic));
        for (const file of loaded.unread)
          print(`${file} is not read: names of rule files end in .yaml, .yml or .json`);
        print(
          `${loaded.rules.length} rules in ${loaded.from}: ${errors} errors, ${warnings} warnings, ${hints} hints`,
        );
        if (found.length > 0) print('docs/lints.md explains each code with a wrong and a right example.');
      }
      // A folder of another name is told as one, not as well.
      if (loaded.files.length === 0) throw new CrosscheckError('CC_RULEBOOK_EMPTY', { folder: loaded.from });
      process.exitCode = found.some(({ severity }) => order.indexOf(severity) <= failOn) ? 1 : 0;
    });
}
