/** `crosscheck rules test [FOLDER]`: every example of every rule against what the rule does. */
import { once } from 'node:events';
import type { Command } from 'commander';
import { CrosscheckError } from '../errors.ts';
import { watchFolder } from '../ground/watch-folder.ts';
import { placeText } from '../rules/diagnostic.ts';
import { type ExampleResult, findingsOnBases, runExamples } from '../rules/examples.ts';
import { loadRules } from '../rules/load.ts';
import { badArgument, print, rulesFolder } from './rules-folder.ts';

interface TestFlags {
  only: string[];
  watch?: boolean;
  json?: boolean;
}

interface TestRun {
  results: ExampleResult[];
  onBases: ReturnType<typeof findingsOnBases>;
  /** Files that are no rule yet; `rules lint` says why. */
  unusable: string[];
  ok: boolean;
}

async function runOnce(folder: string, only: readonly string[]): Promise<TestRun> {
  const loaded = await loadRules(folder);
  if (loaded.files.length === 0) throw new CrosscheckError('CC_RULEBOOK_EMPTY', { folder });
  const unusable = [
    ...new Set([
      ...loaded.problems.map(({ place }) => place.file),
      ...[
        ...loaded.rules.filter(({ rule }) => rule === undefined),
        ...loaded.shared.filter(({ shared }) => shared === undefined),
      ].map(({ source }) => source.file),
    ]),
  ];
  const ids = new Set(loaded.rules.map(({ raw }) => String(raw.id)));
  const absent = only.find((id) => !ids.has(id));
  if (absent !== undefined) throw badArgument('--only', `there is no rule ${absent} in ${folder}`);
  const results = runExamples(loaded, only.length === 0 ? undefined : new Set(only));
  const onBases = only.length === 0 && unusable.length === 0 ? findingsOnBases(loaded) : [];
  const ok = unusable.length === 0 && onBases.length === 0 && results.every((result) => result.ok);
  return { results, onBases, unusable, ok };
}

function printed({ results, onBases, unusable }: TestRun, folder: string): void {
  for (const file of unusable) print(`${file}: cannot be read as a rule; run \`crosscheck rules lint\``);
  for (const { rule, place, title, expect, got, ok, report } of results) {
    if (ok) continue;
    print(`${placeText(place)} ${rule} "${title}": expected ${expect}, got ${got}`);
    for (const line of report) print(`  ${line}`);
  }
  for (const { flow, rule, message } of onBases)
    print(`base/${flow}.json: ${rule} finds something on the clean declaration: ${message}`);
  const good = results.filter(({ ok }) => ok).length;
  const rules = new Set(results.map(({ rule }) => rule)).size;
  print(
    `${results.length} examples of ${rules} rules in ${folder}: ${good} as expected, ${results.length - good} not`,
  );
}

export function registerTest(rules: Command): void {
  rules
    .command('test')
    .description('run the examples that stand in the rules')
    .argument('[folder]', 'folder of rules')
    .option(
      '--only <id>',
      'this rule alone; can be repeated',
      (id: string, before: string[]) => [...before, id],
      [],
    )
    .option('--watch', 'again after each change, until interrupted')
    .option('--json', 'one JSON object a run')
    .action(async (named: string | undefined, flags: TestFlags) => {
      const folder = rulesFolder(named);
      const run = async () => {
        const result = await runOnce(folder, flags.only);
        if (flags.json) print(JSON.stringify(result));
        else printed(result, folder);
        return result.ok;
      };
      // Watched first: what is saved while the first run goes on leads to another.
      const watching = flags.watch ? again(folder, run) : undefined;
      try {
        process.exitCode = (await run()) ? 0 : 1;
        await watching?.interrupted;
      } finally {
        watching?.close();
      }
    });
}

/** A state in which files are half written is told and passes. */
function again(
  folder: string,
  run: () => Promise<boolean>,
): { interrupted: Promise<unknown>; close(): void } {
  let timer: NodeJS.Timeout | undefined;
  const watcher = watchFolder(folder, () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      print(`— ${new Date().toLocaleTimeString('en-GB')}`);
      run().catch((thrown: Error) => print(thrown.message));
    }, 200);
  });
  return {
    interrupted: once(process, 'SIGINT'),
    close() {
      clearTimeout(timer);
      watcher.close();
    },
  };
}
