/**
 * Conditions as JavaScript. `holds` is true where a condition definitely holds; because every emitted comparison is
 * falsy on a missing operand, nothing is asked about presence on the way. Only a rule that does not hold and has lost a
 * fact goes on to `lost`, which gives the facts that leave it unknown, as bits, and 0 where it is definitely false.
 */
import { namesReported } from '../closures.ts';
import { basesOf } from '../names.ts';
import type { Slot } from '../slot.ts';
import { type LeafNode, type Node, type PositiveNode, positive, slotsOfLeaf } from '../tree.ts';
import { ordered } from './cost.ts';
import type { Writer } from './writer.ts';

/** Gives another expression for a condition that is computed elsewhere, or nothing. */
export type Instead = (node: PositiveNode) => string | undefined;

export function holds(node: PositiveNode, writer: Writer, instead: Instead): string {
  const other = instead(node);
  if (other !== undefined) return other;
  if (node.kind === 'leaf') return writer.leaf(node);
  const parts = ordered(node.kind, node.children).map((child) => holds(child, writer, instead));
  return `(${parts.join(node.kind === 'all' ? ' && ' : ' || ')})`;
}

// Bits of a 32-bit integer without its sign.
export const maxNames = 30;

/**
 * An expression: bits of the tree's names, 0 where the condition is not unknown. Undefined where a rule can report more
 * facts than there are bits; closures tell those.
 */
export function lost(tree: Node, writer: Writer): string | undefined {
  const names = namesReported(tree);
  if (names.length > maxNames) return undefined;
  const bit = (name: string): number => 1 << names.indexOf(name);

  const absent = (slot: Slot): string => {
    const variable = writer.variable(slot);
    if (slot.source !== 'let') {
      const lacking = slot.form === 'column' ? `lacks(${variable})` : `${variable} === undefined`;
      return `(${lacking} ? ${bit(slot.name)} : 0)`;
    }
    const bases = [...new Map(basesOf(slot).map((base) => [base.id, base])).values()].map(absent);
    const own = bit(slot.name);
    return `(${variable} === undefined ? ${bases.length === 0 ? own : `(${bases.join(' | ')}) || ${own}`} : 0)`;
  };

  const lostLeaf = (leaf: LeafNode): string => {
    if (leaf.name.operator.asksPresence === true && leaf.name.decorators.length === 0) return '0';
    const bits = `(${slotsOfLeaf(leaf).map(absent).join(' | ')})`;
    if (leaf.name.decorators.length === 0) return bits;
    // Entries can decide although another entry, or the value, is missing.
    return `(${writer.leaf(leaf)} || ${writer.opposite(leaf)} ? 0 : ${bits})`;
  };

  const never: Instead = () => undefined;
  const lostNode = (node: PositiveNode): string => {
    if (node.kind === 'leaf') return lostLeaf(node);
    const decided = holds(node.kind === 'all' ? positive(node, true) : node, writer, never);
    return `(${decided} ? 0 : ${node.children.map(lostNode).join(' | ')})`;
  };

  return lostNode(positive(tree));
}
