/** A pair of limits, both belonging to the range. */

import type { Present } from '../values.ts';
import type { EmitOperands } from './operator.ts';

export function refuseRange(value: Present): string | undefined {
  const limits = value as readonly number[];
  if (limits.length !== 2) return `a range is two limits, this has ${limits.length}`;
  return limits[0]! <= limits[1]! ? undefined : 'the lower limit comes first';
}

export const within = (fact: Present, value: Present): boolean => {
  const [low, high] = value as readonly number[];
  return (fact as number) >= low! && (fact as number) <= high!;
};

export const outside = (fact: Present, value: Present): boolean => {
  const [low, high] = value as readonly number[];
  return (fact as number) < low! || (fact as number) > high!;
};

/** The two limits as expressions; the value is a list written in the rule, in sight or behind a constant. */
export const limits = ({ value, literal }: EmitOperands): readonly [low: string, high: string] =>
  literal === undefined
    ? [`${value}[0]`, `${value}[1]`]
    : [`(${(literal as number[])[0]})`, `(${(literal as number[])[1]})`];
