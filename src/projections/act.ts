/**
 * The fold of a trail into rows of `act`: what each person did, in which role, from when to when and with what result.
 * A declaration on which several worked has a row for each act, so that each indicator can credit the role it names.
 */
import type { EventDocument } from '../check/collections.ts';
import type { EventKind } from '../declaration/trail.ts';
import { binOf } from './bins.ts';
import { calendarOf, dayOf, secondsBetween } from './calendar.ts';
import type { Digest } from './digest.ts';
import type { History } from './history.ts';
import { amountIn, atClearance, isFinal, isFinding } from './outcomes.ts';
import { placeColumns } from './place.ts';
import { hadEffect } from './query.ts';
import { isReopened } from './reopen.ts';
import { integer, money, type Row, table, text } from './table.ts';

export const act = table(
  'act',
  1,
  {
    ...placeColumns,
    firstLane: text('lane that selectivity chose'),
    criterion: text('the criterion or rule that decided the lane'),
    officer: text('who acted'),
    role: text('assigner, examiner, assessor, rerouter, releaser or canceller'),
    kind: text('kind of the event'),
    cause: text(
      'assignment: engine, manual, self; re-routing: its kind; control: criterion, random or manual',
    ),
    assigned: text('assignment: to whom'),
    from: text('re-routing: lane before'),
    to: text('re-routing: lane after'),
    start: text('UTC instant'),
    end: text('UTC instant at which the act ended'),
    currency: text('currency of the amounts'),
    seconds: integer('length of the act where its end is known'),
    secondsBin: integer('bin of the length'),
    night: integer('1 where the act began before six or after twenty in the office’s clock'),
    shared: integer('1 where several people examined'),
    random: integer('1 where the random draw chose the lane or the control'),
    selected: integer('1 where the first lane asks for a control before release'),
    manual: integer('1 where a person and not the engine decided it'),
    reasoned: integer('1 where a reason was recorded'),
    concluded: integer('1 where a final outcome of the control is known'),
    found: integer('1 where a final outcome says that something was found'),
    accused: integer('findings by this officer, whatever became of them'),
    overturned: integer('of these, annulled or refuted'),
    effect: integer('query: 1 where an amendment or a change of duty followed'),
    reopened: integer('assessment: 1 where it was re-opened or amended within thirty days'),
    down: integer('amendment after assessment that lowered the duty'),
    reduction: money('duty by which it did'),
    duty: money('duty of the declaration as it stands'),
    correction: money('net change of duty that this officer’s controls brought, told on one act of his only'),
    fine: money('offence: the fine'),
    auditedConform: integer('control found conform, and an audit after release looked again'),
    auditTax: money('tax that such an audit found'),
    breached: integer('release: 1 where a mandatory step is lacking'),
  },
  [['declaration'], ['officer', 'day'], ['role', 'day'], ['office', 'day']],
);
export type ActRow = Row<typeof act.columns>;

/** In which role an event's author acts, where the source does not say so itself. */
const roleOf: Partial<Record<EventKind, string>> = {
  ASSIGN: 'assigner',
  INSPECT: 'examiner',
  SCAN: 'examiner',
  QUERY: 'assessor',
  ASSESS: 'assessor',
  AMEND: 'assessor',
  REOPEN: 'assessor',
  OFFENCE: 'assessor',
  REROUTE: 'rerouter',
  RELEASE: 'releaser',
  CANCEL: 'canceller',
};

/** Stands for the officer where the trail names none. */
const unnamed = '';

const officerRoles = new Set(['assigner', 'examiner', 'assessor', 'rerouter', 'releaser', 'canceller']);

export function foldActs(history: History, digest: Digest, breached: boolean): ActRow[] {
  const { amounts, lanes, place } = digest;
  const shared = digest.examiners > 1 ? 1 : 0;
  const outcomes = history.outcomes.filter(atClearance);
  const final = outcomes.filter(isFinal);
  const findings = final.filter(isFinding);
  const conform = final.length > 0 && findings.length === 0;
  const audits = conform
    ? history.outcomes.filter((outcome) => !atClearance(outcome) && isFinal(outcome))
    : [];
  const corrections = new Map<string, number>();
  for (const step of amounts.steps) {
    if (step.voluntary) continue;
    const instigator = step.instigator ?? unnamed;
    corrections.set(instigator, (corrections.get(instigator) ?? 0) + step.after - step.before);
  }
  const random = digest.random ? 1 : 0;
  const acts: ActRow[] = [];
  const told = new Set<string>();
  for (const event of history.events) {
    const usual = roleOf[event.kind];
    if (usual === undefined) continue;
    const role = event.role !== undefined && officerRoles.has(event.role) ? event.role : usual;
    // What a declarant or the system enters is no officer's act.
    if (event.role === 'declarant' || (event.role === 'system' && event.kind !== 'ASSIGN')) continue;
    const reroute = lanes.reroutes.find((each) => each.event === event);
    // Nor is what the clock did, whoever's session the source names beside it.
    if (reroute?.kind === 'timeout') continue;
    const step = amounts.steps.find((each) => each.event === event);
    const control = event.kind === 'INSPECT' || event.kind === 'SCAN';
    const own = control || event.kind === 'ASSESS' ? ownOutcomes(outcomes, event, shared === 1) : [];
    const ownFinal = own.filter(isFinal);
    const accused = own.filter((outcome) => isFinding(outcome) && outcome.status !== 'provisional');
    const end = event.endedAt ?? null;
    const seconds = secondsBetween(event.at, end);
    const actor = event.officer ?? unnamed;
    const tells = (role === 'examiner' || role === 'assessor') && !told.has(actor);
    if (tells) told.add(actor);
    const down = step?.afterAssessment === true && step.after < step.before;
    acts.push({
      id: event.id,
      ...place,
      ...calendarOf(dayOf(event.local)),
      firstLane: lanes.first,
      criterion: lanes.choice?.criterion ?? null,
      officer: event.officer,
      role,
      kind: event.kind,
      cause: reroute?.kind ?? event.cause ?? (control ? (lanes.choice?.cause ?? null) : null),
      assigned: event.kind === 'ASSIGN' ? (event.to ?? null) : null,
      from: reroute?.from ?? null,
      to: reroute?.to ?? null,
      start: event.at,
      end,
      currency: amounts.currency,
      seconds,
      secondsBin: binOf(seconds),
      night: isNight(event.local) ? 1 : 0,
      shared: control ? shared : 0,
      random,
      selected: lanes.selected ? 1 : 0,
      manual: isManual(event, lanes.choice, history) ? 1 : 0,
      reasoned: event.reason?.trim() ? 1 : 0,
      concluded: (control ? ownFinal : event.kind === 'REROUTE' ? final : []).length > 0 ? 1 : 0,
      found: (control ? ownFinal : event.kind === 'REROUTE' ? final : []).some(isFinding) ? 1 : 0,
      accused: control || event.kind === 'ASSESS' ? accused.length : 0,
      overturned: accused.filter((o) => o.status === 'annulled' || o.verdict === 'refuted').length,
      effect: event.kind === 'QUERY' && hadEffect(event, history, amounts.steps) ? 1 : 0,
      reopened: event.kind === 'ASSESS' && isReopened(event, history) ? 1 : 0,
      down: down ? 1 : 0,
      reduction: down ? step.before - step.after : 0,
      duty: amounts.final,
      correction: tells ? (corrections.get(actor) ?? 0) : 0,
      fine: event.kind === 'OFFENCE' ? amountIn(event.fine, amounts.currency) : 0,
      auditedConform: control && audits.length > 0 ? 1 : 0,
      auditTax: control
        ? audits.filter(isFinding).reduce((sum, o) => sum + amountIn(o.duty, amounts.currency), 0)
        : 0,
      breached: event.kind === 'RELEASE' && breached ? 1 : 0,
    });
  }
  return acts;
}

/** Outcomes that an act answers for: its officer's own, and those without a name where he worked alone. */
function ownOutcomes<T extends { officer: string | null; control: string }>(
  outcomes: readonly T[],
  event: EventDocument,
  shared: boolean,
): T[] {
  const kinds =
    event.kind === 'SCAN' ? ['scan'] : event.kind === 'INSPECT' ? ['physical', 'documents'] : ['documents'];
  return outcomes.filter(
    (outcome) =>
      (event.control === undefined ? kinds : [event.control]).includes(outcome.control) &&
      (outcome.officer === null ? !shared : outcome.officer === event.officer),
  );
}

const isNight = (local: string): boolean => {
  const hour = Number(local.slice(11, 13));
  return hour < 6 || hour >= 20;
};

/** Assignment, control or lane decided by a person: his own cause, or a lane that he chose or re-routed up. */
function isManual(event: EventDocument, choice: EventDocument | undefined, history: History): boolean {
  if (event.kind === 'ASSIGN') return event.cause === 'manual' || event.cause === 'self';
  if (event.kind !== 'INSPECT' && event.kind !== 'SCAN') return false;
  if (event.cause !== undefined) return event.cause === 'manual';
  const raised = history.events.some(
    (each) => each.kind === 'REROUTE' && each.at <= event.at && each.officer !== null && each.cause === 'up',
  );
  return raised || choice?.cause === 'manual';
}
