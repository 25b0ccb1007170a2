/** What controls found on one declaration. Only confirmed, final outcomes count (DESIGN decision 15). */
import type { OutcomeDocument } from '../check/collections.ts';
import type { Money } from '../declaration/money.ts';
import type { History } from './history.ts';

export const isFinding = (outcome: OutcomeDocument): boolean => outcome.result !== 'conform';
export const isFinal = (outcome: OutcomeDocument): boolean =>
  outcome.status === 'final' && outcome.verdict !== 'refuted';
const isOverturned = (outcome: OutcomeDocument): boolean =>
  outcome.status === 'annulled' || outcome.verdict === 'refuted';

export const amountIn = (money: Money | undefined, currency: string | null): number =>
  money !== undefined && money.currency === currency ? money.amount : 0;

/** Controls before release; an audit after it is told apart. */
export const atClearance = (outcome: OutcomeDocument): boolean => outcome.control !== 'post-clearance';

export type Found = ReturnType<typeof foldOutcomes>;

export function foldOutcomes(history: History, currency: string | null) {
  const clearing = history.outcomes.filter(atClearance);
  const audits = history.outcomes.filter((outcome) => !atClearance(outcome) && isFinal(outcome));
  const findings = clearing.filter((outcome) => isFinding(outcome) && isFinal(outcome));
  const conform =
    clearing.some((outcome) => !isFinding(outcome) && isFinal(outcome)) && findings.length === 0;
  const accused = history.outcomes.filter(
    (outcome) => isFinding(outcome) && outcome.status !== 'provisional',
  );
  return {
    controls: clearing.filter(isFinal).length,
    findings: findings.length,
    conform,
    accused: accused.length,
    overturned: accused.filter(isOverturned).length,
    auditedConform: conform && audits.length > 0,
    auditTax: conform
      ? audits.filter(isFinding).reduce((sum, outcome) => sum + amountIn(outcome.duty, currency), 0)
      : 0,
    fines: findings.reduce((sum, outcome) => sum + amountIn(outcome.fine, currency), 0),
    seizures: findings.filter((outcome) => outcome.seizure === true).length,
    prohibited: findings.filter((outcome) => outcome.result === 'prohibited').length,
    random: clearing.some((outcome) => outcome.random === true),
  };
}
