/**
 * How long a declaration was in the hands of who assessed it: from registration to first assessment, without the time in which a
 * query waited for its answer, as far as he could have worked in it (working-time.ts). Beside it stands how that was counted.
 */
import { secondsBetween } from './calendar.ts';
import { type FoldContext, first, type History, standing } from './history.ts';
import type { Span } from './opening.ts';
import { queried } from './segments.ts';
import type { Counting } from './working-time.ts';

export interface Hands {
  seconds: number | null;
  counting: Counting | null;
}

const nothing: Hands = { seconds: null, counting: null };
const lengthOf = (spans: readonly Span[]): number => spans.reduce((sum, [from, to]) => sum + to - from, 0);

export function handsOf(history: History, { workOf }: Pick<FoldContext, 'workOf'>): Hands {
  const registration = first(history, 'REGISTER');
  const assessment = first(history, 'ASSESS');
  const whole = secondsBetween(registration?.at ?? null, assessment?.at ?? null);
  if (registration === undefined || assessment === undefined || whole === null) return nothing;
  const waiting = queried(history, registration.at, assessment.at);
  const { office } = standing(history);
  const work = office === null ? undefined : workOf?.(office, assessment.officer, registration, assessment);
  if (work === undefined) return { seconds: whole - Math.round(lengthOf(waiting) / 1000), counting: 'clock' };
  const spans = within(work.spans, Date.parse(registration.at), Date.parse(assessment.at));
  const worked = spans.reduce((sum, span) => sum + span[1] - span[0] - overlap(span, waiting), 0);
  return { seconds: Math.round(worked / 1000), counting: work.counting };
}

/** The same time, each moment of it once. */
function within(spans: readonly Span[], begin: number, end: number): Span[] {
  const found: Span[] = [];
  let reached = begin;
  for (const [from, to] of [...spans].sort((a, b) => a[0] - b[0])) {
    const span: Span = [Math.max(from, reached), Math.min(to, end)];
    if (span[0] >= span[1]) continue;
    found.push(span);
    reached = span[1];
  }
  return found;
}

const overlap = ([from, to]: Span, others: readonly Span[]): number =>
  others.reduce((sum, other) => sum + Math.max(0, Math.min(to, other[1]) - Math.max(from, other[0])), 0);
