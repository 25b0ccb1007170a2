/**
 * The pair batch (I29): who meets whom oftener than the assignment rule in force explains, officer and declarant or
 * assigner and declarant, over a period. Reads assigned declarations; rule and roster come from the administration's
 * reference records. Where no rule is declared nothing predicts the assignment, and the answer is *not applicable*.
 * The arithmetic is src/indicators/statistics/pairs.ts; results are frozen by snapshot.ts.
 */

import { addDays, calendarOf } from '../projections/calendar.ts';
import type { ClearanceRow } from '../projections/clearance.ts';
import { tables } from '../projections/fold.ts';
import { readAll } from '../store/pages.ts';
import type { Filter, Store } from '../store/port.ts';
import { demandWhole } from './removed.ts';
import { type ControlledCase, type Corroboration, corroborate } from './statistics/corroboration.ts';
import type { Assigned, AssignmentRule } from './statistics/pair-tally.ts';
import { type Eligibility, type PairFigure, pairFigures } from './statistics/pairs.ts';
import type { Minimum } from './statistics/verdict.ts';
import { valueGaps } from './value-gaps.ts';
import { and } from './where.ts';

/** What the administration says of its assignments; nothing known is undefined. */
export interface AssignmentKnowledge {
  ruleOf(office: string, day: string): AssignmentRule | undefined;
  /**
   * Officers on duty who could have been chosen; undefined where there is no roster for the day. At the instant, where
   * the roster has hours.
   */
  onDuty(
    office: string,
    day: string,
    section: string | null,
    at: string | null,
  ): readonly string[] | undefined;
  /** Whether the roster of the day has hours; days alone do not tell who was there at the moment. */
  hasHours?(office: string, day: string): boolean;
}

/** Nothing declared: every pair is *not applicable*. */
export const noKnowledge: AssignmentKnowledge = { ruleOf: () => undefined, onDuty: () => undefined };

/** Who stands on the officer's side of a pair. */
export type PairSide = 'officer' | 'assigner';

export interface PairRequest {
  from: string;
  to: string;
  side: PairSide;
  knowledge: AssignmentKnowledge;
  office?: string;
  /** The definition's; what customs-practice 3.5 asks for where absent. */
  minimum?: Minimum;
}

export interface FlaggedPair extends PairFigure {
  /** Where the pair met. */
  offices: string[];
  /** What stands beside it on the same declarations; none of it is proof. */
  corroboration: Corroboration[];
}

export interface PairTable {
  side: PairSide;
  from: string;
  to: string;
  /** Declarations that were assigned, and those of them of which no rule predicts anything. */
  assigned: number;
  notApplicable: number;
  eligibility: Eligibility;
  pairs: FlaggedPair[];
}

const sideColumn = { officer: 'assigned', assigner: 'assigner' } as const;

export async function pairTable(store: Store, request: PairRequest): Promise<PairTable> {
  const column = sideColumn[request.side];
  await demandWhole(store, request.from, request.to);
  const rows = await assignedRows(store, request, column);
  // A roster names chiefs and cashiers too: only who is ever given something in the office could have been chosen.
  const given = new Map<string, Set<string>>();
  for (const row of rows) given.set(row.office!, (given.get(row.office!) ?? new Set()).add(row[column]!));
  const spans = spansOf(rows, column);
  const assigned = rows.map((row) => assignedOf(row, row[column]!, given.get(row.office!)!, spans, request));
  const { minimum } = request;
  const { pairs, notApplicable, eligibility } = pairFigures(
    assigned,
    minimum === undefined ? {} : { minimum },
  );
  const flagged = new Set(
    pairs.filter(({ verdict }) => verdict === 'look closer').map(({ declarant }) => declarant),
  );
  const gaps = await valueGaps(store, request, [...flagged]);
  const byDeclarant = new Map<string, ControlledCase[]>();
  const offices = new Map<string, Set<string>>();
  const meeting = (officer: string, declarant: string): string => `${officer}\u001f${declarant}`;
  for (const row of rows) {
    const met = meeting(row[column]!, row.declarant!);
    offices.set(met, (offices.get(met) ?? new Set()).add(row.office!));
    if (!flagged.has(row.declarant!)) continue;
    const cases = byDeclarant.get(row.declarant!) ?? [];
    cases.push(caseOf(row, row[column]!, gaps.get(row.declaration!)));
    byDeclarant.set(row.declarant!, cases);
  }
  return {
    side: request.side,
    from: request.from,
    to: request.to,
    assigned: rows.length,
    notApplicable,
    eligibility,
    pairs: pairs.map((pair) => ({
      ...pair,
      offices: [...(offices.get(meeting(pair.officer, pair.declarant)) ?? [])].sort(),
      corroboration:
        pair.verdict === 'look closer' ? corroborate(pair.officer, byDeclarant.get(pair.declarant)!) : [],
    })),
  };
}

async function assignedRows(
  store: Store,
  { from, to, office }: PairRequest,
  column: 'assigned' | 'assigner',
): Promise<ClearanceRow[]> {
  const where: Filter = and(
    { column: 'day', op: 'ge', value: from },
    { column: 'day', op: 'le', value: to },
    office === undefined ? undefined : { column: 'office', op: 'eq', value: office },
    { column, op: 'isNotNull' },
    { column: 'declarant', op: 'isNotNull' },
    { column: 'office', op: 'isNotNull' },
  )!;
  const collection = store.collection<ClearanceRow>(tables.clearance.spec);
  return readAll(collection, where);
}

/** Minutes of the office's day, apart from its offset from UTC, which is the same all day. */
const minuteOf = ({ assignedAt, assignedDay }: ClearanceRow): number | undefined =>
  assignedAt && assignedDay
    ? (Date.parse(assignedAt) - Date.parse(`${assignedDay}T00:00:00Z`)) / 60_000
    : undefined;

/**
 * Minutes of the day, around the clock, between which an officer was given anything in a week: his shift, where no roster
 * tells it. What he was not there for is the longest time of the day at which he was given nothing, so that a shift over
 * midnight does not look like the whole day.
 */
type Spans = ReadonlyMap<string, Span>;

interface Span {
  from: number;
  /** Minutes, at most a day. */
  length: number;
}

const dayMinutes = 1440;
const aroundTheClock = (minute: number): number => ((minute % dayMinutes) + dayMinutes) % dayMinutes;

const spanKey = (row: ClearanceRow, officer: string): string =>
  `${row.office}\u001f${calendarOf(row.assignedDay ?? row.day!).week}\u001f${officer}`;

function spansOf(rows: readonly ClearanceRow[], column: 'assigned' | 'assigner'): Spans {
  const minutes = new Map<string, number[]>();
  for (const row of rows) {
    const minute = minuteOf(row);
    if (minute === undefined) continue;
    const key = spanKey(row, row[column]!);
    const known = minutes.get(key);
    if (known === undefined) minutes.set(key, [aroundTheClock(minute)]);
    else known.push(aroundTheClock(minute));
  }
  return new Map([...minutes].map(([key, known]) => [key, spanOf(known)]));
}

/** All but the longest gap. */
function spanOf(minutes: readonly number[]): Span {
  const sorted = [...minutes].sort((a, b) => a - b);
  let from = sorted[0]!;
  let gap = from + dayMinutes - sorted.at(-1)!;
  for (let i = 1; i < sorted.length; i++) {
    if (sorted[i]! - sorted[i - 1]! <= gap) continue;
    gap = sorted[i]! - sorted[i - 1]!;
    from = sorted[i]!;
  }
  return { from, length: dayMinutes - gap };
}

const covers = ({ from, length }: Span, minute: number): boolean => aroundTheClock(minute - from) <= length;

/** Without a roster only those who declared at about the same time are told apart. */
const blockMinutes = 120;

function assignedOf(
  row: ClearanceRow,
  officer: string,
  given: ReadonlySet<string>,
  spans: Spans,
  { knowledge, side }: PairRequest,
): Assigned {
  const office = row.office!;
  // The rule chose when it was first assigned, which may be days after it was registered.
  const day = row.assignedDay ?? row.day!;
  const section = row.assignedSection ?? row.section ?? null;
  // Who was assigned by a person was not assigned by the engine's rule; the assigner's own pairs are of these alone.
  const rule = side === 'officer' ? (knowledge.ruleOf(office, day) ?? 'chief') : 'workload';
  const onDuty =
    side === 'officer' ? knowledge.onDuty(office, day, section, row.assignedAt ?? null) : undefined;
  const minute = minuteOf(row);
  // A broker of early hours meets those of the early shift: who was surely not there could not have been chosen.
  const hasHours = knowledge.hasHours?.(office, day) === true;
  const spanAt = (each: string): Span | undefined => {
    const span = minute === undefined ? undefined : spans.get(spanKey(row, each));
    return span !== undefined && covers(span, minute!) ? span : undefined;
  };
  const there = (each: string): boolean => minute === undefined || hasHours || spanAt(each) !== undefined;
  // A night shift stands on the roster of the day on which it begins.
  const sinceYesterday =
    onDuty === undefined || hasHours || minute === undefined
      ? []
      : (knowledge.onDuty(office, addDays(day, -1), section, null) ?? []).filter((each) => {
          const span = spanAt(each);
          return span !== undefined && span.from > minute;
        });
  const eligible =
    onDuty &&
    [...new Set([...onDuty, ...sinceYesterday].filter((each) => given.has(each) && there(each)))].sort();
  const block = eligible === undefined && minute !== undefined ? Math.floor(minute / blockMinutes) : '';
  return {
    officer,
    declarant: row.declarant!,
    stratum: [office, day, section ?? '', row.firstLane ?? '', eligible?.join() ?? block].join('\u001f'),
    rule,
    ...(eligible === undefined ? {} : { eligible }),
    // Days alone do not tell who was there at the moment, and so not who was not.
    ...(hasHours
      ? { place: { office, cell: [office, section ?? '', calendarOf(day).week].join('\u001f'), day } }
      : {}),
  };
}

const caseOf = (row: ClearanceRow, officer: string, valueGap: number | undefined): ControlledCase => ({
  officer,
  ...(valueGap === undefined ? {} : { valueGap }),
  offence: (row.offences ?? 0) > 0,
  corrected: row.corrected === 1,
  ...(row.handsSeconds === null || row.handsSeconds === undefined
    ? {}
    : { hours: row.handsSeconds / 3600, counted: row.handsCounted ?? 'clock' }),
});
