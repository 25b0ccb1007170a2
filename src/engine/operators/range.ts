/** A pair of limits, both belonging to the range. */

import type { Present } from '../values.ts';

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

/** The two limits as written: a range is a literal. */
export const limits = (literal: Present | undefined): readonly number[] => literal as readonly number[];
