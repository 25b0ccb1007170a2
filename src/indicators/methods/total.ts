import type { Static } from 'typebox';
import type { Total } from '../definition.ts';
import type { Method } from './method.ts';
import { sumInPrices, yearsOf } from './prices.ts';

/** Rows, different values or an amount. No evidence: more is not better and less is not worse. */
export const total: Method<Static<typeof Total>> = {
  needs: (figure) => ({
    operands: { of: figure.of ?? {} },
    ...yearsOf(figure.prices),
    behind: figure.of?.where ?? [],
  }),
  compute: (cells, figure) => ({ value: sumInPrices(cells, 'of', figure.of, figure.prices) }),
};
