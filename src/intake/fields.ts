/**
 * Typed reading of element texts for the XML mappers. Each reader marks what it took; what can not be read as its type
 * is an error with its place, never a guess - except a date that no calendar knows, which is left for `extra`.
 */
import { numberOf, scaledInteger } from '../declaration/decimal.ts';
import { type Money, minorDigits } from '../declaration/money.ts';
import { CrosscheckError } from '../errors.ts';
import type { XmlElement } from './xml.ts';

type Leaf = XmlElement | undefined;

const taking = (leaf: XmlElement): string => {
  leaf.taken = true;
  return leaf.text.trim();
};

const unreadable = (leaf: XmlElement, expected: string): CrosscheckError =>
  new CrosscheckError(
    'CC_FIELD_UNREADABLE',
    { path: leaf.name, value: JSON.stringify(leaf.text.trim().slice(0, 60)), expected },
    { line: leaf.line, column: leaf.column },
  );

/** A text with its line breaks; undefined where it is empty. */
export const textOf = (leaf: Leaf): string | undefined =>
  leaf === undefined ? undefined : taking(leaf).replaceAll('\r\n', '\n') || undefined;

/** A code: white space around it and line breaks within are an export's wrapping, not part of it. */
export const codeOf = (leaf: Leaf): string | undefined =>
  leaf === undefined ? undefined : taking(leaf).replace(/\s+/g, ' ') || undefined;

export function decimalOf(leaf: Leaf): number | undefined {
  const text = leaf === undefined ? '' : taking(leaf);
  if (text === '') return undefined;
  const value = numberOf(text);
  if (value === undefined) throw unreadable(leaf!, 'a number');
  return value;
}

export function integerOf(leaf: Leaf): number | undefined {
  const value = decimalOf(leaf);
  if (value !== undefined && !Number.isSafeInteger(value)) throw unreadable(leaf!, 'a whole number');
  return value;
}

/** An amount in major units to minor ones. */
export function moneyOfText(leaf: Leaf, currency: string): Money | undefined {
  const text = leaf === undefined ? '' : taking(leaf);
  if (text === '') return undefined;
  const amount = scaledInteger(text, minorDigits(currency));
  if (amount === undefined) throw unreadable(leaf!, 'an amount of money');
  return { amount, currency };
}

const truths: Readonly<Record<string, boolean>> = { true: true, '1': true, false: false, '0': false };

export function flagOf(leaf: Leaf): boolean | undefined {
  const text = leaf === undefined ? '' : taking(leaf).toLowerCase();
  if (text === '') return undefined;
  const value = Object.hasOwn(truths, text) ? truths[text] : undefined;
  if (value === undefined) throw unreadable(leaf!, 'true or false');
  return value;
}

/** The members that have a value; undefined where none has, so that an empty group leaves no trace. */
export function filled<T extends object>(value: T): T | undefined {
  let kept: T | undefined;
  for (const name of Object.keys(value) as (keyof T)[]) {
    const member = value[name];
    if (member === undefined) continue;
    kept ??= {} as T;
    kept[name] = member;
  }
  return kept;
}

/** The values that are there; undefined where none is. */
export const nonEmpty = <T>(list: (T | undefined)[]): T[] | undefined => {
  const kept = list.filter((value): value is T => value !== undefined);
  return kept.length === 0 ? undefined : kept;
};

/** Codes are limited in the model; a text that somebody typed into a code's place stays where it was, under `extra`. */
export const shortCode = (leaf: Leaf): string | undefined =>
  leaf !== undefined && leaf.text.trim().length <= 80 ? codeOf(leaf) : undefined;
