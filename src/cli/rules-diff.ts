/** `crosscheck rules diff A B FILE…`: what would change on these declarations, or on a store's, if rulebook B took the place of A. */
import type { Command } from 'commander';
import type { HistoryRecord } from '../backtest/case.ts';
import { difference, type RuleDifference } from '../backtest/diff.ts';
import { checkFiles, readFiles } from '../backtest/read-files.ts';
import { toLines } from '../present.ts';
import { knownCountry } from './country.ts';
import { badArgument, print, table, usableRulebook } from './rules-folder.ts';
import { openHistory } from './rules-history.ts';

interface DiffFlags {
  country?: string;
  mapping?: string;
  data?: string;
  json?: boolean;
}

async function* one(batches: AsyncIterable<HistoryRecord[]>): AsyncGenerator<HistoryRecord> {
  for await (const batch of batches) yield* batch;
}

/** A status is not seen in findings: what leaves shadow finds the same, and from then on it counts. */
function fileChange({ change, before, after }: Pick<RuleDifference, 'change' | 'before' | 'after'>): string {
  if (before === undefined || after === undefined) return change;
  const told = before.status === after.status ? change : `${before.status} → ${after.status}`;
  if (before.version !== after.version) return `${told}, version ${before.version} → ${after.version}`;
  return told === 'changed' ? `${told}, still version ${before.version}` : told;
}

export function registerDiff(rules: Command): void {
  rules
    .command('diff')
    .description('what would change on these declarations if rulebook B took the place of A')
    .argument('<a>', 'folder of rules as they are')
    .argument('<b>', 'folder of rules as they would be')
    .argument('[file...]', 'declarations, in any format that `check` reads')
    .option('--data <dir>', 'declarations of this store instead, also while a service holds it')
    .option('--country <id>', 'country profile under which files are read')
    .option('--mapping <file>', 'column mapping, for CSV')
    .option('--json', 'one JSON object')
    .action(async (a: string, b: string, files: string[], flags: DiffFlags) => {
      const stored = flags.data !== undefined || process.env.MONGODB_URI !== undefined;
      if (files.length === 0 ? !stored : flags.data !== undefined)
        throw badArgument('FILE', 'name files, or a store with --data');
      checkFiles(files);
      knownCountry(flags.country);
      const [before, after] = [await usableRulebook(a), await usableRulebook(b)];
      let refused = 0;
      const onRefused = (error: Error) => {
        refused++;
        process.stderr.write(`${toLines(error)}\n`);
      };
      const history = files.length > 0 ? undefined : await openHistory(flags);
      const records =
        history === undefined
          ? readFiles(files, { onRefused, country: flags.country, mapping: flags.mapping })
          : one(history.records([before, after], {}, flags.country));
      const found = await difference(before, after, records, flags.country).finally(() => history?.close());
      if (flags.json) print(JSON.stringify({ a: before.version, b: after.version, refused, ...found }));
      else {
        const changed = found.rules.filter(
          ({ change, lost, gained }) => change !== 'same' || lost + gained > 0,
        );
        for (const line of table(
          ['rule', 'file', 'both', 'only A', 'only B', 'examples'],
          changed.map(({ rule, both, lost, gained, lostExamples, gainedExamples, ...row }) => [
            rule,
            fileChange(row),
            both,
            lost,
            gained,
            [...lostExamples.map((each) => `-${each}`), ...gainedExamples.map((each) => `+${each}`)].join(
              ' ',
            ),
          ]),
        ))
          print(line);
        print(`${found.declarations} declarations, of which ${found.touched} differ; ${refused} refused`);
      }
      process.exitCode = refused > 0 ? 2 : 0;
    });
}
