/**
 * Can a condition hold, and can it fail? For each fact the values that the rule distinguishes are tried: the literals it
 * compares with, one between each two, one beyond. Operators are the engine's own, so what is proved here is what the
 * engine does. What cannot be told from such values (patterns, lists, facts against facts) may hold or fail freely,
 * so that "never" and "always" are only said where they are certain.
 */
import { flows, sourceFormats } from '../../declaration/declaration.ts';
import type { Present } from '../../engine/values.ts';
import { canonicalJson } from '../../ground/canonical.ts';
import { decorators, operators, readers, type ValueType } from './language.ts';
import type { Book, Subject } from './lint.ts';
import { operandProblem } from './operand-types.ts';
import { asLeaf, type ConditionNode, factOperand, isRecord, type LeafNode, treeOf } from './tree.ts';
import { keyOf } from './vocabulary.ts';

/** Per value tried: holds, fails, unknown (the value is missing), or may do either. */
type Truth = 'holds' | 'fails' | 'unknown' | 'either';

/** A leaf as constraints on the values of one key or two; all of them are necessary. */
interface Atom {
  parts: { key: string; truths: readonly Truth[] }[];
}

export interface Reasoning {
  /** False only where no values of the facts make the conditions what is wanted; `applies` is taken as met. */
  possible(goals: readonly Goal[], withApplies?: boolean): boolean;
}

export interface Goal {
  node: ConditionNode;
  want: boolean;
}

interface Reading {
  leaf: LeafNode;
  key: string;
  type: ValueType;
  /** With `not` worked in. */
  operator: string;
  decorators: readonly string[];
  literal: Present | undefined;
  /** Of someValue and everyValue alone before the operator: what it is compared with, one by one. */
  entries?: readonly Present[];
  other?: string;
  /** Fact and compared fact are of one ordered type. */
  ordered: boolean;
}

const isOrdered = (type: ValueType): boolean => type === 'number' || type === 'date' || type === 'instant';
const textByParts = new Set(['equal', 'notEqual', 'in', 'notIn', 'startsWith', 'doesNotStartWith']);
const presence: Record<string, boolean> = { isMissing: true, isPresent: false };

/** `not:` before an operator is the opposite operator. */
function withoutNot(leaf: LeafNode): { decorators: string[]; operator: string } | undefined {
  let operator = operators.get(leaf.operator);
  if (operator === undefined) return undefined;
  const kept: string[] = [];
  let negate = false;
  for (const name of leaf.decorators) {
    const decorator = decorators.get(name);
    if (decorator === undefined) return undefined;
    if (name === 'not') negate = !negate;
    else kept.push(negate ? (decorator.negation ?? name) : name);
  }
  if (negate) operator = operators.get(operator.negation);
  return operator === undefined ? undefined : { decorators: kept, operator: operator.name };
}

function read(subject: Subject, leaf: LeafNode): Reading | undefined {
  const type = subject.vocabulary.lookup(leaf.fact)?.type;
  const plain = withoutNot(leaf);
  // Nothing is concluded from operands that do not fit: other lints speak of them.
  if (type === undefined || plain === undefined || operandProblem(subject, leaf) !== undefined)
    return undefined;
  const other = factOperand(leaf.operand);
  const signature = operators.get(plain.operator)!.signatures.find((each) => each.fact === type);
  const literal =
    other !== undefined || signature === undefined || signature.value === 'none'
      ? undefined
      : (readers[signature.value](leaf.operand) as Present | undefined);
  // A pattern or range that cannot be used is told by RL209; nothing is concluded from it.
  if (literal !== undefined && operators.get(plain.operator)!.refuse?.(literal) !== undefined)
    return undefined;
  const entries =
    signature !== undefined && signature.value !== 'none' && Array.isArray(leaf.operand)
      ? leaf.operand.map((entry) => readers[signature.value as ValueType](entry) as Present | undefined)
      : [];
  return {
    leaf,
    key: keyOf(leaf.fact, leaf.params, subject),
    type,
    ...plain,
    literal,
    ...(/^(some|every)Value$/.test(plain.decorators.join(':')) &&
    entries.length > 0 &&
    entries.every((entry) => entry !== undefined)
      ? { entries: entries as Present[] }
      : {}),
    other: other && keyOf(other.fact, other.params, subject),
    ordered: isOrdered(type) && other !== undefined && subject.vocabulary.lookup(other.fact)?.type === type,
  };
}

const isScalar = (value: unknown): value is number | string | boolean => typeof value !== 'object';

/** One value for each way in which the literals can be met; undefined stands for missing. */
function witnesses(type: ValueType, readings: readonly Reading[]): (Present | undefined)[] {
  const literals = [
    ...new Set(
      readings.flatMap(({ literal, entries = [] }) =>
        literal === undefined ? entries.flat() : [literal].flat(),
      ),
    ),
  ].filter(isScalar);
  if (type === 'boolean') return [undefined, true, false];
  if (isOrdered(type)) {
    const sorted = (literals as number[]).sort((a, b) => a - b);
    const values = [...sorted];
    for (const [i, value] of sorted.entries()) {
      const next = sorted[i + 1];
      if (next === undefined) continue;
      const between = type === 'number' ? (value + next) / 2 : Math.floor((value + next) / 2);
      if (between > value && between < next) values.push(between);
    }
    return [undefined, (sorted[0] ?? 0) - 1, ...values, (sorted.at(-1) ?? 0) + 1];
  }
  if (type === 'text')
    return [undefined, '', '\u0001', ...literals, ...literals.map((literal) => `${literal}\u0001`)];
  return [undefined];
}

const closed: ReadonlyMap<string, readonly string[]> = new Map<string, readonly string[]>([
  ['declaration.flow', flows],
  ['declaration.format', sourceFormats],
]);

/** Values that the catalogue knows a fact cannot have. */
function cannotBe(subject: Subject, leaf: LeafNode, value: Present): boolean {
  const name = subject.vocabulary.lookup(leaf.fact);
  const list = closed.get(leaf.fact);
  if (list !== undefined) return !list.includes(value as string);
  if (typeof value !== 'number' || value >= 0 || name?.type !== 'number') return false;
  const ast = name.let?.expression?.ast;
  const absolute = ast?.op === 'call' && ast.args[0] === 'abs';
  const computedCount =
    name.let === undefined && name.fact?.unit === 'count' && name.fact.family !== 'declared';
  return absolute || computedCount;
}

/** `applies` as conditions on the facts it speaks of. */
function appliesTree(raw: Subject['raw'], scope: Subject['scope']): ConditionNode | undefined {
  const { applies } = raw;
  if (!isRecord(applies)) return undefined;
  const oneOf = (fact: string, values: unknown) =>
    Array.isArray(values) ? [{ fact, operator: 'in', value: values }] : [];
  const begins = (fact: string, values: unknown) =>
    Array.isArray(values) && scope === 'item'
      ? [
          {
            any: values.map((value) => ({
              fact,
              operator: 'startsWith',
              value: String(value).replace(/\*$/, ''),
            })),
          },
        ]
      : [];
  return treeOf(
    {
      all: [
        ...oneOf('declaration.flow', applies.flow),
        ...oneOf('declaration.office', applies.office),
        ...oneOf('declaration.format', applies.format),
        ...oneOf('declaration.country', applies.country),
        ...begins('item.procedure', applies.procedure),
        ...begins('item.hs', applies.hs),
      ],
    },
    ['applies'],
  );
}

const maxExpansion = 8;
const maxSteps = 20_000;

export function reason(subject: Subject, shared: Book['shared']): Reasoning {
  const bodies = new Map<string, ConditionNode>();
  /** The tree of a shared condition, read once so that its nodes stay the same. */
  const bodyOf = (node: ConditionNode): ConditionNode | undefined => {
    const name = String(node.raw.condition);
    const written = shared.get(name)?.raw.conditions;
    if (written === undefined) return undefined;
    const there = bodies.get(name) ?? treeOf(written, []);
    bodies.set(name, there);
    return there;
  };
  const applies = appliesTree(subject.raw, subject.scope);
  const readings = new Map<ConditionNode, Reading>();
  const gather = (node: ConditionNode, depth: number): void => {
    const leaf = asLeaf(node);
    const reading = leaf && read(subject, leaf);
    if (reading !== undefined) readings.set(node, reading);
    for (const child of node.children) gather(child, depth);
    const body = node.kind === 'condition' && depth < maxExpansion ? bodyOf(node) : undefined;
    if (body !== undefined) gather(body, depth + 1);
  };
  for (const root of [subject.nodes[0], applies]) if (root !== undefined) gather(root, 0);

  const groups = new Map<string, Reading[]>();
  for (const reading of readings.values())
    groups.set(reading.key, [...(groups.get(reading.key) ?? []), reading]);
  const values = new Map<string, (Present | undefined)[]>();
  for (const [key, group] of groups) {
    const { type, leaf } = group[0]!;
    const all = [...new Set(witnesses(type, group))];
    values.set(
      key,
      all.filter((value) => value === undefined || !cannotBe(subject, leaf, value)),
    );
  }

  const atoms = new Map<ConditionNode, Atom>();
  for (const [node, reading] of readings) atoms.set(node, atomOf(reading, values.get(reading.key)!));

  return {
    possible(goals, withApplies = true) {
      let steps = 0;
      const solve = (open: readonly Goal[], masks: ReadonlyMap<string, bigint>): boolean => {
        if (++steps > maxSteps) return true;
        const [goal, ...rest] = open;
        if (goal === undefined) return true;
        const { node, want } = goal;
        const atom = atoms.get(node);
        if (atom !== undefined) {
          const narrowed = narrow(atom, want, masks);
          return narrowed !== undefined && solve(rest, narrowed);
        }
        if (node.kind === 'not') {
          const [child] = node.children;
          return child === undefined || solve([{ node: child, want: !want }, ...rest], masks);
        }
        if (node.kind === 'condition') {
          const body = bodies.get(String(node.raw.condition));
          return body === undefined || solve([{ node: body, want }, ...rest], masks);
        }
        if (node.kind !== 'all' && node.kind !== 'any') return solve(rest, masks);
        if ((node.kind === 'all') === want)
          return solve([...node.children.map((child): Goal => ({ node: child, want })), ...rest], masks);
        // A choice is put off until everything certain has narrowed the values.
        const certain = rest.find((other) => other.node.kind === 'leaf');
        if (certain !== undefined)
          return solve([certain, ...rest.filter((other) => other !== certain), goal], masks);
        return (
          node.children.length === 0 ||
          node.children.some((child) => solve([{ node: child, want }, ...rest], masks))
        );
      };
      const given: Goal[] = withApplies && applies !== undefined ? [{ node: applies, want: true }] : [];
      return solve([...given, ...goals], new Map());
    },
  };
}

function narrow(
  atom: Atom,
  want: boolean,
  masks: ReadonlyMap<string, bigint>,
): Map<string, bigint> | undefined {
  const narrowed = new Map(masks);
  const wanted: Truth = want ? 'holds' : 'fails';
  for (const { key, truths } of atom.parts) {
    let mask = 0n;
    truths.forEach((truth, i) => {
      if (truth === wanted || truth === 'either') mask |= 1n << BigInt(i);
    });
    const left = (narrowed.get(key) ?? mask) & mask;
    if (left === 0n) return undefined;
    narrowed.set(key, left);
  }
  return narrowed;
}

const say = (truth: boolean): Truth => (truth ? 'holds' : 'fails');

function atomOf(reading: Reading, values: readonly (Present | undefined)[]): Atom {
  const { key, type, operator: name, literal, other, decorators: before } = reading;
  const operator = operators.get(name)!;
  if (name in presence && before.length === 0)
    return { parts: [{ key, truths: values.map((value) => say((value === undefined) === presence[name])) }] };
  if (other !== undefined && before.length === 0 && reading.ordered) return orderAtom(reading, other);
  const simple = before.length === 0 && other === undefined && literal !== undefined;
  const byParts = isOrdered(type) || type === 'boolean' || (type === 'text' && textByParts.has(name));
  const { entries } = reading;
  if (entries !== undefined && byParts) {
    const holds = (value: Present) => (entry: Present) => operator.evaluate(value, entry);
    const is = before[0] === 'someValue' ? 'some' : 'every';
    return {
      parts: [
        {
          key,
          truths: values.map((value) => (value === undefined ? 'unknown' : say(entries[is](holds(value))))),
        },
      ],
    };
  }
  if (simple && byParts)
    return {
      parts: [
        {
          key,
          truths: values.map((value) =>
            value === undefined ? 'unknown' : say(operator.evaluate(value, literal)),
          ),
        },
      ],
    };

  // Not to be told from values: it may hold or fail, but never together with its own opposite.
  const opposite = [
    before.map((each) => decorators.get(each)!.negation ?? each).join(':'),
    operator.negation,
  ].join(':');
  const written = [before.join(':'), name].join(':');
  const [first] = [written, opposite].sort();
  const compared = other ?? canonicalJson(reading.leaf.operand ?? null);
  const free: Atom['parts'][number] = {
    key: `${key} ${first} ${compared}`,
    truths: first === written ? ['holds', 'fails'] : ['fails', 'holds'],
  };
  if (!simple || type !== 'text') return { parts: [free] };
  // A pattern is known to hold or fail of the very texts that the rule names.
  const truths = values.map((value): Truth => {
    if (value === undefined) return 'unknown';
    return String(value).includes('\u0001') ? 'either' : say(operator.evaluate(value, literal));
  });
  return { parts: [free, { key, truths }] };
}

/** Fact against fact: less, equal or greater, whatever they are. */
function orderAtom({ key, operator, other }: Reading, against: string): Atom {
  const evaluate = operators.get(operator)!.evaluate;
  if (key === other) return { parts: [{ key: `${key} itself`, truths: [say(evaluate(0, 0))] }] };
  const swapped = key > against;
  const pairs = [
    [0, 1],
    [0, 0],
    [1, 0],
  ] as const;
  return {
    parts: [
      {
        key: [key, against].sort().join(' against '),
        truths: pairs.map(([a, b]) => say(swapped ? evaluate(b, a) : evaluate(a, b))),
      },
    ],
  };
}
