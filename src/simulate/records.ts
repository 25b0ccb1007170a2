/** From a finished case to the records of the canonical model: one a version of the declaration, each with all that had happened until the next one was made. */
import type { DeclarationRecord } from '../declaration/declaration.ts';
import type { Money } from '../declaration/money.ts';
import type { Outcome, TrailEvent } from '../declaration/trail.ts';
import { type Case, type Finding, referenceOf, type Step } from './case.ts';
import { instantText, type WallTime } from './clock.ts';
import { nationalCurrency } from './tariff.ts';

const money = (amount: number): Money => ({ amount: Math.round(amount), currency: nationalCurrency });

function eventOf(step: Step, id: string, offset: string): TrailEvent {
  const { at, endedAt, enteredAt, tax, taxBefore, fine, ...rest } = step;
  const event: TrailEvent = { id, ...rest, at: instantText(at, offset) };
  if (endedAt !== undefined) event.endedAt = instantText(endedAt, offset);
  if (enteredAt !== undefined) event.enteredAt = instantText(enteredAt, offset);
  if (tax !== undefined) event.tax = money(tax);
  if (taxBefore !== undefined) event.taxBefore = money(taxBefore);
  if (fine !== undefined) event.fine = money(fine);
  return event;
}

function outcomeOf(finding: Finding, id: string, offset: string): Outcome {
  const { at, duty, fine, ...rest } = finding;
  const outcome: Outcome = { id, ...rest, at: instantText(at, offset) };
  if (duty !== undefined) outcome.duty = money(duty);
  if (fine !== undefined) outcome.fine = money(fine);
  return outcome;
}

/** What the source system knows at `until`: later steps have not happened, and later versions were not made. */
export function recordsOf(c: Case, until: WallTime): DeclarationRecord[] {
  const reference = referenceOf(c.office, c.registration);
  const { offset } = c.office;
  // Equal times keep the order in which steps were taken; a version's own amendment comes with it.
  const steps = c.steps.filter((step) => step.at < until).sort((a, b) => a.at - b.at);
  const findings = c.findings.filter((finding) => finding.at < until);
  const versions = c.versions.filter((version) => version.at < until);
  const events = steps.map((step, i) => eventOf(step, `${reference}/${i + 1}`, offset));
  const outcomes = findings.map((finding, i) => outcomeOf(finding, `${reference}/o${i + 1}`, offset));
  return versions.map(({ declaration }, i) => {
    const replaced = versions[i + 1]?.at ?? until;
    return {
      declaration,
      trail: events.filter((_, k) => steps[k]!.at < replaced),
      outcomes: outcomes.filter((_, k) => findings[k]!.at < replaced),
    };
  });
}
