import type { Static } from 'typebox';
import type { Proportion } from '../definition.ts';
import { hasPeers, standardiseColumns, usualLikeness } from '../statistics/standardise.ts';
import {
  type Computed,
  divide,
  type Method,
  noBins,
  type Surroundings,
  strataWithin,
  sumOf,
} from './method.ts';

/** Told and not compared. */
const without = ({ evidence: _, ...computed }: Computed): Computed => computed;

/** A plain share looks at nobody else. */
const nobody: Surroundings = { pool: () => new Map() };

/** events / trials in percent; both are counts, the events among the trials. Of people beside what is expected on the same work. */
export const proportion: Method<Static<typeof Proportion>> = {
  needs: (figure) => {
    const denominator = figure.denominator ?? {};
    const where = [...(denominator.where ?? []), ...(figure.numerator.where ?? [])];
    return {
      operands: { numerator: { ...figure.numerator, where }, denominator },
      behind: denominator.where ?? [],
      ...(figure.strata === undefined ? {} : { inner: figure.strata }),
    };
  },
  adjusted(units, figure) {
    const { starts, strata, values } = units;
    const columns = {
      starts,
      leaves: strata,
      strata: strataWithin(units),
      n: values.denominator!,
      observed: values.numerator!,
    };
    const peers = hasPeers(columns);
    return standardiseColumns(columns, usualLikeness).map(({ n, observed, expected, inflation }, unit) => {
      const values = { numerator: observed, denominator: n };
      const plain = proportion.compute([{ inner: '', values, histogram: noBins }], figure, nobody);
      if (!peers[unit]) return without(plain);
      return Number.isFinite(expected) && n > 0
        ? {
            ...plain,
            expected,
            evidence: { kind: 'binomial', events: observed, trials: n, expected, inflation },
          }
        : plain;
    });
  },
  compute(cells) {
    const events = sumOf(cells, 'numerator');
    const trials = sumOf(cells, 'denominator');
    const share = divide(events, trials);
    return {
      value: share === null ? null : share * 100,
      numerator: events,
      denominator: trials,
      evidence: { kind: 'binomial', events, trials },
    };
  },
};
