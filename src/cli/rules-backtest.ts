/** `crosscheck rules backtest FILE…`: what rules would have found in history, what controls then found, and what it would cost. */
import { existsSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Command } from 'commander';
import { callsOf } from '../backtest/history.ts';
import { asksHistory, layHistory } from '../backtest/laid-history.ts';
import { lineNumberAt } from '../backtest/lines.ts';
import { addMessages } from '../backtest/messages.ts';
import { reportPage } from '../backtest/page.ts';
import { checkFiles } from '../backtest/read-files.ts';
import { reportOf } from '../backtest/report.ts';
import { type BacktestRun, backtest } from '../backtest/run.ts';
import { reportLines } from '../backtest/show.ts';
import { parseDay } from '../declaration/dates.ts';
import type { CrosscheckError } from '../errors.ts';
import { toLines } from '../present.ts';
import { nearest } from '../rules/did-you-mean.ts';
import type { Rule } from '../rules/model.ts';
import type { Rulebook } from '../rules/rulebook.ts';
import { knownCountry } from './country.ts';
import { progressView } from './progress.ts';
import { badArgument, print, rulesFolder, table, usableRulebook } from './rules-folder.ts';
import { type OpenHistory, openHistory } from './rules-history.ts';

interface BacktestFlags {
  rules?: string;
  rule: string[];
  data?: string;
  from?: string;
  to?: string;
  country?: string;
  mapping?: string;
  history?: boolean;
  source?: string;
  threads?: string;
  html?: string;
  json?: boolean;
}

/** Everything that can be wrong with the arguments, before anything is read. */
function checkArguments(files: readonly string[], flags: BacktestFlags): number | undefined {
  if (files.length === 0 ? !fromStore(flags) : flags.data !== undefined)
    throw badArgument(
      'FILE',
      files.length === 0 ? 'name files, or a store with --data' : 'name files or --data, not both',
    );
  if (flags.source === undefined) checkFiles(files);
  else if (files.length === 0) throw badArgument('FILE', 'name folders of dumps beside --source');
  else
    for (const folder of files)
      if (!(statSync(folder, { throwIfNoEntry: false })?.isDirectory() ?? false))
        throw badArgument('FILE', `with --source it is a folder of dumps, and ${folder} is none`);
  if (files.length === 0 && flags.history === true)
    throw badArgument('--history', 'it is for files: a store has its history');
  knownCountry(flags.country);
  for (const name of ['from', 'to'] as const) {
    const day = flags[name];
    if (day === undefined) continue;
    if (files.length > 0) throw badArgument(`--${name}`, 'it is of a store: name one with --data');
    if (parseDay(day, 'ymd') !== day) throw badArgument(`--${name}`, `"${day}" is no day`);
  }
  if (flags.from !== undefined && flags.to !== undefined && flags.from >= flags.to)
    throw badArgument('--from', `${flags.from} is not before ${flags.to}, which is the first day left out`);
  if (flags.mapping !== undefined) checkFiles([flags.mapping]);
  if (flags.html !== undefined && !existsSync(dirname(flags.html)))
    throw badArgument('--html', `there is no folder ${dirname(flags.html)}`);
  if (flags.threads === undefined) return undefined;
  const threads = Number(flags.threads);
  if (!Number.isInteger(threads) || threads < 1 || threads > 64)
    throw badArgument('--threads', `"${flags.threads}" is no number from 1 to 64`);
  return threads;
}

/** Without files the store is asked: one that is named, or MongoDB where the environment says so. */
const fromStore = (flags: BacktestFlags): boolean =>
  flags.data !== undefined || process.env.MONGODB_URI !== undefined;

/**
 * The store's history where no files are named; files with what their own past says where it is asked for. Otherwise
 * undefined: each declaration of the files by itself, which is fastest.
 */
async function historyOf(
  files: readonly string[],
  flags: BacktestFlags,
  refused: CrosscheckError[],
): Promise<OpenHistory | undefined> {
  if (files.length === 0) return openHistory(flags);
  if (flags.source === undefined && flags.history !== true) return undefined;
  const { source, country, mapping } = flags;
  return layHistory({
    paths: files,
    ...(source === undefined ? {} : { source }),
    ...(country === undefined ? {} : { country }),
    ...(mapping === undefined ? {} : { mapping }),
    onRefused: (error) => refused.push(error),
  });
}

/** Rules that files alone leave not evaluated; of those that were asked for by name, or of all that run. */
function askingHistory({ rules, shared }: Rulebook, named: readonly string[]): string[] {
  const runs = ({ id, status }: Rule) =>
    named.length > 0 ? named.includes(id) : status === 'active' || status === 'shadow';
  return rules
    .filter((rule) => runs(rule) && asksHistory(callsOf([{ rules: [rule], shared }])))
    .map(({ id }) => id);
}

function tellRefused({ refused, tally }: BacktestRun): void {
  for (const { file, offset, problem } of refused) {
    const line = offset === undefined ? problem.where?.line : lineNumberAt(file, offset);
    process.stderr.write(
      `${[file, line].filter((part) => part !== undefined).join(':')} ${problem.code} ${problem.detail}\n`,
    );
  }
  if (tally.refused > refused.length)
    process.stderr.write(`… ${tally.refused - refused.length} more refused\n`);
}

export function registerBacktest(rules: Command): void {
  rules
    .command('backtest')
    .description('what rules would have found in history, what controls found, and what it would cost')
    .argument(
      '[file...]',
      'declarations with trail and outcomes: NDJSON (fastest), JSON, XML, CSV with --mapping',
    )
    .option('--rules <dir>', 'folder of rules')
    .option(
      '--rule <id>',
      'judge this rule, in any status; can be repeated; all that run otherwise',
      (id: string, before: string[]) => [...before, id],
      [],
    )
    .option('--data <dir>', 'history from this store, also while a service holds it; MONGODB_URI for MongoDB')
    .option('--from <day>', 'of the store: declarations that were looked at from this day on, UTC')
    .option('--to <day>', 'and before this one, as they stood then')
    .option('--history', 'files: facts on history as their own earlier declarations tell it; slower')
    .option(
      '--source <mapping>',
      'the files are folders of dumps of a clearance system, read by this mapping, with --history',
    )
    .option('--country <id>', 'country profile for declarations that name none')
    .option('--mapping <file>', 'column mapping, for CSV')
    .option('--threads <n>', 'worker threads; one a core otherwise')
    .option('--html <file>', 'write a page that needs nothing else')
    .option('--json', 'one JSON object')
    .action(async (files: string[], flags: BacktestFlags) => {
      const threads = checkArguments(files, flags);
      const rulebook = await usableRulebook(rulesFolder(flags.rules));
      const ids = rulebook.rules.map(({ id }) => id);
      const absent = flags.rule.find((id) => !ids.includes(id));
      if (absent !== undefined) {
        const near = nearest(absent, ids);
        throw badArgument(
          '--rule',
          `there is no rule ${absent}${near === undefined ? '' : `; did you mean ${near}?`}`,
        );
      }
      const unread: CrosscheckError[] = [];
      const history = await historyOf(files, flags, unread);
      const bar = progressView(process.stderr);
      try {
        const run = await backtest({
          rulebook,
          ...(flags.rule.length === 0 ? {} : { only: new Set(flags.rule) }),
          ...(history === undefined ? { files } : { history }),
          ...(files.length === 0 ? { window: { from: flags.from, to: flags.to } } : {}),
          ...(threads === undefined ? {} : { threads }),
          ...(flags.country === undefined ? {} : { country: flags.country }),
          ...(flags.mapping === undefined ? {} : { mapping: flags.mapping }),
          onProgress: bar.show,
        });
        bar.stop();
        for (const error of unread) process.stderr.write(`${toLines(error)}\n`);
        run.tally.refused += unread.length;
        const alone = history === undefined ? askingHistory(rulebook, flags.rule) : [];
        if (alone.length > 0)
          process.stderr.write(
            `${alone.length} rules ask facts on history, which files alone do not tell; add --history: ${alone.slice(0, 8).join(', ')}${alone.length > 8 ? ', …' : ''}\n`,
          );
        const named = run.rules.map((rule) => rulebook.rules.find(({ id }) => id === rule.id)!);
        const report = reportOf(run.tally, { ...run, rulebook: rulebook.version, rules: named });
        for (const rule of report.rules) await addMessages(rule, rulebook, flags.country);
        tellRefused(run);
        if (flags.html !== undefined)
          writeFileSync(flags.html, reportPage(report, new Date().toISOString().slice(0, 10)));
        if (flags.json) print(JSON.stringify(report));
        else for (const line of reportLines(report, table)) print(line);
        process.exitCode = run.tally.declarations === 0 ? 2 : 0;
      } finally {
        bar.stop();
        await history?.close();
      }
    });
}
