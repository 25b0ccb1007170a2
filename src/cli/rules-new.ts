/** `crosscheck rules new ID`: a draft that passes lint and test, to be changed line by line. */
import { existsSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { Command } from 'commander';
import { folderToWrite } from '../ground/folder.ts';
import { fromRoot } from '../ground/paths.ts';
import { loadRules } from '../rules/load.ts';
import { ruleIdPattern } from '../rules/model.ts';
import { scaffold } from '../rules/scaffold.ts';
import { badArgument, print, withRulesOption } from './rules-folder.ts';

interface NewFlags {
  rules?: string;
  item?: boolean;
  owner?: string;
}

export function registerNew(rules: Command): void {
  withRulesOption(rules.command('new'), 'folder of rules; made where there is none (default: "rules")')
    .description('write a draft rule that passes lint and test')
    .argument('<id>', 'two to five capitals, a dash and three digits: VAL-001')
    .option('--item', 'a rule on each item; on the declaration otherwise')
    .option('--owner <unit>', 'the unit that answers for it', 'risk analysis unit')
    .action(async (id: string, flags: NewFlags) => {
      if (!new RegExp(ruleIdPattern).test(id))
        throw badArgument(
          'ID',
          `"${id}" is no rule id: two to five capitals, a dash and three digits, such as VAL-001`,
        );
      const { rules: folder = 'rules' } = flags;
      if (existsSync(folder)) {
        const same = (await loadRules(folder)).rules.find(({ raw }) => raw.id === id);
        if (same !== undefined) throw badArgument('ID', `${id} is already in ${same.source.file}`);
      }
      const file = join(folder, `${id}.yaml`);
      if (existsSync(file)) throw badArgument('ID', `${file} exists already`);
      folderToWrite(folder);
      const year = new Date().getUTCFullYear() + 1;
      writeFileSync(
        file,
        scaffold({
          id,
          scope: flags.item ? 'item' : 'declaration',
          owner: flags.owner!,
          review: `${year}-01-31`,
          schema: relative(folder, fromRoot('schemas', 'rule.json')),
        }),
      );
      print(file);
      print('Change it, then: crosscheck rules lint, crosscheck rules test. docs/guide-analyst.md leads on.');
    });
}
