/**
 * Conditions as closures over a frame, in Kleene's logic. They run where code generation is forbidden, tell what was
 * missing, and explain; the generated code is tested against them.
 */
import type { Test } from './decorators/decorator.ts';
import { everyOf, someOf } from './decorators/quantify.ts';
import { type Run, readerOf } from './expression/run.ts';
import { basesOf } from './names.ts';
import type { OperatorName } from './operators/resolve.ts';
import type { Slot } from './slot.ts';
import { type Frame, lacks } from './slots.ts';
import { type LeafNode, leavesOf, type Node, slotsOfLeaf } from './tree.ts';
import type { Present, Truth } from './values.ts';

export type Ask = (frame: Frame) => Truth;

/** The decorated operator as a test of two operands. */
export function testOf({ decorators, operator }: OperatorName, comparesValue: boolean): Test {
  let test: Test =
    operator.asksPresence === true
      ? (fact) => operator.evaluate(fact as Present, fact as Present)
      : (fact, value) =>
          fact === undefined || (comparesValue && value === undefined)
            ? undefined
            : operator.evaluate(fact, value as Present);
  for (const decorator of [...decorators].reverse()) test = decorator.decorate(test);
  return test;
}

export function valueRun({ value }: LeafNode): Run {
  if (value.kind === 'slot') return readerOf(value.slot);
  const literal = value.kind === 'literal' ? value.value : undefined;
  return () => literal;
}

function leafAsk(leaf: LeafNode): Ask {
  const fact = readerOf(leaf.fact);
  const value = valueRun(leaf);
  const test = testOf(leaf.name, leaf.value.kind !== 'none');
  return (frame) => test(fact(frame), value(frame));
}

export function askOf(node: Node): Ask {
  if (node.kind === 'leaf') return leafAsk(node);
  if (node.kind === 'not') {
    const ask = askOf(node.child);
    return (frame) => {
      const truth = ask(frame);
      return truth === undefined ? undefined : !truth;
    };
  }
  const asks = node.children.map(askOf);
  return node.kind === 'all'
    ? (frame) => everyOf(asks, (ask: Ask) => ask(frame))
    : (frame) => someOf(asks, (ask: Ask) => ask(frame));
}

type Collect = (frame: Frame, missing: Set<string>) => void;

/**
 * The facts whose absence leaves a condition unknown: those missing from its unknown parts. A let is told by the facts it
 * reads, or by its own name where they are all there and it failed (a division by zero).
 */
export function missingOf(node: Node): (frame: Frame) => string[] {
  const collect = collectorOf(node);
  const names = namesReported(node);
  return (frame) => {
    const missing = new Set<string>();
    collect(frame, missing);
    return names.filter((name) => missing.has(name));
  };
}

/** Every name that a report on this tree can tell, in the order of the tree. */
export function namesReported(node: Node): string[] {
  const names = [...leavesOf(node)]
    .flatMap(slotsOfLeaf)
    .flatMap((slot) =>
      slot.source === 'let' ? [...basesOf(slot).map((base) => base.name), slot.name] : [slot.name],
    );
  return [...new Set(names)];
}

function collectorOf(node: Node): Collect {
  const ask = askOf(node);
  const inner: Collect[] =
    node.kind === 'leaf'
      ? slotsOfLeaf(node).map(slotCollector)
      : (node.kind === 'not' ? [node.child] : node.children).map(collectorOf);
  return (frame, missing) => {
    if (ask(frame) !== undefined) return;
    for (const collect of inner) collect(frame, missing);
  };
}

function slotCollector(slot: Slot): Collect {
  const read = readerOf(slot);
  if (slot.source !== 'let')
    return (frame, missing) => {
      if (lacks(slot, read(frame))) missing.add(slot.name);
    };
  const bases = basesOf(slot).map((base) => [base, readerOf(base)] as const);
  return (frame, missing) => {
    if (read(frame) !== undefined) return;
    const absent = bases.filter(([base, readBase]) => lacks(base, readBase(frame)));
    if (absent.length === 0) missing.add(slot.name);
    for (const [base] of absent) missing.add(base.name);
  };
}
