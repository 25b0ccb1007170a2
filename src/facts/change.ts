/**
 * Changes to a clean declaration, as a rule's examples give them: a declared fact is set in the declaration and everything
 * that follows from it is computed anew, so an example can't contradict itself; any other fact, and any fact with
 * parameters, is laid over the sheet.
 *
 *   given: { valuation.cif: 90000 }                 a fact of the declaration; null removes it
 *   given: { item.netMass: 12 }                     the same of the first item
 *   given: { items: [{}, { item.origin: VN }] }     items in their order; an entry beyond the last is a copy of the last
 *                                                   with the next number, null removes the item
 *   given: { calls: { "trail.absence": true } }     a fact with parameters by its name, or by its whole key
 */
import type { Declaration, Item } from '../declaration/declaration.ts';
import { minorDigits, moneyOf } from '../declaration/money.ts';
import { CrosscheckError } from '../errors.ts';
import { factCatalogue } from './catalogue.ts';
import { nationalCurrency } from './computed/amounts.ts';
import type { FactCall, FactDefinition, FactSheet, FactValue } from './model.ts';
import { type FactContext, factSheet } from './sheet.ts';
import type { Calls } from './subject.ts';

export interface Changed {
  declaration: Declaration;
  sheet: FactSheet;
}

export type Given = Readonly<Record<string, unknown>>;

export function changed(
  base: Declaration,
  given: Given,
  calls: Calls = { declaration: [], item: [] },
  context?: FactContext,
): Changed {
  const declaration = structuredClone(base);
  const { items, calls: callValues, ...facts } = given as { items?: unknown; calls?: unknown };
  const itemChanges = changesOfItems(declaration, items);
  const overlay: [target: 'header' | number, fact: string, value: FactValue][] = [];

  for (const [name, value] of Object.entries(facts)) {
    const definition = known(name);
    const target = definition.scope === 'item' ? 0 : 'header';
    if (definition.path === undefined) overlay.push([target, name, factValue(value)]);
    else write(declaration, target === 0 ? itemAt(declaration, 0) : declaration, definition, value);
  }
  for (const [index, changes] of itemChanges.entries())
    for (const [name, value] of Object.entries(changes ?? {})) {
      const definition = known(name);
      if (definition.scope !== 'item') throw refused(name, 'is no fact of an item');
      if (definition.path === undefined) overlay.push([index, name, factValue(value)]);
      else write(declaration, itemAt(declaration, index), definition, value);
    }
  declaration.items = declaration.items.filter((_, index) => itemChanges[index] !== null);

  const sheet = factSheet(declaration, context);
  for (const [target, name, value] of overlay) {
    const sheetPart = target === 'header' ? sheet.header : sheet.items[target];
    if (sheetPart !== undefined) sheetPart[name] = value;
  }
  layCalls(sheet, calls, record(callValues, 'calls'));
  return { declaration, sheet };
}

/** Values given by whole key stand before those given by the fact's name; for items a list gives one value an item. */
function layCalls(sheet: FactSheet, calls: Calls, given: Record<string, unknown>): void {
  const value = (call: FactCall): unknown => (call.key in given ? given[call.key] : given[call.fact]);
  sheet.calls = Object.fromEntries(calls.declaration.map((call) => [call.key, factValue(value(call))]));
  sheet.itemCalls = sheet.items.map((_, index) =>
    Object.fromEntries(
      calls.item.map((call) => {
        const given = value(call);
        return [call.key, factValue(isByItem(call, given) ? given[index] : given)];
      }),
    ),
  );
}

/** A list of values, one an item; of a fact that is a list itself, a list of lists. */
const isByItem = (call: FactCall, given: unknown): given is unknown[] =>
  Array.isArray(given) &&
  (factCatalogue.get(call.fact)?.type.startsWith('list') !== true ||
    given.some((entry) => Array.isArray(entry)));

const refused = (name: string, problem: string): CrosscheckError =>
  new CrosscheckError('CC_BAD_ARGUMENT', { name: `given: ${name}`, problem });

function known(name: string): FactDefinition {
  const definition = factCatalogue.get(name);
  if (definition === undefined) throw refused(name, 'is not in the catalogue of facts');
  return definition;
}

const factValue = (value: unknown): FactValue => (value === null ? undefined : (value as FactValue));

function record(value: unknown, name: string): Record<string, unknown> {
  if (value === undefined) return {};
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw refused(name, 'must be a mapping');
  return value as Record<string, unknown>;
}

function changesOfItems(declaration: Declaration, items: unknown): (Record<string, unknown> | null)[] {
  if (items === undefined) return [];
  if (!Array.isArray(items)) throw refused('items', 'must be a list of changes');
  for (const index of items.keys()) itemAt(declaration, index);
  return items.map((entry, index) => (entry === null ? null : record(entry, `items[${index}]`)));
}

/** The item at a position; beyond the last, copies of the last with the numbers that follow. */
function itemAt(declaration: Declaration, index: number): Item {
  const { items } = declaration;
  while (items.length <= index) {
    const last = items.at(-1);
    if (last === undefined) throw refused('items', 'the base declaration has no item to copy');
    items.push({ ...structuredClone(last), number: last.number + 1 });
  }
  return items[index]!;
}

type Node = Record<string, unknown> | unknown[];

function write(
  declaration: Declaration,
  root: Declaration | Item,
  fact: FactDefinition,
  value: unknown,
): void {
  const steps = fact.path!.split('.');
  if (fact.unit === 'money' || fact.unit === 'foreign money') {
    const present = place(root as Node, steps)[0] as { currency?: string } | undefined;
    const currency =
      (fact.unit === 'foreign money' ? present?.currency : undefined) ??
      nationalCurrency(declaration) ??
      'XXX';
    set(root as Node, steps, value === null ? null : money(fact.name, value, currency));
    return;
  }
  if (steps.at(-1) === 'currency' && steps.length > 1) {
    changeCurrency(root as Node, steps.slice(0, -1), value);
    return;
  }
  set(root as Node, steps, value);
}

function money(name: string, value: unknown, currency: string): unknown {
  const amount = typeof value === 'number' ? moneyOf(value, currency) : undefined;
  if (amount === undefined) throw refused(name, 'must be an amount in major units');
  return amount;
}

/** Another currency for the same number of major units. */
function changeCurrency(root: Node, steps: string[], currency: unknown): void {
  const [present] = place(root, steps) as [{ amount: number; currency: string } | undefined];
  if (present === undefined) return;
  if (typeof currency !== 'string') {
    set(root, steps, null);
    return;
  }
  set(root, steps, moneyOf(present.amount / 10 ** minorDigits(present.currency), currency));
}

/** What lies at the end of the steps now. */
function place(root: Node, steps: string[]): [unknown] {
  let node: unknown = root;
  for (const step of steps) node = (node as Record<string, unknown> | undefined)?.[step];
  return [node];
}

/** Sets or, with null, removes; makes what is missing on the way; `*` spreads a list over the entries of a list. */
function set(node: Node, steps: string[], value: unknown): void {
  const [step, ...rest] = steps as [string, ...string[]];
  const holder = node as Record<string, unknown>;
  if (rest.length === 0) {
    if (value === null) delete holder[step];
    else holder[step] = value;
    return;
  }
  if (holder[step] === undefined) {
    if (value === null) return;
    holder[step] = rest[0] === '*' || /^\d+$/.test(rest[0]!) ? [] : {};
  }
  if (rest[0] === '*') {
    spread(holder, step, rest.slice(1), value);
    return;
  }
  set(holder[step] as Node, rest, value);
}

function spread(holder: Record<string, unknown>, step: string, rest: string[], value: unknown): void {
  if (value === null) {
    delete holder[step];
    return;
  }
  const present = holder[step] as Node[];
  holder[step] = (value as unknown[]).map((entry, index) => {
    const element = present[index] ?? {};
    set(element, rest, entry);
    return element;
  });
}
