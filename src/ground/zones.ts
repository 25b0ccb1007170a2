/**
 * Clocks on the wall: IANA time zones, as Intl knows them. The one place that asks it, for whoever reads local times into
 * instants, counts by an office's own day, or tells whether a zone is one. Pure; answers are kept by zone and day.
 */

const formatters = new Map<string, Intl.DateTimeFormat>();
/** Of what is kept by zone and day. */
const mostKept = 200_000;

/** Throws RangeError for a zone that is not known; profiles and mappings are held against `isZone` when they are loaded. */
function formatterOf(zone: string): Intl.DateTimeFormat {
  let formatter = formatters.get(zone);
  if (formatter === undefined) {
    formatter = new Intl.DateTimeFormat('en-CA', {
      timeZone: zone,
      hourCycle: 'h23',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
    });
    formatters.set(zone, formatter);
  }
  return formatter;
}

export const isZone = (zone: string): boolean => {
  try {
    formatterOf(zone);
    return true;
  } catch {
    return false;
  }
};

/** What the clock shows, each part as it is written. */
function shownAt(instant: number, zone: string): Record<string, string> {
  const parts: Record<string, string> = {};
  for (const { type, value } of formatterOf(zone).formatToParts(instant)) parts[type] = value;
  return parts;
}

/** What the clock shows, as if it were UTC: milliseconds since 1970, to the second. */
function shownAsUtc(instant: number, zone: string): number {
  const { year, month, day, hour, minute, second } = shownAt(instant, zone);
  return Date.UTC(Number(year), Number(month) - 1, Number(day), Number(hour), Number(minute), Number(second));
}

export interface LocalTime {
  /** YYYY-MM-DD */
  day: string;
  /** Since midnight, with a fraction for seconds. */
  minute: number;
  /** Monday is 0. */
  weekday: number;
}

/** The clock on the office's wall. */
export function localTime(instant: number, zone: string): LocalTime {
  const parts = shownAt(instant, zone);
  const day = `${parts.year}-${parts.month}-${parts.day}`;
  return {
    day,
    minute: Number(parts.hour) * 60 + Number(parts.minute) + Number(parts.second) / 60,
    weekday: (new Date(`${day}T00:00:00Z`).getUTCDay() + 6) % 7,
  };
}

/** Minutes that the zone's clock is ahead of UTC at an instant. */
const minutesAhead = (instant: number, zone: string): number =>
  Math.round((shownAsUtc(instant, zone) - Math.floor(instant / 1_000) * 1_000) / 60_000);

const padded = (value: number): string => String(value).padStart(2, '0');

const written = (minutes: number): string => {
  const size = Math.abs(minutes);
  return `${minutes < 0 ? '-' : '+'}${padded(Math.floor(size / 60))}:${padded(size % 60)}`;
};

/** Minutes ahead of UTC as an instant writes them: `Z`, `+05:45`. */
export const offsetText = (minutes: number): string => (minutes === 0 ? 'Z' : written(minutes));

/** A local day and time (`HH:MM` or `HH:MM:SS`) in an IANA zone to an instant with the offset that held there. */
export function instantIn(zone: string, day: string, time: string): string | undefined {
  const found = /^([01]?\d|2[0-3]):([0-5]\d)(?::([0-5]\d))?$/.exec(time.trim());
  if (found === null) return undefined;
  const clock = `${found[1]!.padStart(2, '0')}:${found[2]}:${found[3] ?? '00'}`;
  const local = Date.parse(`${day}T${clock}Z`);
  if (Number.isNaN(local)) return undefined;
  // Of two readings of an hour that is shown twice the first stands.
  const guess = local - (shownAsUtc(local, zone) - local);
  return `${day}T${clock}${offsetText(minutesAhead(guess, zone))}`;
}

/** By zone and UTC day; null on days on which the clock changes. */
const ahead = new Map<string, number | null>();

/** What the zone's clock shows at an instant, to the second and with its offset: `2026-03-30T10:00:00+05:45`. */
export function shownIn(zone: string, instant: string): string {
  const at = Date.parse(instant);
  const midnight = Math.floor(at / 86_400_000) * 86_400_000;
  const key = `${zone} ${midnight}`;
  let minutes = ahead.get(key);
  if (minutes === undefined) {
    const before = minutesAhead(midnight, zone);
    minutes = before === minutesAhead(midnight + 86_399_000, zone) ? before : null;
    if (ahead.size >= mostKept) ahead.clear();
    ahead.set(key, minutes);
  }
  minutes ??= minutesAhead(at, zone);
  return `${new Date(at + minutes * 60_000).toISOString().slice(0, 19)}${offsetText(minutes)}`;
}

const offsets = new Map<string, string>();

/**
 * The offset at a clock reading, `+HH:MM`.
 *
 * @param day `YYYY-MM-DD` and @param time `HH:MM:SS` on the zone's clock. Of the two readings of an hour that is shown
 * twice the first stands; an hour that is skipped is read with the offset before it.
 */
export function offsetAt(day: string, time: string, zone: string): string {
  if (zone === 'UTC') return '+00:00';
  const key = `${zone} ${day}`;
  let offset = offsets.get(key);
  if (offset === undefined) {
    const noon = Date.parse(`${day}T12:00:00Z`);
    const before = minutesAhead(noon - 36 * 3_600_000, zone);
    // A zone whose clock is the same a day before and after is not changed in between; the others are asked each time.
    offset = before === minutesAhead(noon + 36 * 3_600_000, zone) ? written(before) : '';
    if (offsets.size >= mostKept) offsets.clear();
    offsets.set(key, offset);
  }
  return offset === '' ? changing(day, time, zone) : offset;
}

function changing(day: string, time: string, zone: string): string {
  const clock = Date.parse(`${day}T${time}Z`);
  const before = minutesAhead(clock - 24 * 3_600_000, zone);
  const after = minutesAhead(clock + 24 * 3_600_000, zone);
  const holds = (minutes: number) => minutesAhead(clock - minutes * 60_000, zone) === minutes;
  return written(holds(before) ? before : holds(after) ? after : before);
}
