/**
 * Messages of findings: text with values filled in, per language. `{valuation.cif}` writes a fact or a let as its type
 * and unit ask; `{gap|0}` sets how; `{times ? case : cases}` is one word or the other, by the number; `{{` and `}}` are braces.
 * docs/language.md lists the formats.
 */
import type { Unit } from '../facts/model.ts';
import { roundTo } from './expression/functions/numbers.ts';
import { factValueOf, isList, type Scalar, type Value, type ValueType } from './values.ts';

export interface MessageHole {
  name: string;
  format?: string;
  /** Written in place of the number: the first where the language takes the singular for it. */
  words?: readonly [one: string, other: string];
  /** Characters of the template, from 0. */
  start: number;
  end: number;
}
export type MessagePart = string | MessageHole;
export interface MessageProblem {
  message: string;
  start: number;
  end: number;
}
export interface ParsedMessage {
  parts: MessagePart[];
  problems: MessageProblem[];
}

const token = /\{\{|\}\}|\{([^{}]*)\}|[{}]/g;
const choiceText = /^\s*([A-Za-z_][\w.-]*)\s*\?\s*([^?:\s][^?:]*?)\s*:\s*([^?:\s][^?:]*?)\s*$/;
const holeText = /^\s*([A-Za-z_][\w.-]*)\s*(?:\|\s*([A-Za-z0-9]+)\s*)?$/;

export function parseMessage(template: string): ParsedMessage {
  const parts: MessagePart[] = [];
  const problems: MessageProblem[] = [];
  let text = '';
  let at = 0;
  for (const match of template.matchAll(token)) {
    const start = match.index;
    const end = start + match[0].length;
    text += template.slice(at, start);
    at = end;
    if (match[0] === '{{' || match[0] === '}}') {
      text += match[0][0];
      continue;
    }
    const choice = match[1] === undefined ? null : choiceText.exec(match[1]);
    if (choice !== null) {
      const [, name, one, other] = choice;
      if (text !== '') parts.push(text);
      text = '';
      parts.push({ name: name!, words: [one!, other!], start, end });
      continue;
    }
    const hole = match[1] === undefined ? null : holeText.exec(match[1]);
    if (hole === null) {
      problems.push({
        message: `${match[0]} is no value: write {name}, {name|format} or {name ? singular : plural}, or {{ for a brace`,
        start,
        end,
      });
      continue;
    }
    const [, name, format] = hole;
    if (format !== undefined && !isFormat(format))
      problems.push({
        message: `there is no format ${format}; known are ${formatNames.join(', ')}`,
        start,
        end,
      });
    if (text !== '') parts.push(text);
    text = '';
    parts.push({ name: name!, ...(format === undefined ? {} : { format }), start, end });
  }
  text += template.slice(at);
  if (text !== '') parts.push(text);
  return { parts, problems };
}

export const holesOf = (template: string): MessageHole[] =>
  parseMessage(template).parts.filter((part): part is MessageHole => typeof part !== 'string');

/** How a language groups and parts numbers; read once from the platform's own tables. */
interface Digits {
  decimal: string;
  group: string;
}
const digitsOf = new Map<string, Digits>();

function digits(language: string): Digits {
  let known = digitsOf.get(language);
  if (known === undefined) {
    const parts = new Intl.NumberFormat(language, { numberingSystem: 'latn' }).formatToParts(-1234567.5);
    const part = (type: string) => parts.find((entry) => entry.type === type)?.value;
    known = { decimal: part('decimal') ?? '.', group: part('group') ?? '' };
    digitsOf.set(language, known);
  }
  return known;
}

/** At most so many decimals, `least` of them even where they are zeros; rounded half away from zero; by thousands. */
function writeNumber(value: number, { decimal, group }: Digits, most: number, least: number): string {
  const scale = 10 ** most;
  const units = Math.round(Math.abs(roundTo(value, most)) * scale);
  // Beyond this a double has no such decimals.
  if (!(units < 2 ** 53)) return String(value);
  let fraction = units % scale;
  const sign = value < 0 && units > 0 ? '-' : '';
  const whole = sign + grouped(String((units - fraction) / scale), group);
  let places = most;
  while (places > least && fraction % 10 === 0) {
    fraction /= 10;
    places--;
  }
  return places === 0 ? whole : whole + decimal + String(fraction).padStart(places, '0');
}

function grouped(whole: string, group: string): string {
  let text = '';
  let end = whole.length;
  for (; end > 3; end -= 3) text = group + whole.slice(end - 3, end) + text;
  return whole.slice(0, end) + text;
}

type Write = (value: Scalar) => string;
const asIs: Write = (value) => String(value);

const named: Readonly<Record<string, (language: Digits) => Write>> = {
  money: (language) => (value) => writeNumber(Number(value), language, 2, 2),
  percent: (language) => (value) => `${writeNumber(Number(value) * 100, language, 1, 0)} %`,
  plain: () => asIs,
};
const formatNames = ['0 to 9 (decimals)', ...Object.keys(named)];
const isFormat = (format: string): boolean => /^[0-9]$/.test(format) || Object.hasOwn(named, format);

/** How numbers of a unit are written where the message does not say. */
const decimalsOf: Partial<Record<Unit, readonly [most: number, least: number]>> = {
  money: [2, 2],
  'foreign money': [2, 2],
  kg: [3, 0],
  count: [0, 0],
  hours: [1, 0],
  days: [1, 0],
  ratio: [3, 0],
};
const yes: Readonly<Record<string, readonly [string, string]>> = { en: ['yes', 'no'], fr: ['oui', 'non'] };
const shownEntries = 10;

/** How a value of a type is written in a language. Missing is a dash. */
export function writerOf(
  language: string,
  type: ValueType,
  unit: Unit,
  format: string | undefined,
): (value: Value) => string {
  const write = scalarWriter(language, isList(type) ? 'list' : type, unit, format);
  const show = (value: Value): Scalar | readonly Scalar[] | undefined =>
    factValueOf(type, value) as Scalar | readonly Scalar[] | undefined;
  if (type === 'number' || type === 'text')
    return (value) => (value === undefined ? '–' : write(value as Scalar));
  return (value) => {
    const shown = show(value);
    if (shown === undefined) return '–';
    if (!Array.isArray(shown)) return write(shown as Scalar);
    const entries = shown.slice(0, shownEntries).map(write);
    if (shown.length > shownEntries) entries.push('…');
    return entries.length === 0 ? '–' : entries.join(', ');
  };
}

/** The word for a number, by the plural rules of the language: French has none of nothing, English many. */
export function chooserOf(
  language: string,
  [one, other]: readonly [string, string],
): (value: Value) => string {
  const rules = new Intl.PluralRules(language);
  return (value) => (typeof value === 'number' && rules.select(Math.abs(value)) === 'one' ? one : other);
}

function scalarWriter(
  language: string,
  type: ValueType | 'list',
  unit: Unit,
  format: string | undefined,
): Write {
  const own = digits(language);
  const numeric =
    (most: number, least: number): Write =>
    (value) =>
      typeof value === 'number' ? writeNumber(value, own, most, least) : String(value);
  if (format !== undefined) {
    if (/^[0-9]$/.test(format)) return numeric(Number(format), Number(format));
    const write = named[format]!(own);
    return (value) => (typeof value === 'number' ? write(value) : String(value));
  }
  if (type === 'boolean') {
    const [true_, false_] = yes[language] ?? yes.en!;
    return (value) => (value === true ? true_ : false_);
  }
  if (unit === 'fraction') return named.percent!(own);
  return numeric(...(decimalsOf[unit] ?? ([2, 0] as const)));
}
