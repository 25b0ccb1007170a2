/** RL403: a condition that says nothing beside the others is often one with a slip in its limit. */
import type { Lint } from './lint.ts';
import { reason } from './reasoning.ts';
import { conditionWords } from './words.ts';

export const redundant: Lint = {
  code: 'RL403',
  name: 'redundant-condition',
  severity: 'warning',
  finds: 'a condition that the conditions beside it already say',
  about: 'conditions',
  *check(subject, { shared }) {
    const reasoning = reason(subject, shared);
    for (const { kind, children } of subject.nodes) {
      if ((kind !== 'all' && kind !== 'any') || children.length < 2) continue;
      const want = kind === 'all';
      const possible = (nodes: typeof children, inverted?: (typeof children)[number]) =>
        reasoning.possible(nodes.map((node) => ({ node, want: node === inverted ? !want : want })));
      // Of a group that cannot be as wanted at all, RL401 and RL402 speak.
      if (!possible(children)) continue;
      const useless = children.findLast((child) => possible([child], child) && !possible(children, child));
      if (useless !== undefined)
        yield {
          path: useless.path,
          message: `\`${conditionWords(useless)}\` says nothing that the conditions beside it do not say`,
          fix: 'Remove it, or mend its limit.',
        };
    }
  },
};
