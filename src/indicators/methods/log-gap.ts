import type { Static } from 'typebox';
import { valueOfBin } from '../../projections/bins.ts';
import type { LogGap } from '../definition.ts';
import { type Method, sumOf } from './method.ts';
import { binAtRank, countOf, rankOf } from './quantile.ts';

/** A declared value further than a factor of four from its reference tells of a unit or a typing error, not of a price. */
const furthest = Math.log(4);
/** Values that a reference must stand on. */
const leastForReference = 10;

/**
 * Undervaluation gap: the mean of log(declared value of a kilogram) − log(reference), in log points of a hundred, each
 * gap cut off at a factor of four. Reference is the median of the same goods (customs-practice.md 5.18: a risk flag,
 * never proof); strata with fewer than ten values have none.
 */
export const logGap: Method<Static<typeof LogGap>> = {
  needs: (figure) => {
    const where = [...(figure.where ?? []), `${figure.bin} is not null`];
    return {
      operands: { rows: { where } },
      histogram: { bin: figure.bin, where },
      inner: figure.strata,
      behind: where,
    };
  },
  compute(cells, _figure, { pool }) {
    let sum = 0;
    let compared = 0;
    for (const cell of cells) {
      const stratum = pool.get(cell.inner)?.histogram ?? [];
      const known = countOf(stratum);
      const middle = known < leastForReference ? undefined : binAtRank(stratum, rankOf(known, 0.5));
      if (middle === undefined || valueOfBin(middle) === 0) continue;
      const reference = Math.log(valueOfBin(middle));
      for (const [bin, count] of cell.histogram) {
        const distance = Math.log(Math.max(valueOfBin(bin), 1)) - reference;
        sum += count * Math.max(-furthest, Math.min(furthest, distance));
        compared += count;
      }
    }
    return {
      value: compared === 0 ? null : (sum / compared) * 100,
      numerator: compared,
      denominator: sumOf(cells, 'rows'),
    };
  },
};
