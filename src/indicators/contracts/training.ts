/**
 * A training-need profile: what an officer's controls miss, by subject. Misses are what an audit after release found on
 * declarations that his control had found conform; set beside what he finds himself (customs-practice.md 1.3, 4.3).
 */
import { type Collections, outcomes } from '../../check/collections.ts';
import type { ClearanceRow } from '../../projections/clearance.ts';
import { tables } from '../../projections/fold.ts';
import { atClearance, isFinal, isFinding } from '../../projections/outcomes.ts';
import { readAll, readWhere } from '../../store/pages.ts';
import type { Store } from '../../store/port.ts';
import { and } from '../where.ts';

export interface TrainingNeed {
  /** Kind of finding: value, hs, origin, quantity, documents, undeclared, prohibited. */
  subject: string;
  /** HS chapters in which it was missed, the most frequent first. */
  chapters: string[];
  missed: number;
  /** Of the same subject, found by the officer himself in the period. */
  found: number;
}

export async function trainingNeeds(
  store: Store,
  officer: string,
  period: { from: string; to: string; office?: string },
): Promise<TrainingNeed[]> {
  const collection = store.collection<ClearanceRow>(tables.clearance.spec);
  const where = and(
    { column: 'controller', op: 'eq', value: officer },
    { column: 'controlled', op: 'eq', value: 1 },
    period.office === undefined ? undefined : { column: 'office', op: 'eq', value: period.office },
    { column: 'day', op: 'ge', value: period.from },
    { column: 'day', op: 'le', value: period.to },
  )!;
  const rows = await readAll(collection, where);

  const chapterOf = new Map(rows.map((row) => [row.declaration!, row.chapter ?? null]));
  const missed = new Map<string, string[]>();
  const found = new Map<string, number>();
  const references = [...chapterOf.keys()];
  for (let i = 0; i < references.length; i += 1_000) {
    const results = await readWhere(
      store.collection<Collections['outcome']>(outcomes),
      'declaration',
      references.slice(i, i + 1_000),
    );
    const hit = new Set(
      results
        .filter((each) => atClearance(each) && isFinal(each) && isFinding(each))
        .map((each) => each.declaration),
    );
    for (const each of results) {
      if (!isFinal(each) || !isFinding(each)) continue;
      if (atClearance(each)) found.set(each.result, (found.get(each.result) ?? 0) + 1);
      else if (!hit.has(each.declaration)) {
        missed.set(each.result, [...(missed.get(each.result) ?? []), chapterOf.get(each.declaration) ?? '']);
      }
    }
  }
  return [...missed]
    .map(([subject, chapters]) => ({
      subject,
      chapters: byFrequency(chapters.filter((chapter) => chapter !== '')),
      missed: chapters.length,
      found: found.get(subject) ?? 0,
    }))
    .sort((a, b) => b.missed - a.missed || (a.subject < b.subject ? -1 : 1));
}

function byFrequency(values: readonly string[]): string[] {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).map(([value]) => value);
}
