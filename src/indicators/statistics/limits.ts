/** The shape of an interval, and how sure it is. */
export interface Limits {
  low: number;
  high: number;
}

/** The usual level of limits around a figure; funnels also draw 0.998 (Spiegelhalter 2005). */
export const usualLevel = 0.95;

/** Which tail a test looks at: values that are too high, too low, or either (twice the smaller, at most 1). */
export type Tail = 'upper' | 'lower' | 'both';

/** Of either tail. */
export const eitherTail = (upper: number, lower: number): number => Math.min(1, 2 * Math.min(upper, lower));
