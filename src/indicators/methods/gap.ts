import type { Static } from 'typebox';
import type { Gap } from '../definition.ts';
import { divide, type Method, sumOf } from './method.ts';

/** A share less the rate that was set, in percentage points. */
export const gap: Method<Static<typeof Gap>> = {
  needs: (figure) => {
    const denominator = figure.denominator ?? {};
    const where = [...(denominator.where ?? []), ...(figure.numerator.where ?? [])];
    return {
      operands: { numerator: { ...figure.numerator, where }, denominator },
      behind: denominator.where ?? [],
    };
  },
  compute(cells, figure) {
    const events = sumOf(cells, 'numerator');
    const trials = sumOf(cells, 'denominator');
    const share = divide(events, trials);
    const apart = share === null ? null : (share - figure.expected) * 100;
    return {
      value: apart !== null && figure.bound === 'least' ? Math.min(0, apart) : apart,
      numerator: events,
      denominator: trials,
    };
  },
};
