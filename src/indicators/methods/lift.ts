import type { Static } from 'typebox';
import type { Lift } from '../definition.ts';
import { divide, type Method, ofPool, sumOf } from './method.ts';

const randomLevel = ofPool((pool) => {
  const cells = [...pool.values()];
  return divide(sumOf(cells, 'randomHits'), sumOf(cells, 'randomControls'));
});

/**
 * Lift over random: how much oftener a criterion's controls find something than controls of the random draw in the same
 * comparison, which show the true level (customs-practice.md 5.13, 5.15). 1 is no better than chance.
 */
export const lift: Method<Static<typeof Lift>> = {
  needs: (figure) => {
    const denominator = figure.denominator ?? {};
    const where = [...(denominator.where ?? []), ...(figure.numerator.where ?? [])];
    return {
      operands: {
        hits: { ...figure.numerator, where },
        controls: denominator,
        randomHits: { ...figure.numerator, where: [...where, 'random = 1'] },
        randomControls: { ...denominator, where: [...(denominator.where ?? []), 'random = 1'] },
      },
      behind: denominator.where ?? [],
    };
  },
  compute(cells, _figure, { pool }) {
    const level = randomLevel(pool());
    const hits = sumOf(cells, 'hits');
    const controls = sumOf(cells, 'controls');
    const rate = divide(hits, controls);
    return {
      value: level === null || rate === null ? null : divide(rate, level),
      numerator: hits,
      denominator: controls,
    };
  },
};
