/** Our statistics against SciPy's. golden.py says how golden.json is made. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { benford, benfordShares } from '../../../src/indicators/statistics/benford.ts';
import {
  binomialLower,
  binomialQuantile,
  binomialUpper,
  clopperPearson,
  wilson,
} from '../../../src/indicators/statistics/binomial.ts';
import { qValues } from '../../../src/indicators/statistics/discovery.ts';
import { funnelLimits } from '../../../src/indicators/statistics/funnel.ts';
import { poissonLimits, poissonLower, poissonUpper } from '../../../src/indicators/statistics/poisson.ts';
import { rankSumLower } from '../../../src/indicators/statistics/rank-sum.ts';
import { fitBeta, fitGamma, shrinkRatio, shrinkShare } from '../../../src/indicators/statistics/shrinkage.ts';
import {
  incompleteBeta,
  incompleteGamma,
  inverseBeta,
  inverseGamma,
  lnGamma,
  normalQuantileUpper,
  normalUpper,
  studentQuantileUpper,
  studentUpper,
} from '../../../src/indicators/statistics/special.ts';
import { poissonBinomial, stratifiedCount } from '../../../src/indicators/statistics/stratified.ts';
import { quantile, quantileRanks } from '../../../src/indicators/statistics/times.ts';

type Numbers = number[];

interface Golden {
  scipy: string;
  cases: { of: string; args: unknown[]; value: number | number[] }[];
}

const pair = ({ low, high }: { low: number; high: number }): Numbers => [low, high];

/** Relative tolerance 1e-9 unless stated: fits stop where the likelihood is flat; where the value is a zero, absolute. */
const functions: Record<
  string,
  { call: (...args: never[]) => number | Numbers; within?: number; absolute?: number }
> = {
  lnGamma: { call: lnGamma, absolute: 1e-14 },
  inverseGamma: { call: (a: number, p: number) => inverseGamma(a, p) },
  inverseGammaUpper: { call: (a: number, p: number) => inverseGamma(a, p, 'upper') },
  incompleteGamma: {
    call: (a: number, x: number) => {
      const { lower, upper } = incompleteGamma(a, x);
      return [lower, upper];
    },
  },
  inverseBeta: { call: inverseBeta },
  incompleteBeta: { call: (a: number, b: number, x: number) => incompleteBeta(a, b, x).lower },
  normalUpper: { call: normalUpper },
  studentUpper: { call: studentUpper },
  studentQuantileUpper: { call: studentQuantileUpper },
  normalQuantileUpper: { call: normalQuantileUpper },
  clopperPearson: { call: (x: number, n: number, level: number) => pair(clopperPearson(x, n, level)) },
  wilson: { call: (x: number, n: number, level: number) => pair(wilson(x, n, level)) },
  binomialUpper: { call: binomialUpper },
  binomialLower: { call: binomialLower },
  binomialQuantile: { call: binomialQuantile },
  poissonLimits: { call: (x: number, level: number) => pair(poissonLimits(x, level)) },
  poissonUpper: { call: poissonUpper },
  poissonLower: { call: poissonLower },
  funnelShare: {
    call: (target: number, size: number, level: number) => pair(funnelLimits('share', target, size, level)),
  },
  funnelRatio: {
    call: (target: number, size: number, level: number) => pair(funnelLimits('ratio', target, size, level)),
  },
  quantileRanks: {
    call: (n: number, q: number, level: number) => {
      const { low, high, exact } = quantileRanks(n, q, level);
      return [low, high, exact];
    },
  },
  quantile: {
    call: (values: Numbers, q: number) =>
      quantile(
        [...values].sort((a, b) => a - b),
        q,
      ),
  },
  qValues: { call: qValues },
  fitBeta: {
    call: (xs: Numbers, ns: Numbers) => {
      const { alpha, beta } = fitBeta(xs.map((x, i) => ({ x, n: ns[i]! })))!;
      return [alpha, beta];
    },
    within: 1e-4,
  },
  fitGamma: {
    call: (os: Numbers, es: Numbers) => {
      const { shape, rate } = fitGamma(os.map((observed, i) => ({ observed, expected: es[i]! })))!;
      return [shape, rate];
    },
    within: 1e-4,
  },
  shrinkShare: {
    call: (x: number, n: number, alpha: number, beta: number) => {
      const { mean, limits, above } = shrinkShare({ x, n }, { alpha, beta });
      return [mean, limits.low, limits.high, above(0.2)];
    },
  },
  shrinkRatio: {
    call: (observed: number, expected: number, shape: number, rate: number) => {
      const { mean, limits, above } = shrinkRatio({ observed, expected }, { shape, rate });
      return [mean, limits.low, limits.high, above(1.2)];
    },
  },
  poissonBinomial: { call: (chances: Numbers) => [...poissonBinomial(chances)] },
  stratifiedCount: {
    call: (strata: [number, number, number][]) => [
      ...stratifiedCount(strata.map(([total, officer, declarant]) => ({ total, officer, declarant }))),
    ],
  },
  rankSumLower: { call: (a: Numbers, b: Numbers) => rankSumLower(a, b)!.p },
  benfordCounts: {
    call: (counts: Numbers) => {
      const n = counts.reduce((sum, count) => sum + count, 0);
      const result = benford({ counts, span: 1e4, different: n });
      return result.applies ? [result.chiSquare, result.p] : [];
    },
  },
};

const golden = JSON.parse(readFileSync(new URL('golden.json', import.meta.url), 'utf8')) as Golden;

describe(`statistics agree with SciPy ${golden.scipy}`, () => {
  const names = [...new Set(golden.cases.map(({ of }) => of))];
  it('covers every function of the table', () => {
    expect(names.sort()).toEqual(Object.keys(functions).sort());
  });
  it.each(names)('%s', (name) => {
    const { call, within = 1e-9, absolute = 0 } = functions[name]!;
    for (const { args, value } of golden.cases.filter(({ of }) => of === name)) {
      const expected = [value].flat();
      const found = [call(...(args as never[]))].flat();
      expect(found.length).toBe(expected.length);
      found.forEach((number, i) => {
        const gap = Math.abs(number - expected[i]!);
        const allowed = within * Math.abs(expected[i]!) + absolute;
        expect(
          gap <= allowed,
          `${name}(${JSON.stringify(args)})[${i}] = ${number}, SciPy ${expected[i]}`,
        ).toBe(true);
      });
    }
  });
});

describe('first digits', () => {
  it('have shares that add up', () => {
    expect(benfordShares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 12);
  });
});
