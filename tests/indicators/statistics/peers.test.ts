import { describe, expect, it } from 'vitest';
import { herfindahl, herfindahlUnbiased } from '../../../src/indicators/statistics/concentration.ts';
import { corroborate } from '../../../src/indicators/statistics/corroboration.ts';
import { cusum, cusumWeight } from '../../../src/indicators/statistics/cusum.ts';
import { dispersionOf, funnelPoint } from '../../../src/indicators/statistics/funnel.ts';
import { binHigh, binLow, binOf } from '../../../src/indicators/statistics/log-bins.ts';
import { permutationUpper } from '../../../src/indicators/statistics/permutation.ts';
import { fitBeta, shrinkShare } from '../../../src/indicators/statistics/shrinkage.ts';
import { standardise } from '../../../src/indicators/statistics/standardise.ts';
import {
  aboveQuantile,
  countBins,
  timeFigure,
  timeFigureOfBins,
} from '../../../src/indicators/statistics/times.ts';
import { verdictOf } from '../../../src/indicators/statistics/verdict.ts';
import { Random } from '../../../src/simulate/random.ts';

describe('indirect standardisation', () => {
  it('expects of a unit what its peers did with the same mix, itself left out', () => {
    // a has red alone, b and c both lanes; no borrowing from the parent (likeness 0).
    const cells = [
      { unit: 'a', strata: ['red'], n: 10, observed: 5 },
      { unit: 'b', strata: ['red'], n: 20, observed: 4 },
      { unit: 'c', strata: ['red'], n: 20, observed: 6 },
      { unit: 'b', strata: ['yellow'], n: 50, observed: 5 },
      { unit: 'c', strata: ['yellow'], n: 50, observed: 1 },
    ];
    const a = standardise(cells, 0).find(({ unit }) => unit === 'a')!;
    expect(a.expected).toBeCloseTo(10 * (10 / 40), 12);
    expect(a.variance).toBeCloseTo(10 * 0.25 * 0.75, 12);
    const b = standardise(cells, 0).find(({ unit }) => unit === 'b')!;
    expect(b.expected).toBeCloseTo(20 * (11 / 30) + 50 * (1 / 50), 12);
  });

  it('borrows from the parent stratum in proportion to its likeness, and says where nobody else was', () => {
    const cells = [
      { unit: 'a', strata: ['P1', 'red'], n: 4, observed: 4 },
      { unit: 'b', strata: ['P1', 'yellow'], n: 100, observed: 10 },
      { unit: 'c', strata: ['P2', 'red'], n: 100, observed: 30 },
    ];
    const a = standardise(cells, 50).find(({ unit }) => unit === 'a')!;
    // All peers 40/200; of P1 (10 + 50 × 0.2)/150; of P1 red none, so the parent's.
    expect(a.expected).toBeCloseTo(4 * (20 / 150), 12);
    expect(a.borrowed).toBe(4);
  });
});

describe('funnels', () => {
  it('widen with over-dispersion, so that ordinary differences are not flagged', () => {
    const random = Random.of('funnel');
    const units = Array.from({ length: 40 }, () => {
      const rate = Math.sin(Math.asin(Math.sqrt(0.15)) + 0.07 * random.normal()) ** 2;
      const size = 400;
      let observed = 0;
      for (let i = 0; i < size; i++) if (random.chance(rate)) observed++;
      return { observed, size };
    });
    const dispersion = dispersionOf('share', 0.15, units);
    expect(dispersion.phi).toBeGreaterThan(4);
    const flagged = (spread?: typeof dispersion) =>
      units.filter((unit) => funnelPoint('share', 0.15, unit, spread).p < 0.002).length;
    expect(flagged()).toBeGreaterThan(5);
    expect(flagged(dispersion)).toBeLessThanOrEqual(1);
    const naive = funnelPoint('share', 0.15, units[0]!).limits[0]!;
    const adjusted = funnelPoint('share', 0.15, units[0]!, dispersion).limits[0]!;
    expect(adjusted.low).toBeLessThan(naive.low);
    expect(adjusted.high).toBeGreaterThan(naive.high);
  });

  it('are not taken for exact because seven officers happen to differ no more than chance', () => {
    const alike = Array.from({ length: 7 }, () => ({ observed: 30, size: 200 }));
    const spread = dispersionOf('share', 0.15, alike);
    expect(spread.between).toBe(0);
    const low = { observed: 14, size: 200 };
    const certain = funnelPoint('share', 0.15, low, undefined, [], 'lower').p;
    expect(certain).toBeLessThan(0.001);
    // Known of seven, not of hundreds: t with six degrees of freedom, R: pt(-3.7, 6) is 0.005.
    const told = funnelPoint('share', 0.15, low, spread, [], 'lower');
    expect(told.z).toBeCloseTo(-3.7, 1);
    expect(told.p).toBeCloseTo(0.005, 3);
  });

  it('assume no over-dispersion from fewer than five units', () => {
    expect(dispersionOf('ratio', 1, [{ observed: 50, size: 10 }]).between).toBe(0);
  });
});

describe('times', () => {
  it('give the same percentiles from bins as from values, within the bins’ one percent', () => {
    const random = Random.of('times');
    const seconds = Array.from({ length: 3_000 }, () => Math.round(random.lognormal(40_000, 1.2)));
    for (const q of [0.5, 0.9]) {
      const exact = timeFigure(seconds, q)!;
      const binned = timeFigureOfBins(countBins(seconds), q)!;
      expect(Math.abs(binned.value / exact.value - 1)).toBeLessThan(0.011);
      expect(binned.limits.low).toBeLessThanOrEqual(exact.limits.low);
      expect(binned.limits.high).toBeGreaterThanOrEqual(exact.limits.high);
      expect(binned.n).toBe(3_000);
    }
  });

  it('have limits that are open where there are few', () => {
    const figure = timeFigure([3, 1, 2], 0.9)!;
    expect(figure.limits.high).toBe(Number.POSITIVE_INFINITY);
    expect(timeFigure([], 0.5)).toBeUndefined();
  });

  it('fall into the bin that holds them', () => {
    for (const seconds of [0, 1, 2, 59, 60, 3_600, 86_400, 31_536_000]) {
      const bin = binOf(seconds);
      expect(binLow(bin)).toBeLessThanOrEqual(seconds + 1e-6);
      expect(binHigh(bin)).toBeGreaterThan(seconds);
    }
  });

  it('of a slow unit lie above the peers’ median more often than a coin would', () => {
    expect(aboveQuantile([5, 6, 7, 8, 9, 10, 11, 12], 4, 0.5)).toMatchObject({ above: 8, n: 8, p: 1 / 256 });
  });
});

describe('shrinkage', () => {
  it('pulls a small unit to its peers and leaves a large one where it is', () => {
    const units = [
      ...Array.from({ length: 20 }, (_, i) => ({ x: 20 + (i % 7), n: 200 })),
      { x: 3, n: 5 },
      { x: 1_500, n: 5_000 },
    ];
    const prior = fitBeta(units)!;
    expect(shrinkShare({ x: 3, n: 5 }, prior).mean).toBeLessThan(0.25);
    expect(shrinkShare({ x: 1_500, n: 5_000 }, prior).mean).toBeCloseTo(0.3, 2);
    expect(shrinkShare({ x: 1_500, n: 5_000 }, prior).above(0.25)).toBeGreaterThan(0.999);
  });

  it('has no prior where there is nothing to learn it from', () => {
    expect(fitBeta([{ x: 1, n: 5 }])).toBeUndefined();
    expect(
      fitBeta([
        { x: 0, n: 5 },
        { x: 0, n: 9 },
      ]),
    ).toBeUndefined();
  });
});

describe('risk-adjusted CUSUM', () => {
  it('weighs an outcome by how likely it was', () => {
    // Steiner et al. 2000: log R − log(1 − p + R p) for the outcome, −log(1 − p + R p) without it.
    expect(cusumWeight([{ risk: 0.1, n: 1, outcomes: 1 }], 2)).toBeCloseTo(Math.log(2) - Math.log(1.1), 12);
    expect(cusumWeight([{ risk: 0.1, n: 1, outcomes: 0 }], 2)).toBeCloseTo(-Math.log(1.1), 12);
  });

  it('signals a change soon after it, and starts again', () => {
    const random = Random.of('cusum');
    const cases = Array.from({ length: 400 }, (_, i) => [
      { risk: 0.1, n: 1, outcomes: random.chance(i < 200 ? 0.1 : 0.4) ? 1 : 0 },
    ]);
    const { signals, path } = cusum(cases, 2, 4);
    expect(signals[0]).toBeGreaterThanOrEqual(200);
    expect(signals[0]).toBeLessThan(260);
    expect(Math.min(...path)).toBeGreaterThanOrEqual(0);
  });
});

describe('the permutation test', () => {
  it('agrees with counting all arrangements', () => {
    // One stratum of 1, 2, 3, 4, two taken: sums 3 to 7; at least 7 in one of six.
    const random = Random.of('permutation');
    const { expected, p } = permutationUpper([{ values: [1, 2, 3, 4], taken: 2 }], 7, () => random.uniform());
    expect(expected).toBe(5);
    expect(p).toBeGreaterThan(1 / 6 - 0.015);
    expect(p).toBeLessThan(1 / 6 + 0.015);
  });
});

describe('concentration', () => {
  it('is one over the number of equals, without the bias of few', () => {
    expect(herfindahl([5, 5, 5, 5])).toBe(0.25);
    expect(herfindahl([7])).toBe(1);
    expect(herfindahlUnbiased([2, 2])).toBeCloseTo(1 / 3, 12);
    expect(herfindahlUnbiased([1])).toBeNaN();
  });
});

describe('corroboration of a pair', () => {
  it('points the way that collusion would, and only where it does', () => {
    const random = Random.of('corroboration');
    const cases = Array.from({ length: 120 }, (_, i) => {
      const pair = i % 3 === 0;
      return {
        officer: pair ? 'a' : 'b',
        hours: random.lognormal(pair ? 2 : 20, 0.5),
        offence: !pair && random.chance(0.4),
        corrected: random.chance(0.3),
        valueGap: (pair ? -0.4 : 0) + 0.1 * random.normal(),
      };
    });
    const signs = corroborate('a', cases).filter(({ p }) => p < 0.001);
    expect(signs.map(({ sign }) => sign)).toEqual(['faster', 'fewer offences', 'undervalued']);
  });
});

describe('verdicts', () => {
  it('are one of three, and silent on small numbers', () => {
    expect(verdictOf({ n: 29, expected: 9, q: 0.001 })).toBe('insufficient data');
    expect(verdictOf({ n: 90, expected: 4.9, q: 0.001 })).toBe('insufficient data');
    expect(verdictOf({ n: 90, expected: 9, q: 0.001 })).toBe('look closer');
    expect(verdictOf({ n: 90, expected: 9, q: 0.06 })).toBe('consistent with peers');
  });
});
