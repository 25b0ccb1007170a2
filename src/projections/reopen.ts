/** Assessments that did not hold: re-opened, or amended by customs, within thirty days (I20). */
import type { EventDocument } from '../check/collections.ts';
import { addDays, dayOf } from './calendar.ts';
import { all, type History } from './history.ts';

const daysToHold = 30;

/** Each assessment answers for what follows it up to the next one. */
export function isReopened(assessment: EventDocument, history: History): boolean {
  const limit = addDays(dayOf(assessment.local), daysToHold);
  const next = all(history, 'ASSESS').find((event) => event.at > assessment.at)?.at ?? '9999';
  return history.events.some(
    (event) =>
      (event.kind === 'REOPEN' || (event.kind === 'AMEND' && event.role !== 'declarant')) &&
      event.at > assessment.at &&
      event.at <= next &&
      dayOf(event.local) <= limit,
  );
}
