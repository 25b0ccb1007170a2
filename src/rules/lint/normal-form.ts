/**
 * What a rule says, whatever words it says it in: `not` at the leaves, groups flat and sorted, shared conditions and lets
 * written out, names of lets and of conditions gone. Two rules with one normal form are one rule.
 */
import { canonicalJson } from '../../ground/canonical.ts';
import { decorators, operators } from './language.ts';
import type { Book, Subject } from './lint.ts';
import { asLeaf, type ConditionNode, factOperand, type LeafNode, treeOf } from './tree.ts';
import { keyOf } from './vocabulary.ts';

function leafForm(leaf: LeafNode, negate: boolean, subject: Subject): unknown {
  let flip = negate;
  const kept: string[] = [];
  for (const name of leaf.decorators) {
    if (name === 'not') flip = !flip;
    else kept.push(flip ? (decorators.get(name)?.negation ?? name) : name);
  }
  const operator = flip ? (operators.get(leaf.operator)?.negation ?? `not ${leaf.operator}`) : leaf.operator;
  const other = factOperand(leaf.operand);
  const list =
    Array.isArray(leaf.operand) && /^(in|notIn|contains)/.test(operator)
      ? [...leaf.operand].sort()
      : leaf.operand;
  return {
    fact: keyOf(leaf.fact, leaf.params, subject),
    operator: [...kept, operator].join(':'),
    value: other === undefined ? list : keyOf(other.fact, other.params, subject),
  };
}

const maxExpansion = 8;

export function normalForm(subject: Subject, shared: Book['shared']): string {
  const form = (node: ConditionNode, negate: boolean, depth: number): unknown => {
    const leaf = asLeaf(node);
    if (leaf !== undefined) return leafForm(leaf, negate, subject);
    if (node.kind === 'not') return node.children[0] ? form(node.children[0], !negate, depth) : node.value;
    if (node.kind === 'condition') {
      const body = shared.get(String(node.raw.condition))?.raw.conditions;
      return body === undefined || depth > maxExpansion
        ? { shared: node.raw.condition, negate }
        : form(treeOf(body, []), negate, depth + 1);
    }
    const word = (node.kind === 'all') === negate ? 'any' : 'all';
    const parts = node.children.flatMap((child) => {
      const inner = form(child, negate, depth) as Record<string, unknown>;
      const nested = inner[word];
      return Array.isArray(nested) ? nested : [canonicalJson(inner)];
    });
    const distinct = [...new Set(parts)].sort();
    return distinct.length === 1 ? JSON.parse(distinct[0]!) : { [word]: distinct };
  };
  const [root] = subject.nodes;
  return root === undefined ? '' : canonicalJson({ scope: subject.scope, conditions: form(root, false, 0) });
}
