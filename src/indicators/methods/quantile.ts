import type { Static } from 'typebox';
import type { Quantile, Unit } from '../definition.ts';
import { timeFigureOfBins } from '../statistics/times.ts';
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

/** Whole seconds, or what else was binned, in the figure's unit. */
export const inUnit = (value: number, unit: Unit): number => value / (scale[unit] ?? 1);

/** A quantile to within 1 % of itself, from the counts of logarithmic bins. */
export const quantile: Method<Static<typeof Quantile>> = {
  needs: (figure) => {
    const where = [...(figure.where ?? []), `${figure.bin} is not null`];
    return { operands: {}, histogram: { bin: figure.bin, where }, behind: where };
  },
  compute(cells, figure) {
    const { histogram } = merge(cells);
    const told = timeFigureOfBins(new Map(histogram), figure.at);
    return {
      value: told === undefined ? null : inUnit(told.value, figure.unit),
      denominator: told?.n ?? 0,
      evidence: { kind: 'quantile', histogram, at: figure.at },
    };
  },
};
