/** RL211: two conditions over a list may be met by two different entries; json-rules-engine hits then too (trap 9). */
import { operators } from './language.ts';
import type { Lint } from './lint.ts';
import { asLeaf, type ConditionNode, type LeafNode } from './tree.ts';

/** Leaves that must all hold together: those of an `all` and of the `all`s inside it. */
const together = (node: ConditionNode): LeafNode[] =>
  node.children.flatMap((child) => (child.kind === 'all' ? together(child) : (asLeaf(child) ?? [])));

const picksAnEntry = ({ decorators, operator }: LeafNode): boolean =>
  (decorators.includes('someFact') && !decorators.includes('not')) ||
  (decorators.length === 0 &&
    (operator === 'contains' || operator === 'containsAny') &&
    operators.has(operator));

export const sameItem: Lint = {
  code: 'RL211',
  name: 'same-item',
  severity: 'error',
  finds: 'two conditions on some item that may be met by two different items',
  about: 'conditions',
  *check({ nodes, vocabulary, scope }) {
    if (scope === 'item') return;
    for (const node of nodes) {
      if (node.kind !== 'all' || node.parent?.kind === 'all') continue;
      const picking = together(node).filter(
        (leaf) =>
          picksAnEntry(leaf) &&
          vocabulary.lookup(leaf.fact)?.scope === 'item' &&
          typeof leaf.raw.name !== 'string',
      );
      const [first, second] = picking;
      if (first === undefined || second === undefined) continue;
      yield {
        path: second.path,
        message: `${first.fact} and ${second.fact} may each be met by a different item`,
        fix: 'Write `scope: item` and compare without someFact: both then speak of the same item. Where different items are meant, give each of the two conditions a `name` that says so.',
      };
    }
  },
};
