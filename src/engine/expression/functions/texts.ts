/** Texts and conversions. A conversion that fails is missing. */

import { matchesPattern, refusePattern } from '../../operators/pattern.ts';
import { dayOf, instantOf } from '../../values.ts';
import { always, type Fn, firstUnit, unitless } from './function.ts';

const strict = (
  name: string,
  takes: Fn['takes'],
  returns: Fn['returns'],
  evaluate: Fn['evaluate'],
  meaning: string,
  unit: Fn['unit'] = unitless,
): Fn => ({ name, takes, returns, unit, missing: 'strict', evaluate, meaning });

/** A decimal number and nothing else: `Number('')` would be 0. */
const decimal = /^\s*[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?\s*$/;
const numberFrom = (text: string): number | undefined => (decimal.test(text) ? Number(text) : undefined);

const part = (text: string, from: number, to: number): string | undefined =>
  Number.isInteger(from) && Number.isInteger(to) && from >= 0 && to >= from
    ? text.slice(from, to)
    : undefined;

/** Ten times the longest that a declaration has; lets that double a text would come to one that no memory holds. */
const longestText = 100_000;

export const textFunctions: readonly Fn[] = [
  strict(
    '+',
    ['text', 'text'],
    'text',
    (a: string, b: string) => (a.length + b.length > longestText ? undefined : a + b),
    'one text after the other; missing beyond 100,000 characters',
  ),
  strict('size', ['text'], 'number', (a: string) => a.length, 'how many characters', always('count')),
  strict(
    'startsWith',
    ['text', 'text'],
    'boolean',
    (a: string, b: string) => a.startsWith(b),
    'commences with',
  ),
  strict('endsWith', ['text', 'text'], 'boolean', (a: string, b: string) => a.endsWith(b), 'ends with'),
  strict(
    'contains',
    ['text', 'text'],
    'boolean',
    (a: string, b: string) => a.includes(b),
    'has the text in it',
  ),
  strict(
    'matches',
    ['text', 'text'],
    'boolean',
    (a: string, b: string) => (refusePattern(b) === undefined ? matchesPattern(a, b) : undefined),
    'a regular expression of RE2 is found in it',
  ),
  strict('upper', ['text'], 'text', (a: string) => a.toUpperCase(), 'in capitals'),
  strict('lower', ['text'], 'text', (a: string) => a.toLowerCase(), 'in small letters'),
  strict('trim', ['text'], 'text', (a: string) => a.trim(), 'without space around it'),
  strict(
    'prefix',
    ['text', 'number'],
    'text',
    (a: string, n: number) => part(a, 0, n),
    'its first characters: prefix(item.hs, 2)',
  ),
  strict(
    'substring',
    ['text', 'number', 'number'],
    'text',
    part,
    'the characters from a position, counted from 0, up to another, which is left out',
  ),
  strict('double', ['text'], 'number', numberFrom, 'the number that is written; missing where none is'),
  strict('double', ['number'], 'number', (a: number) => a, 'the number itself', firstUnit),
  strict('double', ['boolean'], 'number', (a: boolean) => (a ? 1 : 0), '1 for true, 0 for false'),
  strict('string', ['number'], 'text', (a: number) => String(a), 'the number in digits'),
  strict('string', ['text'], 'text', (a: string) => a, 'the text itself'),
  strict('string', ['boolean'], 'text', (a: boolean) => String(a), 'true or false'),
  strict('date', ['text'], 'date', dayOf, 'the day written YYYY-MM-DD; missing where it is none'),
  strict(
    'instant',
    ['text'],
    'instant',
    instantOf,
    'the instant written with its offset; missing where it is none',
  ),
];
