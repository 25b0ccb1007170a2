/** Two rulebooks on the same declarations: which findings one has and the other has not. Pure but for the cases it is handed. */

import type { CompiledRulebook } from '../engine/compile.ts';
import type { Detection } from '../engine/detection.ts';
import type { Rule } from '../rules/model.ts';
import type { HistoryRecord } from './case.ts';
import { casesFor } from './case.ts';

export interface RuleDifference {
  rule: string;
  /** Of the rule files themselves. */
  change: 'added' | 'removed' | 'changed' | 'same';
  /** Declarations with a finding: under both, only under the first, only under the second. */
  both: number;
  lost: number;
  gained: number;
  /** References, at most `examples` of each. */
  lostExamples: string[];
  gainedExamples: string[];
}

export interface Difference {
  declarations: number;
  /** Declarations for which any rule says something else. */
  touched: number;
  rules: RuleDifference[];
}

const examples = 5;

const hitRules = ({ hits }: Detection, rules: readonly Rule[]): Set<string> =>
  new Set(hits.map(({ place }) => rules[place]!.id));

function changeOf(before: Rule | undefined, after: Rule | undefined): RuleDifference['change'] {
  if (before === undefined) return 'added';
  if (after === undefined) return 'removed';
  return JSON.stringify(before) === JSON.stringify(after) ? 'same' : 'changed';
}

/** Of rules that run: active and shadow. */
export async function difference(
  before: CompiledRulebook,
  after: CompiledRulebook,
  records: AsyncIterable<HistoryRecord>,
  country?: string,
): Promise<Difference> {
  const ids = [...new Set([...before.rules, ...after.rules].map(({ id }) => id))].sort();
  const rules = new Map(
    ids.map((rule): [string, RuleDifference] => [
      rule,
      {
        rule,
        change: changeOf(
          before.rules.find(({ id }) => id === rule),
          after.rules.find(({ id }) => id === rule),
        ),
        both: 0,
        lost: 0,
        gained: 0,
        lostExamples: [],
        gainedExamples: [],
      },
    ]),
  );
  const [casesBefore, casesAfter] = [casesFor(before.calls, country), casesFor(after.calls, country)];
  let declarations = 0;
  let touched = 0;
  for await (const record of records) {
    declarations++;
    const [[first], [second]] = await Promise.all([casesBefore([record]), casesAfter([record])]);
    const was = hitRules(before.detect(first!.sheet), before.rules);
    const is = hitRules(after.detect(second!.sheet), after.rules);
    let differs = false;
    for (const rule of new Set([...was, ...is])) {
      const row = rules.get(rule)!;
      if (was.has(rule) && is.has(rule)) row.both++;
      else {
        differs = true;
        const [count, list] = was.has(rule)
          ? (['lost', row.lostExamples] as const)
          : (['gained', row.gainedExamples] as const);
        row[count]++;
        if (list.length < examples) list.push(record.reference);
      }
    }
    if (differs) touched++;
  }
  return { declarations, touched, rules: [...rules.values()] };
}
