/** Two rulebooks on the same declarations: which findings one has and the other has not. Pure but for the cases it is handed. */

import type { Detection } from '../engine/detection.ts';
import type { Rule } from '../rules/model.ts';
import type { Rulebook } from '../rules/rulebook.ts';
import type { HistoryRecord } from './case.ts';
import { casesFor } from './case.ts';

export type FileState = Pick<Rule, 'version' | 'status'>;

type Side = Pick<Rulebook, 'compiled' | 'rules' | 'shared'>;

export interface RuleDifference {
  rule: string;
  /** Of the rule files themselves. */
  change: 'added' | 'removed' | 'changed' | 'same';
  /** In the files of the first and of the second, drafts and retired rules too. */
  before?: FileState;
  after?: FileState;
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

/** A rule with the named conditions that it uses, and that these use: whoever changes one of them changes the rule. */
function textOf(rule: Rule, shared: Rulebook['shared']): string {
  const used = new Map<string, unknown>();
  const take = (text: string): void => {
    for (const [, name] of text.matchAll(/"condition":"([^"]+)"/g))
      if (!used.has(name!)) {
        used.set(name!, shared[name!]);
        take(JSON.stringify(shared[name!] ?? null));
      }
  };
  take(JSON.stringify(rule));
  return JSON.stringify([rule, ...used]);
}

const runningRule = ({ compiled }: Side, id: string): Rule | undefined =>
  compiled.rules.find((rule) => rule.id === id);

function changeOf(first: Side, second: Side, id: string): RuleDifference['change'] {
  const [before, after] = [runningRule(first, id), runningRule(second, id)];
  if (before === undefined) return 'added';
  if (after === undefined) return 'removed';
  return textOf(before, first.shared) === textOf(after, second.shared) ? 'same' : 'changed';
}

function stateOf({ rules }: Side, id: string): FileState | undefined {
  const rule = rules.find((each) => each.id === id);
  return rule && { version: rule.version, status: rule.status };
}

/** Of rules that run: active and shadow. */
export async function difference(
  first: Side,
  second: Side,
  records: AsyncIterable<HistoryRecord>,
  country?: string,
): Promise<Difference> {
  const [before, after] = [first.compiled, second.compiled];
  const ids = [...new Set([...before.rules, ...after.rules].map(({ id }) => id))].sort();
  const rules = new Map(
    ids.map((rule): [string, RuleDifference] => {
      const [was, is] = [stateOf(first, rule), stateOf(second, rule)];
      return [
        rule,
        {
          rule,
          change: changeOf(first, second, rule),
          ...(was === undefined ? {} : { before: was }),
          ...(is === undefined ? {} : { after: is }),
          both: 0,
          lost: 0,
          gained: 0,
          lostExamples: [],
          gainedExamples: [],
        },
      ];
    }),
  );
  const [casesBefore, casesAfter] = [casesFor(before.calls, country), casesFor(after.calls, country)];
  let declarations = 0;
  let touched = 0;
  for await (const record of records) {
    declarations++;
    const [[one], [other]] = await Promise.all([casesBefore([record]), casesAfter([record])]);
    const was = hitRules(before.detect(one!.sheet), before.rules);
    const is = hitRules(after.detect(other!.sheet), after.rules);
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
