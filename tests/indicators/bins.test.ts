/** Bins are merged and read, and false discovery rates told, by ways made for thousands of keys: each against its definition. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mergeBins } from '../../src/indicators/methods/method.ts';
import { qValues } from '../../src/indicators/statistics/discovery.ts';
import { quantileRanks, timeFigureOfBins } from '../../src/indicators/statistics/times.ts';
import type { Bins } from '../../src/store/port.ts';

const counted = fc
  .dictionary(fc.integer({ min: -40, max: 900 }).map(String), fc.integer({ min: 1, max: 5_000 }), {
    maxKeys: 12,
  })
  .map((byBin): Bins => {
    const bins = Object.keys(byBin)
      .map(Number)
      .sort((a, b) => a - b);
    return { bins, counts: bins.map((bin) => byBin[bin]!) };
  });

describe('bins of several', () => {
  it('hold of each bin what all of them hold, ascending', () => {
    fc.assert(
      fc.property(fc.array(counted, { maxLength: 6 }), (all) => {
        const sums = new Map<number, number>();
        for (const { bins, counts } of all)
          bins.forEach((bin, i) => {
            sums.set(bin, (sums.get(bin) ?? 0) + counts[i]!);
          });
        const bins = [...sums.keys()].sort((a, b) => a - b);
        expect(mergeBins(all)).toEqual({ bins, counts: bins.map((bin) => sums.get(bin)) });
      }),
      { numRuns: 500 },
    );
  });

  it('give the value and limits that lie at their ranks', () => {
    const times = counted.map(({ bins, counts }) => ({
      bins: bins.map((bin) => Math.abs(bin)).sort((a, b) => a - b),
      counts,
    }));
    fc.assert(
      fc.property(times, fc.constantFrom(0.5, 0.9), (histogram, q) => {
        const told = timeFigureOfBins(histogram, q);
        const values = histogram.bins.flatMap((bin, i) => new Array<number>(histogram.counts[i]!).fill(bin));
        if (values.length === 0) {
          expect(told).toBeUndefined();
          return;
        }
        // The same of one value a bin: ranks are looked up in the values themselves.
        const { low, high } = quantileRanks(values.length, q);
        const alone = (rank: number) =>
          timeFigureOfBins({ bins: [values[rank - 1]!], counts: [1] }, q)!.value;
        const place = 1 + (values.length - 1) * q;
        const below = Math.floor(place);
        const next = Math.min(below + 1, values.length);
        expect(told!.n).toBe(values.length);
        expect(told!.value).toBeCloseTo(alone(below) + (alone(next) - alone(below)) * (place - below), 6);
        if (low >= 1) expect(told!.limits.low).toBeLessThanOrEqual(alone(low));
        else expect(told!.limits.low).toBe(0);
        if (high <= values.length) expect(told!.limits.high).toBeGreaterThanOrEqual(alone(high));
        else expect(told!.limits.high).toBe(Number.POSITIVE_INFINITY);
      }),
      { numRuns: 200 },
    );
  });
});

describe('false discovery rates', () => {
  it('are the least at which each would be flagged, ties included', () => {
    // Few different values, so that ties are usual.
    const chance = fc.oneof(
      fc.constantFrom(0, 0.001, 0.01, 0.05, 0.5, 1),
      fc.double({ min: 0, max: 1, noNaN: true }),
    );
    fc.assert(
      fc.property(fc.array(chance, { maxLength: 40 }), (ps) => {
        const told = qValues(ps);
        ps.forEach((p, i) => {
          const rates = ps
            .filter((each) => each >= p)
            .map((each) => (each * ps.length) / ps.filter((other) => other <= each).length);
          expect(told[i]).toBeCloseTo(Math.min(1, ...rates), 12);
        });
      }),
      { numRuns: 500 },
    );
  });
});
