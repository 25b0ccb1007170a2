/**
 * Running sums by day for the rows of one key, as of an instant. A large broker has ten thousand rows and a day has one sum:
 * a question costs the days of its window and what was recorded since the last one, not the rows. Asked as of an earlier
 * instant, what was recorded since then is taken out again, so a backtest that goes forward in time moves it forward once.
 */
import type { Trace } from './traces.ts';

/** What a row adds to the sums of its day, by the name of the sum. */
export interface Part {
  sum: string;
  amount: number;
}

export interface Adds {
  /** Counted once however many rows have it: the declaration of an item, the act of control of goods. */
  unit(row: number): number;
  /** Of each row. */
  ofRow(row: number): Part[];
  /** Of each unit, told by any of its rows. */
  ofUnit(row: number): Part[];
}

interface Day {
  rows: number;
  sums: Map<string, number>;
  /** Rows by unit. */
  units: Map<number, number>;
}

export interface Sums {
  /** Of days after `begin` up to `end`. */
  total(sum: string, begin: number, end: number): number;
  /** First and last day with rows, of the same. */
  ends(begin: number, end: number): { first: number; last: number } | undefined;
}

const emptyDay = (): Day => ({ rows: 0, sums: new Map(), units: new Map() });

const bump = (sums: Map<string, number>, parts: readonly Part[], sign: number): void => {
  for (const { sum, amount } of parts) sums.set(sum, (sums.get(sum) ?? 0) + sign * amount);
};

function change(day: Day, adds: Adds, row: number, sign: 1 | -1): void {
  day.rows += sign;
  bump(day.sums, adds.ofRow(row), sign);
  const unit = adds.unit(row);
  const known = day.units.get(unit) ?? 0;
  if (known === (sign === 1 ? 0 : 1)) bump(day.sums, adds.ofUnit(row), sign);
  if (known + sign === 0) day.units.delete(unit);
  else day.units.set(unit, known + sign);
}

/** Place of the first that is not below. */
function lowerBound<T>(list: readonly T[], isBelow: (one: T) => boolean): number {
  let [low, high] = [0, list.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (isBelow(list[middle]!)) low = middle + 1;
    else high = middle;
  }
  return low;
}

interface Change {
  /** In force for whoever asks as of later. */
  at: number;
  row: number;
  sign: 1 | -1;
}

export interface Daily {
  /** Rows in their order; those taken in before are left out. */
  take(rows: readonly number[]): void;
  /** The row was taken in and is no longer known from now on. */
  close(row: number): void;
  has(row: number): boolean;
  /** @param without rows that are left out of the answer, all of this key. */
  asOf(instant: number, without: readonly number[]): Sums;
}

export function openDaily(trace: Trace, adds: Adds): Daily {
  const days: number[] = [];
  const table: Day[] = [];
  const changes: Change[] = [];
  /** How many changes are in the sums. */
  let applied = 0;
  let taken = 0;
  let newest = -1;

  function dayAt(number: number): Day {
    const place = lowerBound(days, (one) => one < number);
    if (days[place] !== number) {
      days.splice(place, 0, number);
      table.splice(place, 0, emptyDay());
    }
    return table[place]!;
  }
  const apply = ({ row, sign }: Change, times: 1 | -1): void =>
    change(dayAt(trace.day(row)), adds, row, (sign * times) as 1 | -1);

  function insert(one: Change): void {
    const last = changes.at(-1);
    // What is recorded comes in order, but for little.
    const place =
      last === undefined || last.at <= one.at
        ? changes.length
        : lowerBound(changes, (other) => other.at <= one.at);
    changes.splice(place, 0, one);
    if (place < applied) {
      apply(one, 1);
      applied++;
    }
  }
  function moveTo(instant: number): void {
    while (applied < changes.length && changes[applied]!.at < instant) apply(changes[applied++]!, 1);
    while (applied > 0 && changes[applied - 1]!.at >= instant) apply(changes[--applied]!, -1);
  }
  const close = (row: number): void => {
    if (Number.isFinite(trace.to(row))) insert({ at: trace.to(row), row, sign: -1 });
  };

  return {
    has: (row) => row <= newest,
    close,
    take(rows) {
      for (; taken < rows.length; taken++) {
        const row = rows[taken]!;
        newest = row;
        insert({ at: trace.from(row), row, sign: 1 });
        close(row);
      }
    },
    asOf(instant, without) {
      moveTo(instant);
      const left = new Map<number, Day>();
      for (const row of without) {
        const number = trace.day(row);
        const day = left.get(number) ?? emptyDay();
        left.set(number, day);
        change(day, adds, row, 1);
      }
      const from = (begin: number) => lowerBound(days, (one) => one <= begin);
      return {
        total(sum, begin, end) {
          let total = 0;
          for (let at = from(begin); at < days.length && days[at]! <= end; at++)
            total += (table[at]!.sums.get(sum) ?? 0) - (left.get(days[at]!)?.sums.get(sum) ?? 0);
          return total;
        },
        ends(begin, end) {
          let first: number | undefined;
          let last: number | undefined;
          for (let at = from(begin); at < days.length && days[at]! <= end; at++) {
            if (table[at]!.rows - (left.get(days[at]!)?.rows ?? 0) <= 0) continue;
            first ??= days[at]!;
            last = days[at]!;
          }
          return first === undefined ? undefined : { first, last: last! };
        },
      };
    },
  };
}
