/**
 * A version of the baselines from the memory: of each subheading and origin, each subheading and each heading the robust
 * centre and spread of what its newest items were, as it was known just before. It gives way to checks between groups.
 */
import { setImmediate } from 'node:timers/promises';
import { type Measure, measures } from '../../facts/baseline/definitions.ts';
import { type Baseline, baselineOf, enough } from '../../facts/baseline/measures.ts';
import { contentHash } from '../../ground/canonical.ts';
import { noName } from '../memory/names.ts';
import { dayNumber } from '../memory/traces.ts';
import type { Memory } from '../memory.ts';
import type { BaselineGroup, BaselineVersion } from './store.ts';

/** The newest so many of a group: what goods cost years ago is no measure of today. */
const newest = 2_000;
/** Groups, or thousands of rows, between two breaths. */
const stretch = 200;

export interface ComputedBaselines {
  version: BaselineVersion;
  groups: BaselineGroup[];
}

/** Names of the groups of an item, the nearest first. */
export const groupsOf = (hs6: string, origin: string | undefined): string[] => [
  ...(origin === undefined ? [] : [`${hs6} ${origin}`]),
  hs6,
  hs6.slice(0, 4),
];

export async function computeBaselines(
  memory: Memory,
  recordedAt: string,
  days: number,
): Promise<ComputedBaselines> {
  await memory.follow();
  const { traces, names } = memory;
  const { items } = traces;
  const trace = traces.trace('item');
  const asOf = Date.parse(recordedAt);
  const end = dayNumber(recordedAt);
  const rows = new Map<string, number[]>();
  const labels = new Map<string, string[]>();
  let compared = 0;
  for (let row = 0, length = trace.length(); row < length; row++) {
    if (row % (stretch * 1_000) === 0) await setImmediate();
    const hs6 = items.hs6.at(row);
    const day = trace.day(row);
    if (hs6 === noName || day > end || day <= end - days || !trace.known(row, asOf)) continue;
    if (memory.cancelled(trace.reference(row), asOf)) continue;
    const origin = items.origin.at(row);
    const key = `${hs6}|${origin}`;
    let groups = labels.get(key);
    if (groups === undefined) {
      groups = groupsOf(names.text(hs6), origin === noName ? undefined : names.text(origin));
      labels.set(key, groups);
    }
    compared++;
    for (const group of groups) {
      const list = rows.get(group);
      if (list === undefined) rows.set(group, [row]);
      else list.push(row);
    }
  }

  const found: { group: string; measures: BaselineGroup['measures'] }[] = [];
  let done = 0;
  for (const [group, all] of [...rows].sort(([a], [b]) => (a < b ? -1 : 1))) {
    if (all.length < enough) continue;
    if (done++ % stretch === 0) await setImmediate();
    const last = all.slice(-newest);
    const made: Partial<Record<Measure, Baseline>> = {};
    for (const measure of measures) {
      const column = items.measures[measure];
      const baseline = baselineOf(last.map(column.at).filter((value) => !Number.isNaN(value)));
      if (baseline !== undefined && baseline.count >= enough) made[measure] = baseline;
    }
    if (Object.keys(made).length > 0) found.push({ group, measures: made });
  }
  const id = `${recordedAt.slice(0, 10)}.${contentHash([recordedAt, days, found]).slice(0, 8)}`;
  return {
    version: { id, recordedAt, days, groups: found.length, items: compared },
    groups: found.map(({ group, measures: made }) => ({
      id: `${id}|${group}`,
      version: id,
      group,
      measures: made,
    })),
  };
}
