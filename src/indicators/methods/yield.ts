import type { Static } from 'typebox';
import type { Yield } from '../definition.ts';
import { type Cell, divide, type Method, ofPool, sumOf } from './method.ts';

/** Mean duty by stratum, and what everybody's declarations are expected to bring. */
const expected = ofPool((pool) => {
  const means = new Map<string, number>();
  for (const [inner, { values }] of pool) means.set(inner, divide(values.of ?? 0, values.rows ?? 0) ?? 0);
  const predict = (cells: Iterable<Cell>): number => {
    let sum = 0;
    for (const { inner, values } of cells) sum += (values.rows ?? 0) * (means.get(inner) ?? 0);
    return sum;
  };
  return { predict, duty: predict(pool.values()), rows: sumOf([...pool.values()], 'rows') };
});

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
    const all = expected(pool());
    const dutyShare = divide(all.predict(cells), all.duty);
    const rows = sumOf(cells, 'rows');
    const rowShare = divide(rows, all.rows);
    return {
      value: dutyShare === null || rowShare === null ? null : (dutyShare - rowShare) * 100,
      denominator: rows,
    };
  },
};
