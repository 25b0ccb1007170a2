import type { Static } from 'typebox';
import { valueOfBin } from '../../projections/bins.ts';
import type { LogGap } from '../definition.ts';
import { type Cell, type Method, ofPool, sumOf } from './method.ts';
import { binAtRank, countOf, rankOf } from './quantile.ts';

/** A declared value further than a factor of four from its reference tells of a unit or a typing error, not of a price. */
export const furthest = Math.log(4);
/** Values that a reference must stand on. */
const leastForReference = 10;

/** Logarithm of the median value by stratum; none where it would stand on too few. */
export function referencesOf(
  strata: Iterable<readonly [string, Pick<Cell, 'histogram'>]>,
): Map<string, number> {
  const known = new Map<string, number>();
  for (const [inner, { histogram }] of strata) {
    const n = countOf(histogram);
    const middle = n < leastForReference ? undefined : binAtRank(histogram, rankOf(n, 0.5));
    if (middle !== undefined && valueOfBin(middle) > 0) known.set(inner, Math.log(valueOfBin(middle)));
  }
  return known;
}
const references = ofPool(referencesOf);

/** Of one value, in logarithms, cut off. */
export const gapOf = (bin: number, reference: number): number =>
  Math.max(-furthest, Math.min(furthest, Math.log(Math.max(valueOfBin(bin), 1)) - reference));

/**
 * Undervaluation gap: the mean of log(declared value of a kilogram) − log(reference), in log points of a hundred, each
 * gap cut off at a factor of four. Reference is the median of the same goods (customs-practice.md 5.18: a risk flag,
 * never proof); strata with fewer than ten values have none. Whether it is apart from others' is told by
 * statistics/price-levels.ts, where nobody is part of what he is held against.
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
  compute(cells, _figure, { pool, shared }) {
    let sum = 0;
    let squares = 0;
    let compared = 0;
    for (const cell of cells) {
      const reference = references(pool()).get(cell.inner);
      if (reference === undefined) continue;
      const { bins, counts } = cell.histogram;
      for (let i = 0; i < bins.length; i++) {
        const gap = gapOf(bins[i]!, reference);
        sum += counts[i]! * gap;
        squares += counts[i]! * gap * gap;
        compared += counts[i]!;
      }
    }
    const denominator = sumOf(cells, 'rows');
    if (compared === 0) return { value: null, numerator: 0, denominator };
    const value = (sum / compared) * 100;
    const variance = Math.max(0, squares - (sum * sum) / compared) / Math.max(1, compared - 1);
    const deviation = Math.sqrt(variance) * 100;
    return {
      value,
      numerator: compared,
      denominator,
      evidence: { kind: 'prices', value, deviation, prices: compared, goods: shared ?? (() => []) },
    };
  },
  ofTraders: 'prices are the traders’: no officer chooses the values that he is given',
};
