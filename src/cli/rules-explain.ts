/**
 * `crosscheck rules explain RULE DECLARATION`: why a rule does or does not find something in a declaration of a file, or
 * of a store: there with trail, history, lists and registers as they were known when it was last looked at.
 */
import { statSync } from 'node:fs';
import type { Command } from 'commander';
import { casesFor, type HistoryRecord } from '../backtest/case.ts';
import { readFiles } from '../backtest/read-files.ts';
import { parseDay } from '../declaration/dates.ts';
import { CrosscheckError } from '../errors.ts';
import { toLines } from '../present.ts';
import { nearest } from '../rules/did-you-mean.ts';
import { evaluationLines } from '../rules/explain-text.ts';
import type { Rule } from '../rules/model.ts';
import { type Rulebook, trialOf } from '../rules/rulebook.ts';
import { knownCountry } from './country.ts';
import { knownLanguage } from './language.ts';
import { badArgument, print, rulesFolder, usableRulebook, withRulesOption } from './rules-folder.ts';
import { openHistory } from './rules-history.ts';

interface ExplainFlags {
  rules?: string;
  item?: string;
  country?: string;
  mapping?: string;
  data?: string;
  to?: string;
  lang: string;
  json?: boolean;
}

function itemOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const item = Number(text);
  if (!Number.isInteger(item) || item < 1) throw badArgument('--item', `"${text}" is no item number`);
  return item;
}

function ruleOf({ rules }: Rulebook, id: string): Rule {
  const rule = rules.find((each) => each.id === id);
  if (rule !== undefined) return rule;
  const near = nearest(
    id,
    rules.map((each) => each.id),
  );
  throw badArgument('RULE', `there is no rule ${id}${near === undefined ? '' : `; did you mean ${near}?`}`);
}

/** A file of that name goes first where no store is named; a name that is neither is told as what it can be. */
function isStored(declaration: string, { data, to }: ExplainFlags): boolean {
  if (to !== undefined && parseDay(to, 'ymd') !== to) throw badArgument('--to', `"${to}" is no day`);
  if (data !== undefined) return true;
  const isFile = statSync(declaration, { throwIfNoEntry: false })?.isFile() ?? false;
  if (!isFile && process.env.MONGODB_URI !== undefined) return true;
  if (!isFile)
    throw new CrosscheckError(
      'CC_FILE_UNREADABLE',
      {
        file: declaration,
        problem: 'there is no such file; for a declaration of a store add --data DIR to its reference',
      },
      { file: declaration },
    );
  if (to !== undefined) throw badArgument('--to', 'it is of a store: name one with --data');
  return false;
}

async function* stored(
  declaration: string,
  asking: Pick<Rulebook, 'rules' | 'shared'>,
  flags: ExplainFlags,
): AsyncGenerator<HistoryRecord> {
  const history = await openHistory(flags);
  try {
    for await (const batch of history.records([asking], { declaration, to: flags.to }, flags.country))
      yield* batch;
  } finally {
    await history.close();
  }
}

export function registerExplain(rules: Command): void {
  withRulesOption(rules.command('explain'), 'folder of rules')
    .description('show the tree of a rule with the values of a declaration: why it did or did not hit')
    .argument('<rule>', 'id of the rule, in any status')
    .argument(
      '<declaration>',
      'a file of declarations, in any format that `check` reads; with --data, a reference in the store',
    )
    .option(
      '--data <dir>',
      'the declaration is in this store, also while a service holds it; MONGODB_URI for MongoDB',
    )
    .option('--to <day>', 'of a store: as it stood before this day, UTC')
    .option('--item <number>', 'this item alone')
    .option('--country <id>', 'country profile for a declaration that names none')
    .option('--mapping <file>', 'column mapping, for CSV')
    .option('--lang <code>', 'language of the message: en, fr, or another that the rules have', 'en')
    .option('--json', 'one JSON object a declaration')
    .action(async (id: string, declaration: string, flags: ExplainFlags) => {
      const item = itemOf(flags.item);
      knownCountry(flags.country);
      const fromStore = isStored(declaration, flags);
      const rulebook = await usableRulebook(rulesFolder(flags.rules));
      const rule = ruleOf(rulebook, id);
      knownLanguage(flags.lang, rulebook.rules);
      const compiled = trialOf(rulebook, (each) => each === rule);
      const cases = casesFor(compiled.calls, flags.country);
      let refused = 0;
      const onRefused = (error: Error) => {
        refused++;
        process.stderr.write(`${toLines(error)}\n`);
      };
      const { country, mapping } = flags;
      const records = fromStore
        ? stored(declaration, { rules: [rule], shared: rulebook.shared }, flags)
        : readFiles([declaration], { onRefused, country, mapping });
      let read = 0;
      for await (const record of records) {
        read++;
        const [subject] = await cases([record]);
        const explained = compiled.explain(id, subject!.sheet);
        const evaluations = explained.evaluations.filter((each) => item === undefined || each.item === item);
        const { reference, version, recordedAt } = record;
        if (flags.json)
          print(
            JSON.stringify({
              declaration: reference,
              declarationVersion: version,
              asOf: recordedAt,
              ...explained,
              evaluations,
            }),
          );
        else {
          const when = recordedAt === undefined ? '' : `, version ${version} as known at ${recordedAt}`;
          print(
            `${reference}${when}  ${rule.id}.${rule.version} (${rule.status}) ${rule.title[flags.lang] ?? rule.title.en}`,
          );
          for (const evaluation of evaluations)
            for (const line of evaluationLines(evaluation, flags.lang)) print(`  ${line}`);
          if (evaluations.length === 0)
            print(item === undefined ? '  the declaration has no items' : `  there is no item ${item}`);
        }
      }
      if (read === 0 && refused === 0)
        throw badArgument(
          'DECLARATION',
          fromStore
            ? `there is no ${declaration} in the store${flags.to === undefined ? '' : ` before ${flags.to}`}`
            : `${declaration} has no declaration`,
        );
      process.exitCode = refused > 0 ? 2 : 0;
    });
}
