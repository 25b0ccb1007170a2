/**
 * How far the declared values of some declarants' declarations lie from their references, declaration by declaration:
 * the mean over the items of ln(value of a kilogram / median of the same goods and origin in the period), as in I32.
 * A sign that stands beside a pair, never proof (customs-practice.md 3.6, 5.18).
 */
import { type ClearanceItemRow, clearanceItem } from '../projections/clearance-item.ts';
import { joinedOf } from '../store/groups.ts';
import { type Filter, type Store, withinSeparator } from '../store/port.ts';
import { gapOf, referencesOf } from './methods/log-gap.ts';
import { and } from './where.ts';

export async function valueGaps(
  store: Store,
  period: { from: string; to: string },
  declarants: readonly string[],
): Promise<Map<string, number>> {
  const gaps = new Map<string, number>();
  if (declarants.length === 0) return gaps;
  const items = store.collection<ClearanceItemRow>(clearanceItem.spec);
  const inPeriod: Filter = and(
    { column: 'day', op: 'ge', value: period.from },
    { column: 'day', op: 'le', value: period.to },
    { column: 'unitBin', op: 'isNotNull' },
  )!;
  const { count, within, histograms } = await items.tabulate({
    where: inPeriod,
    within: ['hs', 'origin'],
    measures: {},
    histograms: { values: { bin: 'unitBin' } },
  });
  const references = referencesOf(
    Array.from(
      { length: count },
      (_, i) => [joinedOf(within, i), { histogram: histograms.values![i]! }] as const,
    ),
  );
  const sums = new Map<string, { sum: number; n: number }>();
  let cursor: string | undefined;
  do {
    const page = await items.find({
      where: and(inPeriod, { column: 'declarant', op: 'in', value: declarants })!,
      limit: 10_000,
      ...(cursor === undefined ? {} : { cursor }),
    });
    for (const { declaration, hs, origin, unitBin } of page.docs) {
      const reference = references.get([hs ?? '', origin ?? ''].join(withinSeparator));
      if (reference === undefined || unitBin === null || unitBin === undefined) continue;
      const known = sums.get(declaration!) ?? { sum: 0, n: 0 };
      sums.set(declaration!, { sum: known.sum + gapOf(unitBin, reference), n: known.n + 1 });
    }
    cursor = page.next;
  } while (cursor !== undefined);
  for (const [declaration, { sum, n }] of sums) gaps.set(declaration, sum / n);
  return gaps;
}
