/** Months (`YYYY-MM`) and years (`YYYY`) that contracts, their sheets and gaming checks are of. */

/** First and last day of a month or a year. */
export const boundsOfPeriod = (period: string): { from: string; to: string } => {
  if (period.length === 4) return { from: `${period}-01-01`, to: `${period}-12-31` };
  const [year, month] = period.split('-').map(Number);
  return { from: `${period}-01`, to: new Date(Date.UTC(year!, month!, 0)).toISOString().slice(0, 10) };
};

/** The first month or year without a day before this one; by their text, periods before it have one and those after it none. */
export function firstPeriodFrom(day: string): string {
  if (day.endsWith('-01-01')) return day.slice(0, 4);
  const month = day.slice(0, 7);
  return day.endsWith('-01') ? month : periodsBefore(month, -1);
}

/** So many months or years before, as the period is one. */
export function periodsBefore(period: string, back: number): string {
  if (period.length === 4) return String(Number(period) - back);
  const [year, month] = period.split('-').map(Number);
  return new Date(Date.UTC(year!, month! - 1 - back, 1)).toISOString().slice(0, 7);
}

/** The same month or year, so many years before. */
export const yearsBefore = (period: string, back: number): string =>
  `${Number(period.slice(0, 4)) - back}${period.slice(4)}`;
