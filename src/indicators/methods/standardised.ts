import type { Static } from 'typebox';
import type { Standardised } from '../definition.ts';
import { divide, type Method, sumOf } from './method.ts';

/**
 * Observed over expected, O/E: what would be expected of everybody's mean in the same strata, weighted by what this one
 * was given (indirect standardisation; customs-practice.md 6.4). 1 is what the peers would have shown on the same work.
 */
export const standardised: Method<Static<typeof Standardised>> = {
  needs: (figure) => {
    const denominator = figure.denominator ?? {};
    const where = [...(denominator.where ?? []), ...(figure.observed.where ?? [])];
    return {
      operands: { observed: { ...figure.observed, where }, denominator },
      inner: figure.strata,
      behind: denominator.where ?? [],
    };
  },
  compute(cells, figure, { pool }) {
    const observed = sumOf(cells, 'observed');
    let expected = 0;
    for (const cell of cells) {
      const stratum = pool.get(cell.inner);
      const rate =
        stratum === undefined ? null : divide(stratum.values.observed ?? 0, stratum.values.denominator ?? 0);
      expected += (cell.values.denominator ?? 0) * (rate ?? 0);
    }
    return {
      value: divide(observed, expected),
      numerator: observed,
      denominator: sumOf(cells, 'denominator'),
      // Counts can be told from chance; amounts have no such law.
      ...(figure.observed.sum === undefined
        ? { evidence: { kind: 'expected', events: observed, expected } }
        : {}),
    };
  },
};
