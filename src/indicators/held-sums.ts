/** Adds up what is held of months in memory, by what is asked for of its columns and of time. */
import { CrosscheckError } from '../errors.ts';
import { calendarOf } from '../projections/calendar.ts';
import type { Bins, ColumnValue, Filter, Groups } from '../store/port.ts';
import { addTo, type Packed, rangeOf, unpacked } from './packed-bins.ts';

/** What is held by month: groups of a question that adds up. */
export interface Holding {
  /** Tells it apart from all others. */
  name: string;
  /** By which its rows are told apart, time besides. */
  columns: readonly string[];
  /** The column of time by which they are, too. */
  unit: 'month' | 'day';
  /** Names of its histograms. */
  histograms: readonly string[];
  /** Its groups by `unit` and `columns`, of the months that the filter picks; of all where there is none. */
  read(months: Filter | undefined): Promise<Groups>;
}

export interface HeldAsked {
  holding: Holding;
  /** `YYYY-MM`, ascending. */
  months: readonly string[];
  /** Days within them, both included; all where absent. */
  from?: string;
  to?: string;
  /** Columns of the holding and of time. */
  groupBy: readonly string[];
  /** By name in the answer, the holding's measure. */
  sums: Readonly<Record<string, string>>;
}

/** Rows of one month, each with its time and the number of its key. */
export interface Part {
  times: readonly string[];
  keys: Int32Array;
  values: Readonly<Record<string, Float64Array>>;
  histograms: Readonly<Record<string, Packed>>;
}

/** Of each key its group: keys that differ in what is not asked for fall together. */
export interface Grouping {
  of: Int32Array;
  count: number;
}

/** Of what is held: its keys, and how they fall together. */
export interface Rows {
  holding: Holding;
  keys: readonly ColumnValue[][];
  /** Which keys fall together where some of the columns are asked for, by these columns' names. */
  groupings: Map<string, Grouping>;
}

type Adding = Pick<HeldAsked, 'from' | 'to' | 'groupBy' | 'sums'>;

function groupingOf({ keys, groupings }: Rows, columns: readonly number[]): Grouping {
  const name = columns.join();
  const known = groupings.get(name);
  if (known?.of.length === keys.length) return known;
  const numbers = new Map<string, number>();
  const of = Int32Array.from(keys, (key) => {
    const text = columns.map((c) => (key[c] === null ? '-' : `=${key[c]}`)).join('\u001f');
    const number = numbers.get(text) ?? numbers.size;
    numbers.set(text, number);
    return number;
  });
  const made = { of, count: numbers.size };
  groupings.set(name, made);
  return made;
}

/** Of a time the number of what is asked for of it, -1 where it lies outside. */
function timesOf(asked: readonly string[], { from, to }: Adding): (time: string) => number {
  const numbers = new Map<string, number>();
  const known = new Map<string, number>();
  return (time) => {
    let number = known.get(time);
    if (number === undefined) {
      const outside = (from !== undefined && time < from) || (to !== undefined && time > to);
      const name = asked.map((column) => partOfTime(time, column)).join();
      number = outside ? -1 : (numbers.get(name) ?? numbers.size);
      if (!outside) numbers.set(name, number);
      known.set(time, number);
    }
    return number;
  };
}

/** The parts' rows by what is asked for. */
export function addedUp(own: Rows, parts: readonly Part[], asked: Adding): Groups {
  const { holding, keys } = own;
  const { groupBy, sums } = asked;
  const columns = groupBy.map((column) => holding.columns.indexOf(column));
  const grouping = groupingOf(
    own,
    columns.filter((column) => column !== -1),
  );
  const timeOf = timesOf(
    groupBy.filter((_, i) => columns[i] === -1),
    asked,
  );
  /** Of each time and group the place in the answer, and of each place a row's time and key. */
  const places: Int32Array[] = [];
  const found: { times: string[]; keys: number[] } = { times: [], keys: [] };
  const targets = parts.map((part) => {
    const target = new Int32Array(part.keys.length).fill(-1);
    for (let row = 0; row < target.length; row++) {
      const time = timeOf(part.times[row]!);
      if (time === -1) continue;
      places[time] ??= new Int32Array(grouping.count).fill(-1);
      const group = grouping.of[part.keys[row]!]!;
      let place = places[time][group]!;
      if (place === -1) {
        place = found.keys.length;
        places[time][group] = place;
        found.times.push(part.times[row]!);
        found.keys.push(part.keys[row]!);
      }
      target[row] = place;
    }
    return target;
  });
  const count = found.keys.length;
  // Measures that mean the same are one column under several names.
  const made = new Map<string, number[]>();
  const added = (name: string, measure: string): number[] => {
    const known = made.get(measure);
    if (known !== undefined) return known;
    const total = new Array<number>(count).fill(0);
    made.set(measure, total);
    parts.forEach(({ values }, p) => {
      const column = values[measure]!;
      const target = targets[p]!;
      for (let i = 0; i < target.length; i++) if (target[i] !== -1) total[target[i]!]! += column[i]!;
    });
    if (!total.every(Number.isSafeInteger))
      throw new CrosscheckError('CC_RESULT_TOO_LARGE', { collection: holding.name, measure: name });
    return total;
  };
  const merged = (name: string): Bins[] => {
    const all = parts.map(({ histograms }) => histograms[name]);
    const { least, span } = rangeOf(all);
    const dense = new Int32Array(count * span);
    all.forEach((own, p) => {
      if (own !== undefined) addTo(dense, own, targets[p]!, span, least);
    });
    return found.keys.map((_, group) => unpacked(dense, group * span, span, least));
  };
  return {
    count,
    keys: Object.fromEntries(
      groupBy.map((column, i) => [
        column,
        columns[i] === -1
          ? found.times.map((time) => partOfTime(time, column))
          : found.keys.map((key) => keys[key]![columns[i]!]!),
      ]),
    ),
    within: [],
    values: Object.fromEntries(Object.entries(sums).map(([name, measure]) => [name, added(name, measure)])),
    histograms: Object.fromEntries(holding.histograms.map((name) => [name, merged(name)])),
  };
}

const lengths: Readonly<Record<string, number>> = { day: 10, month: 7, year: 4 };

/** What a column of time says of a day, or of a month where it is no finer. */
const partOfTime = (time: string, column: string): string =>
  column === 'week' ? calendarOf(time).week : time.slice(0, lengths[column]);
