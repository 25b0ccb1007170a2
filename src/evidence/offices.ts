/** What reference records say of offices: their hours, and to which day their trails are complete. */
import { countryIds, countryProfile } from '../declaration/country-profile.ts';
import type { Declaration } from '../declaration/declaration.ts';
import type { EventKind } from '../declaration/trail.ts';
import type { OfficeCalendar, Opening } from '../facts/trail/calendar.ts';
import { localTime } from '../ground/zones.ts';
import { completeUntil, type WatermarkDocument } from '../sources/completeness.ts';
import type { ReferenceBook } from '../sources/reference/book.ts';

const minutes = (clock: string): number => Number(clock.slice(0, 2)) * 60 + Number(clock.slice(3, 5));

/** Hours of a record, minutes since midnight; of a shift over midnight the part on its own day and that on the next. */
export function cutAtMidnight(opens: string, closes: string): { own: Opening; next?: Opening } {
  const [from, to] = [minutes(opens), minutes(closes)];
  return from < to ? { own: [from, to] } : { own: [from, 1440], next: [0, to] };
}

/** The zone of the office, else of its country; UTC where neither is known. */
export function zoneOf(
  book: ReferenceBook,
  office: string | undefined,
  country: string | undefined,
  at: string,
): string {
  const own = office === undefined ? undefined : book.asOf('office', office, at)?.timezone;
  if (own !== undefined) return own;
  return country !== undefined && countryIds().includes(country) ? countryProfile(country).timeZone : 'UTC';
}

/** Hours of all offices as they are known; made once for a book. Records of shifts over midnight are cut in two. */
export function calendarsOf(
  book: ReferenceBook,
  at: string,
): (office: string | undefined, country: string | undefined) => OfficeCalendar | undefined {
  const weeks = new Map<string, Opening[][]>();
  for (const { office, weekday, opens, closes } of book.every('calendar', at)) {
    const week = weeks.get(office) ?? Array.from({ length: 7 }, (): Opening[] => []);
    weeks.set(office, week);
    const day = (weekday + 6) % 7;
    const { own, next } = cutAtMidnight(opens, closes);
    week[day]!.push(own);
    if (next !== undefined) week[(day + 1) % 7]!.push(next);
  }
  const holidays = new Map<string, Set<string>>();
  for (const { office, day } of book.all('holiday'))
    holidays.set(office, (holidays.get(office) ?? new Set()).add(day));
  const everywhere = holidays.get('*') ?? new Set<string>();
  const made = new Map<string, OfficeCalendar>();
  return (office, country) => {
    const week = office === undefined ? undefined : weeks.get(office);
    if (week === undefined) return undefined;
    const key = `${office}|${country ?? ''}`;
    let calendar = made.get(key);
    if (calendar === undefined) {
      calendar = {
        timeZone: zoneOf(book, office, country, at),
        week,
        holidays: new Set([...everywhere, ...(holidays.get(office!) ?? [])]),
      };
      made.set(key, calendar);
    }
    return calendar;
  };
}

/** The end of a local day, in milliseconds. */
export function endOfDay(day: string, timeZone: string): number {
  const guess = Date.parse(`${day}T00:00:00Z`) + 86_400_000;
  const local = localTime(guess, timeZone);
  const wall = Date.parse(`${local.day}T00:00:00Z`) + local.minute * 60_000;
  return guess - (wall - guess);
}

/** Completeness from watermarks that extracts left and from what sources claim in reference records, as both were known at one time. */
export function completenessOf(
  book: ReferenceBook,
  watermarks: readonly WatermarkDocument[],
): (
  declaration: Pick<Declaration, 'office' | 'country'>,
  what: EventKind | 'declaration',
) => number | undefined {
  const claimed = book.all('complete').map((record) => ({ ...record, source: 'reference record' }));
  const known = [...claimed, ...watermarks];
  /** Asked for every step of every trail, and the same for all of an office. */
  const answers = new Map<string, number | undefined>();
  return ({ office, country }, what) => {
    if (office === undefined) return undefined;
    const question = `${office}|${country ?? ''}|${what}`;
    if (!answers.has(question)) {
      const until = completeUntil(known, office, what);
      answers.set(
        question,
        until === undefined ? undefined : endOfDay(until, zoneOf(book, office, country, until)),
      );
    }
    return answers.get(question);
  };
}
