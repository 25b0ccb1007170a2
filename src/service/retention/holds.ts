/** What keeps a declaration beyond its days: somebody still needs it, or nobody can tell yet. Each reason is counted and told. */
import type { DeclarationDocument, EventDocument, OutcomeDocument } from '../../check/collections.ts';
import { type MarkSheet, periodsBehind, sheets } from '../../indicators/contracts/sheet.ts';
import { editions } from '../../indicators/snapshot.ts';
import { dayOf } from '../../projections/calendar.ts';
import type { ClearanceRow } from '../../projections/clearance.ts';
import type { FindingRow } from '../../projections/finding.ts';
import { tables } from '../../projections/fold.ts';
import { readAll } from '../../store/pages.ts';
import type { Store } from '../../store/port.ts';
import { type UnmaskingDocument, unmaskings } from '../unmask.ts';

/** All that is known of one declaration. */
export interface Whole {
  reference: string;
  versions: readonly DeclarationDocument[];
  trail: readonly EventDocument[];
  outcomes: readonly OutcomeDocument[];
  clearance: ClearanceRow | undefined;
  /** Whether a declaration of which it takes goods out of suspense is still here. */
  entryKept: boolean;
}

export const holdReasons = [
  'active',
  'not projected',
  'open',
  'under suspense',
  'entry kept',
  'disputed',
  'frozen figures',
  'open mark sheet',
  'unmasking',
] as const;
export type HoldReason = (typeof holdReasons)[number];
export type Hold = (whole: Whole) => HoldReason | undefined;

/** Steps after which nothing more is to come of a declaration. */
const ends = new Set(['RELEASE', 'EXIT', 'CANCEL']);
/** What is not settled may be asked for again. */
const unsettled = new Set(['provisional', 'appealed']);

/** A period is a month or a year; a day lies in it if it begins with it. */
const within = (periods: ReadonlySet<string>, day: string | null | undefined): boolean =>
  typeof day === 'string' && (periods.has(day.slice(0, 7)) || periods.has(day.slice(0, 4)));

/** Months of which there are editions. */
async function frozenMonths(store: Store): Promise<Set<string>> {
  const groups = await store
    .collection(editions)
    .aggregate({ groupBy: ['period'], measures: { documents: { count: true } } });
  return new Set(groups.map(({ key }) => String(key.period)));
}

/** Periods behind the sheets that somebody has still to comment on, countersign or issue. */
async function measuredBy(store: Store): Promise<Set<string>> {
  const open = await readAll(store.collection<MarkSheet>(sheets), {
    not: { column: 'status', op: 'eq', value: 'issued' },
  });
  return new Set(open.flatMap(periodsBehind));
}

/**
 * Declarations with a finding of which somebody proposed to unmask an officer: the second person has to see what he decides on,
 * and the hearing that follows has the days of a declaration once more. What was withdrawn or refused holds nothing.
 */
async function unmaskedSince(store: Store, before: string): Promise<Set<string>> {
  const proposed = await readAll(store.collection<UnmaskingDocument>(unmaskings), {
    or: [
      { column: 'confirmedAt', op: 'isNull' },
      { column: 'confirmedAt', op: 'ge', value: before },
    ],
  });
  const found = await store
    .collection<FindingRow>(tables.finding.spec)
    .getMany(proposed.flatMap(({ finding, ended }) => (ended === undefined ? [finding] : [])));
  return new Set([...found.values()].map(({ doc }) => doc.declaration!));
}

/**
 * The holds as they stand now.
 * @param before day (UTC) before which the last record of what goes lies
 */
export async function holdsOf(store: Store, before: string): Promise<Hold> {
  const [frozen, measured, unmasked] = await Promise.all([
    frozenMonths(store),
    measuredBy(store),
    unmaskedSince(store, before),
  ]);
  return ({ reference, trail, outcomes, clearance, entryKept }) => {
    if (!trail.some(({ kind }) => ends.has(kind))) return 'open';
    // While rows are made anew nobody knows whether its goods are under suspense, nor of which day it is.
    if (clearance === undefined) return 'not projected';
    const cancelled = trail.some(({ kind }) => kind === 'CANCEL');
    if (!cancelled && clearance.suspense === 1 && !clearance.dischargedDay) return 'under suspense';
    // Without it the entry would look as if its goods had never been taken out, and its importer as if he were late.
    if (entryKept) return 'entry kept';
    // The newest word on each control is the one that counts.
    const newest = new Map(outcomes.map((outcome) => [`${outcome.control} ${outcome.rule ?? ''}`, outcome]));
    if ([...newest.values()].some(({ status }) => unsettled.has(status))) return 'disputed';
    // Figures by officer are of the day on which he acted, which may lie in the month after.
    const days = [clearance.day, ...trail.map(({ local }) => dayOf(local))];
    if (days.some((day) => within(frozen, day))) return 'frozen figures';
    if (days.some((day) => within(measured, day))) return 'open mark sheet';
    if (unmasked.has(reference)) return 'unmasking';
    return undefined;
  };
}
