/** What queries to the declarant brought about (I37). */
import type { EventDocument } from '../check/collections.ts';
import type { DutyStep } from './amounts.ts';
import { all, type History } from './history.ts';

/** A query had effect where an amendment or a change of duty followed it, before the next query. */
export function hadEffect(query: EventDocument, history: History, steps: readonly DutyStep[]): boolean {
  const next = all(history, 'QUERY').find((event) => event.at > query.at)?.at ?? '9999';
  const within = (at: string) => at > query.at && at <= next;
  return steps.some((step) => within(step.at)) || all(history, 'AMEND').some((event) => within(event.at));
}
