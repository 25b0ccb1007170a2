import type { Static } from 'typebox';
import type { Added } from '../definition.ts';
import { divide, type Method, sumOf } from './method.ts';
import { periodsOf, sumInPrices, untoldPrices } from './prices.ts';

/**
 * Revenue added (customs-practice.md 2.5): collected, less the number of declarations at the mean of the same period of
 * the year before. In the prices of the day, or in constant money
 * where `prices` asks for it.
 */
export const added: Method<Static<typeof Added>> = {
  needs: (figure) => ({
    operands: { of: figure.of, rows: figure.of.where === undefined ? {} : { where: figure.of.where } },
    ...periodsOf(figure.prices),
    base: true,
    behind: figure.of.where ?? [],
  }),
  compute(cells, { of, prices }, { base = [], currency }) {
    const note = untoldPrices([...base, ...cells], prices, currency);
    if (note !== undefined) return { value: null, note };
    const collected = sumInPrices(cells, 'of', of, prices, currency);
    const rows = sumOf(cells, 'rows');
    const mean = divide(sumInPrices(base, 'of', of, prices, currency), sumOf(base, 'rows'));
    return { value: mean === null ? null : collected - rows * mean, numerator: collected, denominator: rows };
  },
};
