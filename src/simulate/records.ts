/** From a finished case to the records of the canonical model: one a version of the declaration, each with what happened while it stood. */
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
  // A version's own amendment belongs to it; equal times keep the order in which steps were taken.
  const steps = c.steps.filter((step) => step.at < until).sort((a, b) => a.at - b.at);
  const findings = c.findings.filter((finding) => finding.at < until);
  const versions = c.versions.filter((version) => version.at < until);
  const records = versions.map(
    ({ declaration }) => ({ declaration, trail: [] as TrailEvent[], outcomes: [] as Outcome[] }) as const,
  );
  const standing = (at: WallTime): number => {
    let index = 0;
    while (index + 1 < versions.length && versions[index + 1]!.at <= at) index++;
    return index;
  };
  steps.forEach((step, i) => {
    records[standing(step.at)]?.trail.push(eventOf(step, `${reference}/${i + 1}`, offset));
  });
  findings.forEach((finding, i) => {
    records[standing(finding.at)]?.outcomes.push(outcomeOf(finding, `${reference}/o${i + 1}`, offset));
  });
  return records;
}
