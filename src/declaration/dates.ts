/** Days as messages write them, to `YYYY-MM-DD`; and days and instants as the canonical model does: ISO 8601 with the office's offset. */
import Type from 'typebox';

export type DateOrder = 'mdy' | 'dmy' | 'ymd';

const slashed = /^(\d{1,4})[/.-](\d{1,2})[/.-](\d{1,4})$/;
const positions: Readonly<Record<DateOrder, readonly [year: number, month: number, day: number]>> = {
  mdy: [2, 0, 1],
  dmy: [2, 1, 0],
  ymd: [0, 1, 2],
};

/** Two digits of a year: from 70 on the last century, below it this one. Fixed, so that a reading never changes with time. */
const fullYear = (text: string): number =>
  text.length > 2 ? Number(text) : Number(text) + (Number(text) < 70 ? 2000 : 1900);

const padded = (value: number, digits: number): string => String(value).padStart(digits, '0');

/** `YYYY-MM-DD` where the calendar has that day. */
export function dayOf(year: number, month: number, day: number): string | undefined {
  const date = new Date(Date.UTC(year, month - 1, day));
  const exists =
    date.getUTCFullYear() === year && date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
  return exists && year >= 1900 && year <= 2200
    ? `${padded(year, 4)}-${padded(month, 2)}-${padded(day, 2)}`
    : undefined;
}

/** A day written in the order given, or with the year in front; undefined where it is no day of the calendar. */
export function parseDay(text: string, order: DateOrder): string | undefined {
  const found = slashed.exec(text.trim());
  if (found === null) return undefined;
  const parts = found.slice(1);
  const [year, month, day] = positions[parts[0]!.length > 2 ? 'ymd' : order];
  if (parts[year]!.length === 3 || parts[month]!.length > 2 || parts[day]!.length > 2) return undefined;
  return dayOf(fullYear(parts[year]!), Number(parts[month]), Number(parts[day]));
}

const day =
  '(?:\\d{4}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12]\\d|3[01])|(?:0[469]|11)-(?:0[1-9]|[12]\\d|30)|02-(?:0[1-9]|1\\d|2[0-8]))' +
  '|(?:\\d\\d(?:0[48]|[2468][048]|[13579][26])|(?:[02468][048]|[13579][26])00)-02-29)';
const time = '(?:[01]\\d|2[0-3]):[0-5]\\d(?::[0-5]\\d(?:\\.\\d{1,3})?)?';
const offset = '(?:Z|[+-](?:0\\d|1[0-4]):[0-5]\\d)';

/**
 * How the model writes times, each by a pattern, so that a JSON Schema says all of it, and in words for who wrote something
 * else. Of days that there are alone: `Date` takes 30 February for 2 March and has no value for a thirteenth month.
 */
export const times = {
  day: { pattern: `^${day}$`, plain: 'a day that there is, such as 2026-03-31' },
  instant: {
    pattern: `^${day}T${time}${offset}$`,
    plain: 'a day and time that there is, such as 2026-03-31T10:00:00+01:00',
  },
  moment: {
    pattern: `^${day}(?:T${time}${offset})?$`,
    plain: 'a day, or a day and time, that there is, such as 2026-03-31 or 2026-03-31T10:00:00+01:00',
  },
} as const;

export type TimeKind = keyof typeof times;

const kinds = new Map<unknown, TimeKind>(
  Object.entries(times).map(([kind, { pattern }]) => [pattern, kind as TimeKind]),
);

/** Which kind of time a schema of this pattern is of. */
export const timeKindOf = (pattern: unknown): TimeKind | undefined => kinds.get(pattern);

export const timeSchema = (kind: TimeKind, description?: string) =>
  Type.String({
    pattern: times[kind].pattern,
    ...(description === undefined ? {} : { description }),
  });

/** Patterns of what is no point in time of the model: a month, a month or a year, a clock reading. */
export const monthPattern = '^\\d{4}-(0[1-9]|1[0-2])$';
export const periodPattern = '^\\d{4}(-(0[1-9]|1[0-2]))?$';
export const clockPattern = '^([01]\\d|2[0-3]):[0-5]\\d$';

/** When something closes: midnight may be the end of its day, too. */
export const closingPattern = '^(([01]\\d|2[0-3]):[0-5]\\d|24:00)$';

const dayForm = new RegExp(times.day.pattern);
const instantForm = new RegExp(times.instant.pattern);
/** Whether the calendar has the day, as `YYYY-MM-DD`. */
export const isDay = (text: string): boolean => dayForm.test(text);
export const isInstant = (text: string): boolean => instantForm.test(text);
