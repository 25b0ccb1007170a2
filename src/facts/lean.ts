/**
 * Sheets with nothing but the facts that are asked for: over a year of history a backtest of one rule, or of rules on
 * declared facts, need not compute the other two hundred. Where a fact has to be computed, the whole sheet is.
 */
import type { Declaration, Item } from '../declaration/declaration.ts';
import type { Money } from '../declaration/money.ts';
import { factCatalogue } from './catalogue.ts';
import { foreign, national, nationalCurrency } from './computed/amounts.ts';
import type { FactSheet, FactValue } from './model.ts';
import { type FactContext, factSheet } from './sheet.ts';

type Read = (from: Declaration | Item, currency: string | undefined) => FactValue;
export type SheetMaker = (declaration: Declaration, context?: FactContext) => FactSheet;

/** Declared facts that are more than the value at their path; a test finds every one that is missing here. */
const notByPath: ReadonlySet<string> = new Set(['item.packages']);

const countOfItems: Read = (declaration) => (declaration as Declaration).items.length;

/** The value at a path of members and positions; the callers know that no step of it is a `*`. */
function at(from: unknown, steps: readonly string[]): unknown {
  let value = from;
  for (const step of steps) {
    if (value === undefined || value === null) return undefined;
    value = (value as Record<string, unknown>)[step];
  }
  return value;
}

/** How a fact is read by its path; undefined where it cannot be. */
function reader(name: string): Read | undefined {
  if (name === 'items.count') return countOfItems;
  const fact = factCatalogue.get(name);
  if (fact?.path === undefined || fact.path.includes('*') || notByPath.has(name)) return undefined;
  const steps = fact.path.split('.');
  if (fact.unit === 'money')
    return (from, currency) => national(at(from, steps) as Money | undefined, currency);
  if (fact.unit === 'foreign money') return (from) => foreign(at(from, steps) as Money | undefined);
  return (from) => at(from, steps) as FactValue;
}

/** Facts and how they are read; undefined where one of them has to be computed. */
function readers(names: readonly string[]): (readonly [string, Read])[] | undefined {
  const pairs = names.map((name) => [name, reader(name)] as const);
  return pairs.every((pair): pair is readonly [string, Read] => pair[1] !== undefined) ? pairs : undefined;
}

function filled(
  from: Declaration | Item,
  pairs: readonly (readonly [string, Read])[],
  currency: string | undefined,
) {
  const values: Record<string, FactValue> = {};
  for (const [name, read] of pairs) values[name] = read(from, currency);
  return values;
}

/** @param needs names of facts without parameters; facts with parameters may read any other, so they need a whole sheet */
export function sheetMaker(needs: ReadonlySet<string>): SheetMaker {
  const known = [...needs].filter((name) => factCatalogue.has(name));
  const parameters = known.filter((name) => name.startsWith('parameter.'));
  const isItem = (name: string) => factCatalogue.get(name)!.scope === 'item';
  const header = readers(known.filter((name) => !isItem(name) && !parameters.includes(name)));
  const items = readers(known.filter(isItem));
  if (header === undefined || items === undefined) return factSheet;
  return (declaration, context) => {
    const currency = nationalCurrency(declaration);
    const values = filled(declaration, header, currency);
    for (const name of parameters) values[name] = context?.parameters[name];
    return { header: values, items: declaration.items.map((item) => filled(item, items, currency)) };
  };
}
