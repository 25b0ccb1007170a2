/** The rulebook as generated JavaScript: chunks of rules behind the index, each failing by itself. */

import type { FactSheet } from '../../facts/model.ts';
import { type AppliesIndex, type Bits, hasBit, type Selection } from '../applies.ts';
import { namesReported } from '../closures.ts';
import { type Detect, type Detection, type Hit, notEvaluated } from '../detection.ts';
import type { NotEvaluated } from '../finding.ts';
import { appliesTo, runRule } from '../interpret.ts';
import type { Plan } from '../plan.ts';
import type { BaseSlot } from '../slot.ts';
import { leavesOf } from '../tree.ts';
import {
  type Chunk,
  declare,
  handedName,
  type Prologue,
  readStatements,
  readsOf,
  writeChunk,
} from './chunk.ts';
import { MissingBits } from './reads.ts';
import { addTold, listOf, noReports, type Reports, rememberReports } from './reports.ts';
import { runtime } from './runtime.ts';
import { Writer } from './writer.ts';

/**
 * Leaves in one generated function. A rulebook that fits whole is one function, which is fastest once V8 has optimised it;
 * a larger one is cut small, because a large function takes V8 seconds to optimise and beyond a size it never does. At
 * 2,000 rules of 4 leaves, in declarations a second of CPU time after a few seconds: 11,864 in functions of 100 leaves, 8,452
 * of 400, 1,529 of 800; at 100 rules 740,240 in one function, 344,072 in functions of 200.
 */
const leavesOfWhole = 400;
const leavesPerChunk = 100;

type RunChunk = (
  sheet: FactSheet,
  yes: Bits | undefined,
  items: readonly Bits[] | undefined,
  hits: Hit[],
  reports: Reports,
) => void;
interface Program {
  /** Whether the prologue reads anything. */
  hasPrologue: boolean;
  prologue(sheet: FactSheet): void;
  chunks: RunChunk[];
}

export function generated(plans: readonly Plan[], index: AppliesIndex): Detect {
  const chunks = chunksOf(plans, index);
  const program = writeProgram(chunks, index);
  const names = plans.map(({ tree }) => namesByBits(namesReported(tree)));
  // One group a chunk and one chunk a scope: the program asks in the rulebook's order by itself.
  const asksInOrder = chunks.length <= 2 && index.groups.length <= chunks.length;

  const asBefore = rememberReports();
  // One at a time: detecting does not wait for anything.
  const reports = noReports();
  const begin = (): void => {
    reports.length = 0;
    if (reports.told.size > 0) reports.told.clear();
  };
  const answer = (hits: Hit[], sheet: FactSheet): Detection => ({
    hits,
    notEvaluated:
      reports.length === 0 ? none : asBefore(reports, sheet, () => told(reports, plans, names, sheet)),
  });
  const [only] = program.chunks;
  // A small rulebook: nothing to choose, nothing shared, nothing to order.
  if (program.chunks.length === 1 && index.isTrivial && asksInOrder && !program.hasPrologue)
    return (sheet) => {
      const hits: Hit[] = [];
      begin();
      try {
        only!(sheet, undefined, undefined, hits, reports);
      } catch {
        hits.length = 0;
        reports.length = 0;
        oneByOne(chunks[0]!, index, undefined, sheet, hits, reports);
        order(hits);
      }
      return answer(hits, sheet);
    };
  return (sheet) => {
    const hits: Hit[] = [];
    begin();
    const selection = index.isTrivial ? undefined : index.select(sheet);
    let readable = true;
    let inOrder = asksInOrder;
    try {
      program.prologue(sheet);
    } catch {
      readable = false;
    }
    for (let c = 0; c < chunks.length; c++) {
      const [hitsBefore, reportsBefore] = [hits.length, reports.length];
      try {
        if (!readable) throw unreadable;
        program.chunks[c]!(sheet, selection?.yes, selection?.items, hits, reports);
      } catch {
        hits.length = hitsBefore;
        reports.length = reportsBefore;
        inOrder = false;
        oneByOne(chunks[c]!, index, selection, sheet, hits, reports);
      }
    }
    if (selection?.undecided !== undefined || selection?.undecidedItems !== undefined) {
      inOrder = false;
      tellUndecided(plans, index, selection, sheet, reports);
    }
    if (!inOrder) order(hits);
    return answer(hits, sheet);
  };
}

const none: NotEvaluated[] = [];

const unreadable = new Error('a fact that several rules need failed');

/** Groups stay together: rules of one group are asked behind one test. */
function chunksOf(plans: readonly Plan[], index: AppliesIndex): Chunk[] {
  const chunks: Chunk[] = [];
  for (const scope of ['declaration', 'item'] as const) {
    const ordered = plans
      .filter((plan) => plan.scope === scope)
      .sort((a, b) => index.groupOf[a.place]! - index.groupOf[b.place]! || a.place - b.place);
    const total = ordered.reduce((sum, plan) => sum + leafCount(plan), 0);
    const size = total <= leavesOfWhole ? leavesOfWhole : leavesPerChunk;
    let open: Plan[] = [];
    let leaves = 0;
    for (const plan of ordered) {
      const own = leafCount(plan);
      if (open.length > 0 && leaves + own > size) {
        chunks.push({ scope, plans: open });
        open = [];
        leaves = 0;
      }
      open.push(plan);
      leaves += own;
    }
    if (open.length > 0) chunks.push({ scope, plans: open });
  }
  return chunks;
}

const leafCount = ({ tree }: Plan): number => [...leavesOf(tree)].length;

function writeProgram(chunks: readonly Chunk[], index: AppliesIndex): Program {
  const writer = new Writer();
  const prologue: Prologue & { slots: Set<string> } = { slots: new Set(), missing: new MissingBits('p') };
  const shared = readByMany(chunks);
  for (const slot of shared) prologue.slots.add(slot.id);
  const readShared = readStatements(shared, writer, prologue.missing);
  const functions = chunks.map((chunk, i) => writeChunk(`chunk${i}`, chunk, index, prologue, writer));
  const zeros = prologue.missing.zeros();
  const source = `'use strict';
const { ${Object.keys(runtime).join(', ')} } = runtime;
${writer.constants.map((_, i) => `const k${i} = k[${i}];`).join('\n')}
${declare([...shared.map((slot) => handedName(slot, writer)), ...zeros])}
${writer.helpers.join('\n')}
function prologue(sheet) {
const { header, items } = sheet; const calls = sheet.calls ?? none; const allItemCalls = sheet.itemCalls;
${zeros.map((zero) => `${zero};`).join(' ')}
${declare(shared.map((slot) => writer.variable(slot)))}
${readShared}
${shared.map((slot) => `${handedName(slot, writer)} = ${writer.variable(slot)};`).join(' ')}
}
${functions.join('\n')}
return { prologue, hasPrologue: ${shared.length > 0}, chunks: [${chunks.map((_, i) => `chunk${i}`).join(', ')}] };`;
  return new Function('runtime', 'k', source)(runtime, writer.constants) as Program;
}

/** Facts of the declaration that several chunks read. */
function readByMany(chunks: readonly Chunk[]): BaseSlot[] {
  const readers = new Map<string, { slot: BaseSlot; times: number }>();
  for (const { plans } of chunks) {
    const own = new Map(plans.flatMap((plan) => readsOf(plan.slots).bases).map((slot) => [slot.id, slot]));
    for (const slot of own.values()) {
      const times = (readers.get(slot.id)?.times ?? 0) + 1;
      readers.set(slot.id, { slot, times });
    }
  }
  return [...readers.values()]
    .filter(({ slot, times }) => times > 1 && slot.level === 'declaration')
    .map(({ slot }) => slot);
}

/** A chunk that threw, rule by rule through the closures: the rule at fault takes down itself alone. */
function oneByOne(
  { plans, scope }: Chunk,
  index: AppliesIndex,
  selection: Selection | undefined,
  sheet: FactSheet,
  hits: Hit[],
  reports: Reports,
): void {
  const items = scope === 'declaration' ? [-1] : sheet.items.map((_, i) => i);
  for (const item of items)
    for (const plan of plans) {
      if (selection !== undefined && appliesTo(selection, index.groupOf[plan.place]!, item) !== true)
        continue;
      const detection: Detection = { hits, notEvaluated: [] };
      runRule(plan, sheet, item, detection);
      for (const entry of detection.notEvaluated) addTold(reports, plan.place, item, entry);
    }
}

function tellUndecided(
  plans: readonly Plan[],
  index: AppliesIndex,
  selection: Selection,
  sheet: FactSheet,
  reports: Reports,
): void {
  const tell = (plan: Plan, item: number): void => {
    const missing = index.missing(index.groupOf[plan.place]!, sheet, item);
    addTold(reports, plan.place, item, notEvaluated(plan, sheet, item, missing));
  };
  for (const plan of plans) {
    const group = index.groupOf[plan.place]!;
    if (plan.scope === 'declaration') {
      if (selection.undecided !== undefined && hasBit(selection.undecided, group)) tell(plan, -1);
    } else
      for (let i = 0; i < sheet.items.length; i++) if (appliesTo(selection, group, i) === null) tell(plan, i);
  }
}

/** The declaration's first, then item by item, each in the rulebook's order. */
const order = (hits: Hit[]): Hit[] => hits.sort((a, b) => a.index - b.index || a.place - b.place);

function told(
  reports: Reports,
  plans: readonly Plan[],
  namesOf: readonly ((bits: number) => readonly string[])[],
  sheet: FactSheet,
): NotEvaluated[] {
  const list: NotEvaluated[] = [];
  for (const { place, index, bits, told: ready } of listOf(reports)) {
    const plan = plans[place]!;
    if (ready !== undefined) list.push(ready);
    else if (bits >= 0) list.push(notEvaluated(plan, sheet, index, [...namesOf[place]!(bits)]));
    else {
      const detection: Detection = { hits: [], notEvaluated: list };
      runRule(plan, sheet, index, detection);
    }
  }
  return list;
}

/** The names that bits stand for; few of the combinations ever come up, so each is made once. */
function namesByBits(names: readonly string[]): (bits: number) => readonly string[] {
  const known = new Map<number, readonly string[]>();
  return (bits) => {
    let told = known.get(bits);
    if (told === undefined) {
      told = names.filter((_, i) => (bits & (1 << i)) !== 0);
      known.set(bits, told);
    }
    return told;
  };
}
