/** RL006: one rule a file, so that its history, owner and review can be followed. */
import type { Lint } from './lint.ts';

export const oneRuleAFile: Lint = {
  code: 'RL006',
  name: 'one-rule-a-file',
  severity: 'error',
  finds: 'a list of rules in one file',
  about: 'rules',
  *check({ base }) {
    if (base.length === 0) return;
    yield {
      path: [],
      message: 'a file holds one rule, not a list of them',
      fix: 'Put each rule into a file of its own.',
    };
  },
};
