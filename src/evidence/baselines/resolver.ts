/**
 * Facts on baselines, from the items that were known at the time of the check: of one subheading and origin where there
 * are enough of them, else of the subheading. The statistics that were used are kept in the check as evidence.
 */
import type { Measure } from '../facts/baseline/definitions.ts';
import { type Baseline, baselineOf, measuresOf } from '../facts/baseline/measures.ts';
import { nationalCurrency } from '../facts/computed/amounts.ts';
import type { FactCall, FactValue } from '../facts/model.ts';
import type { Resolver } from '../facts/sources.ts';
import { type Memory, type TraceRow, wasKnown } from './memory.ts';

/** Fewer comparable items than this say nothing. */
const enough = 30;
/** The newest so many of a group: what goods cost years ago is no measure of today. */
const window = 2_000;

interface Group {
  name: string;
  baseline: Baseline;
}

function answer(call: FactCall, group: Group, value: number | undefined): FactValue {
  const { baseline, name } = group;
  if (call.fact === 'item.baseline.group') return name;
  if (call.fact === 'item.baseline.value') return baseline[String(call.params.statistic) as keyof Baseline];
  if (value === undefined) return undefined;
  if (call.fact === 'item.baseline.ratio') return value / baseline.median;
  return baseline.spread === 0 ? undefined : (Math.log(value) - Math.log(baseline.median)) / baseline.spread;
}

export function baselineResolver(memory: Memory): Resolver {
  const made = new Map<string, { rows: number; baseline: Baseline | undefined }>();

  function baselineFor(of: string, values: string[], measure: Measure, own: string, asOf: string) {
    const rows = memory.rows('item', of, values);
    const last = rows.at(-1);
    if (last === undefined) return undefined;
    const pick = (row: TraceRow) => row.measures?.[measure];
    const key = `${of}|${values.join('|')}|${measure}`;
    // While nothing was added and nothing is asked of the past, the answer is the same.
    const isLive = last.from <= asOf;
    const before = made.get(key);
    if (isLive && before?.rows === rows.length) return before.baseline;
    const known = rows.filter((row) => row.reference !== own && wasKnown(row, asOf)).slice(-window);
    const baseline = baselineOf(known.map(pick).filter((one) => one !== undefined));
    if (isLive) made.set(key, { rows: rows.length, baseline });
    return baseline;
  }

  return async (batch, calls) => {
    await memory.follow();
    for (const { declaration, sheet, reference, recordedAt } of batch) {
      const currency = nationalCurrency(declaration);
      for (const [index, item] of declaration.items.entries()) {
        const { hs, origin } = item;
        if (hs === undefined || hs.length < 6) continue;
        const hs6 = hs.slice(0, 6);
        const mine = measuresOf(item, currency);
        for (const call of calls.item) {
          const measure = String(call.params.measure) as Measure;
          const near =
            origin === undefined
              ? undefined
              : baselineFor('hs6+origin', [hs6, origin], measure, reference, recordedAt);
          const isNear = near !== undefined && near.count >= enough;
          const baseline = isNear ? near : baselineFor('hs6', [hs6], measure, reference, recordedAt);
          if (baseline === undefined || baseline.count < enough) continue;
          const group = { name: isNear ? `${hs6} ${origin}` : hs6, baseline };
          sheet.itemCalls![index]![call.key] = answer(call, group, mine[measure]);
        }
      }
    }
  };
}
