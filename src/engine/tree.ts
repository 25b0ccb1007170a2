/**
 * A rule's conditions with everything resolved: shared conditions put in place, operands bound to slots, literals in the
 * engine's representation. `positive` gives the same tree without `not`, which is what is compiled: in Kleene's logic
 * not-all is any-not, and every operator and decorator has its opposite.
 */
import { CrosscheckError } from '../errors.ts';
import type { Condition, Leaf, Rule } from '../rules/model.ts';
import type { Names } from './names.ts';
import {
  fitOperands,
  negated,
  type OperandType,
  type OperatorName,
  parseOperator,
  withoutNot,
} from './operators/resolve.ts';
import type { Slot } from './slot.ts';
import { whole } from './slots.ts';
import type { Present } from './values.ts';

export type Operand = { kind: 'slot'; slot: Slot } | { kind: 'literal'; value: Present } | { kind: 'none' };

export interface LeafNode {
  kind: 'leaf';
  source: Leaf;
  name: OperatorName;
  fact: Slot;
  value: Operand;
}
export interface GroupNode {
  kind: 'all' | 'any';
  children: readonly Node[];
  name?: string;
}
export interface NotNode {
  kind: 'not';
  child: Node;
  name?: string;
}
export type Node = LeafNode | GroupNode | NotNode;
/** A tree without `not`. */
export type PositiveNode = LeafNode | { kind: 'all' | 'any'; children: readonly PositiveNode[] };

// Deeper or larger than any rule a person writes; they bound what shared conditions can blow up to.
const maxDepth = 64;
const maxNodes = 5000;

export function buildTree(
  rule: Pick<Rule, 'id' | 'conditions'>,
  names: Names,
  shared: Readonly<Record<string, Condition>>,
): Node {
  let nodes = 0;
  const underway: string[] = [];

  const refuse = (pointer: string, problem: string): never => {
    throw new CrosscheckError('CC_RULE_UNUSABLE', { rule: rule.id, problem }, { pointer });
  };

  const build = (condition: Condition, pointer: string, depth: number): Node => {
    nodes++;
    if (depth > maxDepth) refuse(pointer, `conditions are nested deeper than ${maxDepth}`);
    if (nodes > maxNodes) refuse(pointer, `more than ${maxNodes} conditions`);
    if (typeof condition !== 'object' || condition === null || Array.isArray(condition))
      refuse(pointer, 'a condition is a mapping');
    const kinds = ['all', 'any', 'not', 'condition', 'fact'].filter((key) => Object.hasOwn(condition, key));
    if (kinds.length !== 1)
      refuse(
        pointer,
        kinds.length === 0
          ? 'a condition has one of all, any, not, condition or fact'
          : `${kinds.join(' and ')} stand on one level: nest them`,
      );
    const named = condition.name === undefined ? {} : { name: condition.name };
    if ('all' in condition || 'any' in condition) {
      const kind = 'all' in condition ? 'all' : 'any';
      const list = 'all' in condition ? condition.all : condition.any;
      if (!Array.isArray(list) || list.length === 0)
        refuse(`${pointer}/${kind}`, `${kind} lists its conditions`);
      return {
        kind,
        children: list.map((child, i) => build(child, `${pointer}/${kind}/${i}`, depth + 1)),
        ...named,
      };
    }
    if ('not' in condition)
      return { kind: 'not', child: build(condition.not, `${pointer}/not`, depth + 1), ...named };
    if ('condition' in condition) return sharedNode(condition, pointer, depth);
    return buildLeaf(condition, pointer);
  };

  const sharedNode = (
    reference: { condition: string; name?: string },
    pointer: string,
    depth: number,
  ): Node => {
    const name = reference.condition;
    if (!Object.hasOwn(shared, name)) refuse(pointer, `there is no shared condition ${name}`);
    if (underway.includes(name))
      refuse(pointer, `shared conditions are circular: ${[...underway, name].join(' → ')}`);
    underway.push(name);
    const node = build(shared[name]!, `${pointer}(${name})`, depth + 1);
    underway.pop();
    return node.kind === 'leaf' ? node : { ...node, name: reference.name ?? name };
  };

  const buildLeaf = (leaf: Leaf, pointer: string): LeafNode => {
    const name = parseOperator(String(leaf.operator));
    if ('unknown' in name) return refuse(`${pointer}/operator`, `there is no ${name.unknown} ${name.name}`);
    const fact = leaf.params === undefined ? names.resolve(leaf.fact) : names.fact(leaf.fact, leaf.params);
    if ('problem' in fact) return refuse(`${pointer}/fact`, fact.problem);
    const value = leaf.value;
    let other: OperandType | undefined;
    let valueSlot: Slot | undefined;
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
      const resolved =
        value.params === undefined ? names.resolve(value.fact) : names.fact(value.fact, value.params);
      if ('problem' in resolved) return refuse(`${pointer}/value`, resolved.problem);
      valueSlot = resolved;
      other = { type: resolved.type };
    } else if (value !== undefined) other = { literal: value };
    const fitted = fitOperands(name, fact.type, other);
    if ('problem' in fitted) return refuse(pointer, fitted.problem);

    const sides = oneByOne(name);
    if (name.operator.asksPresence === true && !sides.fact && fact.source !== 'let' && fact.form === 'column')
      refuse(pointer, `${leaf.fact} is asked of every item: write someFact:${leaf.operator} or everyFact:`);
    return {
      kind: 'leaf',
      source: leaf,
      name,
      fact: sides.fact ? fact : whole(fact),
      value:
        valueSlot !== undefined
          ? { kind: 'slot', slot: sides.value ? valueSlot : whole(valueSlot) }
          : fitted.value !== undefined
            ? { kind: 'literal', value: fitted.value }
            : { kind: 'none' },
    };
  };

  return build(rule.conditions, '/conditions', 0);
}

/** Which written sides a decorator goes through entry by entry. */
function oneByOne({ decorators }: OperatorName): { fact: boolean; value: boolean } {
  const sides = { fact: false, value: false };
  let swapped = false;
  for (const { name } of decorators) {
    if (name === 'swap') swapped = !swapped;
    else if (name !== 'not') sides[name.endsWith('Fact') !== swapped ? 'fact' : 'value'] = true;
  }
  return sides;
}

export const positiveLeaf = (leaf: LeafNode, opposite = false): LeafNode => ({
  ...leaf,
  name: opposite ? negated(leaf.name) : withoutNot(leaf.name),
});

export function positive(node: Node, opposite = false): PositiveNode {
  switch (node.kind) {
    case 'not':
      return positive(node.child, !opposite);
    case 'leaf':
      return positiveLeaf(node, opposite);
    default: {
      const kind = opposite ? (node.kind === 'all' ? 'any' : 'all') : node.kind;
      return { kind, children: node.children.map((child) => positive(child, opposite)) };
    }
  }
}

export function* leavesOf(node: Node): Generator<LeafNode> {
  if (node.kind === 'leaf') yield node;
  else if (node.kind === 'not') yield* leavesOf(node.child);
  else for (const child of node.children) yield* leavesOf(child);
}

export const slotsOfLeaf = (leaf: LeafNode): readonly Slot[] =>
  leaf.value.kind === 'slot' ? [leaf.fact, leaf.value.slot] : [leaf.fact];
