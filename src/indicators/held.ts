/**
 * Sums and bins of whole months held in memory, read from what makes them (a table of days, or the rows) once and then
 * added up here sooner than a database plans the question. What lies behind a month may move at any time, and it is then
 * to be forgotten; `renew` reads again what was held of it, so that nobody waits for it.
 */
import { CrosscheckError } from '../errors.ts';
import { calendarOf } from '../projections/calendar.ts';
import type { Bins, ColumnValue, Filter, Groups } from '../store/port.ts';

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

export interface Held {
  /** Undefined where so much cannot be held. */
  tabulate(asked: HeldAsked): Promise<Groups | undefined>;
  /** Reads all there is of a holding, so that its first question finds it here. */
  warm(holding: Holding): Promise<void>;
  forget(months: Iterable<string>): void;
  /** Reads again what was forgotten of holdings that are kept warm, or were asked for since the last time. */
  renew(): Promise<void>;
}

/** Numbers held at most, 64 MB of them: some hundred years of one administration, or some years of a very large one. */
const mostHeld = 8_000_000;

/** Rows of one month, each with its time and the number of its key. */
interface Part {
  times: readonly string[];
  keys: Int32Array;
  values: Readonly<Record<string, Float64Array>>;
  histograms: Readonly<Record<string, Packed>>;
}

/** Bins of many rows: those of row i lie from `starts[i]` to `starts[i + 1]`. */
interface Packed {
  starts: Int32Array;
  bins: Int32Array;
  counts: Int32Array;
  /** Of all bins; none where `least` is above `greatest`. */
  least: number;
  greatest: number;
}

interface Kept {
  holding: Holding;
  keys: ColumnValue[][];
  numbers: Map<string, number>;
  /** Which keys fall together where some of the columns are asked for, by these columns' names. */
  groupings: Map<string, Grouping>;
  months: Map<string, Promise<Part>>;
  /** All months were read: one that is not here has no rows, unless it was forgotten. */
  whole: boolean;
  /** Months to be read again. */
  forgotten: Set<string>;
  asked: boolean;
  /** Numbers held of each month. */
  sizes: Map<string, number>;
}

/** Of each key its group: keys that differ in what is not asked for fall together. */
interface Grouping {
  of: Int32Array;
  count: number;
}

const nothing: Part = { times: [], keys: new Int32Array(0), values: {}, histograms: {} };

const inMonths = (months: readonly string[]): Filter => ({
  and: [
    { column: 'month', op: 'in', value: months },
    // By day tables are looked up.
    { column: 'day', op: 'ge', value: `${months[0]!}-01` },
    { column: 'day', op: 'le', value: `${months.at(-1)!}-31` },
  ],
});

export function holdMonths(most = mostHeld): Held {
  /** The one that was asked for last comes last. */
  const kept = new Map<string, Kept>();
  /** Names of what is too large by itself. */
  const refused = new Set<string>();

  const open = (holding: Holding): Kept => {
    const made: Kept = kept.get(holding.name) ?? {
      holding,
      keys: [],
      numbers: new Map(),
      groupings: new Map(),
      months: new Map(),
      whole: false,
      forgotten: new Set(),
      asked: false,
      sizes: new Map(),
    };
    kept.delete(holding.name);
    kept.set(holding.name, made);
    return made;
  };

  /** Lets go of what was not asked for longest. */
  const makeRoom = (): void => {
    const sizeOf = ({ sizes }: Kept): number => [...sizes.values()].reduce((sum, size) => sum + size, 0);
    let held = [...kept.values()].reduce((sum, own) => sum + sizeOf(own), 0);
    for (const [name, own] of kept) {
      if (held <= most) return;
      const size = sizeOf(own);
      if (size > most / 2) refused.add(name);
      kept.delete(name);
      held -= size;
    }
  };

  const numberOf = (own: Kept, key: ColumnValue[]): number => {
    const text = JSON.stringify(key);
    const known = own.numbers.get(text);
    if (known !== undefined) return known;
    own.numbers.set(text, own.keys.length);
    own.keys.push(key);
    return own.keys.length - 1;
  };

  const partsOf = (own: Kept, groups: Groups): Map<string, Part> => {
    const times = groups.keys[own.holding.unit]!;
    const columns = own.holding.columns.map((column) => groups.keys[column]!);
    const byMonth = new Map<string, number[]>();
    times.forEach((time, row) => {
      // What has no day is in no period.
      if (time === null) return;
      const month = String(time).slice(0, 7);
      const known = byMonth.get(month);
      if (known === undefined) byMonth.set(month, [row]);
      else known.push(row);
    });
    const parts = new Map<string, Part>();
    for (const [month, rows] of byMonth) {
      const histograms = Object.entries(groups.histograms).map(([name, all]): [string, Packed] => [
        name,
        packed(rows.map((row) => all[row]!)),
      ]);
      const numbers = rows.length * (1 + Object.keys(groups.values).length);
      own.sizes.set(
        month,
        histograms.reduce((sum, [, { bins }]) => sum + bins.length, numbers),
      );
      parts.set(month, {
        times: rows.map((row) => String(times[row])),
        keys: Int32Array.from(rows, (row) =>
          numberOf(
            own,
            columns.map((column) => column[row]!),
          ),
        ),
        values: Object.fromEntries(
          Object.entries(groups.values).map(([name, column]) => [
            name,
            Float64Array.from(rows, (row) => column[row]!),
          ]),
        ),
        histograms: Object.fromEntries(histograms),
      });
    }
    return parts;
  };

  const missing = (own: Kept, months: readonly string[]): string[] =>
    months.filter((month) => !own.months.has(month) && (!own.whole || own.forgotten.has(month)));

  const read = (own: Kept, months: readonly string[]): Promise<unknown> => {
    const reading = own.holding.read(inMonths(months)).then((groups) => partsOf(own, groups));
    for (const month of months) {
      const one = reading.then((found) => found.get(month) ?? nothing);
      own.months.set(month, one);
      own.forgotten.delete(month);
      // What failed is read again.
      one.catch(() => {
        if (own.months.get(month) !== one) return;
        own.months.delete(month);
        own.forgotten.add(month);
      });
    }
    return reading;
  };

  return {
    async tabulate({ holding, months, from, to, groupBy, sums }) {
      if (refused.has(holding.name)) return undefined;
      const own = open(holding);
      own.asked = true;
      const lacking = missing(own, months);
      if (lacking.length > 0) void read(own, lacking).catch(() => {});
      const found = await Promise.all(months.map((month) => own.months.get(month) ?? nothing));
      if (lacking.length > 0) makeRoom();
      return addedUp(own, found, { from, to, groupBy, sums });
    },
    async warm(holding) {
      if (refused.has(holding.name)) return;
      const own = open(holding);
      if (own.whole) return;
      const groups = await holding.read(undefined);
      // Whoever asked meanwhile read newer months, or had some forgotten.
      for (const [month, part] of partsOf(own, groups))
        if (!own.months.has(month)) own.months.set(month, Promise.resolve(part));
      own.whole = true;
      makeRoom();
    },
    forget(months) {
      for (const month of months) {
        for (const own of kept.values()) if (own.months.delete(month) || own.whole) own.forgotten.add(month);
      }
    },
    async renew() {
      const latestFirst = [...kept.values()].reverse();
      for (const own of latestFirst) {
        if (own.forgotten.size === 0 || !(own.whole || own.asked)) continue;
        own.asked = false;
        const months = [...own.forgotten].filter((month) => !own.months.has(month)).sort();
        own.forgotten.clear();
        if (months.length > 0) await read(own, months);
      }
    },
  };
}

type Adding = Pick<HeldAsked, 'from' | 'to' | 'groupBy' | 'sums'>;

function groupingOf({ keys, groupings }: Kept, columns: readonly number[]): Grouping {
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
function addedUp(own: Kept, parts: readonly Part[], asked: Adding): Groups {
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

function packed(all: readonly Bins[]): Packed {
  const starts = new Int32Array(all.length + 1);
  all.forEach(({ bins }, i) => {
    starts[i + 1] = starts[i]! + bins.length;
  });
  const bins = new Int32Array(starts[all.length]!);
  const counts = new Int32Array(bins.length);
  let least = Number.POSITIVE_INFINITY;
  let greatest = Number.NEGATIVE_INFINITY;
  all.forEach((own, i) => {
    bins.set(own.bins, starts[i]);
    counts.set(own.counts, starts[i]);
    if (own.bins.length === 0) return;
    least = Math.min(least, own.bins[0]!);
    greatest = Math.max(greatest, own.bins[own.bins.length - 1]!);
  });
  return { starts, bins, counts, least, greatest };
}

/** Bins are logarithms and lie close together: counted by their place from the least. */
function rangeOf(all: readonly (Packed | undefined)[]): { least: number; span: number } {
  let least = Number.POSITIVE_INFINITY;
  let greatest = Number.NEGATIVE_INFINITY;
  for (const own of all) {
    least = Math.min(least, own?.least ?? least);
    greatest = Math.max(greatest, own?.greatest ?? greatest);
  }
  return least > greatest ? { least: 0, span: 0 } : { least, span: greatest - least + 1 };
}

/** Adds each row's bins to those of its target. */
function addTo(
  dense: Int32Array,
  { starts, bins, counts }: Packed,
  targets: Int32Array,
  span: number,
  least: number,
): void {
  for (let i = 0; i < targets.length; i++) {
    const target = targets[i]!;
    if (target === -1) continue;
    const base = target * span - least;
    for (let at = starts[i]!; at < starts[i + 1]!; at++) dense[base + bins[at]!]! += counts[at]!;
  }
}

function unpacked(dense: Int32Array, from: number, span: number, least: number): Bins {
  let size = 0;
  for (let place = from; place < from + span; place++) if (dense[place] !== 0) size += 1;
  const bins = new Array<number>(size);
  const counts = new Array<number>(size);
  let next = 0;
  for (let place = 0; place < span; place++) {
    const count = dense[from + place]!;
    if (count === 0) continue;
    bins[next] = place + least;
    counts[next] = count;
    next += 1;
  }
  return { bins, counts };
}

const lengths: Readonly<Record<string, number>> = { day: 10, month: 7, year: 4 };

/** What a column of time says of a day, or of a month where it is no finer. */
const partOfTime = (time: string, column: string): string =>
  column === 'week' ? calendarOf(time).week : time.slice(0, lengths[column]);
