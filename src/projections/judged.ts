/**
 * What controls say about a declaration's findings, before release and after it: the ground on which rules are judged.
 * Only final outcomes count, and of one act the last word (DESIGN decision 15).
 */
import type { OutcomeDocument } from '../check/collections.ts';
import type { History } from './history.ts';
import { amountIn, isFinding } from './outcomes.ts';

export interface Judged {
  /** 1 where a final outcome of any control is known. */
  judged: number;
  /** 1 where such a control found something. */
  irregular: number;
  /** What it says of one rule. */
  of(rule: string): JudgedRule;
}

export interface JudgedRule {
  /** 1 where an outcome that names the rule confirms it or, where none names a rule, a control found something. */
  confirmed: number;
  /** 1 where an outcome that names the rule refutes it. */
  refuted: number;
  /** Duty found, minor units. */
  amount: number;
  seizures: number;
  prohibited: number;
}

/** A provisional, appealed or annulled word takes the place of the one before it on the same act. */
function finals(history: History): OutcomeDocument[] {
  const acts = new Map<string, OutcomeDocument>();
  for (const outcome of history.outcomes) {
    const act = `${outcome.control}|${outcome.item ?? ''}|${outcome.rule ?? ''}|${outcome.at}`;
    acts.set(act, later(acts.get(act), outcome));
  }
  return [...acts.values()].filter(({ status }) => status === 'final');
}

const later = (before: OutcomeDocument | undefined, outcome: OutcomeDocument): OutcomeDocument =>
  before !== undefined && before.recordedAt > outcome.recordedAt ? before : outcome;

const stands = (outcome: OutcomeDocument): boolean => isFinding(outcome) && outcome.verdict !== 'refuted';

export function judgedOf(history: History, currency: string | null): Judged {
  const words = finals(history);
  const found = words.filter(stands);
  return {
    judged: words.length > 0 ? 1 : 0,
    irregular: found.length > 0 ? 1 : 0,
    of(rule) {
      const verdict = words.findLast((word) => word.rule === rule && word.verdict !== undefined)?.verdict;
      // What a control found without naming a rule speaks for all that hit.
      const credited =
        verdict === 'refuted' ? [] : found.filter((word) => word.rule === rule || word.rule === undefined);
      return {
        confirmed: verdict === 'confirmed' || credited.length > 0 ? 1 : 0,
        refuted: verdict === 'refuted' ? 1 : 0,
        amount: credited.reduce((sum, { duty }) => sum + amountIn(duty, currency), 0),
        seizures: credited.filter(({ seizure }) => seizure === true).length,
        prohibited: credited.filter(({ result }) => result === 'prohibited').length,
      };
    },
  };
}
