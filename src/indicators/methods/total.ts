import type { Static } from 'typebox';
import type { Total } from '../definition.ts';
import { type Method, sumOf } from './method.ts';

/** Rows, different values or an amount. No evidence: more is not better and less is not worse. */
export const total: Method<Static<typeof Total>> = {
  needs: (figure) => ({ operands: { of: figure.of ?? {} }, behind: figure.of?.where ?? [] }),
  compute: (cells) => ({ value: sumOf(cells, 'of') }),
};
