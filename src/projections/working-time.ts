/**
 * The time in which an officer could have worked, between two steps of a declaration: when he was on duty, by the roster of
 * the office; where it does not name him or a part of it was not delivered, when the office was open. Where neither is known nobody can
 * tell, and the clock on the wall runs.
 */
import type { ReferenceBook } from '../sources/reference/book.ts';
import { addDays, dayOf, daysBetween } from './calendar.ts';
import { openingsOf, type Span, wholeDay } from './opening.ts';
import type { Gap, Roster } from './roster.ts';

/**
 * How hours were counted: on duty; on days of duty, of which neither the hours nor those of the office are known; while the
 * office was open; by the clock. Hours of one kind are never held against those of another.
 */
export const countings = ['duty', 'days', 'open', 'clock'] as const;
export type Counting = (typeof countings)[number];

export interface Work {
  counting: Exclude<Counting, 'clock'>;
  /** Milliseconds; they may overlap and reach beyond both steps. */
  spans: readonly Span[];
}

/** An instant, and as the office's clock shows it. */
interface Moment {
  at: string;
  local: string;
}

/** Undefined where neither calendar nor roster is known for all of the time; what of a roster was lost is not known. */
export type WorkOf = (office: string, officer: string | null, from: Moment, to: Moment) => Work | undefined;

/** Days of opening on which nobody came: holidays that nobody recorded are no more. */
const mostUnexplained = 2;
/** Where opening hours are not known: a weekend between holidays is shorter. */
const mostUnknown = 6;

/** A longer time is a slip of the pen. */
const mostDays = 3_660;
const offset = /(Z|[+-]\d\d:\d\d)$/;

/** @param zoneOf the IANA zone of an office at an instant, where it is known */
export function workingTime(
  book: ReferenceBook,
  roster: Roster,
  zoneOf: ((office: string, at: string) => string | undefined) | undefined,
): WorkOf {
  const openings = openingsOf(book);

  /**
   * Whether a roster was not delivered for the days of a gap, rather than that nobody worked: of an office that several people
   * keep and that was open.
   */
  function isLost(office: string, clock: string, { days, alone }: Gap): boolean {
    if (alone) return false;
    let [unexplained, unknown] = [0, 0];
    for (const day of days) {
      const open = openings(office, clock, day);
      if (open === undefined) unknown += 1;
      else if (open.length > 0) unexplained += 1;
      if (unexplained > mostUnexplained || unknown > mostUnknown) return true;
    }
    return false;
  }

  function onDuty(
    office: string,
    officer: string,
    clock: string,
    days: readonly string[],
    begin: number,
  ): Work | undefined {
    const kept = roster.kept(office);
    if (kept === undefined || days[0]! < kept[0] || days.at(-1)! > kept[1]) return undefined;
    if (roster.gaps(office, days[0]!, days.at(-1)!).some((gap) => isLost(office, clock, gap)))
      return undefined;
    // A night shift stands on the day on which it begins.
    const spans: Span[] = roster
      .shifts(office, officer, addDays(days[0]!, -1))
      .flatMap(({ hours }) => (hours !== undefined && hours[1] > begin ? [hours] : []));
    let named = spans.length > 0;
    let isByDay = false;
    for (const day of days)
      for (const { hours } of roster.shifts(office, officer, day)) {
        named = true;
        if (hours !== undefined) {
          spans.push(hours);
          continue;
        }
        const open = openings(office, clock, day);
        isByDay ||= open === undefined;
        spans.push(...(open ?? [wholeDay(clock, day)]));
      }
    return named ? { counting: isByDay ? 'days' : 'duty', spans } : undefined;
  }

  function whileOpen(office: string, clock: string, days: readonly string[]): Work | undefined {
    const spans: Span[] = [];
    for (const day of days) {
      const open = openings(office, clock, day);
      if (open === undefined) return undefined;
      spans.push(...open);
    }
    return { counting: 'open', spans };
  }

  return (office, officer, from, to) => {
    const [first, last] = [dayOf(from.local), dayOf(to.local)];
    const length = daysBetween(first, last);
    if (!(length >= 0 && length <= mostDays)) return undefined;
    const days = Array.from({ length: length + 1 }, (_, i) => addDays(first, i));
    const clock = zoneOf?.(office, to.at) ?? offset.exec(to.local)?.[0] ?? 'Z';
    const duty = officer === null ? undefined : onDuty(office, officer, clock, days, Date.parse(from.at));
    return duty ?? whileOpen(office, clock, days);
  };
}
