/**
 * Days in the office's own clock. An event's `local` instant is written with the office's offset, so its first ten
 * characters are the office's day, wherever we run.
 */

export interface Calendar {
  /** YYYY-MM-DD */
  day: string;
  /** ISO 8601 week, 2026-W07 */
  week: string;
  /** YYYY-MM */
  month: string;
  /** YYYY */
  year: string;
}

const msPerDay = 86_400_000;

export const dayOf = (local: string): string => local.slice(0, 10);

export function calendarOf(day: string): Calendar {
  return { day, week: weekOf(day), month: day.slice(0, 7), year: day.slice(0, 4) };
}

/** Whole calendar days from one day to a later one. */
export const daysBetween = (from: string, to: string): number =>
  Math.round((Date.parse(to) - Date.parse(from)) / msPerDay);

export const addDays = (day: string, days: number): string =>
  new Date(Date.parse(day) + days * msPerDay).toISOString().slice(0, 10);

/** The same day a year before; the last of February for the leap day. */
export function yearBefore(day: string): string {
  const earlier = `${Number(day.slice(0, 4)) - 1}${day.slice(4)}`;
  return earlier.endsWith('-02-29') ? earlier.replace(/29$/, '28') : earlier;
}

/**
 * The same period a year before: of whole months whole months, so February has its 29th where that year had one, and told by
 * week the whole weeks of the same numbers.
 */
export function periodBefore(
  { from, to }: { from: string; to: string },
  by: readonly string[],
): { from: string; to: string } {
  if (by.includes('week') && isMonday(from) && isMonday(addDays(to, 1))) {
    const [first, last] = [from, to].map((day) => mondayOf(yearBefore(weekOf(day))));
    if (first !== undefined && last !== undefined) return { from: first, to: addDays(last, 6) };
  }
  const before = { from: yearBefore(from), to: yearBefore(to) };
  const months = from.endsWith('-01') && to === lastDayOf(to);
  return months ? { ...before, to: lastDayOf(before.to) } : before;
}

/** The last day of the month in which a day lies. */
export const lastDayOf = (day: string): string =>
  new Date(Date.UTC(Number(day.slice(0, 4)), Number(day.slice(5, 7)), 0)).toISOString().slice(0, 10);

/** Whether a day is over wherever there are offices; the last zone is twelve hours behind UTC. @param at UTC instant */
export const isOverEverywhere = (day: string, at: string): boolean =>
  day < new Date(Date.parse(at) - msPerDay / 2).toISOString().slice(0, 10);

/** Whole seconds between two UTC instants; null where the end lies before the beginning, which no clock explains. */
export function secondsBetween(from: string | null, to: string | null): number | null {
  if (from === null || to === null) return null;
  const seconds = Math.round((Date.parse(to) - Date.parse(from)) / 1000);
  return seconds < 0 ? null : seconds;
}

const isMonday = (day: string): boolean => new Date(day).getUTCDay() === 1;

/** The first day of a week, `2026-W07`; undefined where its year has no such week. The fourth of January lies in the first. */
function mondayOf(week: string): string | undefined {
  const fourth = `${week.slice(0, 4)}-01-04`;
  const first = addDays(fourth, -((new Date(fourth).getUTCDay() + 6) % 7));
  const monday = addDays(first, (Number(week.slice(6)) - 1) * 7);
  return weekOf(monday) === week ? monday : undefined;
}

/** ISO 8601: a week belongs to the year in which its Thursday lies. */
function weekOf(day: string): string {
  const date = new Date(`${day}T00:00:00Z`);
  const thursday = new Date(date.getTime() + (4 - (date.getUTCDay() || 7)) * msPerDay);
  const firstDay = Date.UTC(thursday.getUTCFullYear(), 0, 1);
  const week = Math.floor((thursday.getTime() - firstDay) / msPerDay / 7) + 1;
  return `${thursday.getUTCFullYear()}-W${String(week).padStart(2, '0')}`;
}
