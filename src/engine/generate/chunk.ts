/**
 * One function of the generated program: the rules of some groups of one scope. It reads what only it needs, then asks
 * group by group. Several chunks instead of one function, because V8 leaves functions beyond a size to its interpreter.
 */
import type { AppliesIndex } from '../applies.ts';
import { slotsIn } from '../expression/tree.ts';
import type { Plan } from '../plan.ts';
import type { BaseSlot, LetSlot, Scope, Slot } from '../slot.ts';
import { type LeafNode, leavesOf, type PositiveNode, slotsOfLeaf } from '../tree.ts';
import { holds, type Instead, lost } from './conditions.ts';
import { estimate } from './cost.ts';
import { MissingBits, readColumns, readSingle } from './reads.ts';
import type { Writer } from './writer.ts';

export interface Chunk {
  scope: Scope;
  plans: readonly Plan[];
}

/** What is read before all chunks, because several of them need it. */
export interface Prologue {
  slots: ReadonlySet<string>;
  missing: MissingBits;
}

/** The slots with all that their lets read, lets after what they read. */
export function readsOf(slots: readonly Slot[]): { bases: BaseSlot[]; lets: LetSlot[] } {
  const bases = new Map<string, BaseSlot>();
  const lets = new Map<string, LetSlot>();
  const visit = (slot: Slot): void => {
    if (slot.source !== 'let') bases.set(slot.id, slot);
    else if (!lets.has(slot.id)) {
      for (const inner of slotsIn(slot.expression)) visit(inner);
      lets.set(slot.id, slot);
    }
  };
  for (const slot of slots) visit(slot);
  return { bases: [...bases.values()], lets: [...lets.values()] };
}

/** Rules of a chunk that fit into one integer of answers. */
export const rulesPerWord = 31;

/**
 * A function of the sheet and the groups that apply, which adds to `hits` and `reports`. Its answers are bits first, one a
 * rule in the chunk's order, so that the code of a rule is its condition and two bits, which keeps what always runs small
 * enough for V8 to optimise soon. What does not hold and has lost a fact is asked at the end which facts leave it unknown,
 * by a function for each rule that is handed what was read.
 */
export function writeChunk(
  name: string,
  { scope, plans }: Chunk,
  index: AppliesIndex,
  prologue: Prologue,
  writer: Writer,
): string {
  const reads = plans.map((plan) => readsOf(plan.slots));
  const bases = unique(reads.flatMap((read) => read.bases));
  const lets = unique(reads.flatMap((read) => read.lets));
  const onDeclaration = bases.filter(({ level }) => level === 'declaration');
  const own = onDeclaration.filter(({ id }) => !prologue.slots.has(id));
  const handed = onDeclaration.filter(({ id }) => prologue.slots.has(id));
  const ofItem = bases.filter(({ level }) => level === 'item');
  const missing = new MissingBits('m');
  const missingOfItem = new MissingBits('n');

  const readOwn = readStatements(own, writer, missing);
  const readItem = ofItem.map((slot) => readSingle(slot, writer, missingOfItem)).join('\n');
  const shared = sharedConditions(plans, scope, writer);

  let written = 0;
  const rules = byGroup(plans, index).map(({ group, members }) => {
    const code = members.map((plan) =>
      writeRule(plan, written++, writer, [prologue.missing, missing, missingOfItem], shared),
    );
    const test = index.isTrivial ? '' : `if ((bits[${group >>> 5}] & ${1 << (group & 31)}) !== 0) `;
    return `${test}{\n${code.join('\n')}\n}`;
  });
  const words = Array.from({ length: Math.ceil(plans.length / rulesPerWord) }, (_, word) => word);
  const answers = declare(words.flatMap((word) => [`w${word} = 0`, `u${word} = 0`]));
  const ordered = byGroup(plans, index).flatMap(({ members }) => members);
  const doubts: string[] = [];
  const tell = words
    .map((word) => {
      const own = ordered.slice(word * rulesPerWord, (word + 1) * rulesPerWord);
      const hits = writer.constant(own.map(({ place }) => Object.freeze({ place, index: -1 })));
      const hit =
        scope === 'declaration'
          ? `tellHits(hits, w${word}, ${hits})`
          : `tellItemHits(hits, w${word}, ${hits}, index)`;
      const doubt = own.map((plan, bit) =>
        writeDoubt(
          `${name}lost${word * rulesPerWord + bit}`,
          plan,
          `(u${word} & ${1 << bit}) !== 0`,
          writer,
          doubts,
        ),
      );
      return `if (w${word} !== 0) ${hit};\nif (u${word} !== 0) {\n${doubt.join('\n')}\n}`;
    })
    .join('\n');

  const declared = (slots: readonly Slot[], level: Scope, initial: string): string[] =>
    slots.filter((slot) => slot.level === level).map((slot) => `${writer.variable(slot)}${initial}`);
  const outer = declare([
    ...handed.map((slot) => `${writer.variable(slot)} = ${handedName(slot, writer)}`),
    ...declared(own, 'declaration', ''),
    ...declared(lets, 'declaration', ' = null'),
    ...missing.zeros(),
    ...shared.declaration,
  ]);
  const opening = `${doubts.join('\n')}
function ${name}(sheet, yes, itemBits, hits, reports) {
const { header, items } = sheet; const calls = sheet.calls ?? none; const allItemCalls = sheet.itemCalls;
${outer}
${readOwn}`;
  if (scope === 'declaration')
    return `${opening}\nconst bits = yes;\n${answers}\n${rules.join('\n')}\n${tell}\n}`;
  const inner = declare([
    ...declared(ofItem, 'item', ''),
    ...declared(lets, 'item', ' = null'),
    ...missingOfItem.zeros(),
    ...shared.item,
  ]);
  return `${opening}
for (let index = 0; index < items.length; index++) {
const bits = itemBits === undefined ? yes : itemBits[index];
const item = items[index]; const itemCalls = allItemCalls?.[index] ?? none;
${inner}
${readItem}
${answers}
${rules.join('\n')}
${tell}
}
}`;
}

/** The question which facts leave a rule unknown: a function of all that the rule reads, and the call of it. */
function writeDoubt(
  name: string,
  { place, scope, slots, tree }: Plan,
  asked: string,
  writer: Writer,
  functions: string[],
): string {
  const index = scope === 'declaration' ? '-1' : 'index';
  const code = lost(tree, writer);
  // More facts than an integer has bits: closures tell.
  if (code === undefined) return `if (${asked}) tellReport(reports, ${place}, ${index}, -1);`;
  const { bases, lets } = readsOf(slots);
  const variables = [...bases, ...lets].map((slot) => writer.variable(slot)).join(', ');
  functions.push(`function ${name}(${variables}) { return ${code}; }`);
  return `if (${asked}) tellReport(reports, ${place}, ${index}, ${name}(${variables}));`;
}

/** The variable by which the prologue hands a fact to the chunks, which copy it: a local is read faster. */
export const handedName = (slot: Slot, writer: Writer): string => `x${writer.variable(slot)}`;

export function readStatements(slots: readonly BaseSlot[], writer: Writer, missing: MissingBits): string {
  const single = slots
    .filter(({ form }) => form === 'single')
    .map((slot) => readSingle(slot, writer, missing));
  const columns = slots.filter(({ form }) => form !== 'single');
  return [...single, readColumns(columns, writer, missing)].join('\n');
}

export const declare = (variables: readonly string[]): string =>
  variables.length === 0 ? '' : `let ${variables.join(', ')};`;

const unique = <S extends Slot>(slots: readonly S[]): S[] => [
  ...new Map(slots.map((slot) => [slot.id, slot])).values(),
];

function byGroup(plans: readonly Plan[], index: AppliesIndex): { group: number; members: Plan[] }[] {
  const groups = new Map<number, Plan[]>();
  for (const plan of plans) {
    const group = index.groupOf[plan.place]!;
    groups.set(group, [...(groups.get(group) ?? []), plan]);
  }
  return [...groups].map(([group, members]) => ({ group, members }));
}

function writeRule(
  plan: Plan,
  position: number,
  writer: Writer,
  missing: readonly MissingBits[],
  shared: SharedConditions,
): string {
  const word = Math.floor(position / rulesPerWord);
  const bit = 1 << (position % rulesPerWord);
  const computed = readsOf(plan.slots)
    .lets.map((slot) => {
      const variable = writer.variable(slot);
      return `if (${variable} === null) ${variable} = ${writer.expression(slot.expression)};`;
    })
    .join(' ');
  const condition = holds(plan.positive, writer, shared.instead);
  const doubts = doubtful(plan, writer, missing);
  const otherwise = doubts.length === 0 ? '' : ` else if (${doubts.join(' || ')}) u${word} |= ${bit};`;
  return `${computed} if (${condition}) w${word} |= ${bit};${otherwise}`;
}

/** Expressions that are true where a rule that does not hold may be unknown: a fact that it reads is missing. */
function doubtful({ tree }: Plan, writer: Writer, missing: readonly MissingBits[]): string[] {
  const asked = unique([...leavesOf(tree)].filter(canBeUnknown).flatMap(slotsOfLeaf));
  const bases = asked.filter((slot): slot is BaseSlot => slot.source !== 'let');
  return [
    ...missing.flatMap((bits) => bits.among(bases)),
    ...asked.filter(({ source }) => source === 'let').map((slot) => `${writer.variable(slot)} === undefined`),
  ];
}

const canBeUnknown = (leaf: LeafNode): boolean =>
  leaf.name.operator.asksPresence !== true || leaf.name.decorators.length > 0;

interface SharedConditions {
  instead: Instead;
  /** Variables that remember them, for the declaration and for each item. */
  declaration: string[];
  item: string[];
}

// Below this a comparison is cheaper than remembering it.
const worthSharing = 6;

/**
 * Conditions that several rules ask are asked once and remembered, where that is cheaper than asking again; so are those
 * that rules on items ask of the declaration.
 */
function sharedConditions(plans: readonly Plan[], scope: Scope, writer: Writer): SharedConditions {
  const counted = new Map<string, { node: PositiveNode; times: number }>();
  const count = (node: PositiveNode): void => {
    if (estimate(node).cost < worthSharing) return;
    const key = conditionKey(node);
    const known = counted.get(key);
    if (known !== undefined) {
      known.times++;
      // What is inside is asked once with it.
      return;
    }
    counted.set(key, { node, times: 1 });
    if (node.kind !== 'leaf') for (const child of node.children) count(child);
  };
  for (const plan of plans) count(plan.positive);

  const names = new Map<string, string>();
  const conditions: SharedConditions = {
    declaration: [],
    item: [],
    instead: (node) => {
      const key = conditionKey(node);
      const times = counted.get(key)?.times ?? 0;
      const level = slotsOfNode(node).some((slot) => slot.level === 'item') ? 'item' : 'declaration';
      if (times === 0 || (times === 1 && level === scope)) return undefined;
      let name = names.get(key);
      if (name === undefined) {
        name = `t${names.size}`;
        names.set(key, name);
        conditions[level].push(name);
      }
      return `(${name} === undefined ? (${name} = ${holds(node, writer, (inner) => (inner === node ? undefined : conditions.instead(inner)))}) : ${name})`;
    },
  };
  return conditions;
}

const slotsOfNode = (node: PositiveNode): Slot[] => [...leavesOf(node)].flatMap(slotsOfLeaf);

/** Equal for conditions that ask the same. */
export function conditionKey(node: PositiveNode): string {
  if (node.kind !== 'leaf') return `${node.kind}(${node.children.map(conditionKey).sort().join(',')})`;
  const { name, fact, value } = node;
  const operator = [...name.decorators.map((decorator) => decorator.name), name.operator.name].join(':');
  const other =
    value.kind === 'slot'
      ? `[${value.slot.id}]`
      : value.kind === 'literal'
        ? JSON.stringify(value.value)
        : '';
  return `${operator}([${fact.id}],${other})`;
}
