/** Which rules hold of a declaration: the answer of the evaluators, before anything is explained. */
import type { FactSheet } from '../facts/model.ts';
import { itemNumber } from './explain.ts';
import type { NotEvaluated } from './finding.ts';
import type { Plan } from './plan.ts';

export interface Hit {
  /** Place of the rule in `CompiledRulebook.rules`. */
  place: number;
  /** Position of the item in the sheet, from 0; -1 for a rule on the declaration. */
  index: number;
}

/**
 * Hits on the declaration in the rulebook's order, then item by item in the rulebook's order; so are the reports of
 * what was not evaluated.
 */
export interface Detection {
  hits: Hit[];
  /** May be shared with other answers that say the same: to be read, never to be changed. */
  notEvaluated: NotEvaluated[];
}

export type Detect = (sheet: FactSheet) => Detection;

export function notEvaluated(plan: Plan, sheet: FactSheet, index: number, missing: string[]): NotEvaluated {
  const { id, version } = plan.rule;
  return index < 0
    ? { rule: id, version, missing }
    : { rule: id, version, item: itemNumber(sheet.items, index), missing };
}

export const reasonOf = (thrown: unknown): string =>
  thrown instanceof Error ? thrown.message : String(thrown);

/** A rule that failed at run time: it takes down itself alone, and says so. */
export const failed = (plan: Plan, sheet: FactSheet, index: number, thrown: unknown): NotEvaluated => ({
  ...notEvaluated(plan, sheet, index, []),
  error: reasonOf(thrown),
});
