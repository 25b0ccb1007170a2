import type { Static } from 'typebox';
import type { Concentration } from '../definition.ts';
import { type Method, sumOf } from './method.ts';

/**
 * Herfindahl-Hirschman index, Σ s²: 1/k where k share equally, 1 where one has everything; or the largest share, in
 * percent. What nobody is named for is left out.
 */
export const concentration: Method<Static<typeof Concentration>> = {
  needs: (figure) => ({
    operands: { of: figure.of ?? {} },
    inner: [figure.over],
    behind: figure.of?.where ?? [],
  }),
  compute(cells, figure) {
    const named = cells.filter((cell) => cell.inner !== '');
    const whole = sumOf(named, 'of');
    if (whole === 0) return { value: null, denominator: 0 };
    const parts = named.map((cell) => cell.values.of ?? 0);
    if (figure.measure === 'largest') {
      const numerator = Math.max(...parts);
      return { value: (100 * numerator) / whole, numerator, denominator: whole };
    }
    return { value: parts.reduce((sum, part) => sum + (part / whole) ** 2, 0), denominator: whole };
  },
};
