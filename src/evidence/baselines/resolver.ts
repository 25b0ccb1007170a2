/**
 * Facts on baselines, from the last version computed before the check: of one subheading and origin where there are
 * enough of them, else of the subheading, else of the heading.
 */
import type { Measure } from '../../facts/baseline/definitions.ts';
import { type Baseline, measuresOf } from '../../facts/baseline/measures.ts';
import { nationalCurrency } from '../../facts/computed/amounts.ts';
import type { FactCall, FactValue } from '../../facts/model.ts';
import type { Resolver } from '../../facts/sources.ts';
import { groupsOf } from './compute.ts';
import type { BaselineBook } from './store.ts';

export interface KnownBaselines {
  version: string;
  book: BaselineBook;
}

interface Found {
  group: string;
  version: string;
  baseline: Baseline;
}

function answer(call: FactCall, { baseline, group, version }: Found, value: number | undefined): FactValue {
  if (call.fact === 'item.baseline.group') return `${group}, version ${version}`;
  if (call.fact === 'item.baseline.value') return baseline[String(call.params.statistic) as keyof Baseline];
  if (value === undefined) return undefined;
  if (call.fact === 'item.baseline.ratio') return value / baseline.median;
  return baseline.spread === 0 ? undefined : (Math.log(value) - Math.log(baseline.median)) / baseline.spread;
}

/** @param at the version that a check at this instant uses; undefined where there was none yet. */
export function baselineResolver(at: (asOf: string) => Promise<KnownBaselines | undefined>): Resolver {
  return async (batch, calls) => {
    for (const { declaration, sheet, recordedAt } of batch) {
      const known = await at(recordedAt);
      if (known === undefined) continue;
      const currency = nationalCurrency(declaration);
      for (const [index, item] of declaration.items.entries()) {
        const { hs, origin } = item;
        if (hs === undefined || hs.length < 6) continue;
        const groups = groupsOf(hs.slice(0, 6), origin);
        const mine = measuresOf(item, currency);
        const found = new Map<Measure, Found | undefined>();
        for (const call of calls.item) {
          const measure = String(call.params.measure) as Measure;
          if (!found.has(measure)) found.set(measure, nearest(known, groups, measure));
          const one = found.get(measure);
          if (one !== undefined) sheet.itemCalls![index]![call.key] = answer(call, one, mine[measure]);
        }
      }
    }
  };
}

function nearest({ book, version }: KnownBaselines, groups: string[], measure: Measure): Found | undefined {
  for (const group of groups) {
    const baseline = book.get(group)?.[measure];
    if (baseline !== undefined) return { group, version, baseline };
  }
  return undefined;
}
