import type { Static } from 'typebox';
import type { Standardised } from '../definition.ts';
import { hasPeers, standardiseColumns, usualLikeness } from '../statistics/standardise.ts';
import { type Computed, divide, type Method, strataWithin, sumOf } from './method.ts';

/**
 * Observed over expected, O/E: what would be expected of the others' mean in the same strata, weighted by what this one
 * was given (indirect standardisation; customs-practice.md 6.4). 1 is what the peers would have shown on the same work.
 * The benchmark of a comparison is 1 by what it means.
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
  benchmark: 1,
  compute: (cells) => ({
    value: 1,
    numerator: sumOf(cells, 'observed'),
    denominator: sumOf(cells, 'denominator'),
  }),
  together(units, figure) {
    const { starts, strata, values } = units;
    const columns = {
      starts,
      leaves: strata,
      strata: strataWithin(units),
      n: values.denominator!,
      observed: values.observed!,
    };
    const told = standardiseColumns(columns, usualLikeness);
    const peers = hasPeers(columns);
    return told.map(({ observed, expected, inflation, n: denominator }, unit): Computed => {
      // Counts can be told from chance; amounts have no such law. Alone, there is nobody to expect anything of.
      const known = Number.isFinite(expected) && starts[unit]! < starts[unit + 1]!;
      return {
        value: known ? divide(observed, expected) : null,
        numerator: observed,
        denominator,
        ...(known ? { expected } : {}),
        ...(known && peers[unit] && figure.observed.sum === undefined
          ? { evidence: { kind: 'expected' as const, events: observed, expected, inflation } }
          : {}),
      };
    });
  },
};
