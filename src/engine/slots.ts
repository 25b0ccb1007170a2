/** Slots of the facts, and how their values are read. Equal slots have equal ids, so each is read once for all rules. */
import { factCall } from '../facts/call.ts';
import type { FactCatalogue, FactDefinition, FactSheet, FactValue } from '../facts/model.ts';
import type { BaseSlot, Common, Form, Scope, Slot } from './slot.ts';
import {
  columnOf,
  elementOf,
  hasHole,
  isList,
  listOf,
  readers,
  scalarReaders,
  type Value,
  type ValueType,
} from './values.ts';

const isColumn = (definition: FactDefinition, scope: Scope): boolean =>
  scope === 'declaration' && definition.scope === 'item';

/** The type under which rules of a scope see a fact; undefined where it can't be seen: a list of every item. */
export function typeInScope(definition: FactDefinition, scope: Scope): ValueType | undefined {
  if (!isColumn(definition, scope)) return definition.type;
  return isList(definition.type) ? undefined : listOf(definition.type);
}

function common(definition: FactDefinition, type: ValueType, scope: Scope): Omit<Common, 'id'> {
  const level = scope === 'item' && definition.scope === 'item' ? 'item' : 'declaration';
  return { type, unit: definition.unit, level, name: definition.name };
}

const formOf = (definition: FactDefinition, scope: Scope): Form =>
  isColumn(definition, scope) ? 'column' : 'single';

export function slotOf(
  definition: FactDefinition,
  params: Readonly<Record<string, FactValue>> | undefined,
  scope: Scope,
): BaseSlot | undefined {
  const type = typeInScope(definition, scope);
  if (type === undefined) return undefined;
  const form = formOf(definition, scope);
  const shared = common(definition, type, scope);
  const place = `${form} ${definition.scope}`;
  if (definition.params === undefined)
    return { ...shared, id: `${place} ${definition.name}`, source: 'fact', fact: definition.name, form };
  const call = factCall(definition, params);
  return { ...shared, id: `${place} call ${call.key}`, name: call.key, source: 'call', call, form };
}

/** The same column, missing as a whole where an item lacks its value: what operators on lists and functions see. */
export const whole = <S extends Slot>(slot: S): S =>
  slot.source !== 'let' && slot.form === 'column'
    ? { ...slot, id: `whole ${slot.id}`, form: 'whole column' }
    : slot;

export const definitionOf = (catalogue: FactCatalogue, name: string): FactDefinition | undefined =>
  catalogue.get(name);

/** One declaration, or one of its items, while closures run over it. */
export interface Frame {
  sheet: FactSheet;
  /** Position of the item, from 0; -1 for rules on the declaration. */
  index: number;
  /** Values of lets, by slot id, computed once. */
  lets: Map<string, Value> | undefined;
}

export const frameOf = (sheet: FactSheet, index = -1): Frame => ({ sheet, index, lets: undefined });

/** How a fact or a call is read from a frame; lets are read by ./expression/run.ts. */
export function baseReader(slot: BaseSlot): (frame: Frame) => Value {
  const { level, form, type } = slot;
  const name = slot.source === 'fact' ? slot.fact : slot.call.key;
  const called = slot.source === 'call';
  if (form !== 'single') {
    const read = scalarReaders[elementOf(type as `list<text>`)];
    return ({ sheet }) => {
      const column = columnOf(read, called ? sheet.itemCalls : sheet.items, name, sheet.items.length);
      return form === 'whole column' && hasHole(column) ? undefined : column;
    };
  }
  const read = readers[type];
  if (level === 'item')
    return called
      ? ({ sheet, index }) => read(sheet.itemCalls?.[index]?.[name])
      : ({ sheet, index }) => read(sheet.items[index]![name]);
  return called ? ({ sheet }) => read(sheet.calls?.[name]) : ({ sheet }) => read(sheet.header[name]);
}

/** Whether the slot's own value, or an entry of it, is missing. */
export const lacks = (slot: Slot, value: Value): boolean =>
  value === undefined || (slot.source !== 'let' && slot.form === 'column' && hasHole(value));
