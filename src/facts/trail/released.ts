/**
 * What stood against a release when it was given: the control that its lane asked for, and holds of agencies. What came
 * after it, or could not be seen yet, is no reproach to whoever released: a declaration may be opened again, selected
 * anew, or held after its release, and one of its items may be released before the others.
 */
import type { TrailStep } from '../subject.ts';
import { latest, seenAt, surelyAfter, time } from './clock.ts';
import { type Procedure, strictness } from './procedure.ts';

/** Lane steps of which each may be the one in force, the last and those of which nobody can tell whether they came after it. */
function inForce(lanes: readonly TrailStep[]): TrailStep[] {
  const last = lanes.at(-1);
  return last === undefined ? [] : lanes.filter((one) => one === last || latest(one) >= time(last));
}

/** Each way of telling which lane steps came before a release; a release is blamed only where all agree. */
const before: readonly ((lane: TrailStep, release: TrailStep) => boolean)[] = [
  (lane, release) => time(lane) <= time(release),
  (lane, release) => !surelyAfter(lane, release),
  (lane, release) => seenAt(lane) <= latest(release),
];

export interface Asked {
  procedure: Procedure;
  /** Steps that set a lane. */
  isLane(step: TrailStep): boolean;
  control: string;
  /** Acts that answer the control. */
  answers(step: TrailStep): boolean;
  /** Acts with which a lane of the control may be closed; absent where closing it ends the question. */
  closes?: (step: TrailStep) => boolean;
}

/** Releases of the whole declaration against the control of the lane in force, no act that answers standing before. */
export function uncontrolled(steps: readonly TrailStep[], asked: Asked): TrailStep[] {
  const { procedure, control, closes } = asked;
  const lanes = steps.filter((step) => asked.isLane(step) && step.to !== undefined);
  const asksFor = (lane: string | undefined) =>
    procedure.lanes[strictness(procedure, lane)]?.control === control;
  const done = (release: TrailStep, is: (step: TrailStep) => boolean) =>
    steps.some((step) => is(step) && !surelyAfter(step, release));
  const against = (lane: TrailStep, release: TrailStep): boolean =>
    asksFor(lane.to)
      ? !done(release, asked.answers)
      : closes !== undefined &&
        lane.cause === 'control-closed' &&
        asksFor(lane.from) &&
        !done(release, closes);
  return steps.filter(
    (release) =>
      release.kind === 'RELEASE' &&
      release.item === undefined &&
      before.every((isBefore) => {
        const standing = inForce(lanes.filter((lane) => isBefore(lane, release)));
        return standing.length > 0 && standing.every((lane) => against(lane, release));
      }),
  );
}

/** Case and white space aside: agencies are typed in by hand. */
const plainAgency = (agency: string | undefined): string =>
  (agency ?? '').normalize('NFKC').trim().replace(/\s+/gu, ' ').toLowerCase();

/**
 * Agencies whose hold surely stands at a step: placed and entered by then, and not lifted by then as far as clocks and hours
 * not written tell. A lifting that names no agency lifts them all: nobody is accused for an empty field. A hold on one item
 * stands against no release of another.
 */
export function holdsAt(steps: readonly TrailStep[], at: TrailStep): string[] {
  const standing = new Map<string, string>();
  for (const step of steps) {
    const agency = plainAgency(step.agency);
    const elsewhere = step.item !== undefined && at.item !== undefined && step.item !== at.item;
    if (step.kind === 'HOLD' && !elsewhere && seenAt(step) <= time(at))
      standing.set(agency, step.agency ?? '');
    else if (step.kind !== 'UNHOLD' || surelyAfter(step, at)) continue;
    else if (agency === '') standing.clear();
    else standing.delete(agency);
  }
  return [...standing.values()];
}

/** Agencies whose hold stood when another, which had none of its own, lifted one. */
export function wronglyLifted(steps: readonly TrailStep[]): string[] {
  const wronged = new Set<string>();
  const placed = new Set(
    steps.filter(({ kind }) => kind === 'HOLD').map(({ agency }) => plainAgency(agency)),
  );
  for (const step of steps) {
    if (step.kind !== 'UNHOLD' || step.agency === undefined || placed.has(plainAgency(step.agency))) continue;
    for (const agency of holdsAt(
      steps.filter((other) => other !== step),
      step,
    ))
      wronged.add(agency);
  }
  return [...wronged];
}
