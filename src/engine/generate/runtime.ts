/** What generated code calls by name. */
import { divide, roundTo } from '../expression/functions/numbers.ts';
import { finite } from '../expression/run.ts';
import { hasHole, readers, type Truth, type Value } from '../values.ts';

export const runtime = {
  divide,
  roundTo,
  roundWhole: (value: number): number => roundTo(value, 0),
  finite,
  choose: (asked: Truth, yes: Value, no: Value): Value =>
    asked === undefined ? undefined : asked ? yes : no,
  lacks: (value: Value): boolean => value === undefined || hasHole(value),
  readers,
  none: Object.freeze({}),
};
