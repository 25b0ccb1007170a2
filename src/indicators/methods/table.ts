/** Every method by its name; one file each. Pairs, mirror statistics and ages come from elsewhere and compute nothing here. */
import type { FigureSpec, MethodName } from '../definition.ts';
import { added } from './added.ts';
import { concentration } from './concentration.ts';
import { firstDigitsMethod } from './first-digits.ts';
import { gap } from './gap.ts';
import { lift } from './lift.ts';
import { logGap } from './log-gap.ts';
import type { Method } from './method.ts';
import { proportion } from './proportion.ts';
import { quantile } from './quantile.ts';
import { ratio } from './ratio.ts';
import { standardised } from './standardised.ts';
import { total } from './total.ts';
import { yieldShare } from './yield.ts';

type PlannedMethod = Exclude<MethodName, 'pairs' | 'mirror' | 'age'>;

const methods: { [M in PlannedMethod]: Method<Extract<FigureSpec, { method: M }>> } = {
  total,
  proportion,
  ratio,
  quantile,
  standardised,
  added,
  gap,
  concentration,
  yield: yieldShare,
  logGap,
  firstDigits: firstDigitsMethod,
  lift,
};

/** The method of a figure; undefined for those that are batches. */
export const methodOf = (figure: FigureSpec): Method | undefined =>
  (methods as Partial<Record<MethodName, Method>>)[figure.method];
