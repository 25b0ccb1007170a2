/** Days and instants as messages write them, to `YYYY-MM-DD` and ISO 8601 with the office's offset. */

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

/** Minutes east of UTC that a zone's clocks showed at a local time; the first reading where clocks went back. */
function offsetMinutes(zone: string, localAsUtc: number): number {
  const shown = (instant: number): number => {
    const parts = formatterOf(zone).formatToParts(instant);
    const part = (type: string): number => Number(parts.find((candidate) => candidate.type === type)!.value);
    const hour = part('hour') % 24;
    return Date.UTC(part('year'), part('month') - 1, part('day'), hour, part('minute'), part('second'));
  };
  const guess = localAsUtc - (shown(localAsUtc) - localAsUtc);
  return Math.round((shown(guess) - guess) / 60_000);
}

const formatters = new Map<string, Intl.DateTimeFormat>();

function formatterOf(zone: string): Intl.DateTimeFormat {
  let formatter = formatters.get(zone);
  if (formatter === undefined) {
    formatter = new Intl.DateTimeFormat('en', {
      timeZone: zone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
    formatters.set(zone, formatter);
  }
  return formatter;
}

export const offsetText = (minutes: number): string => {
  if (minutes === 0) return 'Z';
  const size = Math.abs(minutes);
  return `${minutes < 0 ? '-' : '+'}${padded(Math.floor(size / 60), 2)}:${padded(size % 60, 2)}`;
};

/** A local day and time (`HH:MM` or `HH:MM:SS`) in an IANA zone to an instant with the offset that held there. */
export function instantIn(zone: string, day: string, time: string): string | undefined {
  const found = /^([01]?\d|2[0-3]):([0-5]\d)(?::([0-5]\d))?$/.exec(time.trim());
  if (found === null) return undefined;
  const clock = `${found[1]!.padStart(2, '0')}:${found[2]}:${found[3] ?? '00'}`;
  const local = Date.parse(`${day}T${clock}Z`);
  return Number.isNaN(local) ? undefined : `${day}T${clock}${offsetText(offsetMinutes(zone, local))}`;
}

const day =
  '(?:\\d{4}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12]\\d|3[01])|(?:0[469]|11)-(?:0[1-9]|[12]\\d|30)|02-(?:0[1-9]|1\\d|2[0-8]))' +
  '|(?:\\d\\d(?:0[48]|[2468][048]|[13579][26])|(?:[02468][048]|[13579][26])00)-02-29)';
const time = '(?:[01]\\d|2[0-3]):[0-5]\\d(?::[0-5]\\d(?:\\.\\d{1,3})?)?';
const offset = '(?:Z|[+-](?:0\\d|1[0-4]):[0-5]\\d)';

/**
 * Instants of the canonical model: ISO 8601 with the office's offset, of a day and a time that there are. `Date` takes 30 February
 * for 2 March and has no value for a thirteenth month. A pattern, so that a JSON Schema says all of it.
 */
export const instantPattern = `^${day}T${time}${offset}$`;
