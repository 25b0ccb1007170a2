import type { Static } from 'typebox';
import { digitsOfBin } from '../../projections/bins.ts';
import type { Bins } from '../../store/port.ts';
import type { FirstDigits } from '../definition.ts';
import { benford } from '../statistics/benford.ts';
import { type Method, mergeBins, ofPool, sumOf } from './method.ts';
import { binAtRank, countOf, rankOf } from './quantile.ts';

/** Counts by first digit, 1 to 9. */
function firstDigits({ bins, counts }: Bins): number[] {
  const digits = new Array<number>(9).fill(0);
  bins.forEach((bin, i) => {
    digits[digitsOfBin(bin).first - 1]! += counts[i]!;
  });
  return digits;
}

function spanOf(histogram: Bins): number {
  const n = countOf(histogram);
  if (n === 0) return 1;
  const at = (share: number): number => digitsOfBin(binAtRank(histogram, rankOf(n, share))!).value;
  return at(0.95) / at(0.05);
}

const everybody = ofPool((pool) => firstDigits(mergeBins([...pool.values()].map((cell) => cell.histogram))));

/**
 * Mean absolute deviation of first digits from Benford's law, in percentage points; nothing where the law has no ground,
 * which is told as *not applicable* with the reason. A risk flag, never proof (customs-practice.md 6.12).
 */
export const firstDigitsMethod: Method<Static<typeof FirstDigits>> = {
  needs: ({ amount, digits, where = [] }) => {
    const known = [...where, `${digits} is not null`];
    return {
      operands: { different: { distinct: amount, where: known } },
      histogram: { bin: digits, where: known },
      behind: known,
    };
  },
  compute(cells, _figure, { pool }) {
    const histogram = mergeBins(cells.map((cell) => cell.histogram));
    const counts = firstDigits(histogram);
    const others = everybody(pool()).map((count, i) => count - counts[i]!);
    const values = { counts, span: spanOf(histogram), different: sumOf(cells, 'different') };
    const result = benford(values, others);
    return {
      value: result.applies ? result.mad * 100 : null,
      denominator: result.n,
      evidence: { kind: 'law', result },
    };
  },
  ofTraders: 'first digits are the traders’: no officer chooses the values that he is given',
};
