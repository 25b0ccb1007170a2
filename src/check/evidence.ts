/**
 * What a check kept of facts that the declaration itself does not carry, so that it can be replayed from its own evidence.
 * Under one rulebook thousands of checks ask for the same, in calls of some seventy characters each: what was asked is
 * kept once, as a setting, and a check has places in it.
 */
import type { Declaration } from '../declaration/declaration.ts';
import type { FactCall, FactSheet, FactValue } from '../facts/model.ts';
import type { StoredJson } from '../store/port.ts';

/** Keys of the calls of a rulebook (`FactCall.key`), in its order. */
export interface Asked {
  declaration: readonly string[];
  item: readonly string[];
}

/** Place and value by turns; what was asked for and is not here was missing. */
export type Placed = readonly FactValue[];

export interface Evidence {
  /** Version of the setting that says what was asked; what was asked itself where an older release wrote the check. */
  asked: string | Asked;
  values: Placed;
  /** Of each item, in order. */
  items: readonly Placed[];
}

export const nothingAsked: Evidence = { asked: { declaration: [], item: [] }, values: [], items: [] };

export const askedOf = (calls: { declaration: readonly FactCall[]; item: readonly FactCall[] }): Asked => ({
  declaration: calls.declaration.map(({ key }) => key),
  item: calls.item.map(({ key }) => key),
});

export function evidenceOf(sheet: FactSheet, asked: Asked, version: string): Evidence {
  return {
    asked: version,
    values: placed(asked.declaration, sheet.calls ?? {}),
    items: (sheet.itemCalls ?? []).map((values) => placed(asked.item, values)),
  };
}

function placed(keys: readonly string[], values: Readonly<Record<string, FactValue>>): FactValue[] {
  const found: FactValue[] = [];
  // Sheets hold the calls in the order in which they are asked, and are read fastest in their own.
  let read = 0;
  for (const key in values) {
    if (key !== keys[read]) break;
    const value = values[key];
    if (value !== undefined) found.push(read, value);
    read++;
  }
  for (let place = read; place < keys.length; place++) {
    const value = values[keys[place]!];
    if (value !== undefined) found.push(place, value);
  }
  return found;
}

/** The calls of a sheet as they were answered. */
export function answersOf(
  { values, items }: Evidence,
  asked: Asked,
  declaration: Pick<Declaration, 'items'>,
): Required<Pick<FactSheet, 'calls' | 'itemCalls'>> {
  return {
    calls: namedFacts(asked.declaration, values),
    itemCalls: declaration.items.map((_, index) => namedFacts(asked.item, items[index] ?? [])),
  };
}

/** Values by key. */
export function namedFacts(keys: readonly string[], placed: Placed): Record<string, FactValue> {
  const values: Record<string, FactValue> = {};
  for (let at = 0; at + 1 < placed.length; at += 2) values[keys[placed[at] as number]!] = placed[at + 1];
  return values;
}

/** How a check named each fact beside its value before. */
interface NamedValue {
  key: string;
  item?: number;
  value: FactValue;
}

/** A check of schema 1, which named every fact beside its value. */
export function placeEvidence(check: StoredJson): StoredJson {
  const before = check.evidence as NamedValue[];
  const keysOf = (evidence: readonly NamedValue[]) => [...new Set(evidence.map(({ key }) => key))];
  const asked = {
    declaration: keysOf(before.filter(({ item }) => item === undefined)),
    item: keysOf(before.filter(({ item }) => item !== undefined)),
  };
  const valuesOf = (number: number | undefined) =>
    Object.fromEntries(before.filter(({ item }) => item === number).map(({ key, value }) => [key, value]));
  const items = before.reduce((most, { item }) => Math.max(most, item ?? 0), 0);
  const evidence: Evidence = {
    asked,
    values: placed(asked.declaration, valuesOf(undefined)),
    items: Array.from({ length: items }, (_, index) => placed(asked.item, valuesOf(index + 1))),
  };
  return { ...check, schema: 2, evidence };
}
