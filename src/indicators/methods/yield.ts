import type { Static } from 'typebox';
import type { Yield } from '../definition.ts';
import { divide, type Method, sumOf } from './method.ts';

/**
 * High-yield concentration (customs-practice.md 3.2, 3.3): the part of the predicted duty that went to one, less his part
 * of the declarations, in points. A declaration's predicted duty is the mean of its stratum, so what the officer did
 * with it hardly moves the prediction. Everybody together has all of both: the benchmark is 0 by what it means.
 */
export const yieldShare: Method<Static<typeof Yield>> = {
  needs: (figure) => ({
    operands: { of: figure.of, rows: figure.of.where === undefined ? {} : { where: figure.of.where } },
    inner: figure.strata,
    behind: figure.of.where ?? [],
  }),
  benchmark: 0,
  compute: (cells) => ({ value: 0, denominator: sumOf(cells, 'rows') }),
  together({ starts, strata, inner, values }) {
    const [of, rows] = [values.of!, values.rows!];
    const duty = new Float64Array(inner.count);
    const declarations = new Float64Array(inner.count);
    for (let cell = 0; cell < strata.length; cell++) {
      duty[strata[cell]!]! += of[cell]!;
      declarations[strata[cell]!]! += rows[cell]!;
    }
    const means = duty.map((sum, stratum) => divide(sum, declarations[stratum]!) ?? 0);
    const predicted = (from: number, to: number): { duty: number; rows: number } => {
      const sums = { duty: 0, rows: 0 };
      for (let cell = from; cell < to; cell++) {
        sums.duty += rows[cell]! * means[strata[cell]!]!;
        sums.rows += rows[cell]!;
      }
      return sums;
    };
    const all = { duty: 0, rows: 0 };
    declarations.forEach((count, stratum) => {
      all.duty += count * means[stratum]!;
      all.rows += count;
    });
    return Array.from({ length: starts.length - 1 }, (_, unit) => {
      const own = predicted(starts[unit]!, starts[unit + 1]!);
      const [dutyShare, rowShare] = [divide(own.duty, all.duty), divide(own.rows, all.rows)];
      return {
        value: dutyShare === null || rowShare === null ? null : (dutyShare - rowShare) * 100,
        denominator: own.rows,
      };
    });
  },
};
