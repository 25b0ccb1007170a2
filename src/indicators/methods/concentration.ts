import type { Static } from 'typebox';
import type { Concentration } from '../definition.ts';
import { type Method, sumOf } from './method.ts';

/** Herfindahl-Hirschman index, Σ s²: 1/k where k share equally, 1 where one has everything. What nobody is named for is left out. */
export const concentration: Method<Static<typeof Concentration>> = {
  needs: (figure) => ({
    operands: { of: figure.of ?? {} },
    inner: [figure.over],
    behind: figure.of?.where ?? [],
  }),
  compute(cells) {
    const named = cells.filter((cell) => cell.inner !== '');
    const whole = sumOf(named, 'of');
    if (whole === 0) return { value: null, denominator: 0 };
    const value = named.reduce((sum, cell) => sum + ((cell.values.of ?? 0) / whole) ** 2, 0);
    return { value, denominator: whole };
  },
};
