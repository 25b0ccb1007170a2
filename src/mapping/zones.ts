/** The offset of an IANA time zone at a clock reading, in `+HH:MM` form. Pure; answers are kept per zone and day. */

const formatters = new Map<string, Intl.DateTimeFormat>();
const offsets = new Map<string, string>();
const mostKept = 200_000;

/** Throws RangeError for a zone that is not known; mappings are checked at load, so no row can meet it. */
function formatterOf(zone: string): Intl.DateTimeFormat {
  let formatter = formatters.get(zone);
  if (formatter === undefined) {
    formatter = new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      hourCycle: 'h23',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
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

/** Minutes that the zone's clock is ahead of UTC at an instant. */
function minutesAhead(instant: number, zone: string): number {
  const parts: Record<string, number> = {};
  for (const part of formatterOf(zone).formatToParts(instant)) parts[part.type] = Number(part.value);
  const shown = Date.UTC(parts.year!, parts.month! - 1, parts.day!, parts.hour!, parts.minute!);
  return Math.round((shown - Math.floor(instant / 60_000) * 60_000) / 60_000);
}

const written = (minutes: number): string => {
  const size = Math.abs(minutes);
  return `${minutes < 0 ? '-' : '+'}${String(Math.floor(size / 60)).padStart(2, '0')}:${String(size % 60).padStart(2, '0')}`;
};

/**
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
