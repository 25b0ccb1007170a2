/** RL402: a condition that cannot fail selects nothing, or everything. */
import type { Lint } from './lint.ts';
import { innermost } from './never-holds.ts';
import { reason } from './reasoning.ts';
import { conditionWords } from './words.ts';

export const alwaysHolds: Lint = {
  code: 'RL402',
  name: 'always-holds',
  severity: 'error',
  finds: 'a condition that holds whatever the values are',
  about: 'conditions',
  *check(subject, { shared }) {
    const [root] = subject.nodes;
    if (root === undefined) return;
    const reasoning = reason(subject, shared);
    for (const node of innermost(root, (each) => !reasoning.possible([{ node: each, want: false }]))) {
      const byApplies = reasoning.possible([{ node, want: false }], false);
      yield {
        path: node.path,
        message: `\`${conditionWords(node)}\` always holds${byApplies ? ' for the declarations that `applies` lets through' : ' where its facts are known'}`,
        fix: 'Remove it, or mend the limits; to ask whether a fact is there, use isPresent.',
      };
    }
  },
};
