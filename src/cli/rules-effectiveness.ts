/** `crosscheck rules effectiveness`: what the rules found, against what chance finds; weights that outcomes suggest. */
import type { Command } from 'commander';
import { isDay } from '../declaration/dates.ts';
import type { Report } from '../effectiveness/judge.ts';
import { effectiveness, effectivenessRemarks, effectivenessTable } from '../effectiveness/report.ts';
import { project } from '../projections/project.ts';
import { callService, type ReachOptions, reach, withDataOption } from './reach.ts';
import { badArgument, print, rulesFolder, table, usableRulebook } from './rules-folder.ts';

interface Flags extends ReachOptions {
  rules?: string;
  from?: string;
  to?: string;
  office?: string[];
  json?: boolean;
}

export function registerEffectiveness(rules: Command): void {
  withDataOption(rules.command('effectiveness'))
    .description(
      'hits, what controls confirmed, lift over the random sample, and weights that outcomes suggest',
    )
    .option('--rules <dir>', 'folder of rules whose weights and review dates are compared')
    .option('--from <day>', 'first day')
    .option('--to <day>', 'last day')
    .option('--office <code...>', 'only these offices')
    .option('--json', 'one JSON object')
    .action(async (flags: Flags) => {
      for (const name of ['from', 'to'] as const)
        if (flags[name] !== undefined && !isDay(flags[name]))
          throw badArgument(`--${name}`, `"${flags[name]}" is not a day, YYYY-MM-DD`);
      const report = await reportOf(flags);
      if (flags.json === true) {
        print(JSON.stringify(report));
        return;
      }
      const { head, rows } = effectivenessTable(report);
      for (const line of table(head, rows)) print(line);
      for (const line of effectivenessRemarks(report)) print(line);
    });
}

async function reportOf(flags: Flags): Promise<Report> {
  const reached = await reach(flags);
  if (reached.kind === 'service') {
    const query = new URLSearchParams();
    if (flags.from !== undefined) query.set('from', flags.from);
    if (flags.to !== undefined) query.set('to', flags.to);
    for (const office of flags.office ?? []) query.append('office', office);
    return (await (await callService(reached, `/v1/rules/effectiveness?${query}`)).json()) as Report;
  }
  try {
    const rulebook = await usableRulebook(rulesFolder(flags.rules));
    await project(reached.store);
    const { from, to, office } = flags;
    return await effectiveness(
      reached.store,
      rulebook.rules,
      { from, to, offices: office },
      new Date().toISOString().slice(0, 10),
    );
  } finally {
    await reached.store.close();
  }
}
