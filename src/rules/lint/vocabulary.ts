/** The names that a rule can use: the facts of the catalogue and its own `let`s, each with what the lints must know. */
import type { FactCatalogue, FactDefinition, FactValue, Unit } from '../../facts/model.ts';
import { type Expression, readExpression } from './expression.ts';
import { checkLet, type ExpressionProblem, type Slot, slotOf, type ValueType } from './language.ts';
import { factOperand, isRecord } from './tree.ts';

export interface Let {
  name: string;
  /** Text of the expression; undefined for a fact with parameters. */
  text?: string;
  expression?: Expression;
  call?: { fact: string; params: Readonly<Record<string, unknown>> };
  /** Names of facts and lets it is made of, as written. */
  uses: readonly string[];
  /** What the engine's checker has against it. */
  problems: readonly ExpressionProblem[];
}

export interface Name {
  name: string;
  /** Undefined where it cannot be seen from the rule, or a let is broken. */
  type?: ValueType;
  unit: Unit;
  scope: 'declaration' | 'item';
  /** The fact itself, or the one that a let calls. */
  fact?: FactDefinition;
  let?: Let;
  slot?: Slot;
  /** Every fact behind it, a let's own uses followed to the end. */
  facts: readonly FactDefinition[];
}

export interface Vocabulary {
  lets: ReadonlyMap<string, Let>;
  /** Lets that hang in a circle. */
  circular: ReadonlySet<string>;
  lookup(name: string): Name | undefined;
  /** All that could have been meant. */
  names(): readonly string[];
}

function readLet(name: string, written: unknown): Let {
  if (typeof written === 'string') {
    const expression = readExpression(written);
    return { name, text: written, expression, uses: expression?.uses ?? [], problems: [] };
  }
  const call = factOperand(written);
  return { name, call, uses: call === undefined ? [] : [call.fact], problems: [] };
}

/** Lets from which a way leads back to themselves. */
function circles(lets: ReadonlyMap<string, Let>): Set<string> {
  const reaches = (from: string, to: string, seen: Set<string>): boolean =>
    (lets.get(from)?.uses ?? []).some((use) => {
      if (use === to) return true;
      if (seen.has(use)) return false;
      seen.add(use);
      return reaches(use, to, seen);
    });
  return new Set([...lets.keys()].filter((name) => reaches(name, name, new Set())));
}

export function vocabularyOf(
  written: unknown,
  catalogue: FactCatalogue,
  scope: 'declaration' | 'item',
): Vocabulary {
  const entries = isRecord(written) ? Object.entries(written) : [];
  const lets = new Map(entries.map(([name, value]) => [name, readLet(name, value)]));
  const circular = circles(lets);
  const cache = new Map<string, Name>();

  const ofFact = (fact: FactDefinition, params: Readonly<Record<string, unknown>>): Name => {
    const slot = slotOf(fact, params as Record<string, FactValue>, scope);
    return {
      name: fact.name,
      type: slot?.type,
      unit: fact.unit,
      scope: fact.scope,
      fact,
      slot,
      facts: [fact],
    };
  };

  const ofLet = (one: Let): Name => {
    const called = one.call && catalogue.get(one.call.fact);
    if (called !== undefined) return { ...ofFact(called, one.call!.params), name: one.name, let: one };
    const parts = circular.has(one.name)
      ? []
      : one.uses.map((use) => lookup(use)).filter((use) => use !== undefined);
    const name: Name = {
      name: one.name,
      let: one,
      unit: 'none',
      scope: parts.some((part) => part.scope === 'item') ? 'item' : 'declaration',
      facts: [...new Set(parts.flatMap((part) => part.facts))],
    };
    if (one.text === undefined || circular.has(one.name)) return name;
    const { slot, problems } = checkLet(one.name, one.text, scope, lookup);
    one.problems = problems;
    return { ...name, type: slot?.type, unit: slot?.unit ?? 'none', slot };
  };

  const lookup = (name: string): Name | undefined => {
    const there = cache.get(name);
    if (there !== undefined) return there;
    const own = lets.get(name);
    const fact = catalogue.get(name);
    const found = own !== undefined ? ofLet(own) : fact && ofFact(fact, {});
    if (found !== undefined) cache.set(name, found);
    return found;
  };
  for (const name of lets.keys()) lookup(name);
  return { lets, circular, lookup, names: () => [...lets.keys(), ...catalogue.keys()] };
}

/** Equal where two names are the same value, however they are called: a call with its defaults, a let by what it computes. */
export function keyOf(
  fact: string,
  params: Readonly<Record<string, unknown>>,
  { vocabulary, scope }: { vocabulary: Vocabulary; scope: 'declaration' | 'item' },
): string {
  const name = vocabulary.lookup(fact);
  const slot =
    name?.let === undefined && name?.fact?.params !== undefined
      ? slotOf(name.fact, params as Record<string, FactValue>, scope)
      : name?.slot;
  return slot?.id ?? `unknown ${fact}`;
}
