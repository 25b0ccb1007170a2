/**
 * What a hit shows: the condition tree with each operand's value, the values by name, and the message in each language.
 * Built for hits alone, by walking the tree a second time. Each value is read once into a list that tree, values and
 * messages then point into.
 */
import type { FactValue } from '../facts/model.ts';
import type { Rule } from '../rules/model.ts';
import { type BoundMessage, type BoundPart, bindMessages, itemNumberPart } from './bound-message.ts';
import { testOf } from './closures.ts';
import { readerOf } from './expression/run.ts';
import type { Explanation } from './finding.ts';
import type { Names } from './names.ts';
import type { Slot } from './slot.ts';
import type { Frame } from './slots.ts';
import { type LeafNode, leavesOf, type Node, slotsOfLeaf } from './tree.ts';
import { factValueOf, type Truth, type Value, type ValueType } from './values.ts';

export interface Explained {
  message: Record<string, string>;
  values: Record<string, FactValue>;
  explanation: Explanation;
}

/** Values by their place in the explainer's list. */
type Values = readonly Value[];
type Explain = (values: Values) => Explanation;

/** The list of what an explanation reads, each slot once. */
class Reads {
  readonly slots: Slot[] = [];
  private readonly places = new Map<string, number>();

  place(slot: Slot): number {
    let place = this.places.get(slot.id);
    if (place === undefined) {
      place = this.slots.push(slot) - 1;
      this.places.set(slot.id, place);
    }
    return place;
  }
}

/** What a finding shows of a rule, bound once: both ways of explaining read it. */
export interface Shown {
  tree: Node;
  /** By the name that the rule writes. */
  values: ReadonlyMap<string, Slot>;
  messages: readonly BoundMessage[];
}

export function shownBy(rule: Rule, tree: Node, names: Names): Shown {
  const messages = bindMessages(rule, names);
  return { tree, values: shownValues(tree, messages), messages };
}

export function explainerOf({ tree, values: shown, messages }: Shown): (frame: Frame) => Explained {
  const reads = new Reads();
  const explainTree = explainNode(tree, reads);
  const shows = [...shown].map(([name, slot]) => [name, shower(slot.type, reads.place(slot))] as const);
  const writers = messages.map(
    ({ language, parts }) => [language, parts.map((part) => partWriter(part, reads))] as const,
  );
  const readers = reads.slots.map(readerOf);
  return (frame) => {
    const read: Value[] = [];
    for (const reader of readers) read.push(reader(frame));
    const message: Record<string, string> = {};
    for (const [language, write] of writers)
      message[language] = write.map((part) => part(read, frame)).join('');
    const values: Record<string, FactValue> = {};
    for (const [name, show] of shows) {
      const value = show(read);
      if (value !== undefined) values[name] = value;
    }
    return { message, values, explanation: explainTree(read) };
  };
}

const isPlain = (type: ValueType): boolean => type === 'number' || type === 'text' || type === 'boolean';

const shower = (type: ValueType, place: number): ((values: Values) => FactValue) =>
  isPlain(type) ? (values) => values[place] as FactValue : (values) => factValueOf(type, values[place]);

/** Values that the message and the tree name, by the name the rule writes; a fact with parameters by its key. */
function shownValues(tree: Node, messages: readonly BoundMessage[]): ReadonlyMap<string, Slot> {
  const shown = new Map<string, Slot>();
  for (const leaf of leavesOf(tree)) {
    const [fact, value] = slotsOfLeaf(leaf);
    shown.set(leaf.source.params === undefined ? leaf.source.fact : fact!.name, fact!);
    if (value !== undefined) shown.set(valueName(leaf, value), value);
  }
  for (const part of messages.flatMap(({ parts }) => parts))
    if (typeof part === 'object' && !shown.has(part.name)) shown.set(part.name, part.slot);
  return shown;
}

export function valueName({ source }: LeafNode, slot: Slot): string {
  const { value } = source;
  return typeof value === 'object' && !Array.isArray(value) && value.params === undefined
    ? value.fact
    : slot.name;
}

function partWriter(part: BoundPart, reads: Reads): (values: Values, frame: Frame) => string {
  if (typeof part === 'string') return () => part;
  if (part === itemNumberPart) return (_, { sheet, index }) => String(itemNumber(sheet.items, index));
  const place = reads.place(part.slot);
  return (values) => part.write(values[place]);
}

/** The number that the item bears, else its position from 1. */
export function itemNumber(items: readonly Record<string, FactValue>[], index: number): number {
  const number = items[index]?.['item.number'];
  return typeof number === 'number' ? number : index + 1;
}

function explainNode(node: Node, reads: Reads): Explain {
  if (node.kind === 'leaf') return explainLeaf(node, reads);
  const { name } = node;
  const named = <E extends Explanation>(explanation: E): E => {
    if (name !== undefined) explanation.name = name;
    return explanation;
  };
  if (node.kind === 'not') {
    const child = explainNode(node.child, reads);
    return (values) => {
      const inner = child(values);
      return named({ not: inner, result: inner.result === null ? null : !inner.result });
    };
  }
  const children = node.children.map((child) => explainNode(child, reads));
  if (node.kind === 'all')
    return (values) => {
      const all = children.map((child) => child(values));
      return named({ all, result: decided(all, false) });
    };
  return (values) => {
    const any = children.map((child) => child(values));
    return named({ any, result: decided(any, true) });
  };
}

/** The deciding result where one part has it, else unknown where one part is, else the other. */
function decided(parts: readonly Explanation[], deciding: boolean): boolean | null {
  let result: boolean | null = !deciding;
  for (const part of parts) {
    if (part.result === deciding) return deciding;
    if (part.result === null) result = null;
  }
  return result;
}

type ExplainedLeaf = Extract<Explanation, { operator: string }>;

function explainLeaf(leaf: LeafNode, reads: Reads): Explain {
  const { source, value } = leaf;
  const { operator, fact, params, name } = source;
  const place = reads.place(leaf.fact);
  const showFact = shower(leaf.fact.type, place);
  const test = testOf(leaf.name, value.kind !== 'none');
  const more = (explanation: ExplainedLeaf): ExplainedLeaf => {
    if (params !== undefined) explanation.params = params;
    if (name !== undefined) explanation.name = name;
    return explanation;
  };
  const missing = (explanation: ExplainedLeaf): ExplainedLeaf => {
    if (explanation.factValue === undefined) delete explanation.factValue;
    if (explanation.value === undefined) delete explanation.value;
    return explanation;
  };
  if (value.kind === 'slot') {
    const other = reads.place(value.slot);
    const showValue = shower(value.slot.type, other);
    const valueFact = valueName(leaf, value.slot);
    return (values) => {
      const result = orNull(test(values[place], values[other]));
      const factValue = showFact(values);
      const explanation = { operator, fact, factValue, value: showValue(values), valueFact, result };
      return more(result === null ? missing(explanation) : explanation);
    };
  }
  if (value.kind === 'none')
    return (values) => {
      const result = orNull(test(values[place], undefined));
      const factValue = showFact(values);
      return more(
        factValue === undefined ? { operator, fact, result } : { operator, fact, factValue, result },
      );
    };
  const literal = value.value;
  const written = source.value;
  return (values) => {
    const result = orNull(test(values[place], literal));
    const factValue = showFact(values);
    return more(
      factValue === undefined
        ? { operator, fact, value: written, result }
        : { operator, fact, factValue, value: written, result },
    );
  };
}

const orNull = (truth: Truth): boolean | null => (truth === undefined ? null : truth);
