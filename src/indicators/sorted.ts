/**
 * What a store answered, put in order: groups by key, and within a key by what is within. Sums of fractions are made in that
 * order, which does not depend on the store, so that both agree to the last digit.
 */
import type { Coded, ColumnValue, Groups } from '../store/port.ts';
import type { Keys } from './keys.ts';
import type { InnerKeys } from './methods/method.ts';

/** Groups by key, within a key in order of what is within. */
export interface Sorted {
  groups: Groups;
  /** Groups of key k lie at `order` from `starts[k]` to `starts[k + 1]`. */
  starts: Int32Array;
  order: Int32Array;
  /** Of each group the number of what is within, and that by number, ascending; none where nothing is. */
  ranks: Int32Array;
  inner: InnerKeys | undefined;
  /** The same added up over what is within, where something is. */
  whole: Sorted | undefined;
  /** Currencies of each key's amounts, ascending, where groups come apart by them; rows without one are none. */
  currencies: readonly (readonly string[])[];
}

export function sortedBy(keys: Keys, groups: Groups): Sorted {
  const numbers = keys.numbersIn(groups);
  const count = keys.parts.length;
  const { ranks, inner } = innerOf(groups);
  const byRank = inner === undefined ? undefined : placed(ranks, inner.count, groups.count).order;
  const { starts, order } = placed(numbers, count, groups.count, byRank);
  const currencies = currenciesOf(numbers, count, groups);
  const whole = inner === undefined ? undefined : sortedBy(keys, addedUp(numbers, keys, groups));
  return { groups, starts, order, ranks, inner, currencies, whole };
}

/** Counting sort, stable: what has number n comes to its place; -1 to none. */
function placed(
  numbers: Int32Array,
  count: number,
  length: number,
  visit?: Int32Array,
): { starts: Int32Array; order: Int32Array } {
  const starts = new Int32Array(count + 1);
  for (const number of numbers) if (number >= 0) starts[number + 1]! += 1;
  for (let k = 0; k < count; k++) starts[k + 1]! += starts[k]!;
  const next = starts.slice();
  const order = new Int32Array(starts[count]!);
  for (let i = 0; i < length; i++) {
    const group = visit === undefined ? i : visit[i]!;
    const number = numbers[group]!;
    if (number >= 0) {
      order[next[number]!] = group;
      next[number]! += 1;
    }
  }
  return { starts, order };
}

/** Combinations of what is within in order of their texts, the first column's first. */
function innerOf({ count, within }: Groups): { ranks: Int32Array; inner: InnerKeys | undefined } {
  if (within.length === 0) return { ranks: new Int32Array(0), inner: undefined };
  const columns = within.map(inOrderOfTexts);
  // One number for a combination, made anew where it would not be exact.
  let numbers = new Float64Array(count);
  let bound = 1;
  for (const { texts, of } of columns) {
    if (bound * texts.length > Number.MAX_SAFE_INTEGER) {
      const closer = closeTogether(numbers, bound);
      numbers = Float64Array.from(closer.places);
      bound = closer.count;
    }
    for (let i = 0; i < count; i++) numbers[i] = numbers[i]! * texts.length + of[i]!;
    bound *= texts.length;
  }
  const found = closeTogether(numbers, bound);
  const first = new Int32Array(found.count);
  for (let i = count - 1; i >= 0; i--) first[found.places[i]!] = i;
  return {
    ranks: found.places,
    inner: {
      count: found.count,
      levels: columns.map(({ texts, of }) => ({ texts, of: first.map((group) => of[group]!) })),
    },
  };
}

function inOrderOfTexts({ texts, of }: Coded): Coded {
  const sorted = [...texts].sort();
  const placeOf = new Map(sorted.map((text, place) => [text, place]));
  const places = Int32Array.from(texts, (text) => placeOf.get(text)!);
  return { texts: sorted, of: of.map((number) => places[number]!) };
}

/** Of each number its place among those that there are, ascending. All lie below the bound. */
function closeTogether(numbers: Float64Array, bound: number): { places: Int32Array; count: number } {
  const places = new Int32Array(numbers.length);
  if (bound <= 65_536 + 8 * numbers.length) {
    const placeOf = new Int32Array(bound);
    for (let i = 0; i < numbers.length; i++) placeOf[numbers[i]!] = 1;
    let count = 0;
    for (let number = 0; number < bound; number++) {
      if (placeOf[number] === 0) continue;
      placeOf[number] = count;
      count += 1;
    }
    for (let i = 0; i < numbers.length; i++) places[i] = placeOf[numbers[i]!]!;
    return { places, count };
  }
  const sorted = numbers.slice().sort();
  let count = 0;
  for (let i = 0; i < sorted.length; i++) {
    if (i > 0 && sorted[i] === sorted[i - 1]) continue;
    sorted[count] = sorted[i]!;
    count += 1;
  }
  for (let i = 0; i < numbers.length; i++) {
    let [low, high] = [0, count - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (sorted[middle]! < numbers[i]!) low = middle + 1;
      else high = middle;
    }
    places[i] = low;
  }
  return { places, count };
}

function currenciesOf(numbers: Int32Array, count: number, groups: Groups): (readonly string[])[] {
  const column = groups.keys.currency;
  if (column === undefined) return [];
  const found: string[][] = Array.from({ length: count }, () => []);
  for (let i = 0; i < groups.count; i++) {
    const currency = column[i];
    const own = found[numbers[i]!];
    if (typeof currency === 'string' && own !== undefined && !own.includes(currency)) own.push(currency);
  }
  for (const own of found) own.sort();
  return found;
}

/** Counts and sums by key and currency alone. */
function addedUp(numbers: Int32Array, keys: Keys, groups: Groups): Groups {
  const currencies = groups.keys.currency;
  const targets: { key: number; currency: ColumnValue }[] = [];
  const places = new Map<ColumnValue, Int32Array>();
  const placeOf = new Int32Array(groups.count).fill(-1);
  for (let i = 0; i < groups.count; i++) {
    const key = numbers[i]!;
    if (key < 0) continue;
    const currency = currencies?.[i] ?? null;
    let ofCurrency = places.get(currency);
    if (ofCurrency === undefined) {
      ofCurrency = new Int32Array(keys.parts.length).fill(-1);
      places.set(currency, ofCurrency);
    }
    if (ofCurrency[key] === -1) {
      ofCurrency[key] = targets.length;
      targets.push({ key, currency });
    }
    placeOf[i] = ofCurrency[key]!;
  }
  // Measures that mean the same are one column under several names.
  const made = new Map<readonly number[], number[]>();
  const added = (column: readonly number[]): number[] => {
    const known = made.get(column);
    if (known !== undefined) return known;
    const sums = new Array<number>(targets.length).fill(0);
    made.set(column, sums);
    for (let i = 0; i < placeOf.length; i++) if (placeOf[i] !== -1) sums[placeOf[i]!]! += column[i]!;
    return sums;
  };
  return {
    count: targets.length,
    keys: {
      ...Object.fromEntries(
        keys.columns.map((column, i) => [column, targets.map(({ key }) => keys.parts[key]![i]!)]),
      ),
      ...(currencies === undefined ? {} : { currency: targets.map(({ currency }) => currency) }),
    },
    within: [],
    values: Object.fromEntries(Object.entries(groups.values).map(([name, column]) => [name, added(column)])),
    histograms: {},
  };
}
