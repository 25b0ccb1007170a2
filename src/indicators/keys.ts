/** The keys of a table in their order, found among the groups that a store answered, which come in none. */
import type { Groups } from '../store/port.ts';

export type Part = string | null;

/** The keys of a table, in order: nulls first. */
export interface Keys {
  parts: readonly (readonly Part[])[];
  /** Columns of the parts. */
  columns: readonly string[];
  /** Number of the key of each group; -1 for one that is none of them. */
  numbersIn(groups: Groups): Int32Array;
}

const nullText = '\u0000';

/** Text that no other key has. */
function textOf(columns: readonly (readonly unknown[])[], group: number): string {
  if (columns.length === 1) return (columns[0]![group] as Part) ?? nullText;
  let text = '';
  for (const column of columns) {
    const part = column[group] as Part;
    text += part === null ? '-' : `${part.length}:${part}`;
  }
  return text;
}

/** Places of the keys in their order, column by column; the texts of a column are sorted once, which is what costs. */
function ordered(
  found: readonly (readonly Part[])[],
  columns: number,
  codes: ReadonlyMap<string, number>,
): Int32Array {
  if (columns === 1) {
    const texts = [...codes.keys()].filter((text) => text !== nullText).sort();
    if (codes.has(nullText)) texts.unshift(nullText);
    return Int32Array.from(texts, (text) => codes.get(text)!);
  }
  const ranks = Array.from({ length: columns }, (_, c) => {
    const texts = new Set<string>();
    for (const parts of found) if (parts[c] !== null) texts.add(parts[c]!);
    const rankOf = new Map([...texts].sort().map((text, rank) => [text, rank]));
    return Int32Array.from(found, (parts) => (parts[c] === null ? -1 : rankOf.get(parts[c]!)!));
  });
  return Int32Array.from(found, (_, code) => code).sort((a, b) => {
    for (const column of ranks) if (column[a] !== column[b]) return column[a]! - column[b]!;
    return 0;
  });
}

export function keysOf(groups: Groups, columns: readonly string[]): Keys {
  const here = columns.map((column) => groups.keys[column]!);
  const codes = new Map<string, number>();
  const found: Part[][] = [];
  // One figure over everything is told even of nothing.
  if (columns.length === 0) {
    codes.set('', 0);
    found.push([]);
  }
  const codeOf = new Int32Array(groups.count);
  const [only] = here;
  // Groups by one column and nothing else are keys already.
  const apart = here.length === 1 && groups.within.length === 0 && Object.keys(groups.keys).length === 1;
  if (apart) return keysOfTexts(groups, columns, only as readonly Part[]);
  for (let i = 0; i < groups.count; i++) {
    const text = textOf(here, i);
    let code = codes.get(text);
    if (code === undefined) {
      code = found.length;
      codes.set(text, code);
      found.push(here.map((column) => column[i] as Part));
    }
    codeOf[i] = code;
  }
  const order = ordered(found, columns.length, codes);
  const numberOf = new Int32Array(found.length);
  order.forEach((code, number) => {
    numberOf[code] = number;
  });
  const keys = keysFrom(
    Array.from(order, (code) => found[code]!),
    columns,
  );
  const numbers = codeOf.map((code) => numberOf[code]!);
  return { ...keys, numbersIn: (other) => (other === groups ? numbers : keys.numbersIn(other)) };
}

/** Each group's text is a key of its own. */
function keysOfTexts(groups: Groups, columns: readonly string[], texts: readonly Part[]): Keys {
  const order = inOrder(texts) ? texts : inOrderOf(texts);
  const keys = keysFrom(
    order.map((text) => [text]),
    columns,
  );
  let numbers: Int32Array | undefined;
  const own = (): Int32Array => {
    if (order === texts) return Int32Array.from(texts, (_, number) => number);
    const numberOf = new Map(order.map((text, number) => [text, number]));
    return Int32Array.from(texts, (text) => numberOf.get(text)!);
  };
  return {
    ...keys,
    numbersIn: (other) => {
      if (other !== groups) return keys.numbersIn(other);
      numbers ??= own();
      return numbers;
    },
  };
}

/** As a store may have answered: nulls first, each once. */
function inOrder(texts: readonly Part[]): boolean {
  for (let i = 1; i < texts.length; i++) {
    const [before, text] = [texts[i - 1]!, texts[i]!];
    if (text === null || (before !== null && before >= text)) return false;
  }
  return true;
}

function inOrderOf(texts: readonly Part[]): readonly Part[] {
  const sorted = texts.filter((text) => text !== null).sort();
  return sorted.length < texts.length ? [null, ...sorted] : sorted;
}

export function keysFrom(parts: readonly (readonly Part[])[], columns: readonly string[]): Keys {
  let numbers: Map<string, number> | undefined;
  return {
    parts,
    columns,
    numbersIn: (groups) => {
      const turned = columns.map((_, i) => parts.map((own) => own[i]!));
      numbers ??= new Map(parts.map((_, number) => [textOf(turned, number), number]));
      const known = numbers;
      const there = columns.map((column) => groups.keys[column]!);
      return Int32Array.from({ length: groups.count }, (_, i) => known.get(textOf(there, i)) ?? -1);
    },
  };
}
