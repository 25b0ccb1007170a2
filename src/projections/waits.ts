/**
 * What rules wait for: a fact that grows by the passing of time alone, held against a number of days or hours. From these
 * it is known when a declaration to which nothing comes any more has to be looked at again. Pure.
 */
import { countryIds, countryProfile } from '../declaration/country-profile.ts';
import { basesOf, Names } from '../engine/names.ts';
import type { CallSlot, Slot } from '../engine/slot.ts';
import { buildTree, type LeafNode, leavesOf, slotsOfLeaf } from '../engine/tree.ts';
import { factCatalogue } from '../facts/catalogue.ts';
import { parameterValues } from '../facts/parameters.ts';
import { type Selector, selectorOf } from '../facts/trail/selector.ts';
import type { Condition, Rule } from '../rules/model.ts';

interface Common {
  /** Canonical: the fact with its parameters, and the limit. */
  key: string;
  /** Of declarations that a rule which waits can be about; undefined: of all. */
  flows: ReadonlySet<string> | undefined;
}

/** From an event until another comes. */
export interface EventWait extends Common {
  of: 'event';
  first: Selector;
  then: Selector;
  hours: number;
  /** True where only the office's working hours count: then the limit may be reached long after so many hours. */
  working: boolean;
}

/** From the day of the declaration on, while something of it is open. */
export interface AgeWait extends Common {
  of: 'age';
  days: number;
  /** Prefixes of the procedures that the rules are about; undefined: any. */
  procedures: readonly string[] | undefined;
}

export type Wait = EventWait | AgeWait;

export interface Waits {
  waits: Wait[];
  /** Rules whose limit stands in no plain comparison: they speak only when something comes to the declaration. */
  unseen: { rule: string; fact: string }[];
}

const hoursOf: Readonly<Record<string, number>> = { 'trail.waited': 1, 'trail.waitedDays': 24 };
const grows = new Set([...Object.keys(hoursOf), 'trail.response', 'ledger.age']);

const isWaiting = (slot: Slot): slot is CallSlot => slot.source === 'call' && grows.has(slot.call.fact);

/** A country may set a limit of its own: each that any country has counts. */
function valuesOf(parameter: string): number[] {
  const values = [undefined, ...countryIds()].map(
    (id) => parameterValues(id === undefined ? {} : (countryProfile(id).parameters ?? {}))[parameter],
  );
  return [...new Set(values.filter((value) => typeof value === 'number'))];
}

/** The numbers with which a leaf compares the waiting fact; undefined where they can't be told. */
function limitsOf(leaf: LeafNode, slot: CallSlot): number[] | undefined {
  if (slot.call.fact === 'trail.response') return [Number(slot.call.params.hours)];
  const other = leaf.fact === slot ? leaf.value : { kind: 'slot' as const, slot: leaf.fact };
  if (other.kind === 'literal') return typeof other.value === 'number' ? [other.value] : undefined;
  if (other.kind === 'none') return [];
  return other.slot.source === 'fact' && other.slot.fact.startsWith('parameter.')
    ? valuesOf(other.slot.fact)
    : undefined;
}

function waitOf(rule: Rule, { call }: CallSlot, limit: number): Wait {
  const key = `${call.key} ${limit}`;
  const flows = rule.applies?.flow === undefined ? undefined : new Set<string>(rule.applies.flow);
  if (call.fact === 'ledger.age') {
    const procedures = rule.applies?.procedure?.map((one) => one.replace(/\*$/, ''));
    return { of: 'age', key, flows, days: limit, procedures };
  }
  return {
    of: 'event',
    key,
    flows,
    first: selectorOf(String(call.params.first)),
    // biome-ignore lint/suspicious/noThenProperty: DECLARE calls the later event so; this is never awaited
    then: selectorOf(String(call.params.then)),
    hours: limit * (hoursOf[call.fact] ?? 1),
    working: call.params.clock === 'office',
  };
}

const union = <T>(a: readonly T[] | undefined, b: readonly T[] | undefined): T[] | undefined =>
  a === undefined || b === undefined ? undefined : [...new Set([...a, ...b])];

/** Two rules that wait for the same: what either is about. */
function together(a: Wait, b: Wait): Wait {
  const all = union(a.flows && [...a.flows], b.flows && [...b.flows]);
  const flows = all === undefined ? undefined : new Set(all);
  return a.of === 'age' && b.of === 'age'
    ? { ...a, flows, procedures: union(a.procedures, b.procedures) }
    : { ...a, flows };
}

/** Of the rules that run, active and shadow ones. */
export function waitsOf(rules: readonly Rule[], shared: Readonly<Record<string, Condition>>): Waits {
  const waits = new Map<string, Wait>();
  const unseen = new Map<string, { rule: string; fact: string }>();
  for (const rule of rules) {
    if (rule.status !== 'active' && rule.status !== 'shadow') continue;
    const tree = buildTree(rule, new Names(rule, factCatalogue), shared);
    for (const leaf of leavesOf(tree))
      for (const slot of slotsOfLeaf(leaf)) {
        const limits = isWaiting(slot) ? limitsOf(leaf, slot) : undefined;
        if (limits === undefined) {
          for (const base of basesOf(slot))
            if (isWaiting(base))
              unseen.set(`${rule.id} ${base.call.key}`, { rule: rule.id, fact: base.call.key });
          continue;
        }
        for (const limit of limits) {
          const wait = waitOf(rule, slot as CallSlot, limit);
          const known = waits.get(wait.key);
          waits.set(wait.key, known === undefined ? wait : together(known, wait));
        }
      }
  }
  return { waits: [...waits.values()], unseen: [...unseen.values()] };
}
