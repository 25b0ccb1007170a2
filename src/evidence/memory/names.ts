/** Texts as numbers, so that a table of a million rows holds each text once; and several numbers together as one key. */
import { notThere, numberMap } from './number-map.ts';

export const noName = -1;

export interface Names {
  /** The number of a text, given at its first use. */
  of(text: string | null | undefined): number;
  /** The number of a text that was used before, else -1: a question must not make names. */
  find(text: string): number;
  text(name: number): string;
  count(): number;
}

export function names(): Names {
  const numbers = new Map<string, number>();
  const texts: string[] = [];
  return {
    of(text) {
      if (text === undefined || text === null) return noName;
      const known = numbers.get(text);
      if (known !== undefined) return known;
      texts.push(text);
      numbers.set(text, texts.length - 1);
      return texts.length - 1;
    },
    find: (text) => numbers.get(text) ?? noName,
    text: (name) => texts[name]!,
    count: () => texts.length,
  };
}

/** A part fits into 26 bits and a pair of parts into the 53 of an exact double. */
const width = 2 ** 26;

export interface Keys {
  /** One number for several names; -1 where one of them is missing. */
  make(parts: readonly number[]): number;
  /** The same without making new ones. */
  find(parts: readonly number[]): number;
}

export function keys(): Keys {
  /** A pair that is to be part of a longer key gets a number of its own. */
  const pairs = numberMap();
  const fold = (parts: readonly number[], pairOf: (code: number) => number): number => {
    let key = parts[0]!;
    for (let at = 1; at < parts.length; at++) {
      const part = parts[at]!;
      if (key < 0 || part < 0) return noName;
      key = (at > 1 ? pairOf(key) : key) * width + part;
      if (key < 0) return noName;
    }
    return key;
  };
  const made = (code: number): number => {
    const known = pairs.get(code);
    if (known !== notThere) return known;
    pairs.set(code, pairs.size());
    return pairs.size() - 1;
  };
  return {
    make: (parts) => fold(parts, made),
    find: (parts) => fold(parts, pairs.get),
  };
}
