/**
 * The working time of an office, in its own time zone: opening hours by weekday, holidays and extra days. From it come
 * working hours between two instants and whether an event fell outside them. Instants are UTC, ISO 8601.
 */

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

interface Local {
  day: string;
  minute: number;
  weekday: number;
}

const formatters = new Map<string, Intl.DateTimeFormat>();

function formatter(timeZone: string): Intl.DateTimeFormat {
  let found = formatters.get(timeZone);
  if (found === undefined) {
    found = new Intl.DateTimeFormat('en-CA', {
      timeZone,
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
      hourCycle: 'h23',
    });
    formatters.set(timeZone, found);
  }
  return found;
}

/** The clock on the office's wall. */
export function localTime(instant: number, timeZone: string): Local {
  const parts = Object.fromEntries(
    formatter(timeZone)
      .formatToParts(instant)
      .map(({ type, value }) => [type, value]),
  );
  const day = `${parts.year}-${parts.month}-${parts.day}`;
  return {
    day,
    minute: Number(parts.hour) * 60 + Number(parts.minute) + Number(parts.second) / 60,
    weekday: (new Date(`${day}T00:00:00Z`).getUTCDay() + 6) % 7,
  };
}

const openingsOn = (calendar: OfficeCalendar, { day, weekday }: Local): readonly Opening[] =>
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
function nextMidnight(instant: number, local: Local, timeZone: string): number {
  const guess = instant + (1440 - local.minute) * minuteMs;
  const at = localTime(guess, timeZone);
  if (at.minute === 0) return guess;
  return at.day === local.day ? guess + (1440 - at.minute) * minuteMs : guess - at.minute * minuteMs;
}
