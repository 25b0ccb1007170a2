/**
 * Cells to values. Each kind of the canonical model has one reader; what a cell is not is said with a code and words,
 * never guessed. Pure. Instants are read on the office's clock and given with its offset.
 */
import { numberOf, scaledInteger } from '../declaration/decimal.ts';
import { type Money, minorDigits } from '../declaration/money.ts';
import type { ErrorCode } from '../errors.ts';
import { offsetAt } from '../ground/zones.ts';

export type RowCode = Extract<ErrorCode, `CC_ROW_${string}`>;

export class CellFault {
  readonly code: RowCode;
  readonly problem: string;
  constructor(code: RowCode, problem: string) {
    this.code = code;
    this.problem = problem;
  }
}

/** The clock reading of a cell, before a zone is applied. */
export interface ClockTime {
  day: string;
  /** `HH:MM:SS`, with milliseconds where written; undefined where the cell holds a day alone. */
  time?: string;
  /** As written, where the cell brings one. */
  offset?: string;
}

const tokens: Record<string, string> = {
  Y: '(?<Y>\\d{4})',
  y: '(?<y>\\d{2})',
  m: '(?<m>\\d{1,2})',
  d: '(?<d>\\d{1,2})',
  H: '(?<H>\\d{1,2})',
  I: '(?<I>\\d{1,2})',
  M: '(?<M>\\d{2})',
  S: '(?<S>\\d{2})',
  f: '(?<f>\\d{1,9})',
  g: '(?<f>\\d{1,9})',
  p: '(?<p>[AaPp]\\.?[Mm]\\.?)',
  z: '(?<z>Z|[+-]\\d{2}:?\\d{2})',
  b: '(?<b>[A-Za-z\\u00c0-\\u024f]{3,4})\\.?',
};

// English, French, Spanish and Portuguese short names: what database clients print by their language.
const months: Record<string, number> = {};
for (const names of [
  'jan feb mar apr may jun jul aug sep oct nov dec',
  'janv févr mars avr mai juin juil août sept oct nov déc',
  'ene feb mar abr may jun jul ago sep oct nov dic',
  'jan fev mar abr mai jun jul ago set out nov dez',
])
  for (const [index, name] of names.split(' ').entries()) months[name] = index + 1;

/** Compiles a strptime format; undefined where it holds a directive that is not known. */
export function dateFormat(format: string): RegExp | undefined {
  let source = '';
  for (let i = 0; i < format.length; i++) {
    const char = format[i]!;
    if (char !== '%') {
      source += char.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
      continue;
    }
    const token = tokens[format[++i] ?? ''];
    if (token === undefined) return undefined;
    source += token;
  }
  return new RegExp(`^${source}$`);
}

const two = (value: number): string => (value < 10 ? `0${value}` : String(value));
const daysIn = (year: number, month: number): number =>
  month === 2
    ? year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0)
      ? 29
      : 28
    : [4, 6, 9, 11].includes(month)
      ? 30
      : 31;

const clockTime = /^(\d{1,2}):?(\d{2})(?::?(\d{2})(\.\d{1,6})?)?$/;

/** Hours and minutes of a column of its own: `14:05:09`, `140509`, `1405`. */
export function readTime(text: string): string | undefined {
  const match = clockTime.exec(text.length === 5 && !text.includes(':') ? `0${text}` : text);
  if (match === null) return undefined;
  const [hour, minute, second] = [Number(match[1]), Number(match[2]), Number(match[3] ?? 0)];
  return hour > 23 || minute > 59 || second > 59 ? undefined : `${two(hour)}:${two(minute)}:${two(second)}`;
}

/** Reads days and times in one of several formats; the last one that fitted is tried first. */
export function clockReader(formats: readonly string[]): (text: string) => ClockTime | undefined {
  const compiled = formats.map((format) => dateFormat(format)!);
  let favourite = 0;
  const read = (text: string, pattern: RegExp): ClockTime | undefined => {
    const groups = pattern.exec(text)?.groups;
    if (groups === undefined) return undefined;
    const year =
      groups.Y !== undefined
        ? Number(groups.Y)
        : groups.y !== undefined
          ? pivot(Number(groups.y))
          : Number.NaN;
    const month = groups.b !== undefined ? (months[groups.b.toLowerCase()] ?? 0) : Number(groups.m);
    const day = Number(groups.d);
    if (
      !(year >= 1900 && year <= 2199 && month >= 1 && month <= 12 && day >= 1 && day <= daysIn(year, month))
    )
      return undefined;
    const clock: ClockTime = { day: `${year}-${two(month)}-${two(day)}` };
    if (groups.H !== undefined || groups.I !== undefined) {
      let hour = Number(groups.H ?? groups.I);
      if (groups.p !== undefined) hour = (hour % 12) + (/p/i.test(groups.p) ? 12 : 0);
      const minute = Number(groups.M ?? 0);
      const second = Number(groups.S ?? 0);
      if (hour > 23 || minute > 59 || second > 59) return undefined;
      const fraction = groups.f?.padEnd(3, '0').slice(0, 3);
      clock.time = `${two(hour)}:${two(minute)}:${two(second)}${fraction === undefined || fraction === '000' ? '' : `.${fraction}`}`;
    }
    if (groups.z !== undefined)
      clock.offset =
        groups.z === 'Z' || groups.z.includes(':')
          ? groups.z
          : `${groups.z.slice(0, 3)}:${groups.z.slice(3)}`;
    return clock;
  };
  return (text) => {
    const first = read(text, compiled[favourite]!);
    if (first !== undefined) return first;
    for (let i = 0; i < compiled.length; i++) {
      if (i === favourite) continue;
      const found = read(text, compiled[i]!);
      if (found !== undefined) {
        favourite = i;
        return found;
      }
    }
    return undefined;
  };
}

// Two-digit years of a registry that began in the eighties.
const pivot = (year: number): number => (year < 70 ? 2000 + year : 1900 + year);

export interface Reading {
  /** Exchanged where an extract shows that it writes dates otherwise. */
  clock: (text: string) => ClockTime | undefined;
  decimal: '.' | ',';
}

/** A decimal text with a point and no groups; undefined where it is none. */
function plainDecimal(text: string, decimal: '.' | ','): string {
  // The sign that groups must stand before groups of three; elsewhere it is a slip and no number.
  const groups =
    decimal === '.'
      ? /^[+-]?\d{1,3}([, \u00a0\u202f]\d{3})+(\.\d+)?$/
      : /^[+-]?\d{1,3}([. \u00a0\u202f]\d{3})+(,\d+)?$/;
  const plain = groups.test(text)
    ? text.replace(decimal === '.' ? /[, \u00a0\u202f]/g : /[. \u00a0\u202f]/g, '')
    : text;
  return decimal === ',' ? plain.replace(',', '.') : plain;
}

/** `1 234 567,89` and `1,234,567.89` by the mapping's decimal sign. */
export const readNumber = (text: string, decimal: '.' | ','): number | undefined =>
  numberOf(plainDecimal(text, decimal));

const yes = new Set(['1', 'T', 'TRUE', 'Y', 'YES', 'O', 'OUI', 'S', 'SI', 'X', 'V']);
const no = new Set(['0', 'F', 'FALSE', 'N', 'NO', 'NON', '-']);
export const readBoolean = (text: string): boolean | undefined => {
  const upper = text.toUpperCase();
  return yes.has(upper) ? true : no.has(upper) ? false : undefined;
};

/** Integer minor units, rounded half away from zero at the currency's last digit, without going through a double. */
export function readMoney(text: string, decimal: '.' | ',', currency: string): Money | CellFault {
  const plain = plainDecimal(text, decimal);
  if (numberOf(plain) === undefined) return new CellFault('CC_ROW_TYPE', `${quote(text)} is no amount`);
  const amount = scaledInteger(plain, minorDigits(currency));
  return amount === undefined
    ? new CellFault('CC_ROW_RANGE', `${quote(text)} is too large for an amount`)
    : { amount, currency };
}

export function readDay(text: string, reading: Reading): string | CellFault {
  return reading.clock(text)?.day ?? badDate(text);
}

/** An instant with the offset that the zone has then; a day alone is its beginning. */
export function readInstant(
  text: string,
  timeText: string | undefined,
  zone: string,
  reading: Reading,
): string | CellFault {
  const clock = reading.clock(text);
  if (clock === undefined) return badDate(text);
  let time = clock.time ?? '00:00:00';
  if (timeText !== undefined) {
    const read = readTime(timeText) ?? reading.clock(timeText)?.time;
    if (read === undefined) return new CellFault('CC_ROW_DATE', `${quote(timeText)} is no time of day`);
    time = read;
  }
  return `${clock.day}T${time}${clock.offset ?? offsetAt(clock.day, time, zone)}`;
}

/** A day where the cell holds no time of day, else an instant. */
export const readMoment = (
  text: string,
  timeText: string | undefined,
  zone: string,
  reading: Reading,
): string | CellFault => {
  const clock = reading.clock(text);
  return clock !== undefined && clock.time === undefined && timeText === undefined
    ? clock.day
    : readInstant(text, timeText, zone, reading);
};

const badDate = (text: string): CellFault =>
  new CellFault('CC_ROW_DATE', `${quote(text)} is no date in the formats of the mapping`);

export const quote = (text: string): string => `"${text.length > 60 ? `${text.slice(0, 57)}...` : text}"`;
