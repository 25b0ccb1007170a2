/** Charts of many people read together: what they find, and how seldom they speak where nothing has changed. */
import { describe, expect, it } from 'vitest';
import { cusumWeight, lawOf, mixOf, runLength } from '../../../src/indicators/statistics/cusum.ts';
import { type WatchedCell, watchFamily } from '../../../src/indicators/statistics/watch.ts';
import { Random } from '../../../src/simulate/random.ts';

const plan = {
  odds: 2,
  changes: ['more', 'fewer'] as const,
  minimum: { n: 30, expected: 5 },
  likeness: 5,
};
const day = (i: number): string =>
  new Date(Date.UTC(2026, 0, 1) + Math.floor(i / 4) * 86_400_000).toISOString().slice(0, 10);

/** An officer's cases, four a day, in an easy and a hard stratum; `odds` is how his differ from case to case. */
function officer(random: Random, cases: number, odds: (i: number) => number): WatchedCell[] {
  return Array.from({ length: cases }, (_, i) => {
    const hard = random.chance(0.5);
    const usual = hard ? 0.3 : 0.05;
    const own = (usual / (1 - usual)) * odds(i);
    return {
      day: day(i),
      strata: ['PORT', hard ? 'red' : 'yellow'],
      n: 1,
      outcomes: random.chance(own / (1 + own)) ? 1 : 0,
    };
  });
}

describe('charts of a family', () => {
  it('signal soon after an officer has changed, and on nobody else', () => {
    const random = Random.of('watch one');
    const units = Array.from({ length: 10 }, (_, unit) =>
      officer(random, 400, (i) => (unit === 3 && i >= 200 ? 1 / 6 : 1)),
    );
    const told = watchFamily(units, plan);
    expect(told.map(({ state }) => state === 'look closer')).toEqual(units.map((_, unit) => unit === 3));
    const [more, fewer] = told[3]!.charts;
    expect([more!.change, fewer!.change, more!.signals]).toEqual(['more', 'fewer', []]);
    expect(fewer!.signals[0]! > day(200)).toBe(true);
    expect(fewer!.signals[0]! < day(399)).toBe(true);
    expect(fewer!.highest).toBeGreaterThanOrEqual(fewer!.limit);
    expect(fewer!.points.reduce((sum, { n }) => sum + n, 0)).toBe(400);
  });

  it('tell nothing of who has too few cases, or no peers', () => {
    const random = Random.of('watch few');
    const peers = Array.from({ length: 6 }, () => officer(random, 200, () => 1));
    const told = watchFamily([...peers, officer(random, 20, () => 50)], plan);
    expect(told[6]).toMatchObject({ state: 'insufficient data', charts: [], n: 20 });
    expect(watchFamily([peers[0]!], plan)).toMatchObject([
      { state: 'insufficient data', expected: undefined, charts: [] },
    ]);
    expect(watchFamily([], plan)).toEqual([]);
  });

  it('do not take who was given the hard cases for one who has changed', () => {
    const random = Random.of('watch mixes');
    const given = (hard: number) =>
      Array.from({ length: 300 }, (_, i) => {
        const isHard = random.chance(hard);
        return {
          day: day(i),
          strata: ['PORT', isHard ? 'red' : 'yellow'],
          n: 1,
          outcomes: random.chance(isHard ? 0.4 : 0.08) ? 1 : 0,
        };
      });
    const told = watchFamily([given(0.9), ...Array.from({ length: 7 }, () => given(0.3))], plan);
    expect(told[0]!.outcomes).toBeGreaterThan(told[1]!.outcomes * 1.5);
    expect(told[0]!.state).toBe('consistent with peers');
  });

  it('speak in few families where people differ a little and nobody changes', () => {
    let alarms = 0;
    for (let run = 0; run < 40; run++) {
      const random = Random.of(`watch null ${run}`);
      const units = Array.from({ length: 8 }, () => {
        const own = Math.exp(0.15 * random.normal());
        return officer(random, 200, () => own);
      });
      if (watchFamily(units, plan).some(({ state }) => state === 'look closer')) alarms++;
    }
    // At 5 % of forty families, six or more would be seen once in seventy times.
    expect(alarms).toBeLessThan(6);
  });
});

describe('the run length to a false signal', () => {
  const simulated = (risks: readonly number[], odds: number, threshold: number): number => {
    const random = Random.of('run length');
    const weights = risks.map((risk) =>
      [0, 1].map((outcomes) => cusumWeight([{ risk, n: 1, outcomes }], odds)),
    );
    let cases = 0;
    const charts = 1_000;
    for (let chart = 0; chart < charts; chart++) {
      for (let sum = 0; sum <= threshold; cases++) {
        const which = random.integer(0, risks.length - 1);
        sum = Math.max(0, sum + weights[which]![random.chance(risks[which]!) ? 1 : 0]!);
      }
    }
    return cases / charts;
  };

  it.each([
    [[0.1], 2, 3],
    [[0.02, 0.3], 2, 4],
    [[0.05], 2, 4],
    [[0.5], 2, 4],
    [[0.1], 0.5, 3],
    [[0.3], 0.5, 4],
  ])(
    'of risks %j at odds %d and threshold %d is that of simulated charts, or a little less',
    (risks, odds, threshold) => {
      const mix = mixOf(risks.map((risk) => ({ risk, n: 100, outcomes: 0 })));
      const ratio = runLength(lawOf(mix, odds), threshold) / simulated(risks, odds, threshold);
      expect(ratio).toBeGreaterThan(0.75);
      expect(ratio).toBeLessThan(1.1);
    },
  );
});
