/**
 * What a store answered, put in order: the keys of a table, and for each the cells that a figure is made of. Groups come
 * in no order; sums of fractions are made in one that does not depend on the store, so both agree to the last digit.
 */
import { joinedOf } from '../store/groups.ts';
import type { Bins, Coded, ColumnValue, Groups } from '../store/port.ts';
import { type Cell, type CellColumns, type InnerKeys, mergeBins, noBins } from './methods/method.ts';
import { histogramName, type PlannedFigure } from './plan.ts';

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

/** One combination, of nothing. */
const nothingWithin: InnerKeys = { count: 1, levels: [{ texts: [''], of: new Int32Array(1) }] };

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

/** Texts of combinations, each made once. */
function innerTexts(inner: InnerKeys | undefined): (number: number) => string {
  if (inner === undefined) return () => '';
  const made = new Array<string | undefined>(inner.count);
  return (number) => {
    made[number] ??= joinedOf(inner.levels, number);
    return made[number];
  };
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

/** A key, of one currency where it adds amounts. */
interface Own {
  key: number;
  currency: Part;
}

/** Reads a key's cells for one figure, of one currency where it adds amounts. */
export function cellsFrom(
  answer: Sorted,
  { figure, needs, money, inner }: PlannedFigure,
): (key: number, currency: Part) => Cell[] {
  const read = inner.length === 0 ? (answer.whole ?? answer) : answer;
  const { groups, starts, order, ranks } = read;
  const textOfInner = innerTexts(read.inner);
  const names = Object.keys(needs.operands);
  const columns = names.map((name) => groups.values[`${figure.id}_${name}`]!);
  const histogram =
    needs.histogram === undefined ? undefined : groups.histograms[histogramName(needs.histogram)]!;
  const currencies = money ? groups.keys.currency! : undefined;
  const valuesOf = (group: number): Record<string, number> => {
    const values: Record<string, number> = {};
    for (let i = 0; i < names.length; i++) values[names[i]!] = columns[i]![group]!;
    return values;
  };
  return (key, currency) => {
    const cells: Cell[] = [];
    let open: { inner: string; values: Record<string, number>; histogram: Cell['histogram'] } | undefined;
    let rank = -1;
    for (let place = starts[key]!; place < starts[key + 1]!; place++) {
      const group = order[place]!;
      if (currencies !== undefined && currencies[group] !== currency) continue;
      const own = read.inner === undefined ? 0 : ranks[group]!;
      if (open === undefined || rank !== own) {
        open = {
          inner: textOfInner(own),
          values: valuesOf(group),
          histogram: histogram?.[group] ?? noBins,
        };
        rank = own;
        cells.push(open);
      } else {
        for (let i = 0; i < names.length; i++) open.values[names[i]!]! += columns[i]![group]!;
        if (histogram !== undefined) open.histogram = mergeBins([open.histogram, histogram[group]!]);
      }
    }
    return cells;
  };
}

/**
 * The one cell of each key for a figure that looks into nothing, and the one of several keys together. It is the same
 * object at every call, which must not be kept: ten thousand traders cost more by their objects than by their sums.
 */
export function wholeCells(
  answer: Sorted,
  { figure, needs, money }: PlannedFigure,
): { of(key: number, currency: Part): readonly Cell[]; ofAll(owns: readonly Own[]): readonly Cell[] } {
  const { groups, starts, order } = answer.whole ?? answer;
  const names = Object.keys(needs.operands);
  const columns = names.map((name) => groups.values[`${figure.id}_${name}`]!);
  const histogram =
    needs.histogram === undefined ? undefined : groups.histograms[histogramName(needs.histogram)]!;
  const currencies = money ? groups.keys.currency! : undefined;
  const values: Record<string, number> = {};
  const cell: { inner: string; values: Record<string, number>; histogram: Bins } = {
    inner: '',
    values,
    histogram: noBins,
  };
  const [one, none] = [[cell], []];
  const bins: Bins[] = [];
  const begin = (): void => {
    for (const name of names) values[name] = 0;
    bins.length = 0;
  };
  /** Whether there is a group of the key. */
  const add = (key: number, currency: Part): boolean => {
    let found = false;
    const end = starts[key + 1]!;
    for (let place = starts[key]!; place < end; place++) {
      const group = order[place]!;
      if (currencies !== undefined && currencies[group] !== currency) continue;
      found = true;
      for (let i = 0; i < names.length; i++) values[names[i]!]! += columns[i]![group]!;
      if (histogram !== undefined) bins.push(histogram[group]!);
    }
    return found;
  };
  const told = (found: boolean): readonly Cell[] => {
    if (histogram !== undefined) cell.histogram = mergeBins(bins);
    return found ? one : none;
  };
  return {
    of: (key, currency) => {
      begin();
      return told(add(key, currency));
    },
    ofAll: (owns) => {
      begin();
      let found = false;
      for (const { key, currency } of owns) if (add(key, currency)) found = true;
      return told(found);
    },
  };
}

/** Adds up a measure over a key's groups. */
export function summed(answer: Sorted, measure: string): (key: number) => number {
  const { groups, starts, order } = answer.whole ?? answer;
  const column = groups.values[measure]!;
  return (key) => {
    let sum = 0;
    for (let place = starts[key]!; place < starts[key + 1]!; place++) sum += column[order[place]!]!;
    return sum;
  };
}

/** What several keys hold of one figure, column by column, for a method that looks at all of them at once. */
export function columnsOf(
  { groups, starts, order, ranks, inner }: Sorted,
  owns: readonly Own[],
  { figure, needs, money }: PlannedFigure,
): CellColumns {
  const currencies = money ? groups.keys.currency! : undefined;
  // By place and in plain loops: there may be hundreds of thousands.
  const picked = new Int32Array(order.length);
  let count = 0;
  const unitStarts = new Int32Array(owns.length + 1);
  owns.forEach(({ key, currency }, unit) => {
    for (let place = starts[key]!; place < starts[key + 1]!; place++) {
      const group = order[place]!;
      if (currencies === undefined || currencies[group] === currency) {
        picked[count] = group;
        count += 1;
      }
    }
    unitStarts[unit + 1] = count;
  });
  const strata = new Int32Array(count);
  if (inner !== undefined) for (let i = 0; i < count; i++) strata[i] = ranks[picked[i]!]!;
  const valuesOf = (column: readonly number[]): Float64Array => {
    const values = new Float64Array(count);
    for (let i = 0; i < count; i++) values[i] = column[picked[i]!]!;
    return values;
  };
  return {
    starts: unitStarts,
    strata,
    inner: inner ?? nothingWithin,
    values: Object.fromEntries(
      Object.keys(needs.operands).map((name) => [name, valuesOf(groups.values[`${figure.id}_${name}`]!)]),
    ),
  };
}
