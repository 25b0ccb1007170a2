/** When declarations come: the seasons of the year, the days of the week and the hours of the day. */
import { day, hour, minute, type WallTime, weekdayOf } from './clock.ts';
import type { Scene } from './misconduct/model.ts';
import type { Office } from './offices.ts';
import type { Random } from './random.ts';

/** Relative activity by month, January first: a quiet start, a rush before the end of the year (customs-practice 2.4). */
const months = [0.9, 0.92, 1, 0.98, 1, 0.97, 0.95, 0.96, 1.02, 1.08, 1.12, 1.1];
/** By weekday, Sunday first. */
const weekdays = [0.25, 1.15, 1.1, 1.05, 1.05, 1, 0.5];

/** Expected share of the period's declarations that one office has on one day. */
export function dailyShares(scene: Scene): (office: Office, dayIndex: number) => number {
  const weight = (office: Office, dayIndex: number): number => {
    if (office.shifts(weekdayOf(dayIndex)).length === 0) return 0;
    const month = Number(new Date(dayIndex * day * 1000).getUTCMonth());
    return office.weight * months[month]! * weekdays[weekdayOf(dayIndex)]!;
  };
  let total = 0;
  for (let dayIndex = scene.start; dayIndex <= scene.end; dayIndex++) {
    for (const office of scene.offices) total += weight(office, dayIndex);
  }
  return (office, dayIndex) => weight(office, dayIndex) / total;
}

/** Declarations come over the wire in and around opening hours, more of them in the morning. */
export function lodgement(random: Random, office: Office, dayIndex: number): WallTime {
  const shifts = office.shifts(weekdayOf(dayIndex));
  const from = (shifts[0]?.from ?? 8 * hour) - 30 * minute;
  const to = (shifts[shifts.length - 1]?.to ?? 17 * hour) + hour;
  const early = Math.min(random.uniform(), random.uniform());
  return dayIndex * day + Math.floor(from + (to - from) * (random.chance(0.6) ? early : random.uniform()));
}
