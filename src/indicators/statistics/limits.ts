/** The shape of an interval, and how sure it is. */
export interface Limits {
  low: number;
  high: number;
}

/** The usual level of limits around a figure; funnels also draw 0.998 (Spiegelhalter 2005). */
export const usualLevel = 0.95;

/** Which tail a test looks at: values that are too high, too low, or either (twice the smaller, at most 1). */
export type Tail = 'upper' | 'lower' | 'both';

export function tailProbability(upper: number, lower: number, tail: Tail): number {
  if (tail === 'upper') return upper;
  if (tail === 'lower') return lower;
  return Math.min(1, 2 * Math.min(upper, lower));
}
