/** Days by an office's clock, over changes of the clock, held to what the zone's own calendar shows. */
import { describe, expect, it } from 'vitest';
import { officeClock } from '../../src/check/office-clock.ts';

const shown = (zone: string, instant: number): string =>
  new Intl.DateTimeFormat('en-CA', { timeZone: zone, dateStyle: 'short' }).format(instant);

describe('the day of an office', () => {
  it('is that of the zone of the office, else of the profile, else of the offset', () => {
    const clock = officeClock({
      utcOffset: '+05:45',
      timeZone: 'Africa/Nairobi',
      timeZones: { FAR: 'America/New_York' },
    });
    expect(clock.dayAt('NBO', '2026-03-01T21:00:00.000Z')).toBe('2026-03-02');
    expect(clock.dayAt('NBO', '2026-03-01T20:59:59.999Z')).toBe('2026-03-01');
    expect(clock.dayAt('FAR', '2026-03-02T04:59:59.999Z')).toBe('2026-03-01');
    expect(clock.dayAt('FAR', '2026-07-02T04:00:00.000Z')).toBe('2026-07-02');
    expect(officeClock({ utcOffset: '+05:45' }).dayAt('KTM', '2026-03-31T18:15:00.000Z')).toBe('2026-04-01');
    expect(officeClock().beginning('ANY', '2026-03-31')).toBe('2026-03-31T00:00:00.000Z');
  });

  it.each([
    // Midnight itself is skipped in spring, or told twice in autumn.
    ['Africa/Cairo', '2026-04-24'],
    ['Asia/Beirut', '2026-03-29'],
    ['America/Havana', '2026-11-01'],
    ['Europe/Brussels', '2026-03-29'],
    ['Europe/Brussels', '2026-10-25'],
    ['Pacific/Kiritimati', '2026-05-01'],
    ['Pacific/Pago_Pago', '2026-05-01'],
    ['Asia/Kathmandu', '2026-05-01'],
  ])('of %s on %s begins when its calendar says so, and not a second before', (timeZone, day) => {
    const clock = officeClock({ timeZone });
    const begin = Date.parse(clock.beginning('X', day));
    expect(shown(timeZone, begin)).toBe(day);
    expect(shown(timeZone, begin - 1_000) < day).toBe(true);
    for (let hour = -30; hour <= 54; hour += 1) {
      const at = begin + hour * 3_600_000 + 1_800_000;
      expect(clock.dayAt('X', new Date(at).toISOString())).toBe(shown(timeZone, at));
    }
  });
});
