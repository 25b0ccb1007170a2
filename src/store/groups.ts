/**
 * What both stores do with the groups of a tabulation: telling them apart, joining the bins of one, and asking once for
 * what several measures ask for.
 */
import {
  type Bins,
  type Coded,
  type ColumnValue,
  type Groups,
  type TabulateQuery,
  withinSeparator,
} from './port.ts';

export const noBins: Bins = { bins: [], counts: [] };

export function codedOf(column: readonly string[]): Coded {
  const numbers = new Map<string, number>();
  const of = new Int32Array(column.length);
  for (let i = 0; i < column.length; i++) {
    const text = column[i]!;
    const known = numbers.get(text);
    of[i] = known ?? numbers.size;
    if (known === undefined) numbers.set(text, numbers.size);
  }
  return { texts: [...numbers.keys()], of };
}

/** What stands at a place of several columns, as one text. */
export function joinedOf(columns: readonly Coded[], place: number): string {
  let text = '';
  for (let c = 0; c < columns.length; c++) {
    const { texts, of } = columns[c]!;
    text += c === 0 ? texts[of[place]!]! : withinSeparator + texts[of[place]!]!;
  }
  return text;
}

/** A value for each group that no other has, whatever its texts hold. */
export function groupKey(
  keys: readonly (readonly ColumnValue[])[],
  within: readonly Coded[],
): (group: number) => ColumnValue {
  const [only] = keys;
  if (keys.length === 1 && within.length === 0) return (i) => only![i]!;
  if (keys.length === 0) return (i) => joinedOf(within, i);
  return (i) => {
    let text = '';
    for (const column of keys) {
      const value = column[i]!;
      text += value === null ? '-' : `${String(value).length}:${value}`;
    }
    return text + joinedOf(within, i);
  };
}

/** Sorts bins and adds up what two answers tell of one. */
export function binsOf(pairs: readonly { bin: number; count: number }[], before: Bins = noBins): Bins {
  const counts = new Map<number, number>();
  for (let i = 0; i < before.bins.length; i++) counts.set(before.bins[i]!, before.counts[i]!);
  for (const { bin, count } of pairs) counts.set(bin, (counts.get(bin) ?? 0) + count);
  const bins = [...counts.keys()].sort((a, b) => a - b);
  return { bins, counts: bins.map((bin) => counts.get(bin)!) };
}

/** Runs a query with each of its measures once, whatever number of names they have: several figures count the same rows. */
export async function askedOnce(
  query: TabulateQuery,
  run: (query: TabulateQuery) => Promise<Groups>,
): Promise<Groups> {
  const firstOf = new Map<string, string>();
  const sameAs = Object.entries(query.measures).map(([name, measure]) => {
    const meaning = JSON.stringify(measure);
    if (!firstOf.has(meaning)) firstOf.set(meaning, name);
    return [name, firstOf.get(meaning)!] as const;
  });
  if (firstOf.size === sameAs.length) return run(query);
  const measures = Object.fromEntries([...firstOf.values()].map((name) => [name, query.measures[name]!]));
  const groups = await run({ ...query, measures });
  return {
    ...groups,
    values: Object.fromEntries(sameAs.map(([name, first]) => [name, groups.values[first]!])),
  };
}
