/** RL401: a rule, or a part of it, that no declaration can meet. */
import type { Complaint, Lint } from './lint.ts';
import { type Reasoning, reason } from './reasoning.ts';
import type { ConditionNode } from './tree.ts';
import { conditionWords } from './words.ts';

/** Two conditions that exclude each other, where the fault lies with a pair. */
function pair(
  children: readonly ConditionNode[],
  reasoning: Reasoning,
): [ConditionNode, ConditionNode] | undefined {
  for (const [i, first] of children.entries())
    for (const second of children.slice(i + 1))
      if (
        !reasoning.possible([
          { node: first, want: true },
          { node: second, want: true },
        ])
      )
        return [first, second];
  return undefined;
}

function complaint(node: ConditionNode, reasoning: Reasoning): Complaint {
  const clash = node.kind === 'all' ? pair(node.children, reasoning) : undefined;
  if (clash !== undefined)
    return {
      path: clash[1].path,
      message: `\`${conditionWords(clash[0])}\` and \`${conditionWords(clash[1])}\` never hold together`,
      fix: 'Mend the limits, or put the two under `any`.',
    };
  const byApplies = reasoning.possible([{ node, want: true }], false);
  return {
    path: node.path,
    message: `\`${conditionWords(node)}\` never holds${byApplies ? ' for the declarations that `applies` lets through' : ''}`,
    fix: 'Mend it, or remove what it makes useless.',
  };
}

/** The innermost conditions of which it is true; what stands around them is not told again. */
export function* innermost(
  node: ConditionNode,
  isSo: (node: ConditionNode) => boolean,
): Generator<ConditionNode> {
  const inner = node.children.flatMap((child) => [...innermost(child, isSo)]);
  if (inner.length > 0) yield* inner;
  else if (isSo(node)) yield node;
}

export const neverHolds: Lint = {
  code: 'RL401',
  name: 'never-holds',
  severity: 'error',
  finds: 'a condition that no values can meet',
  about: 'conditions',
  *check(subject, { shared }) {
    const [root] = subject.nodes;
    if (root === undefined) return;
    const reasoning = reason(subject, shared);
    for (const node of innermost(root, (each) => !reasoning.possible([{ node: each, want: true }])))
      yield complaint(node, reasoning);
  },
};
