/** Who did what: the officers of one declaration by role, surrogates all. */
import { all, cancellation, first, type History, last } from './history.ts';
import { text } from './table.ts';

export const officerColumns = {
  assigner: text('who made the last assignment'),
  assigned: text('the officer to whom it was assigned last'),
  examiner: text('who examined first; where several did, each has acts of his own'),
  assessor: text('who assessed first'),
  rerouter: text('who re-routed last'),
  releaser: text('who released'),
  canceller: text('who cancelled'),
} as const;

export type Officers = { [K in keyof typeof officerColumns]: string | null };

export function officersOf(history: History): Officers {
  const assignment = last(history, 'ASSIGN');
  const examination = history.events.find((event) => event.kind === 'INSPECT' || event.kind === 'SCAN');
  return {
    assigner: assignment?.officer ?? null,
    assigned: assignment?.to ?? null,
    examiner: (first(history, 'INSPECT') ?? examination)?.officer ?? null,
    assessor: first(history, 'ASSESS')?.officer ?? null,
    rerouter: last(history, 'REROUTE')?.officer ?? null,
    releaser: first(history, 'RELEASE')?.officer ?? null,
    canceller: cancellation(history)?.officer ?? null,
  };
}

/** Distinct people who examined: shared work counts once and is shown as shared. */
export const examinersOf = (history: History): number =>
  new Set(
    [...all(history, 'INSPECT'), ...all(history, 'SCAN')]
      .map((event) => event.officer)
      .filter((officer) => officer !== null),
  ).size;
