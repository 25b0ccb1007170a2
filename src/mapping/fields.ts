/**
 * One field of a mapping, compiled: reads its value from a row and puts it at its path. A cell that is dirty is
 * reported and the next of the field's sources is tried; where none gives a value the field is left out.
 */
import { timeKindOf, times } from '../declaration/dates.ts';
import type { CodeTable, Column, Field, FieldRule } from './mapping.ts';
import { type Kind, type Schema, type Step, type Target, targetAt } from './schema-path.ts';
import {
  CellFault,
  quote,
  type Reading,
  readBoolean,
  readDay,
  readInstant,
  readMoment,
  readMoney,
  readNumber,
} from './values.ts';

/** Where a cell lies: in the row itself, in the declaration's row, in the row of the table in between. */
export interface Reference {
  scope: 'own' | 'header' | 'via';
  place: number;
  /** As the mapping names it, for messages. */
  name: string;
}

export type Cells = readonly (string | null)[];

export interface Context {
  own: Cells;
  header: Cells;
  via: Cells;
  zone: string;
  /** National currency. */
  currency: string;
  report: (column: string, fault: CellFault) => void;
}

export interface FieldReader {
  path: string;
  read: (context: Context) => unknown;
  put: (into: Record<string, unknown>, value: unknown) => void;
}

export interface FieldSource {
  path: string;
  field: Field;
  schema: Schema;
  codes: Readonly<Record<string, CodeTable>>;
  reading: Reading;
  refer: (column: Column, pointer: string) => Reference;
  refuse: (pointer: string, problem: string) => never;
  pointer: string;
}

type Read = (context: Context) => unknown;

export function compileField(source: FieldSource): FieldReader {
  const target = targetAt(source.schema, source.path);
  if (target === undefined) source.refuse(source.pointer, `the canonical model has no field ${source.path}`);
  const alternatives = (Array.isArray(source.field) ? source.field : [source.field]).map((one, index) =>
    compileRule(
      typeof one === 'string' ? { column: one } : one,
      target!,
      source,
      Array.isArray(source.field) ? `${source.pointer}/${index}` : source.pointer,
    ),
  );
  const [first] = alternatives;
  return {
    path: source.path,
    read:
      alternatives.length === 1
        ? first!
        : (context) => {
            for (const read of alternatives) {
              const value = read(context);
              if (value !== undefined) return value;
            }
            return undefined;
          },
    put: putter(target!.steps),
  };
}

function compileRule(rule: FieldRule, target: Target, source: FieldSource, pointer: string): Read {
  const { refuse, refer } = source;
  if (rule.value !== undefined) {
    const fixed = rule.value;
    return () => fixed;
  }
  if (rule.flags !== undefined) return flagReader(rule.flags, source, pointer);
  if ((rule.column === undefined) === (rule.join === undefined))
    refuse(pointer, 'give one of column, join, flags and value');
  const places = (rule.join ?? [rule.column!]).map((column) => refer(column, pointer));
  const separator = rule.separator ?? '';
  const absent =
    rule.absent === undefined ? undefined : new Set(rule.absent.map((text) => text.toUpperCase()));
  const text =
    places.length === 1
      ? (context: Context) => context[places[0]!.scope][places[0]!.place] ?? null
      : (context: Context) => {
          const parts = places.map((at) => context[at.scope][at.place] ?? '').filter((part) => part !== '');
          return parts.length === 0 ? null : parts.join(separator);
        };
  const codes = typeof rule.codes === 'string' ? source.codes[rule.codes] : rule.codes;
  if (typeof rule.codes === 'string' && codes === undefined)
    refuse(`${pointer}/codes`, `this file has no code table ${rule.codes}`);
  const translate = codes === undefined ? undefined : translator(codes, refuse, pointer);
  const time = rule.time === undefined ? undefined : refer(rule.time, pointer);
  const currency = rule.currency === undefined ? undefined : refer(rule.currency, pointer);
  const convert = readers[target.kind];
  const limits = limitsOf(rule, target.schema);
  const name = places.map((at) => at.name).join('+');
  const padded = padder(rule.pad);

  return (context) => {
    const raw = padded(text(context));
    if (raw === null || absent?.has(raw.toUpperCase())) return undefined;
    let value: unknown = raw;
    if (translate !== undefined) {
      const found = translate(raw);
      if (found === undefined) {
        context.report(name, new CellFault('CC_ROW_CODE', `${quote(raw)} is no code of the mapping`));
        return undefined;
      }
      // An empty code is no value, `=` the cell as it is.
      if (found === '') return undefined;
      value = found === '=' ? raw : found;
    }
    if (typeof value === 'string') {
      value = convert(value, {
        context,
        reading: source.reading,
        time: time === undefined ? undefined : (context[time.scope][time.place] ?? undefined),
        currency:
          (currency === undefined ? undefined : context[currency.scope][currency.place]) ?? context.currency,
      });
    }
    // Fifteen digits are what a double holds: 7.7 / 100 is 0.077 again.
    if (rule.percent === true && typeof value === 'number') value = Number((value / 100).toPrecision(15));
    if (!(value instanceof CellFault)) value = limits(value) ?? value;
    if (value instanceof CellFault) {
      context.report(name, value);
      return undefined;
    }
    return value;
  };
}

/** Digits filled up with zeros to the next of the lengths; anything else as it is. */
function padder(lengths: readonly number[] | undefined): (text: string | null) => string | null {
  if (lengths === undefined) return (text) => text;
  const sorted = [...lengths].sort((a, b) => a - b);
  return (text) => {
    if (text === null || !/^\d+$/.test(text)) return text;
    return text.padStart(sorted.find((length) => length >= text.length) ?? 0, '0');
  };
}

/** A code table as a function: exact texts in any case, then `/…/` patterns in their order, then `*`. */
function translator(
  codes: CodeTable,
  refuse: FieldSource['refuse'],
  pointer: string,
): (text: string) => string | number | boolean | undefined {
  const exact = new Map<string, string | number | boolean>();
  const patterns: [RegExp, string | number | boolean][] = [];
  for (const [from, to] of Object.entries(codes)) {
    const source = /^\/(.+)\/$/.exec(from)?.[1];
    if (source === undefined) exact.set(from.toUpperCase(), to);
    else {
      try {
        patterns.push([new RegExp(source, 'i'), to]);
      } catch (thrown) {
        refuse(`${pointer}/codes`, String((thrown as Error).message));
      }
    }
  }
  return (text) =>
    exact.get(text.toUpperCase()) ?? patterns.find(([pattern]) => pattern.test(text))?.[1] ?? exact.get('*');
}

/** One column of several is set: lanes as ASYCUDA World writes them. */
function flagReader(flags: Readonly<Record<string, string>>, source: FieldSource, pointer: string): Read {
  const places = Object.entries(flags).map(([column, code]) => ({
    at: source.refer(column.split('|'), pointer),
    code,
  }));
  return (context) => {
    let found: string | undefined;
    for (const { at, code } of places) {
      const cell = context[at.scope][at.place] ?? null;
      if (cell === null) continue;
      const set = readBoolean(cell) ?? (Number(cell) === 1 ? true : Number(cell) === 0 ? false : undefined);
      if (set === undefined) {
        context.report(at.name, new CellFault('CC_ROW_TYPE', `${quote(cell)} is no flag`));
      } else if (set && found !== undefined) {
        context.report(
          at.name,
          new CellFault(
            'CC_ROW_CONTRADICTORY',
            `it says ${code} where another flag of the row says ${found}`,
          ),
        );
      } else if (set) found = code;
    }
    return found;
  };
}

interface Around {
  context: Context;
  reading: Reading;
  time: string | undefined;
  currency: string;
}

/** The members of a JSON array, which is how a list comes out of NDJSON; undefined where the cell is none. */
function jsonTexts(text: string): string[] | undefined {
  if (!text.startsWith('[')) return undefined;
  try {
    return (JSON.parse(text) as unknown[]).map(String);
  } catch {
    // A list column of Parquet prints as [a, b].
    return undefined;
  }
}

const readers: Record<Kind, (text: string, around: Around) => unknown> = {
  text: (text) => text,
  texts: (text) => jsonTexts(text) ?? text.split(/[[\],;\s]+/).filter((part) => part !== ''),
  day: (text, { reading }) => readDay(text, reading),
  moment: (text, { reading, time, context }) => readMoment(text, time, context.zone, reading),
  instant: (text, { reading, time, context }) => readInstant(text, time, context.zone, reading),
  number: (text, { reading }) =>
    readNumber(text, reading.decimal) ?? new CellFault('CC_ROW_TYPE', `${quote(text)} is no number`),
  integer: (text, { reading }) => {
    const number = readNumber(text, reading.decimal);
    return number !== undefined && Number.isSafeInteger(number)
      ? number
      : new CellFault('CC_ROW_TYPE', `${quote(text)} is no whole number`);
  },
  boolean: (text) =>
    readBoolean(text) ?? new CellFault('CC_ROW_TYPE', `${quote(text)} is neither yes nor no`),
  money: (text, { reading, currency }) =>
    /^[A-Za-z]{3}$/.test(currency)
      ? readMoney(text, reading.decimal, currency.toUpperCase())
      : new CellFault('CC_ROW_CODE', `${quote(currency)} is no currency`),
};

/** What the model and the mapping allow of a value; undefined where it is allowed. */
function limitsOf(rule: FieldRule, schema: Schema): (value: unknown) => CellFault | undefined {
  const min = rule.min ?? schema.minimum ?? Number.NEGATIVE_INFINITY;
  const max = rule.max ?? schema.maximum ?? Number.POSITIVE_INFINITY;
  const allowed = schema.enum === undefined ? undefined : new Set(schema.enum);
  const longest = schema.maxLength ?? Number.POSITIVE_INFINITY;
  const pattern = rule.pattern ?? schema.pattern;
  const form = pattern === undefined ? undefined : new RegExp(pattern);
  const time = timeKindOf(pattern);
  return (value) => {
    const number =
      typeof value === 'number'
        ? value
        : typeof value === 'object' && value !== null && 'amount' in value
          ? Number(value.amount)
          : undefined;
    if (number !== undefined && (number < min || number > max))
      return new CellFault(
        'CC_ROW_RANGE',
        `${number} is ${number < min ? `less than ${min}` : `more than ${max}`}`,
      );
    if (typeof value !== 'string') return undefined;
    if (allowed !== undefined && !allowed.has(value))
      return new CellFault('CC_ROW_CODE', `${quote(value)} is none of ${[...allowed].join(', ')}`);
    if (value.length > longest)
      return new CellFault('CC_ROW_RANGE', `${value.length} characters, more than ${longest}`);
    if (form !== undefined && !form.test(value))
      return new CellFault(
        'CC_ROW_TYPE',
        time === undefined
          ? `${quote(value)} has not the form ${form.source}`
          : `${quote(value)} is not ${times[time].plain}`,
      );
    return undefined;
  };
}

/** Puts a value at a path, making the objects and lists on the way. */
function putter(steps: readonly Step[]): FieldReader['put'] {
  const last = steps.at(-1)!;
  return (into, value) => {
    let place = into;
    for (const step of steps.slice(0, -1)) place = descend(place, step);
    if (last.index === undefined) place[last.name] = value;
    else {
      place[last.name] ??= [];
      const list = place[last.name] as unknown[];
      // Places before it that are empty stay in the list as empty text, so that each keeps its rank.
      while (list.length < last.index) list.push('');
      list[last.index] = value;
    }
  };
}

function descend(place: Record<string, unknown>, step: Step): Record<string, unknown> {
  if (step.index === undefined) {
    place[step.name] ??= {};
    return place[step.name] as Record<string, unknown>;
  }
  place[step.name] ??= [];
  const list = place[step.name] as Record<string, unknown>[];
  list[step.index] ??= {};
  return list[step.index]!;
}
