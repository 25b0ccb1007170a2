/**
 * When an office was open on one of its days: calendar and holidays of the register as they held on that day, since hours
 * change over the years. What an office's clock shows is its zone's, or that of the offset in which its instants are written.
 */
import { cutAtMidnight } from '../evidence/offices.ts';
import { instantIn } from '../ground/zones.ts';
import type { ReferenceBook } from '../sources/reference/book.ts';
import { addDays } from './calendar.ts';

/** Milliseconds, [from, to). */
export type Span = readonly [from: number, to: number];

const minuteMs = 60_000;
const two = (value: number): string => String(value).padStart(2, '0');

/** @param clock an IANA zone, or an offset as instants write it: `Z`, `+01:00`. */
function instantOn(clock: string, day: string, minute: number): number {
  if (/^[Z+-]/.test(clock)) return Date.parse(`${day}T00:00:00${clock}`) + minute * minuteMs;
  if (minute >= 1440) return instantOn(clock, addDays(day, 1), minute - 1440);
  return Date.parse(instantIn(clock, day, `${two(Math.floor(minute / 60))}:${two(minute % 60)}`)!);
}

/** The whole of a day on the office's clock. */
export const wholeDay = (clock: string, day: string): Span => [
  instantOn(clock, day, 0),
  instantOn(clock, day, 1440),
];

/** Openings of an office on a day, none on a holiday; undefined where no record tells its hours then. */
export type Openings = (office: string, clock: string, day: string) => readonly Span[] | undefined;

/** To be opened anew when the book has grown: answers are kept. */
export function openingsOf(book: ReferenceBook): Openings {
  const answers = new Map<string, readonly Span[] | undefined>();

  function look(office: string, clock: string, day: string): readonly Span[] | undefined {
    const hours = (on: string) =>
      book.keysBy('calendar', { office }).flatMap((key) => book.asOf('calendar', key, on) ?? []);
    const today = hours(day);
    if (today.length === 0) return undefined;
    if ([office, '*'].some((each) => book.asOf('holiday', `${each}|${day}`, day) !== undefined)) return [];
    const on = (when: string): number => new Date(`${when}T00:00:00Z`).getUTCDay();
    const before = addDays(day, -1);
    // A shift over midnight is the weekday's on which it begins.
    const minutes = [
      ...today
        .filter(({ weekday }) => weekday === on(day))
        .map(({ opens, closes }) => cutAtMidnight(opens, closes).own),
      ...hours(before)
        .filter(({ weekday }) => weekday === on(before))
        .map(({ opens, closes }) => cutAtMidnight(opens, closes).next),
    ];
    return minutes.flatMap((part) =>
      part === undefined ? [] : [[instantOn(clock, day, part[0]), instantOn(clock, day, part[1])] as const],
    );
  }

  return (office, clock, day) => {
    const question = `${office}|${clock}|${day}`;
    if (!answers.has(question)) answers.set(question, look(office, clock, day));
    return answers.get(question);
  };
}
