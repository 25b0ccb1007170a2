/** How declarations come to officers: one function a rule. Each chooses among those who are eligible: on duty, of the office and of the section of the goods. */
import type { Case } from './case.ts';
import { dayOf, hour, type WallTime } from './clock.ts';
import { afterOpening, isOnDuty, type Officer } from './officers.ts';
import { sectionOf } from './offices.ts';
import type { AssignmentRule } from './options.ts';
import { Random } from './random.ts';

/** When each officer will have done with what was assigned, for the rule by workload. */
export type Workload = Map<Officer, WallTime[]>;

/** What was assigned is done with when it is assessed. */
export function noteWorkload(c: Case, workload: Workload): void {
  const { examiner } = c.conduct;
  if (examiner === undefined) return;
  const done = c.steps.find((step) => step.kind === 'ASSESS')?.at;
  if (done !== undefined) workload.set(examiner, [...(workload.get(examiner) ?? []), done]);
}

const open = (workload: Workload, officer: Officer, at: WallTime): number => {
  const ends = (workload.get(officer) ?? []).filter((end) => end > at);
  workload.set(officer, ends);
  return ends.length;
};

type Choose = (
  eligible: readonly Officer[],
  c: Case,
  random: Random,
  workload: Workload,
  at: WallTime,
) => Officer;

const byLot: Choose = (eligible, _c, random) => random.pick(eligible);

export const rules: Readonly<Record<AssignmentRule, Choose>> = {
  random: byLot,
  // Those who are eligible are of the section already.
  section: byLot,
  workload: (eligible, _c, random, workload, at) => {
    const loads = eligible.map((officer) => open(workload, officer, at));
    const least = Math.min(...loads);
    return random.pick(eligible.filter((_, i) => loads[i] === least));
  },
  // A chief knows who knows what: habits by chapter and by declarant, without anything being wrong with them.
  chief: (eligible, c, random) =>
    random.weighted(eligible, (officer) => {
      const habits = Random.of(
        'habit',
        officer.seed,
        officer.id,
        c.broker.id,
        c.declared[0]!.line.hs.slice(0, 2),
      );
      return habits.lognormal(1, 1.2);
    }),
};

/** Who could be given this declaration at this moment. */
export function eligibleFor(c: Case, officers: readonly Officer[], at: WallTime): Officer[] {
  const section = sectionOf(c.office, c.declared[0]!.line.hs);
  return officers.filter(
    (officer) =>
      (officer.role === 'all' || (officer.role === 'examiner' && officer.section === section)) &&
      isOnDuty(officer, at),
  );
}

/** The first moment from `at` on when someone is there to be given the declaration, at most a year ahead. */
export function firstEligible(c: Case, officers: readonly Officer[], at: WallTime): [WallTime, Officer[]] {
  let moment = afterOpening(c.office, at, 0);
  const end = dayOf(at) + 366;
  while (dayOf(moment) < end) {
    const eligible = eligibleFor(c, officers, moment);
    if (eligible.length > 0) return [moment, eligible];
    moment = afterOpening(c.office, moment + hour, 0);
  }
  return [moment, []];
}
