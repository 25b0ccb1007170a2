/**
 * The three states in which a figure on a person, a firm or an office is told (DESIGN decision 13): it says neither
 * guilt nor merit, only whether somebody should look. `insufficient data` is a result, not a zero.
 */

export type Verdict = 'consistent with peers' | 'look closer' | 'insufficient data' | 'not applicable';

/** Below these nothing is said of anybody (customs-practice 6.11); an indicator file may ask for more. */
export interface Minimum {
  /** Cases of the unit. */
  n: number;
  /** Cases expected to have the outcome. */
  expected: number;
}

export const usualMinimum: Minimum = { n: 30, expected: 5 };

/** Stated false discovery rate of a family of flags. */
export const usualDiscoveryRate = 0.05;

export function verdictOf(
  unit: { n: number; expected: number; q: number },
  minimum: Minimum = usualMinimum,
  discoveryRate = usualDiscoveryRate,
): Verdict {
  if (unit.n < minimum.n || unit.expected < minimum.expected) return 'insufficient data';
  return unit.q <= discoveryRate ? 'look closer' : 'consistent with peers';
}
