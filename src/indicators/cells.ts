/** The cells that a key's figure is made of, read from what a store answered, put in order (sorted.ts). */
import { joinedOf } from '../store/groups.ts';
import type { Bins } from '../store/port.ts';
import type { Part } from './keys.ts';
import { type Cell, type CellColumns, type InnerKeys, mergeBins, noBins } from './methods/method.ts';
import { histogramName, type PlannedFigure } from './plan.ts';
import type { Sorted } from './sorted.ts';

/** One combination, of nothing. */
const nothingWithin: InnerKeys = { count: 1, levels: [{ texts: [''], of: new Int32Array(1) }] };

/** Texts of combinations, each made once. */
function innerTexts(inner: InnerKeys | undefined): (number: number) => string {
  if (inner === undefined) return () => '';
  const made = new Array<string | undefined>(inner.count);
  return (number) => {
    made[number] ??= joinedOf(inner.levels, number);
    return made[number];
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
