/**
 * Running sums by day for the rows of one key, as of an instant. A large broker has ten thousand rows and a day has one sum:
 * a question costs the days of its window and what was recorded since the last one, not the rows. Asked as of an earlier
 * instant, what was recorded since then is taken out again, so a backtest that goes forward in time moves it forward once.
 */
import { type Members, openMembers } from './members.ts';
import type { Trace } from './trace.ts';

/** Takes an amount to a sum by its name; what is NaN adds nothing. */
export type Add = (sum: string, amount: number) => void;

/** What a row adds to the sums of its day. */
export interface Adds {
  /** Rows of one unit (a declaration's items, the goods of one act) stand one after the other, and come and go together. */
  unit(row: number): number;
  ofRow(row: number, add: Add): void;
  /** Once for all rows of a unit. */
  ofUnit(row: number, add: Add): void;
}

export interface Sums {
  /** Of days after `begin` up to `end`. */
  total(sum: string, begin: number, end: number): number;
  /** First and last day with rows, of the same. */
  ends(begin: number, end: number): { first: number; last: number } | undefined;
  /** How many different values, of the same days; what is asked first is counted from then on. */
  different(asked: Different, begin: number, end: number): number;
}

export interface Different {
  /** Of the values. */
  name: string;
  /** `noName` or NaN where a row has none. */
  memberOf(row: number): number;
  /** Questions of one name move one window. */
  window: string;
}

export interface Daily {
  /** Rows in their order; those taken in before are left out. */
  take(rows: readonly number[]): void;
  /** The row was taken in and is no longer known from now on. */
  close(row: number): void;
  has(row: number): boolean;
  /** @param without rows that are left out of the answer, all of this key, in their order. */
  asOf(instant: number, without: readonly number[]): Sums;
}

/** So many new rows at once are sorted, rather than each put in its place. */
const manyAtOnce = 32;

/** Place of the first that is not below. */
function lowerBound(length: number, isBelow: (place: number) => boolean): number {
  let [low, high] = [0, length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (isBelow(middle)) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** A row that is left out of an answer: one of these for each of its sums. */
interface LeftOut {
  day: number;
  sum: string;
  amount: number;
}

const nothing: readonly LeftOut[] = [];

export function openDaily(trace: Trace, adds: Adds): Daily {
  /** Days with rows, in their order; by their places how many rows, and the sums. */
  const days: number[] = [];
  const counts: number[] = [];
  const sums = new Map<string, number[]>();
  const members = new Map<string, Members>();
  /** Twice the row, one more where it is the first of its unit; `~` of that where it ceases to be known. By `at`. */
  const changes: number[] = [];
  /** How many changes are in the sums. */
  let applied = 0;
  let rows: readonly number[] = [];
  let taken = 0;
  let newest = -1;

  const at = (change: number): number => (change < 0 ? trace.to(~change >> 1) : trace.from(change >> 1));

  function placeOf(day: number): number {
    const place = lowerBound(days.length, (at) => days[at]! < day);
    if (days[place] !== day) {
      days.splice(place, 0, day);
      counts.splice(place, 0, 0);
      for (const column of sums.values()) column.splice(place, 0, 0);
    }
    return place;
  }

  let place = 0;
  let sign = 1;
  const add: Add = (sum, amount) => {
    if (Number.isNaN(amount)) return;
    let column = sums.get(sum);
    if (column === undefined) {
      column = days.map(() => 0);
      sums.set(sum, column);
    }
    column[place]! += sign * amount;
  };
  function apply(change: number, times: 1 | -1): void {
    const code = change < 0 ? ~change : change;
    const row = code >> 1;
    place = placeOf(trace.day(row));
    sign = change < 0 ? -times : times;
    counts[place]! += sign;
    adds.ofRow(row, add);
    if ((code & 1) === 1) adds.ofUnit(row, add);
    for (const one of members.values()) one.change(row, sign as 1 | -1);
  }

  function membersOf({ name, memberOf }: Different): Members {
    const known = members.get(name);
    if (known !== undefined) return known;
    const made = openMembers(trace, memberOf);
    for (const change of changes.slice(0, applied))
      if (change < 0) made.change(~change >> 1, -1);
      else made.change(change >> 1, 1);
    members.set(name, made);
    return made;
  }

  const codeOf = (row: number, before: number | undefined): number =>
    row * 2 + (before === undefined || adds.unit(before) !== adds.unit(row) ? 1 : 0);

  function insert(change: number): void {
    const when = at(change);
    const last = changes.at(-1);
    // What is recorded comes in order, but for little.
    const place =
      last === undefined || at(last) <= when
        ? changes.length
        : lowerBound(changes.length, (place) => at(changes[place]!) <= when);
    changes.splice(place, 0, change);
    if (place < applied) {
      apply(change, 1);
      applied++;
    }
  }
  function moveTo(instant: number): void {
    while (applied < changes.length && at(changes[applied]!) < instant) apply(changes[applied++]!, 1);
    while (applied > 0 && at(changes[applied - 1]!) >= instant) apply(changes[--applied]!, -1);
  }

  function leftOut(without: readonly number[]): readonly LeftOut[] {
    if (without.length === 0) return nothing;
    const left: LeftOut[] = [];
    without.forEach((row, index) => {
      const day = trace.day(row);
      const note: Add = (sum, amount) => {
        if (!Number.isNaN(amount)) left.push({ day, sum, amount });
      };
      adds.ofRow(row, note);
      if ((codeOf(row, without[index - 1]) & 1) === 1) adds.ofUnit(row, note);
    });
    return left;
  }

  return {
    has: (row) => row <= newest,
    close(row) {
      if (!Number.isFinite(trace.to(row))) return;
      const place = lowerBound(taken, (place) => rows[place]! < row);
      insert(~codeOf(row, rows[place - 1]));
    },
    take(all) {
      rows = all;
      const put =
        applied === 0 && all.length - taken > manyAtOnce ? (change: number) => changes.push(change) : insert;
      for (; taken < all.length; taken++) {
        const row = all[taken]!;
        newest = row;
        const code = codeOf(row, all[taken - 1]);
        put(code);
        if (Number.isFinite(trace.to(row))) put(~code);
      }
      if (put !== insert) changes.sort((a, b) => at(a) - at(b));
    },
    asOf(instant, without) {
      moveTo(instant);
      const left = leftOut(without);
      const from = (begin: number) => lowerBound(days.length, (place) => days[place]! <= begin);
      return {
        total(sum, begin, end) {
          const column = sums.get(sum);
          if (column === undefined) return 0;
          let total = 0;
          for (let place = from(begin); place < days.length && days[place]! <= end; place++)
            total += column[place]!;
          for (const one of left)
            if (one.sum === sum && one.day > begin && one.day <= end) total -= one.amount;
          return total;
        },
        ends(begin, end) {
          let first: number | undefined;
          let last: number | undefined;
          for (let place = from(begin); place < days.length && days[place]! <= end; place++) {
            const day = days[place]!;
            const own = without.filter((row) => trace.day(row) === day).length;
            if (counts[place]! - own <= 0) continue;
            first ??= day;
            last = day;
          }
          return first === undefined ? undefined : { first, last: last! };
        },
        different: (asked, begin, end) => membersOf(asked).different(asked.window, begin, end, without),
      };
    },
  };
}
