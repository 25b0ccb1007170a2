/** `crosscheck rules explain RULE FILE`: why a rule does or does not find something in a declaration. */
import type { Command } from 'commander';
import { casesFor } from '../backtest/case.ts';
import { checkFiles, readFiles } from '../backtest/read-files.ts';
import { toLines } from '../present.ts';
import { nearest } from '../rules/did-you-mean.ts';
import { evaluationLines } from '../rules/explain-text.ts';
import { trialOf } from '../rules/rulebook.ts';
import { badArgument, print, rulesFolder, usableRulebook } from './rules-folder.ts';

interface ExplainFlags {
  folder?: string;
  item?: string;
  country?: string;
  mapping?: string;
  lang: string;
  json?: boolean;
}

function itemOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const item = Number(text);
  if (!Number.isInteger(item) || item < 1) throw badArgument('--item', `"${text}" is no item number`);
  return item;
}

export function registerExplain(rules: Command): void {
  rules
    .command('explain')
    .description('show the tree of a rule with the values of a declaration: why it did or did not hit')
    .argument('<rule>', 'id of the rule, in any status')
    .argument('<file>', 'declarations, in any format that `check` reads')
    .option('--folder <dir>', 'folder of rules')
    .option('--item <number>', 'this item alone')
    .option('--country <id>', 'country profile under which the file is read')
    .option('--mapping <file>', 'column mapping, for CSV')
    .option('--lang <code>', 'language of the message', 'en')
    .option('--json', 'one JSON object a declaration')
    .action(async (id: string, file: string, flags: ExplainFlags) => {
      const item = itemOf(flags.item);
      checkFiles([file]);
      const rulebook = await usableRulebook(rulesFolder(flags.folder));
      const rule = rulebook.rules.find((each) => each.id === id);
      if (rule === undefined) {
        const near = nearest(
          id,
          rulebook.rules.map((each) => each.id),
        );
        throw badArgument(
          'RULE',
          `there is no rule ${id}${near === undefined ? '' : `; did you mean ${near}?`}`,
        );
      }
      const compiled = trialOf(rulebook, (each) => each === rule);
      const cases = casesFor(compiled.calls, flags.country);
      let refused = 0;
      const onRefused = (error: Error) => {
        refused++;
        process.stderr.write(`${toLines(error)}\n`);
      };
      let read = 0;
      for await (const record of readFiles([file], {
        onRefused,
        country: flags.country,
        mapping: flags.mapping,
      })) {
        read++;
        const [subject] = await cases([record]);
        const explained = compiled.explain(id, subject!.sheet);
        const evaluations = explained.evaluations.filter((each) => item === undefined || each.item === item);
        if (flags.json) print(JSON.stringify({ declaration: record.reference, ...explained, evaluations }));
        else {
          print(
            `${record.reference}  ${rule.id}.${rule.version} (${rule.status}) ${rule.title[flags.lang] ?? rule.title.en}`,
          );
          for (const evaluation of evaluations)
            for (const line of evaluationLines(evaluation, flags.lang)) print(`  ${line}`);
          if (evaluations.length === 0)
            print(item === undefined ? '  the declaration has no items' : `  there is no item ${item}`);
        }
      }
      if (read === 0 && refused === 0) throw badArgument('FILE', `${file} has no declaration`);
      process.exitCode = refused > 0 ? 2 : 0;
    });
}
