/** What could not be evaluated, gathered: a rule on items that lacks the same fact on 119 of them is one hole, not 119. */
import type { NotEvaluated } from '../engine/finding.ts';

export interface Hole {
  rule: string;
  version: number;
  /** Names of the facts that were missing. */
  missing: string[];
  /** Item numbers, for a rule on items. */
  items?: number[];
  /** Set where the rule failed at run time and took itself out. */
  error?: string;
}

/** In the order in which rules come; items in theirs. */
export function gather(notEvaluated: readonly NotEvaluated[]): Hole[] {
  const holes = new Map<string, Hole>();
  for (const { rule, version, item, missing, error } of notEvaluated) {
    const key = item === undefined ? rule : `${rule}\u0000${missing.join('\u0000')}\u0000${error ?? ''}`;
    const hole = holes.get(key);
    if (hole !== undefined && item !== undefined) hole.items!.push(item);
    else {
      holes.set(key, {
        rule,
        version,
        missing,
        ...(item === undefined ? {} : { items: [item] }),
        ...(error === undefined ? {} : { error }),
      });
    }
  }
  return [...holes.values()];
}
