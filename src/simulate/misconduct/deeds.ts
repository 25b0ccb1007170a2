/** What several patterns need: where a case's steps are, and how they move. */
import type { Case, Step } from '../case.ts';
import type { WallTime } from '../clock.ts';

export const stepOf = (c: Case, kind: Step['kind']): Step | undefined =>
  c.steps.find((step) => step.kind === kind);

/** Steps, findings and versions from this moment on come so much later; an act's end goes with its beginning. */
export function delayFrom(c: Case, from: WallTime, seconds: number): void {
  for (const step of c.steps) {
    if (step.at < from) continue;
    step.at += seconds;
    if (step.endedAt !== undefined) step.endedAt += seconds;
  }
  for (const finding of c.findings) if (finding.at >= from) finding.at += seconds;
  for (const version of c.versions) if (version.at >= from) version.at += seconds;
}

export function drop(c: Case, is: (step: Step) => boolean): void {
  c.steps = c.steps.filter((step) => !is(step));
}

/** The duties at stake on what is declared, in dollars: what makes a declaration worth a bribe. */
export const dollarsAtStake = (c: Case): number =>
  c.declared.reduce((sum, goods) => sum + goods.price * (goods.line.duty + goods.line.vat), 0) *
  (c.rate / 100 / 604.5);
