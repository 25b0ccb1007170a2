import type { Static } from 'typebox';
import { valueOfBin } from '../../projections/bins.ts';
import type { Quantile, Unit } from '../definition.ts';
import { type Cell, type Method, merge } from './method.ts';

const scale: Partial<Record<Unit, number>> = { hours: 3600, days: 86_400 };

export const countOf = (histogram: Cell['histogram']): number =>
  histogram.reduce((sum, [, count]) => sum + count, 0);

/**
 * The bin in which the value of a rank lies, from 1; the last bin beyond the end. Of an even number of values the median
 * is the lower middle one: with bins, a mean of two would be a value that nobody had.
 */
export function binAtRank(histogram: Cell['histogram'], rank: number): number | undefined {
  let seen = 0;
  for (const [bin, count] of histogram) {
    seen += count;
    if (seen >= rank) return bin;
  }
  return histogram.at(-1)?.[0];
}

/** The rank of a quantile among n values: the smallest that leaves at least the share `at` at or below it. */
export const rankOf = (n: number, at: number): number => Math.max(1, Math.ceil(at * n - 1e-9));

/** A value of a bin in the figure's unit. */
export const inUnit = (bin: number, unit: Unit): number => valueOfBin(bin) / (scale[unit] ?? 1);

/** A quantile to within 1 % of itself, from the counts of logarithmic bins. */
export const quantile: Method<Static<typeof Quantile>> = {
  needs: (figure) => {
    const where = [...(figure.where ?? []), `${figure.bin} is not null`];
    return { operands: {}, histogram: { bin: figure.bin, where }, behind: where };
  },
  compute(cells, figure) {
    const { histogram } = merge(cells);
    const n = countOf(histogram);
    const bin = n === 0 ? undefined : binAtRank(histogram, rankOf(n, figure.at));
    return {
      value: bin === undefined ? null : inUnit(bin, figure.unit),
      denominator: n,
      evidence: { kind: 'quantile', histogram, at: figure.at },
    };
  },
};
