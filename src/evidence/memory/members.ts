/**
 * How many different values the rows of one key have within a window of days. Values do not add up by day, so the window is
 * kept with how often each stands in it: the next question costs the days by which the window has moved and what was
 * recorded since, not the rows.
 */
import { noName } from './names.ts';
import type { Trace } from './trace.ts';

export interface Members {
  /** The row is known from now on, or no longer. */
  change(row: number, sign: 1 | -1): void;
  /**
   * Of days after `begin` up to `end`.
   * @param window questions of one name move one window; @param without rows that are left out of the answer
   */
  different(window: string, begin: number, end: number, without: readonly number[]): number;
}

type Times = Map<number, number>;

interface Window {
  begin: number;
  end: number;
  times: Times;
}

/** Rules ask one window or two of a value. */
const keptWindows = 4;

const isNone = (member: number): boolean => member === noName || Number.isNaN(member);

function count(times: Times, member: number, more: number): void {
  const now = (times.get(member) ?? 0) + more;
  if (now === 0) times.delete(member);
  else times.set(member, now);
}

/** @param memberOf the value of a row; `noName` or NaN where it has none. */
export function openMembers(trace: Pick<Trace, 'day'>, memberOf: (row: number) => number): Members {
  const days = new Map<number, Times>();
  const windows = new Map<string, Window>();

  function countDay(window: Window, day: number, sign: 1 | -1): void {
    for (const [member, times] of days.get(day) ?? []) count(window.times, member, sign * times);
  }

  function moved(window: Window, begin: number, end: number): Window {
    const shift = Math.abs(begin - window.begin) + Math.abs(end - window.end);
    if (begin === window.begin && end === window.end) return window;
    // Further than there are days, or without a beginning: counted anew.
    if (!(shift < days.size)) {
      const anew: Window = { begin, end, times: new Map() };
      for (const day of days.keys()) if (day > begin && day <= end) countDay(anew, day, 1);
      return anew;
    }
    for (let day = window.begin + 1; day <= begin; day++) countDay(window, day, -1);
    for (let day = begin + 1; day <= window.begin; day++) countDay(window, day, 1);
    for (let day = window.end + 1; day <= end; day++) countDay(window, day, 1);
    for (let day = end + 1; day <= window.end; day++) countDay(window, day, -1);
    return Object.assign(window, { begin, end });
  }

  return {
    change(row, sign) {
      const member = memberOf(row);
      if (isNone(member)) return;
      const day = trace.day(row);
      const times = days.get(day) ?? new Map();
      days.set(day, times);
      count(times, member, sign);
      if (times.size === 0) days.delete(day);
      for (const window of windows.values())
        if (day > window.begin && day <= window.end) count(window.times, member, sign);
    },
    different(name, begin, end, without) {
      const window = moved(windows.get(name) ?? { begin: 0, end: 0, times: new Map() }, begin, end);
      windows.delete(name);
      if (windows.size >= keptWindows) windows.delete(windows.keys().next().value!);
      windows.set(name, window);
      const own: Times = new Map();
      for (const row of without) {
        const day = trace.day(row);
        const member = memberOf(row);
        if (day > begin && day <= end && !isNone(member)) count(own, member, 1);
      }
      let different = window.times.size;
      for (const [member, times] of own) if (window.times.get(member) === times) different--;
      return different;
    },
  };
}
