/**
 * Draws over very many declarations: an office's half year, decided one after the other as a service does, with the keys
 * of its days. The master secret is fixed, so that nothing here flickers; limits are four standard errors.
 */
import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { Finding } from '../../src/engine/finding.ts';
import { fromRoot } from '../../src/ground/paths.ts';
import { decide } from '../../src/selectivity/decide.ts';
import { draw, drawValue, lotValue } from '../../src/selectivity/draw.ts';
import { loadProfile } from '../../src/selectivity/profile.ts';

const profile = loadProfile(fromRoot('profiles', 'selectivity', 'XX.yaml'));
const office = 'XXA2';
const days = 180;
const perDay = 400;
const secret = Buffer.alloc(32, 11);
const hit: Finding = {
  rule: 'R',
  version: 1,
  kind: 'risk',
  class: 'risk',
  risk: 'revenue',
  audience: 'analyst',
  weight: 10,
  message: { en: 'R' },
  values: {},
  explanation: { all: [], result: true },
};

interface Decided {
  day: number;
  trusted: boolean;
  hit: boolean;
  lane: string;
  kind: string;
  draw: number;
  lot: number;
  /** What was in a row without selection when this one came. */
  unselected: number;
}

/** Every fifth declaration is a trusted trader's, every seventh is hit by a rule that is too light for a lane. */
function halfYear(): Decided[] {
  const decided: Decided[] = [];
  let counts = { declared: 0, lanes: {} as Record<string, number>, today: {}, unselected: 0 };
  for (let day = 0; day < days; day += 1) {
    const date = new Date(Date.UTC(2026, 0, 1 + day)).toISOString().slice(0, 10);
    if (date.endsWith('-01')) counts = { ...counts, declared: 0, lanes: {} };
    const key = createHmac('sha256', secret).update(date).digest();
    for (let n = 0; n < perDay; n += 1) {
      const serial = day * perDay + n;
      const record = draw(key, date, `${office}/2026/C/${serial}`);
      const [trusted, isHit] = [serial % 5 === 0, serial % 7 === 0];
      const { lane, reasons } = decide(profile, isHit ? [hit] : [], {
        office,
        flow: 'import',
        draw: drawValue(record),
        lot: lotValue(record)!,
        counts,
        ...(trusted ? { programmes: ['AEO'] } : {}),
      });
      decided.push({
        day,
        trusted,
        hit: isHit,
        lane,
        kind: reasons[0]!.kind,
        draw: drawValue(record),
        lot: lotValue(record)!,
        unselected: counts.unselected,
      });
      counts = {
        declared: counts.declared + 1,
        lanes: { ...counts.lanes, [lane]: (counts.lanes[lane] ?? 0) + 1 },
        today: {},
        unselected: !isHit ? counts.unselected : lane === 'green' ? counts.unselected + 1 : 0,
      };
    }
  }
  return decided;
}

const all = halfYear();
const share = (of: readonly Decided[], holds: (one: Decided) => boolean): number =>
  of.filter(holds).length / of.length;
const within = (found: number, rate: number, n: number): void =>
  expect(Math.abs(found - rate) / Math.sqrt((rate * (1 - rate)) / n)).toBeLessThan(4);

describe('over 72,000 declarations', () => {
  it('the random share is the profile’s, half of it for trusted traders', () => {
    for (const lane of ['red', 'yellow']) {
      const drawn = (one: Decided) => one.kind === 'draw' && one.lane === lane;
      const others = all.filter(({ trusted }) => !trusted);
      const trusted = all.filter((one) => one.trusted);
      within(share(others, drawn), 0.02, others.length);
      within(share(trusted, drawn), 0.01, trusted.length);
    }
  });

  it('each lane comes to its expected share, day after day, and trusted traders bear less of it', () => {
    for (const [lane, rate] of [
      ['red', 0.05],
      ['yellow', 0.15],
    ] as const) {
      const given = (one: Decided) => one.lane === lane;
      expect(Math.abs(share(all, given) - rate)).toBeLessThan(0.004);
      // Held on its course by the lack: no day strays as far as a lot without memory would.
      for (let day = 1; day < days; day += 1) {
        const today = all.filter((one) => one.day === day);
        expect(Math.abs(share(today, given) - rate)).toBeLessThan(
          4 * Math.sqrt((rate * (1 - rate)) / perDay),
        );
      }
      expect(
        share(
          all.filter((one) => one.trusted),
          given,
        ),
      ).toBeLessThan(rate / 2);
    }
  });

  it('the draw is uniform on every day and tells nothing of the next', () => {
    for (let day = 0; day < days; day += 1) {
      const today = all.filter((one) => one.day === day);
      const tenths = new Array<number>(10).fill(0);
      for (const one of today) tenths[Math.floor(one.draw * 10)]! += 1;
      const chiSquare = tenths.reduce((sum, count) => sum + (count - perDay / 10) ** 2 / (perDay / 10), 0);
      // 9 degrees of freedom; 180 days are looked at, so the limit is the 99.999 % point.
      expect(chiSquare).toBeLessThan(39);
    }
    const correlation = (x: (i: number) => number, y: (i: number) => number): number => {
      let sum = 0;
      for (let i = 0; i + 1 < all.length; i += 1) sum += (x(i) - 0.5) * (y(i) - 0.5);
      return (12 * sum) / (all.length - 1);
    };
    const limit = 4 / Math.sqrt(all.length);
    const [drawn, lot] = [(i: number) => all[i]!.draw, (i: number) => all[i]!.lot];
    expect(Math.abs(correlation(drawn, (i) => all[i + 1]!.draw))).toBeLessThan(limit);
    expect(Math.abs(correlation(drawn, lot))).toBeLessThan(limit);
    expect(Math.abs(correlation(lot, (i) => all[i + 1]!.lot))).toBeLessThan(limit);
  });

  it('who counts along does not know who is next: no lane is certain but after the hits in a row', () => {
    const free = all.filter(({ unselected, hit: isHit }) => !isHit || unselected < 25);
    // What follows the longest waits for a red one is red oftener than usual, and mostly not.
    let since = 0;
    const waits: { since: number; lane: string }[] = [];
    for (const { lane } of free) {
      waits.push({ since, lane });
      since = lane === 'red' ? 0 : since + 1;
    }
    const longest = waits.sort((one, other) => other.since - one.since).slice(0, free.length / 100);
    const red = longest.filter(({ lane }) => lane === 'red').length / longest.length;
    expect(red).toBeGreaterThan(0.05);
    expect(red).toBeLessThan(0.5);
    for (const one of all) if (one.hit && one.unselected >= 25) expect(one.lane).not.toBe('green');
    expect(Math.max(...all.map(({ unselected }) => unselected))).toBeLessThanOrEqual(26);
  });
});
