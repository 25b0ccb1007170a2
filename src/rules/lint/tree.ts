/** The condition tree as it is written, right or wrong: what the lints of conditions walk over. */
import type { Path } from '../source.ts';

export const groupKeys = ['all', 'any', 'not', 'condition'] as const;
export type GroupKey = (typeof groupKeys)[number];

export interface ConditionNode {
  path: Path;
  kind: GroupKey | 'leaf' | 'broken';
  /** The mapping; empty where something else was written. */
  raw: Readonly<Record<string, unknown>>;
  value: unknown;
  parent?: ConditionNode;
  children: ConditionNode[];
}

/** A leaf whose fact and operator are text. */
export interface LeafNode extends ConditionNode {
  kind: 'leaf';
  fact: string;
  params: Readonly<Record<string, unknown>>;
  /** Before the operator, outermost first: `not`, `someFact`. */
  decorators: readonly string[];
  operator: string;
  /** Undefined where none is written. */
  operand: unknown;
}

export const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export function treeOf(value: unknown, path: Path, parent?: ConditionNode): ConditionNode {
  const node: ConditionNode = {
    path,
    kind: 'broken',
    raw: isRecord(value) ? value : {},
    value,
    parent,
    children: [],
  };
  if (!isRecord(value)) return node;
  const group = groupKeys.find((key) => key in value);
  if (group !== undefined) node.kind = group;
  else if ('fact' in value || 'operator' in value) node.kind = 'leaf';
  for (const key of ['all', 'any'] as const) {
    const list = value[key];
    if (Array.isArray(list))
      for (const [i, child] of list.entries()) node.children.push(treeOf(child, [...path, key, i], node));
  }
  if ('not' in value) node.children.push(treeOf(value.not, [...path, 'not'], node));
  return node;
}

/** Outermost first. */
export function* nodesOf(node: ConditionNode): Generator<ConditionNode> {
  yield node;
  for (const child of node.children) yield* nodesOf(child);
}

export function asLeaf(node: ConditionNode): LeafNode | undefined {
  const { fact, operator, params, value } = node.raw;
  if (node.kind !== 'leaf' || typeof fact !== 'string' || typeof operator !== 'string') return undefined;
  const parts = operator.split(':');
  return {
    ...node,
    kind: 'leaf',
    fact,
    params: isRecord(params) ? params : {},
    decorators: parts.slice(0, -1),
    operator: parts.at(-1)!,
    operand: value,
  };
}

/** The fact that a leaf compares with, where it compares with one. */
export const factOperand = (
  operand: unknown,
): { fact: string; params: Readonly<Record<string, unknown>> } | undefined =>
  isRecord(operand) && typeof operand.fact === 'string'
    ? { fact: operand.fact, params: isRecord(operand.params) ? operand.params : {} }
    : undefined;
