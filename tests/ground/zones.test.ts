/** One room for time zones: local times to instants and back, and the days on which clocks change. */
import { describe, expect, it } from 'vitest';
import { instantIn, isZone, localTime, offsetAt } from '../../src/ground/zones.ts';

describe('instants on the clock of an office', () => {
  it.each([
    ['Asia/Kathmandu', '2026-02-24', '10:30', '2026-02-24T10:30:00+05:45'],
    ['America/Grenada', '2014-05-09', '16:05:09', '2014-05-09T16:05:09-04:00'],
    ['Europe/London', '2026-07-01', '9:00', '2026-07-01T09:00:00+01:00'],
    ['Europe/London', '2026-01-01', '09:00', '2026-01-01T09:00:00Z'],
    ['Europe/London', '2026-01-01', '24:00', undefined],
    ['UTC', '2026-01-01', 'noon', undefined],
  ])('in %s, %s %s', (zone, day, time, instant) => expect(instantIn(zone, day, time)).toBe(instant));
});

describe('what the three ways of asking say', () => {
  const zones = [
    'Asia/Kathmandu',
    'America/St_Johns',
    'Europe/London',
    'Africa/Casablanca',
    'Pacific/Apia',
    'UTC',
  ];

  it('is the same wherever a clock shows an hour once', () => {
    let compared = 0;
    for (const zone of zones)
      for (let at = Date.UTC(2026, 0, 1, 0, 30); at < Date.UTC(2027, 0, 1); at += 37 * 3_600_000) {
        const { day, minute, weekday } = localTime(at, zone);
        const isTwice = [-1, 1].some((hours) => localTime(at + hours * 3_600_000, zone).minute === minute);
        if (isTwice) continue;
        expect(weekday).toBe((new Date(`${day}T00:00:00Z`).getUTCDay() + 6) % 7);
        const clock = `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}:00`;
        expect(Date.parse(instantIn(zone, day, clock)!), `${zone} ${day} ${clock}`).toBe(at);
        expect(Date.parse(`${day}T${clock}${offsetAt(day, clock, zone)}`), `${zone} ${day} ${clock}`).toBe(
          at,
        );
        compared += 1;
      }
    expect(compared).toBeGreaterThan(1_000);
  });

  it('where an hour is shown twice is the first, and an hour that is skipped has the offset before it', () => {
    expect(offsetAt('2026-10-25', '01:30:00', 'Europe/London')).toBe('+01:00');
    expect(offsetAt('2026-03-29', '01:30:00', 'Europe/London')).toBe('+00:00');
  });

  it('is nothing of a zone that there is not', () => {
    expect([...zones, 'Europe/Nowhere', ''].map(isZone)).toEqual([...zones.map(() => true), false, false]);
  });
});
