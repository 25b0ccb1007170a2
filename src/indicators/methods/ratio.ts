import type { Static } from 'typebox';
import type { Ratio, Unit } from '../definition.ts';
import { divide, type Evidence, type Method } from './method.ts';
import { periodsOf, sumInPrices, untoldPrices } from './prices.ts';

const factor: Partial<Record<Unit, number>> = { percent: 100, 'per 100': 100 };

/** One sum over another. Events over rows are compared as a Poisson rate; amounts are told, not compared. */
export const ratio: Method<Static<typeof Ratio>> = {
  needs: (figure) => ({
    operands: { numerator: figure.numerator, denominator: figure.denominator ?? {} },
    ...periodsOf(figure.prices),
    behind: figure.denominator?.where ?? [],
  }),
  compute(cells, figure, { currency }) {
    const note = untoldPrices(cells, figure.prices, currency);
    if (note !== undefined) return { value: null, note };
    const numerator = sumInPrices(cells, 'numerator', figure.numerator, figure.prices, currency);
    const denominator = sumInPrices(cells, 'denominator', figure.denominator, figure.prices, currency);
    const value = divide(numerator, denominator);
    const told = value === null ? null : value * (factor[figure.unit] ?? 1);
    if (figure.unit !== 'count' && figure.unit !== 'per 100') return { value: told, numerator, denominator };
    const evidence: Evidence = { kind: 'poisson', events: numerator, exposure: denominator };
    return { value: told, numerator, denominator, evidence };
  },
};
