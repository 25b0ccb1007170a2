/** `crosscheck rules list [FOLDER]`: what rules there are, whose they are, when they are due, and how often they hit. */
import type { Command } from 'commander';
import { findingsByRule } from '../projections/finding.ts';
import { project } from '../projections/project.ts';
import { loadRules } from '../rules/load.ts';
import { type Rule, statuses } from '../rules/model.ts';
import { callService, reach } from './reach.ts';
import { dayGiven, oneOf, print, rulesFolder, table } from './rules-folder.ts';

interface ListFlags {
  status?: string;
  owner?: string;
  due?: string;
  data?: string;
  json?: boolean;
}

/** Findings by rule in the checks that speak now: from the store, or from the service that holds it. */
async function hitsByRule(flags: ListFlags): Promise<ReadonlyMap<string, number>> {
  const reached = await reach(flags);
  if (reached.kind === 'service') {
    const response = await callService(reached, '/v1/rules?hits=true');
    const { hits } = (await response.json()) as { hits: Record<string, number> };
    return new Map(Object.entries(hits));
  }
  try {
    await project(reached.store);
    return await findingsByRule(reached.store);
  } finally {
    await reached.store.close();
  }
}

const stored = ({ data }: ListFlags): boolean => data !== undefined || process.env.MONGODB_URI !== undefined;

export function registerList(rules: Command): void {
  rules
    .command('list')
    .description('list the rules with status, owner, review date and, with --data, hits')
    .argument('[folder]', 'folder of rules')
    .option('--status <status>', `only ${statuses.join(', ')}`)
    .option('--owner <text>', 'only rules whose owner contains this')
    .option('--due <day>', 'only rules whose review is due by this day')
    .option(
      '--data <dir>',
      'count findings in this store, also while a service holds it; MONGODB_URI for MongoDB',
    )
    .option('--json', 'one JSON object a rule')
    .action(async (named: string | undefined, flags: ListFlags) => {
      dayGiven('--due', flags.due);
      const status = oneOf('--status', flags.status, statuses);
      const loaded = await loadRules(rulesFolder(named));
      const hits = stored(flags) ? await hitsByRule(flags) : undefined;
      const wanted = loaded.rules
        .filter((each): each is typeof each & { rule: Rule } => each.rule !== undefined)
        .filter(({ rule }) => status === undefined || rule.status === status)
        .filter(({ rule }) => flags.owner === undefined || rule.owner.includes(flags.owner))
        .filter(({ rule }) => flags.due === undefined || rule.review <= flags.due)
        .sort((a, b) => (a.rule.id < b.rule.id ? -1 : 1));
      if (flags.json) {
        for (const { rule, source } of wanted) {
          const { id, version, title, kind, class: severity, weight, owner, review } = rule;
          print(
            JSON.stringify({
              id,
              version,
              status: rule.status,
              kind,
              class: severity,
              weight,
              owner,
              review,
              title,
              file: source.file,
              ...(hits === undefined ? {} : { hits: hits.get(id) ?? 0 }),
            }),
          );
        }
        return;
      }
      const rows = wanted.map(({ rule }) => [
        rule.id,
        rule.status,
        rule.kind,
        rule.class,
        rule.weight,
        ...(hits === undefined ? [] : [hits.get(rule.id) ?? 0]),
        rule.review,
        rule.owner,
        rule.title.en ?? Object.values(rule.title)[0] ?? '',
      ]);
      const head = [
        'rule',
        'status',
        'kind',
        'class',
        'weight',
        ...(hits === undefined ? [] : ['hits']),
        'review',
        'owner',
        'title',
      ];
      for (const line of table(head, rows)) print(line);
      const unusable =
        loaded.rules.length -
        loaded.rules.filter(({ rule }) => rule !== undefined).length +
        loaded.problems.length;
      print(
        `${wanted.length} rules${unusable > 0 ? `; ${unusable} files cannot be read as rules: run \`crosscheck rules lint\`` : ''}`,
      );
    });
}
