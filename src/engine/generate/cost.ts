/** What asking a condition costs and how often it holds: the order in which conditions are asked. */
import type { Expression, LetSlot, Slot } from '../slot.ts';
import { type LeafNode, type PositiveNode, slotsOfLeaf } from '../tree.ts';

/** Entries that a list has, on the average. */
const entries = 5;
const strictCall = 5;

export function expressionCost(expression: Expression): number {
  switch (expression.kind) {
    case 'call': {
      const own =
        expression.fn.missing === 'arithmetic' ? 1 : expression.fn.name === 'matches' ? 40 : strictCall;
      return expression.args.reduce((cost, arg) => cost + expressionCost(arg), own);
    }
    case 'finite':
      return 1 + expressionCost(expression.of);
    case 'choice':
      return (
        1 + [expression.condition, expression.yes, expression.no].reduce((c, e) => c + expressionCost(e), 0)
      );
    case 'slot':
      return slotCost(expression.slot);
    case 'literal':
      return 0;
  }
}

const letCosts = new WeakMap<LetSlot, number>();

function slotCost(slot: Slot): number {
  if (slot.source !== 'let') return 0;
  let cost = letCosts.get(slot);
  if (cost === undefined) {
    cost = expressionCost(slot.expression);
    letCosts.set(slot, cost);
  }
  return cost;
}

function leafCost(leaf: LeafNode): number {
  const { decorators, operator } = leaf.name;
  const loops = decorators.filter(({ name }) => name !== 'swap').length;
  return (
    operator.cost * entries ** loops + slotsOfLeaf(leaf).reduce((cost, slot) => cost + slotCost(slot), 0)
  );
}

export interface Estimate {
  cost: number;
  /** Probability of holding. */
  holds: number;
}

export function estimate(node: PositiveNode): Estimate {
  if (node.kind === 'leaf') return { cost: leafCost(node), holds: node.name.operator.selectivity };
  const parts = node.children.map(estimate);
  const cost = parts.reduce((sum, part) => sum + part.cost, 0);
  return node.kind === 'all'
    ? { cost, holds: parts.reduce((p, part) => p * part.holds, 1) }
    : { cost, holds: 1 - parts.reduce((p, part) => p * (1 - part.holds), 1) };
}

/** Cheap and decisive conditions first; the order does not change what holds. */
export function ordered(kind: 'all' | 'any', children: readonly PositiveNode[]): PositiveNode[] {
  const rank = (node: PositiveNode): number => {
    const { cost, holds } = estimate(node);
    return cost / Math.max(0.01, kind === 'all' ? 1 - holds : holds);
  };
  return children
    .map((child) => ({ child, rank: rank(child) }))
    .sort((a, b) => a.rank - b.rank)
    .map(({ child }) => child);
}
