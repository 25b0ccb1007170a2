import type { Static } from 'typebox';
import type { Yield } from '../definition.ts';
import { divide, type Method, sumOf } from './method.ts';

/**
 * High-yield concentration (customs-practice.md 3.2, 3.3): the part of the predicted duty that went to one, less his part
 * of the declarations, in points. A declaration's predicted duty is the mean of its stratum, so what the officer did
 * with it hardly moves the prediction.
 */
export const yieldShare: Method<Static<typeof Yield>> = {
  needs: (figure) => ({
    operands: { of: figure.of, rows: figure.of.where === undefined ? {} : { where: figure.of.where } },
    inner: figure.strata,
    behind: figure.of.where ?? [],
  }),
  compute(cells, _figure, { pool }) {
    const strata = [...pool.values()];
    const predicted = (given: readonly (typeof strata)[number][]): number =>
      given.reduce((sum, cell) => {
        const stratum = pool.get(cell.inner);
        const mean = stratum === undefined ? null : divide(stratum.values.of ?? 0, stratum.values.rows ?? 0);
        return sum + (cell.values.rows ?? 0) * (mean ?? 0);
      }, 0);
    const dutyShare = divide(predicted(cells), predicted(strata));
    const rows = sumOf(cells, 'rows');
    const rowShare = divide(rows, sumOf(strata, 'rows'));
    return {
      value: dutyShare === null || rowShare === null ? null : (dutyShare - rowShare) * 100,
      denominator: rows,
    };
  },
};
