/**
 * The fold of one declaration into its row of `clearance`: who, where and when, lanes, times by segment, amounts, counts.
 * Everything that figures add up is precomputed here as integers, so that a store only has to add.
 */
import type { Amounts } from './amounts.ts';
import { binOf } from './bins.ts';
import { addDays, dayOf, daysBetween, secondsBetween } from './calendar.ts';
import type { Digest } from './digest.ts';
import { dischargeOf } from './discharge.ts';
import { handsOf } from './hands.ts';
import { all, cancellation, type FoldContext, first, type History, last, standing } from './history.ts';
import type { Lanes } from './lanes.ts';
import { officerColumns } from './officers.ts';
import { amountIn } from './outcomes.ts';
import { placeColumns, registrationOf } from './place.ts';
import { foldPostClearance, postClearanceColumns } from './post-clearance.ts';
import { hadEffect } from './query.ts';
import { isReopened } from './reopen.ts';
import { segmentsBetween } from './segments.ts';
import { integer, money, type Row, table, text } from './table.ts';
import { takingsOf } from './taking.ts';
import { trustedOf } from './trusted.ts';

/** Times of which percentiles are asked: whole seconds, and the bin in which they fall. */
const durations = {
  release: 'registration to release',
  declarant: 'of that, waiting for the declarant’s answer',
  customs: 'of that, in the hands of customs',
  bank: 'of that, assessed and waiting for payment',
  agency: 'of that, held by another agency',
  dwell: 'arrival of the goods to release',
  hands:
    'registration to first assessment without the time a query waited for its answer, as `handsCounted` says',
  lead: 'manifest to registration',
  removal: 'payment to exit',
  late: 'last day of a suspense regime to the day on which it was ended, where that came after',
} as const;
type Duration = keyof typeof durations;
type TrailDuration = Exclude<Duration, 'late'>;

const secondsColumns = Object.fromEntries(
  Object.entries(durations).map(([name, meaning]) => [`${name}Seconds`, integer(`seconds: ${meaning}`)]),
) as Record<`${Duration}Seconds`, ReturnType<typeof integer>>;
const binColumns = Object.fromEntries(
  Object.entries(durations).map(([name, meaning]) => [
    `${name}Bin`,
    integer(`bin of the seconds: ${meaning}`),
  ]),
) as Record<`${Duration}Bin`, ReturnType<typeof integer>>;

export const clearance = table(
  'clearance',
  1,
  {
    ...placeColumns,
    ...officerColumns,
    currency: text('currency of the amounts'),
    controller: text(
      'who answers for the control: who brought about a correction, else who examined, else who assessed',
    ),
    amender: text('who lowered the duty after assessment; who assessed, where nobody did'),
    downrouter: text(
      'who lowered the lane before any control; who answers for the control, where nobody did',
    ),
    instigator: text('who brought about the first change of duty by a control'),
    firstLane: text('lane that selectivity chose'),
    strictestLane: text('strictest lane it was ever in'),
    lastLane: text('lane it ended in'),
    proposedLane: text('lane of our own check'),
    mode: text('observe, advise or decide: what our lane was worth at the office'),
    laneCause: text('criterion, random, quota, manual or forced'),
    criterion: text('the criterion or rule that decided the lane'),
    risk: text('risk area of that rule, as its finding told it; none of a criterion of the clearance system'),
    cancelledStage: text('registered, selected or arrived: how far it had come when it was cancelled'),
    registeredDay: text("day of registration in the office's clock"),
    registeredAt: text('UTC instant of registration'),
    arrivedAt: text('UTC instant at which the goods arrived'),
    assignedAt: text('UTC instant of the first assignment, which the rule in force made'),
    assignedDay: text("its day in the office's clock"),
    assignedSection: text('section to which it was assigned first'),
    assessedAt: text('UTC instant of the first assessment'),
    assessedDay: text("its day in the office's clock"),
    paidAt: text('UTC instant of the last payment or guarantee'),
    paidDay: text("its day in the office's clock"),
    releasedAt: text('UTC instant of release'),
    exitedAt: text('UTC instant of exit'),
    cancelledAt: text('UTC instant of cancellation'),
    dueDay: text('last day of a suspense regime: its time limit, or registration and the days allowed'),
    dischargedDay: text(
      'day on which a suspense regime was ended: transit by leaving it, others when follow-up declarations have taken all',
    ),
    registered: integer('1 where it was registered'),
    provisional: integer('1 where a stand-in serves as reference'),
    random: integer('1 where the random draw chose the lane or the control'),
    selected: integer('1 where the first lane asks for a control before release'),
    rerouted: integer('1 where it was re-routed at all'),
    assessed: integer('1 where it was assessed'),
    sameDay: integer('1 where it was assessed on the day of registration'),
    assessDays: integer('calendar days from registration to the first assessment'),
    paidOnce: integer('1 where it was paid or guaranteed'),
    released: integer('1 where it was released'),
    cancelled: integer('1 where it was cancelled'),
    suspense: integer('1 where duty was suspended'),
    follows: integer('1 where it takes goods of an earlier declaration'),
    inspected: integer('1 where goods were examined or scanned'),
    controlled: integer('1 where a final outcome of a control before release is known'),
    found: integer('1 where such a control found something'),
    judged: integer('1 where a final outcome of any control is known, audits after release among them'),
    irregular: integer('1 where any such control found something'),
    ...postClearanceColumns,
    corrected: integer('1 where controls changed the duty and the change still stands'),
    token: integer('1 where controls changed the duty by less than one percent of it'),
    versions: integer('versions of the declaration'),
    items: integer('items of the standing version'),
    examiners: integer('people who examined; more than one share the work'),
    assigns: integer('assignments'),
    assignsManual: integer('of these, not by the engine'),
    queries: integer('queries to the declarant'),
    queriesIdle: integer('of these, followed by no amendment and no change of duty'),
    inspections: integer('examinations and scans'),
    reroutesUp: integer('re-routings to a stricter lane'),
    reroutesDown: integer('discretionary re-routings to a milder lane, before any control'),
    reroutesDownUnreasoned: integer('of these, without a recorded reason'),
    reroutesClosed: integer('lanes ended after their control'),
    timeouts: integer('lanes that ran out'),
    assessments: integer('assessments'),
    reopens: integer('assessments re-opened or amended within thirty days'),
    amendmentsDown: integer('amendments after assessment that lowered the duty'),
    offences: integer('offences recorded'),
    findings: integer('final outcomes of controls before release that found something'),
    accused: integer('outcomes that found something, whatever became of them'),
    overturned: integer('of these, annulled or refuted'),
    auditedConform: integer('1 where a control found it conform and an audit after release looked again'),
    auditTax: money('tax that such an audit found'),
    seizures: integer('seizures'),
    prohibited: integer('findings of prohibited goods'),
    trusted: integer('1 where the trader was in a programme on the day'),
    checked: integer('1 where the rules were run on it'),
    errors: integer('failures of class error and kind consistency'),
    erroneous: integer('1 where there is at least one of these'),
    breaches: integer('failures that mean a mandatory step before release is lacking'),
    breached: integer('1 where it was released with at least one of these'),
    value: money('customs value'),
    declared: money('duty as declared'),
    firstAssessed: money('duty as first assessed'),
    final: money('duty as it stands'),
    paid: money('duty paid'),
    reversed: money('duty taken back after assessment'),
    correction: money('net change of duty that controls brought and that still stands'),
    beforeCorrection: money('duty before the first such change, where there was one'),
    waived: money('duty relieved'),
    suspended: money('duty suspended'),
    balance: money(
      'of this, on what follow-up declarations have left; where all is taken, on what was left before the last of them',
    ),
    fines: money('fines'),
    handsCounted: text(
      'how the seconds in hands were counted: duty (on duty by the roster), days (whole days of duty, of which no hours are known), open (opening hours of the office), clock (all of it: neither roster nor calendar is known)',
    ),
    ...secondsColumns,
    ...binColumns,
  },
  [['day'], ['office', 'day'], ['assessor', 'day'], ['declarant', 'day'], ['importer', 'day']],
);
export type ClearanceRow = Row<typeof clearance.columns>;

const flag = (condition: boolean): number => (condition ? 1 : 0);

export function foldClearance(history: History, digest: Digest, context: FoldContext): ClearanceRow {
  const { place, officers, lanes, amounts, found } = digest;
  const offences = all(history, 'OFFENCE');
  const fines = offences.reduce((sum, event) => sum + amountIn(event.fine, amounts.currency), 0);
  const errors = digest.failures.filter((finding) => finding.kind === 'consistency').length;
  const breaches = digest.breaches.length;
  const times = timesOf(history, context);
  return {
    id: history.reference,
    ...place,
    ...officers,
    ...answerableOf(digest),
    trusted: trustedOf(place, context),
    ...lanesOf(lanes, history),
    ...times,
    ...suspenseOf(history, digest, context),
    ...amountsOf(amounts),
    ...countsOf(history, amounts),
    examiners: digest.examiners,
    proposedLane: history.checks.at(-1)?.lane ?? null,
    mode: history.checks.at(-1)?.mode ?? null,
    ...foldPostClearance(history, lanes, context),
    cancelledStage: stageOfCancellation(history),
    provisional: flag(standing(history).provisional),
    random: flag(digest.random),
    controlled: flag(found.controls > 0),
    found: flag(found.findings > 0),
    judged: digest.judged.judged,
    irregular: digest.judged.irregular,
    findings: found.findings,
    accused: found.accused,
    overturned: found.overturned,
    auditedConform: flag(found.auditedConform),
    auditTax: found.auditTax,
    seizures: found.seizures,
    prohibited: found.prohibited,
    offences: offences.length,
    fines: offences.length > 0 ? fines : found.fines,
    checked: flag(history.checks.length > 0),
    errors,
    erroneous: flag(errors > 0),
    breaches,
    breached: flag(breaches > 0 && times.released === 1),
  };
}

function lanesOf(lanes: Lanes, history: History) {
  const of = (kind: Lanes['reroutes'][number]['kind']) => lanes.reroutes.filter((each) => each.kind === kind);
  const down = of('discretionary-down');
  const criterion = lanes.choice?.criterion ?? null;
  return {
    firstLane: lanes.first,
    strictestLane: lanes.strictest,
    lastLane: lanes.last,
    laneCause: lanes.choice?.cause ?? null,
    criterion,
    risk: riskOf(criterion, history),
    selected: flag(lanes.selected),
    rerouted: flag(all(history, 'REROUTE').length > 0),
    reroutesUp: of('up').length,
    reroutesDown: down.length,
    reroutesDownUnreasoned: down.filter(({ event }) => !event.reason?.trim()).length,
    reroutesClosed: of('control-closed').length,
    timeouts: of('timeout').length,
  };
}

function riskOf(criterion: string | null, { checks }: History): string | null {
  if (criterion === null) return null;
  for (const { findings } of checks.toReversed()) {
    const found = findings.find(({ rule }) => rule === criterion);
    if (found !== undefined) return found.risk;
  }
  return null;
}

function timesOf(history: History, context: FoldContext) {
  const registration = registrationOf(history);
  const registeredAt = registration.at;
  const arrivedAt = first(history, 'ARRIVE')?.at ?? null;
  const manifestAt = first(history, 'MANIFEST')?.at ?? null;
  const assignment = first(history, 'ASSIGN');
  const assessment = first(history, 'ASSESS');
  const payment = last(history, 'PAY') ?? last(history, 'GUARANTEE');
  const releasedAt = first(history, 'RELEASE')?.at ?? null;
  const exitedAt = last(history, 'EXIT')?.at ?? null;
  const cancelledAt = cancellation(history)?.at ?? null;
  const assessedDay = assessment === undefined ? null : dayOf(assessment.local);
  const release = secondsBetween(registeredAt, releasedAt);
  const segments = release === null ? undefined : segmentsBetween(history, registeredAt!, releasedAt!);
  const hands = handsOf(history, context);
  const seconds: Record<TrailDuration, number | null> = {
    release,
    declarant: segments?.declarant ?? null,
    customs: segments?.customs ?? null,
    bank: segments?.bank ?? null,
    agency: segments?.agency ?? null,
    dwell: secondsBetween(arrivedAt, releasedAt),
    hands: hands.seconds,
    lead: secondsBetween(manifestAt, registeredAt),
    removal: secondsBetween(last(history, 'PAY')?.at ?? null, exitedAt),
  };
  return {
    registeredDay: registration.day,
    registeredAt,
    arrivedAt,
    assignedAt: assignment?.at ?? null,
    assignedDay: assignment === undefined ? null : dayOf(assignment.local),
    assignedSection: assignment?.section ?? null,
    assessedAt: assessment?.at ?? null,
    assessedDay,
    paidAt: payment?.at ?? null,
    paidDay: payment === undefined ? null : dayOf(payment.local),
    releasedAt,
    exitedAt,
    cancelledAt,
    registered: flag(registration.day !== null),
    assessed: flag(assessment !== undefined),
    sameDay: flag(assessedDay !== null && assessedDay === registration.day),
    assessDays:
      assessedDay === null || registration.day === null
        ? null
        : Math.max(0, daysBetween(registration.day, assessedDay)),
    paidOnce: flag(payment !== undefined),
    released: flag(releasedAt !== null),
    cancelled: flag(cancelledAt !== null),
    handsCounted: hands.counting,
    ...(Object.fromEntries(
      Object.entries(seconds).map(([name, value]) => [`${name}Seconds`, value]),
    ) as Record<`${TrailDuration}Seconds`, number | null>),
    ...(Object.fromEntries(
      Object.entries(seconds).map(([name, value]) => [`${name}Bin`, binOf(value)]),
    ) as Record<`${TrailDuration}Bin`, number | null>),
  };
}

function suspenseOf(history: History, { amounts }: Digest, context: FoldContext) {
  const { declaration } = standing(history);
  const { day } = registrationOf(history);
  const delay = declaration.warehouse?.delay;
  const open = amounts.suspended > 0;
  const discharge = dischargeOf(history, amounts, context);
  const dueDay =
    declaration.transit?.timeLimit ??
    (open && day !== null && delay !== undefined ? addDays(day, delay) : null);
  const late =
    dueDay !== null && discharge.day !== null && discharge.day > dueDay
      ? daysBetween(dueDay, discharge.day) * 86_400
      : null;
  return {
    suspense: flag(open),
    follows: flag(takingsOf(history).length > 0),
    dueDay,
    dischargedDay: discharge.day,
    balance: discharge.balance,
    lateSeconds: late,
    lateBin: binOf(late),
  };
}

const amountsOf = (amounts: Amounts) => ({
  currency: amounts.currency,
  value: amounts.value,
  declared: amounts.declared,
  firstAssessed: amounts.firstAssessed,
  final: amounts.final,
  paid: amounts.paid,
  reversed: amounts.reversed,
  correction: amounts.correction,
  beforeCorrection: amounts.beforeCorrection,
  waived: amounts.waived,
  suspended: amounts.suspended,
  corrected: flag(amounts.correction !== 0),
  token: flag(
    amounts.correction !== 0 && Math.abs(amounts.correction) * 100 < Math.abs(amounts.beforeCorrection ?? 0),
  ),
  amendmentsDown: amounts.steps.filter((step) => step.afterAssessment && step.after < step.before).length,
});

function countsOf(history: History, amounts: Amounts) {
  const queries = all(history, 'QUERY');
  const assigns = all(history, 'ASSIGN');
  const inspections = all(history, 'INSPECT').length + all(history, 'SCAN').length;
  return {
    versions: history.versions.length,
    items: standing(history).declaration.items.length,
    assigns: assigns.length,
    assignsManual: assigns.filter((event) => event.cause === 'manual' || event.cause === 'self').length,
    queries: queries.length,
    queriesIdle: queries.filter((query) => !hadEffect(query, history, amounts.steps)).length,
    inspections,
    inspected: flag(inspections > 0),
    assessments: all(history, 'ASSESS').length,
    reopens: all(history, 'ASSESS').filter((event) => isReopened(event, history)).length,
  };
}

/**
 * The one person who answers for a step, so that a declaration counts once; shared work is told by `examiners`. What was
 * done by somebody whom the trail does not name, or by the declarant, is no officer's.
 */
function answerableOf({ amounts, officers, instigator, lanes }: Digest) {
  const lowered = amounts.steps.findLast((step) => step.afterAssessment && step.after < step.before);
  const down = lanes.reroutes.findLast(({ kind }) => kind === 'discretionary-down');
  const controller = instigator ?? officers.examiner ?? officers.assessor;
  return {
    instigator,
    controller,
    downrouter: down === undefined ? controller : down.event.officer,
    amender:
      lowered === undefined
        ? officers.assessor
        : lowered.event?.role === 'declarant'
          ? null
          : (lowered.event?.officer ?? null),
  };
}

/** How far a cancelled declaration had come: the later the stage, the more a cancellation has to explain (H15). */
function stageOfCancellation(history: History): string | null {
  const cancelled = cancellation(history);
  if (cancelled === undefined) return null;
  const before = (kind: 'ARRIVE' | 'LANE') =>
    history.events.some((e) => e.kind === kind && e.at <= cancelled.at);
  if (before('LANE')) return before('ARRIVE') ? 'arrived' : 'selected';
  return 'registered';
}
