/** One rule made ready: names resolved, conditions bound, and the closures that ask, explain and report it. */
import { CrosscheckError } from '../errors.ts';
import type { FactCatalogue } from '../facts/model.ts';
import { type Audience, type Condition, defaultAudience, type Rule } from '../rules/model.ts';
import { type Ask, askOf, missingOf } from './closures.ts';
import { type Explained, explainerOf, type Shown, shownBy } from './explain.ts';
import { basesOf, Names } from './names.ts';
import type { BaseSlot, Scope, Slot } from './slot.ts';
import type { Frame } from './slots.ts';
import { buildTree, leavesOf, type Node, type PositiveNode, positive, slotsOfLeaf } from './tree.ts';

export interface Plan {
  rule: Rule;
  /** Place in the rulebook. */
  place: number;
  scope: Scope;
  shadow: boolean;
  audience: Audience;
  tree: Node;
  positive: PositiveNode;
  /** What the conditions read, in the order of their first appearance. */
  slots: readonly Slot[];
  /** Facts behind conditions and message. */
  reads: readonly BaseSlot[];
  ask: Ask;
  missing(frame: Frame): string[];
  shown: Shown;
  explain(frame: Frame): Explained;
}

export function planOf(
  rule: Rule,
  place: number,
  catalogue: FactCatalogue,
  shared: Readonly<Record<string, Condition>>,
): Plan {
  const names = new Names(rule, catalogue);
  for (const name of Object.keys(rule.let ?? {})) {
    const slot = names.resolve(name);
    if ('problem' in slot)
      throw new CrosscheckError(
        'CC_RULE_UNUSABLE',
        { rule: rule.id, problem: slot.problem },
        { pointer: `/let/${name}` },
      );
  }
  const tree = buildTree(rule, names, shared);
  const slots = new Map<string, Slot>();
  for (const leaf of leavesOf(tree)) for (const slot of slotsOfLeaf(leaf)) slots.set(slot.id, slot);
  const shown = shownBy(rule, tree, names);
  return {
    rule,
    place,
    scope: rule.scope,
    shadow: rule.status === 'shadow',
    audience: rule.audience ?? defaultAudience[rule.kind],
    tree,
    positive: positive(tree),
    slots: [...slots.values()],
    reads: [...slots.values(), ...shown.values.values()].flatMap(basesOf),
    ask: askOf(tree),
    missing: missingOf(tree),
    shown,
    explain: explainerOf(shown),
  };
}
