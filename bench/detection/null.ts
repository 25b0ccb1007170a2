/**
 * The null test: small administrations in which nobody does anything wrong, and how often a family of flags is not empty.
 * Where every flag is false, the false discovery rate of a family is the chance that it holds any flag at all.
 */

import { simulate } from '../../src/simulate/administration.ts';
import { type AssignmentRule, smallForm } from '../../src/simulate/options.ts';
import { study } from './cases.ts';
import { families } from './families.ts';

export interface NullResult {
  family: string;
  /** Administrations in which there was somebody to test. */
  runs: number;
  /** Of those, in which somebody was flagged. */
  alarms: number;
  tested: number;
  flagged: number;
}

/** One month, two offices, about 2,000 declarations, under one assignment rule. */
export async function nullTest(
  assignment: AssignmentRule,
  administrations: number,
  names: readonly string[] = Object.keys(families),
): Promise<NullResult[]> {
  const results = new Map(
    names.map((family) => [family, { family, runs: 0, alarms: 0, tested: 0, flagged: 0 }]),
  );
  for (let run = 1; run <= administrations; run++) {
    const { controls } = await study(
      simulate({
        ...smallForm,
        seed: `null ${assignment} ${run}`,
        from: '2026-03-01',
        days: 31,
        offices: 2,
        officers: 12,
        declarations: 2_000,
        assignment,
      }),
    );
    for (const [name, result] of results) {
      const { flagged, tested } = families[name]!(controls);
      if (tested === 0) continue;
      result.runs++;
      result.tested += tested;
      result.flagged += flagged.length;
      if (flagged.length > 0) result.alarms++;
    }
  }
  return [...results.values()];
}
