/**
 * How values look inside the engine. Facts arrive as the catalogue types them; a value that is not of its type counts as
 * missing, so nothing below ever meets a surprise. Inside, a date is its day number and an instant its milliseconds
 * (both since 1970-01-01, UTC), so that dates compare as numbers do; lists hold such values, and a column (one fact of
 * every item) may have holes.
 */
import type { FactType, FactValue } from '../facts/model.ts';

export type ScalarType = 'number' | 'text' | 'boolean' | 'date' | 'instant';
export type ValueType = ScalarType | `list<${ScalarType}>`;
export type Scalar = number | string | boolean;
export type Value = Scalar | readonly (Scalar | undefined)[] | undefined;
export type Present = Exclude<Value, undefined>;
/** Kleene's three values; undefined is unknown. */
export type Truth = boolean | undefined;

export const isList = (type: ValueType): type is `list<${ScalarType}>` => type.startsWith('list<');
export const elementOf = (type: `list<${ScalarType}>`): ScalarType => type.slice(5, -1) as ScalarType;
export const listOf = (type: ScalarType): ValueType => `list<${type}>`;

const msPerDay = 86_400_000;
const canonicalDate = /^\d{4}-\d\d-\d\d$/;
const canonicalInstant = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)$/;

/** Day number of `YYYY-MM-DD`; undefined where that is no day of the calendar. */
export function dayOf(raw: unknown): number | undefined {
  if (typeof raw !== 'string' || raw.length !== 10 || !canonicalDate.test(raw)) return undefined;
  const ms = Date.parse(raw);
  // Date.parse takes 31 February for a day of March in some engines.
  if (Number.isNaN(ms) || new Date(ms).getUTCDate() !== Number(raw.slice(8))) return undefined;
  return ms / msPerDay;
}

/** Milliseconds of an ISO instant with its offset; undefined where it is none. */
export function instantOf(raw: unknown): number | undefined {
  if (typeof raw !== 'string' || !canonicalInstant.test(raw)) return undefined;
  const ms = Date.parse(raw);
  return Number.isNaN(ms) ? undefined : ms;
}

export const numberOf = (raw: unknown): number | undefined =>
  typeof raw === 'number' && raw - raw === 0 ? raw : undefined;
export const textOf = (raw: unknown): string | undefined => (typeof raw === 'string' ? raw : undefined);
export const booleanOf = (raw: unknown): boolean | undefined => (typeof raw === 'boolean' ? raw : undefined);

export const scalarReaders: Readonly<Record<ScalarType, (raw: unknown) => Scalar | undefined>> = {
  number: numberOf,
  text: textOf,
  boolean: booleanOf,
  date: dayOf,
  instant: instantOf,
};

function listReader(read: (raw: unknown) => Scalar | undefined) {
  return (raw: unknown): Value => {
    if (!Array.isArray(raw)) return undefined;
    const list: Scalar[] = [];
    for (const entry of raw) {
      const value = read(entry);
      if (value === undefined) return undefined;
      list.push(value);
    }
    return list;
  };
}

/** From a fact's value, or a rule's literal, to the engine's; undefined where it is not of the type. */
export const readers: Readonly<Record<ValueType, (raw: unknown) => Value>> = {
  ...scalarReaders,
  'list<number>': listReader(numberOf),
  'list<text>': listReader(textOf),
  'list<boolean>': listReader(booleanOf),
  'list<date>': listReader(dayOf),
  'list<instant>': listReader(instantOf),
};

/** One fact of every item, in order; undefined where an item lacks it. */
export function columnOf(
  read: (raw: unknown) => Scalar | undefined,
  records: readonly Record<string, FactValue>[] | undefined,
  name: string,
  count: number,
): readonly (Scalar | undefined)[] {
  const column = new Array<Scalar | undefined>(count);
  for (let i = 0; i < count; i++) column[i] = read(records?.[i]?.[name]);
  return column;
}

export const hasHole = (list: Value): boolean => Array.isArray(list) && list.includes(undefined);

const outward: Readonly<Record<ScalarType, (value: Scalar) => Scalar>> = {
  number: (value) => value,
  text: (value) => value,
  boolean: (value) => value,
  date: (value) => new Date(Number(value) * msPerDay).toISOString().slice(0, 10),
  instant: (value) => new Date(Number(value)).toISOString(),
};

/** From the engine's value back to what findings and explanations show. Holes of a column are left out. */
export function factValueOf(type: ValueType, value: Value): FactValue {
  if (value === undefined) return undefined;
  if (!isList(type)) return outward[type](value as Scalar);
  const show = outward[elementOf(type)];
  return (value as readonly (Scalar | undefined)[])
    .filter((entry) => entry !== undefined)
    .map(show) as FactValue;
}

export const typeOfFact = (type: FactType): ValueType => type;
