/**
 * The day of an office by its own clock: by which capacities and expected rates are counted. Zones are the profile's;
 * days of a clock change have 23 or 25 hours, and where midnight itself is skipped the day begins with the hour after it.
 * Instants are UTC, ISO 8601 with milliseconds.
 */
import { localTime } from '../ground/zones.ts';
import type { Profile } from '../selectivity/model.ts';

export interface OfficeClock {
  /** The local day of an instant, `YYYY-MM-DD`. */
  dayAt(office: string, at: string): string;
  /** The instant at which a local day begins. */
  beginning(office: string, day: string): string;
}

interface Day {
  day: string;
  /** Milliseconds since 1970, the second not included. */
  from: number;
  to: number;
}

const minuteMs = 60_000;
const dayMs = 86_400_000;

/** `+05:45` in milliseconds. */
const offsetMs = (offset: string): number => {
  const [hours, minutes] = offset.slice(1).split(':').map(Number);
  return (offset.startsWith('-') ? -1 : 1) * (hours! * 60 + minutes!) * minuteMs;
};

/** The day after, `YYYY-MM-DD`. */
export const following = (day: string): string =>
  new Date(Date.parse(`${day}T00:00:00Z`) + dayMs).toISOString().slice(0, 10);

/** The first instant of a zone's day, to the second: nothing but the zone's own calendar is asked. */
function beginningIn(zone: string, day: string): number {
  let before = Date.parse(`${day}T00:00:00Z`) - 1.5 * dayMs;
  let within = before + 3 * dayMs;
  while (within - before > 1_000) {
    const middle = Math.floor((before + within) / 2_000) * 1_000;
    if (localTime(middle, zone).day < day) before = middle;
    else within = middle;
  }
  return within;
}

export function officeClock({
  utcOffset = '+00:00',
  timeZone,
  timeZones = {},
}: Pick<Profile, 'utcOffset' | 'timeZone' | 'timeZones'> = {}): OfficeClock {
  const shift = offsetMs(utcOffset);
  const zones = new Map(Object.entries(timeZones));
  /** By zone: checks come in the order of time, so nearly all of them fall into the day of the one before. */
  const last = new Map<string, Day>();
  const zoneOf = (office: string): string | undefined => zones.get(office) ?? timeZone;

  function dayIn(zone: string, at: number): string {
    const known = last.get(zone);
    if (known !== undefined && at >= known.from && at < known.to) return known.day;
    const { day } = localTime(at, zone);
    last.set(zone, { day, from: beginningIn(zone, day), to: beginningIn(zone, following(day)) });
    return day;
  }

  return {
    dayAt(office, at) {
      const zone = zoneOf(office);
      const instant = Date.parse(at);
      return zone === undefined ? new Date(instant + shift).toISOString().slice(0, 10) : dayIn(zone, instant);
    },
    beginning(office, day) {
      const zone = zoneOf(office);
      if (zone === undefined) return new Date(Date.parse(`${day}T00:00:00Z`) - shift).toISOString();
      const known = last.get(zone);
      return new Date(known?.day === day ? known.from : beginningIn(zone, day)).toISOString();
    },
  };
}
