/** How generated code reads facts: once each, checked against their type, with a bit for each that is missing. */
import type { BaseSlot } from '../slot.ts';
import { elementOf, isList, type ScalarType } from '../values.ts';
import type { Writer } from './writer.ts';

const wordBits = 31;

/** The bits of a block of code that tell which of its slots are missing, or lack an entry. */
export class MissingBits {
  private readonly prefix: string;
  private readonly bits = new Map<string, number>();

  constructor(prefix: string) {
    this.prefix = prefix;
  }

  private place(slot: BaseSlot): number {
    let place = this.bits.get(slot.id);
    if (place === undefined) {
      place = this.bits.size;
      this.bits.set(slot.id, place);
    }
    return place;
  }

  /** A statement that notes the slot as missing. */
  mark(slot: BaseSlot): string {
    const place = this.place(slot);
    return `${this.prefix}${Math.floor(place / wordBits)} |= ${1 << (place % wordBits)};`;
  }

  /** An expression, not zero where one of the slots is missing. Slots of other blocks are passed over. */
  among(slots: readonly BaseSlot[]): string[] {
    const words = new Map<number, number>();
    for (const slot of slots) {
      const place = this.bits.get(slot.id);
      if (place === undefined) continue;
      const word = Math.floor(place / wordBits);
      words.set(word, (words.get(word) ?? 0) | (1 << (place % wordBits)));
    }
    return [...words].map(([word, mask]) => `(${this.prefix}${word} & ${mask}) !== 0`);
  }

  /** `m0 = 0, m1 = 0`, for a declaration or a reset. */
  zeros(): string[] {
    return Array.from(
      { length: Math.ceil(this.bits.size / wordBits) },
      (_, word) => `${this.prefix}${word} = 0`,
    );
  }
}

const primitive: Partial<Record<ScalarType, (raw: string) => string>> = {
  number: (raw) => `typeof ${raw} === 'number' && ${raw} - ${raw} === 0`,
  text: (raw) => `typeof ${raw} === 'string'`,
  boolean: (raw) => `typeof ${raw} === 'boolean'`,
};

const from: Readonly<Record<'declaration' | 'item', Readonly<Record<BaseSlot['source'], string>>>> = {
  declaration: { fact: 'header', call: 'calls' },
  item: { fact: 'item', call: 'itemCalls' },
};

const keyOf = (slot: BaseSlot): string => JSON.stringify(slot.source === 'fact' ? slot.fact : slot.call.key);

/** Statements that assign one slot: `single` slots of the declaration, or of the item at hand. */
export function readSingle(slot: BaseSlot, writer: Writer, missing: MissingBits): string {
  const variable = writer.variable(slot);
  const raw = `${from[slot.level][slot.source]}[${keyOf(slot)}]`;
  const check = isList(slot.type) ? undefined : primitive[slot.type];
  if (check !== undefined)
    return `${variable} = ${raw}; if (!(${check(variable)})) { ${variable} = undefined; ${missing.mark(slot)} }`;
  return `${variable} = readers[${JSON.stringify(slot.type)}](${raw}); if (${variable} === undefined) ${missing.mark(slot)}`;
}

/** Statements that assign columns, all in one pass over the items. */
export function readColumns(slots: readonly BaseSlot[], writer: Writer, missing: MissingBits): string {
  if (slots.length === 0) return '';
  const before: string[] = [];
  const each: string[] = [];
  const after: string[] = [];
  for (const slot of slots) {
    const variable = writer.variable(slot);
    const type = isList(slot.type) ? elementOf(slot.type) : slot.type;
    const raw = `${slot.source === 'fact' ? 'item' : 'called'}[${keyOf(slot)}]`;
    const check = primitive[type];
    const value = check === undefined ? `readers[${JSON.stringify(type)}](${raw})` : raw;
    const present = check === undefined ? 'value !== undefined' : check('value');
    const hole = `${variable}hole`;
    before.push(`${variable} = []; let ${hole} = false;`);
    each.push(
      `value = ${value}; if (${present}) ${variable}.push(value); else { ${variable}.push(undefined); ${hole} = true; }`,
    );
    const lost =
      slot.form === 'whole column' ? `${variable} = undefined; ${missing.mark(slot)}` : missing.mark(slot);
    after.push(`if (${hole}) { ${lost} }`);
  }
  return `${before.join('\n')}
for (let i = 0; i < items.length; i++) { const item = items[i]; const called = allItemCalls?.[i] ?? none; let value;
${each.join('\n')}
}
${after.join('\n')}`;
}
