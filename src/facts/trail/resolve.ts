/** Fills in the facts on the trail: in memory, since a check holds its trail already. */
import type { EventKind } from '../../declaration/trail.ts';
import type { FactCall } from '../model.ts';
import type { FactSources } from '../sources.ts';
import type { FactSubject } from '../subject.ts';
import { type TrailView, templates } from './templates.ts';

export function resolveTrail(
  batch: readonly FactSubject[],
  calls: readonly FactCall[],
  sources: FactSources,
): void {
  for (const subject of batch) {
    const values = subject.sheet.calls!;
    const trailKnown = subject.trail.length > 0;
    const outcomesKnown = trailKnown || subject.outcomes.length > 0;
    if (!outcomesKnown) continue;
    const view = viewOf(subject, sources);
    for (const call of calls)
      if (trailKnown || call.fact.startsWith('outcome.'))
        values[call.key] = templates[call.fact]!(view, call);
  }
}

function viewOf(subject: FactSubject, sources: FactSources): TrailView {
  const { declaration, recordedAt } = subject;
  const now = Date.parse(recordedAt);
  // A source may claim the day that is not over yet: no time is waited before it has passed.
  const complete = (kind: EventKind): number =>
    Math.min(now, sources.completeTo?.(declaration, kind, recordedAt) ?? Number.NEGATIVE_INFINITY);
  return {
    subject,
    steps: subject.trail,
    completeTo: (kinds) => Math.min(...kinds.map(complete)),
    calendar: sources.calendar?.(declaration.office, declaration.country, recordedAt),
    procedure: sources.procedure?.(declaration.country),
  };
}
