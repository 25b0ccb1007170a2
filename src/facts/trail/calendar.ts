/**
 * The working time of an office, in its own time zone: opening hours by weekday, holidays and extra days. From it come
 * working hours between two instants and whether an event fell outside them. Instants are UTC, ISO 8601.
 */
import { type LocalTime, localTime } from '../../ground/zones.ts';

/** Minutes since local midnight, [from, to). */
export type Opening = readonly [from: number, to: number];

export interface OfficeCalendar {
  /** IANA zone. */
  timeZone: string;
  /** Openings of Monday (0) to Sunday (6). */
  week: readonly (readonly Opening[])[];
  /** Local days `YYYY-MM-DD` on which the office is closed. */
  holidays?: ReadonlySet<string>;
  /** Local days with other openings than their weekday's: duty days. */
  special?: ReadonlyMap<string, readonly Opening[]>;
}

const openingsOn = (calendar: OfficeCalendar, { day, weekday }: LocalTime): readonly Opening[] =>
  calendar.special?.get(day) ?? (calendar.holidays?.has(day) ? [] : (calendar.week[weekday] ?? []));

export function isOpen(calendar: OfficeCalendar, instant: number): boolean {
  const local = localTime(instant, calendar.timeZone);
  return openingsOn(calendar, local).some(([from, to]) => local.minute >= from && local.minute < to);
}

const dayMs = 86_400_000;
const minuteMs = 60_000;

/** Hours during which the office was open between two instants; 0 where the second is not later. At most ten years are walked. */
export function workingHours(calendar: OfficeCalendar, from: number, to: number): number {
  const end = Math.min(to, from + 3660 * dayMs);
  let minutes = 0;
  let cursor = from;
  while (cursor < end) {
    const local = localTime(cursor, calendar.timeZone);
    const midnight = nextMidnight(cursor, local, calendar.timeZone);
    const stop = Math.min(end, midnight);
    const last = local.minute + (stop - cursor) / minuteMs;
    for (const [opens, closes] of openingsOn(calendar, local))
      minutes += Math.max(0, Math.min(closes, last) - Math.max(opens, local.minute));
    cursor = stop;
  }
  return minutes / 60;
}

/** The instant at which the local day ends; days of a clock change have 23 or 25 hours. */
function nextMidnight(instant: number, local: LocalTime, timeZone: string): number {
  const guess = instant + (1440 - local.minute) * minuteMs;
  const at = localTime(guess, timeZone);
  if (at.minute === 0) return guess;
  return at.day === local.day ? guess + (1440 - at.minute) * minuteMs : guess - at.minute * minuteMs;
}
