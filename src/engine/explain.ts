/**
 * What a hit shows: the condition tree with each operand's value, the values by name, and the message in each language.
 * Built for hits alone, by walking the tree a second time.
 */
import { CrosscheckError } from '../errors.ts';
import type { FactValue } from '../facts/model.ts';
import type { Rule } from '../rules/model.ts';
import { testOf, valueRun } from './closures.ts';
import { type Run, readerOf } from './expression/run.ts';
import type { Explanation } from './finding.ts';
import { type MessagePart, parseMessage, writerOf } from './message.ts';
import type { Names } from './names.ts';
import type { Frame, Slot } from './slots.ts';
import { type LeafNode, leavesOf, type Node, slotsOfLeaf } from './tree.ts';
import { factValueOf, type Truth, type Value } from './values.ts';

export interface Explained {
  message: Record<string, string>;
  values: Record<string, FactValue>;
  explanation: Explanation;
}

export interface Explainer {
  explain(frame: Frame): Explained;
  /** What the values shown are read from. */
  slots: readonly Slot[];
}

type Explain = (frame: Frame) => Explanation;

export function explainerOf(rule: Rule, tree: Node, names: Names): Explainer {
  const messages = Object.entries(rule.message).map(
    ([language, template]) => [language, messageWriter(rule.id, language, template, names)] as const,
  );
  const shownSlots = shownValues(rule, tree, names);
  const values = [...shownSlots].map(([name, slot]) => [name, shower(slot)] as const);
  const explainTree = explainNode(tree);
  const explain = (frame: Frame): Explained => {
    const message: Record<string, string> = {};
    for (const [language, write] of messages) message[language] = write(frame);
    const shown: Record<string, FactValue> = {};
    for (const [name, show] of values) {
      const value = show(frame);
      if (value !== undefined) shown[name] = value;
    }
    return { message, values: shown, explanation: explainTree(frame) };
  };
  return { explain, slots: [...shownSlots.values()] };
}

const shower = (slot: Slot): ((frame: Frame) => FactValue) => {
  const read = readerOf(slot);
  const { type } = slot;
  if (type === 'number' || type === 'text' || type === 'boolean') return read as (frame: Frame) => FactValue;
  return (frame) => factValueOf(type, read(frame));
};

/** Values that the message and the tree name, by the name the rule writes; a fact with parameters by its key. */
function shownValues(rule: Rule, tree: Node, names: Names): ReadonlyMap<string, Slot> {
  const shown = new Map<string, Slot>();
  for (const leaf of leavesOf(tree)) {
    const [fact, value] = slotsOfLeaf(leaf);
    shown.set(leaf.source.params === undefined ? leaf.source.fact : fact!.name, fact!);
    if (value !== undefined) shown.set(valueName(leaf, value), value);
  }
  for (const template of Object.values(rule.message))
    for (const part of parseMessage(template).parts) {
      if (typeof part === 'string' || part.name === 'item') continue;
      const slot = names.resolve(part.name);
      if (!('problem' in slot) && !shown.has(part.name)) shown.set(part.name, slot);
    }
  return shown;
}

function valueName({ source }: LeafNode, slot: Slot): string {
  const { value } = source;
  return typeof value === 'object' && !Array.isArray(value) && value.params === undefined
    ? value.fact
    : slot.name;
}

function messageWriter(
  rule: string,
  language: string,
  template: string,
  names: Names,
): (frame: Frame) => string {
  const { parts, problems } = parseMessage(template);
  if (problems[0] !== undefined)
    throw new CrosscheckError(
      'CC_RULE_UNUSABLE',
      { rule, problem: problems[0].message },
      { pointer: `/message/${language}` },
    );
  const writers = parts.map((part) => partWriter(rule, language, part, names));
  return (frame) => {
    let text = '';
    for (const write of writers) text += write(frame);
    return text;
  };
}

function partWriter(
  rule: string,
  language: string,
  part: MessagePart,
  names: Names,
): (frame: Frame) => string {
  if (typeof part === 'string') return () => part;
  if (part.name === 'item') return ({ sheet, index }) => String(itemNumber(sheet.items, index));
  const slot = names.resolve(part.name);
  if ('problem' in slot)
    throw new CrosscheckError(
      'CC_RULE_UNUSABLE',
      { rule, problem: slot.problem },
      { pointer: `/message/${language}` },
    );
  const read: Run = readerOf(slot);
  const write = writerOf(language, slot.type, slot.unit, part.format);
  return (frame) => write(read(frame));
}

/** The number that the item bears, else its position from 1. */
export function itemNumber(items: readonly Record<string, FactValue>[], index: number): number {
  const number = items[index]?.['item.number'];
  return typeof number === 'number' ? number : index + 1;
}

export function explainNode(node: Node): Explain {
  if (node.kind === 'leaf') return explainLeaf(node);
  const named = node.name === undefined ? {} : { name: node.name };
  if (node.kind === 'not') {
    const child = explainNode(node.child);
    return (frame) => {
      const inner = child(frame);
      const result = inner.result === null ? null : !inner.result;
      return { not: inner, result, ...named };
    };
  }
  const children = node.children.map(explainNode);
  if (node.kind === 'all')
    return (frame) => {
      const all = children.map((child) => child(frame));
      return { all, result: conjunction(all), ...named };
    };
  return (frame) => {
    const any = children.map((child) => child(frame));
    return { any, result: disjunction(any), ...named };
  };
}

function conjunction(parts: readonly Explanation[]): boolean | null {
  let result: boolean | null = true;
  for (const part of parts) {
    if (part.result === false) return false;
    if (part.result === null) result = null;
  }
  return result;
}

function disjunction(parts: readonly Explanation[]): boolean | null {
  let result: boolean | null = false;
  for (const part of parts) {
    if (part.result === true) return true;
    if (part.result === null) result = null;
  }
  return result;
}

function explainLeaf(leaf: LeafNode): Explain {
  const { source } = leaf;
  const { operator, fact } = source;
  const readFact = readerOf(leaf.fact);
  const readValue = valueRun(leaf);
  const test = testOf(leaf.name, leaf.value.kind !== 'none');
  const show = (slot: Slot) => (value: Value) => factValueOf(slot.type, value);
  const showFact = show(leaf.fact);
  const params = source.params === undefined ? {} : { params: source.params };
  const named = source.name === undefined ? {} : { name: source.name };
  const { value } = leaf;
  if (value.kind === 'slot') {
    const showValue = show(value.slot);
    const valueFact = valueName(leaf, value.slot);
    return (frame) => {
      const [a, b] = [readFact(frame), readValue(frame)];
      return {
        operator,
        fact,
        ...params,
        ...(a === undefined ? {} : { factValue: showFact(a) }),
        ...(b === undefined ? {} : { value: showValue(b) }),
        valueFact,
        result: orNull(test(a, b)),
        ...named,
      };
    };
  }
  const literal = value.kind === 'literal' ? { value: source.value } : {};
  return (frame) => {
    const a = readFact(frame);
    return {
      operator,
      fact,
      ...params,
      ...(a === undefined ? {} : { factValue: showFact(a) }),
      ...literal,
      result: orNull(test(a, readValue(frame))),
      ...named,
    };
  };
}

const orNull = (truth: Truth): boolean | null => (truth === undefined ? null : truth);
