/** `crosscheck rules diff A B FILE…`: what would change on these declarations if rulebook B took the place of A. */
import type { Command } from 'commander';
import { difference } from '../backtest/diff.ts';
import { checkFiles, readFiles } from '../backtest/read-files.ts';
import { toLines } from '../present.ts';
import { print, table, usableRulebook } from './rules-folder.ts';

interface DiffFlags {
  country?: string;
  mapping?: string;
  json?: boolean;
}

export function registerDiff(rules: Command): void {
  rules
    .command('diff')
    .description('what would change on these declarations if rulebook B took the place of A')
    .argument('<a>', 'folder of rules as they are')
    .argument('<b>', 'folder of rules as they would be')
    .argument('<file...>', 'declarations, in any format that `check` reads')
    .option('--country <id>', 'country profile under which files are read')
    .option('--mapping <file>', 'column mapping, for CSV')
    .option('--json', 'one JSON object')
    .action(async (a: string, b: string, files: string[], flags: DiffFlags) => {
      checkFiles(files);
      const [before, after] = [await usableRulebook(a), await usableRulebook(b)];
      let refused = 0;
      const onRefused = (error: Error) => {
        refused++;
        process.stderr.write(`${toLines(error)}\n`);
      };
      const records = readFiles(files, { onRefused, country: flags.country, mapping: flags.mapping });
      const found = await difference(before.compiled, after.compiled, records, flags.country);
      if (flags.json) print(JSON.stringify({ a: before.version, b: after.version, refused, ...found }));
      else {
        const changed = found.rules.filter(
          ({ change, lost, gained }) => change !== 'same' || lost + gained > 0,
        );
        for (const line of table(
          ['rule', 'file', 'both', 'only A', 'only B', 'examples'],
          changed.map(({ rule, change, both, lost, gained, lostExamples, gainedExamples }) => [
            rule,
            change,
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
