/** RL212: what is said of every entry is true of an empty list too, in logic and in json-rules-engine (trap 11). */
import type { Lint, Subject } from './lint.ts';
import { asLeaf, type ConditionNode, type LeafNode } from './tree.ts';

const sayings = /^(isNotEmpty|lengthGreaterThan(Inclusive)?|contains(Any)?)$/;

/** True where the leaf can hold only if the list has an entry. */
function provesAnEntry(leaf: LeafNode, list: LeafNode, subject: Subject): boolean {
  const [one, other] = [subject.vocabulary.lookup(leaf.fact), subject.vocabulary.lookup(list.fact)];
  const sameList = leaf.fact === list.fact || (one?.scope === 'item' && other?.scope === 'item');
  if (
    sameList &&
    (leaf.decorators[0] === 'someFact' || (leaf.decorators.length === 0 && sayings.test(leaf.operator)))
  )
    return true;
  const counted = one?.unit === 'count' && one.scope === 'declaration' && leaf.decorators.length === 0;
  const limit = typeof leaf.operand === 'number' ? leaf.operand : undefined;
  if (!counted || limit === undefined) return false;
  return leaf.operator === 'greaterThan'
    ? limit >= 0
    : (leaf.operator === 'greaterThanInclusive' || leaf.operator === 'equal') && limit > 0;
}

/** Conditions that must hold beside this one. */
function* beside(node: ConditionNode): Generator<ConditionNode> {
  for (let at = node; at.parent?.kind === 'all'; at = at.parent) {
    for (const sibling of at.parent.children) if (sibling !== at) yield sibling;
  }
}

export const everyOfNone: Lint = {
  code: 'RL212',
  name: 'every-of-none',
  severity: 'error',
  finds: 'everyFact over a list that may be empty, for which it then holds',
  about: 'conditions',
  *check(subject) {
    for (const node of subject.nodes) {
      const leaf = asLeaf(node);
      if (leaf === undefined || !leaf.decorators.includes('everyFact') || leaf.decorators.includes('not'))
        continue;
      const guarded = [...beside(node)].some((sibling) => {
        const other = asLeaf(sibling);
        return other !== undefined && provesAnEntry(other, leaf, subject);
      });
      if (!guarded)
        yield {
          path: [...leaf.path, 'operator'],
          message: `everyFact holds for an empty list: with no entry in ${leaf.fact} this is true`,
          fix: `Put { fact: ${leaf.fact}, operator: isNotEmpty } beside it in an \`all\`.`,
        };
    }
  },
};
