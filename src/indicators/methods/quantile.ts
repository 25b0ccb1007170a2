import type { Static } from 'typebox';
import type { Bins } from '../../store/port.ts';
import type { Quantile, Unit } from '../definition.ts';
import { timeFigureOfBins } from '../statistics/times.ts';
import { type Method, mergeBins } from './method.ts';

const scale: Partial<Record<Unit, number>> = { hours: 3600, days: 86_400 };

export const countOf = ({ counts }: Bins): number => {
  let sum = 0;
  for (const count of counts) sum += count;
  return sum;
};

/**
 * The bin in which the value of a rank lies, from 1; the last bin beyond the end. Of an even number of values the median
 * is the lower middle one: with bins, a mean of two would be a value that nobody had.
 */
export function binAtRank({ bins, counts }: Bins, rank: number): number | undefined {
  let seen = 0;
  for (let i = 0; i < bins.length; i++) {
    seen += counts[i]!;
    if (seen >= rank) return bins[i];
  }
  return bins.at(-1);
}

/** The rank of a quantile among n values: the smallest that leaves at least the share `at` at or below it. */
export const rankOf = (n: number, at: number): number => Math.max(1, Math.ceil(at * n - 1e-9));

/** Whole seconds, or what else was binned, in the figure's unit. */
export const inUnit = (value: number, unit: Unit): number => value / (scale[unit] ?? 1);

/** A quantile to within 1 % of itself, from the counts of logarithmic bins. */
export const quantile: Method<Static<typeof Quantile>> = {
  needs: (figure) => {
    const where = [...(figure.where ?? []), `${figure.bin} is not null`];
    return {
      operands: {},
      histogram: { bin: figure.bin, where },
      behind: where,
      ...(figure.strata === undefined ? {} : { inner: figure.strata }),
    };
  },
  compute(cells, figure) {
    const histogram = mergeBins(cells.map((cell) => cell.histogram));
    const told = timeFigureOfBins(histogram, figure.at);
    return {
      value: told === undefined ? null : inUnit(told.value, figure.unit),
      denominator: told?.n ?? 0,
      evidence: {
        kind: 'quantile',
        histogram,
        at: figure.at,
        told,
        ...(cells.some(({ inner }) => inner !== '') ? { strata: cells } : {}),
      },
    };
  },
};
