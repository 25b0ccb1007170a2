import type { Static } from 'typebox';
import type { Total } from '../definition.ts';
import type { Method } from './method.ts';
import { periodsOf, sumInPrices, untoldPrices } from './prices.ts';

/** Rows, different values or an amount. No evidence: more is not better and less is not worse. */
export const total: Method<Static<typeof Total>> = {
  needs: (figure) => ({
    operands: { of: figure.of ?? {} },
    ...periodsOf(figure.prices),
    behind: figure.of?.where ?? [],
  }),
  compute(cells, { of, prices }, { currency }) {
    const note = untoldPrices(cells, prices, currency);
    return note === undefined
      ? { value: sumInPrices(cells, 'of', of, prices, currency) }
      : { value: null, note };
  },
};
