import type { Static } from 'typebox';
import type { Proportion } from '../definition.ts';
import { divide, type Method, sumOf } from './method.ts';

/** events / trials in percent; both are counts, the events among the trials. */
export const proportion: Method<Static<typeof Proportion>> = {
  needs: (figure) => {
    const denominator = figure.denominator ?? {};
    const where = [...(denominator.where ?? []), ...(figure.numerator.where ?? [])];
    return {
      operands: { numerator: { ...figure.numerator, where }, denominator },
      behind: denominator.where ?? [],
    };
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
