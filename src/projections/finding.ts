/**
 * The fold of a declaration's checks into rows of `finding`: one for each rule that hit, in the check that speaks now and
 * in those it replaced. A finding that names several officers has a row for each, which share its points: added up it
 * weighs what it weighed.
 */
import type { Finding } from '../engine/finding.ts';
import type { Store } from '../store/port.ts';
import type { Digest } from './digest.ts';
import type { History } from './history.ts';
import { officerColumns } from './officers.ts';
import { placeColumns } from './place.ts';
import { integer, money, type Row, table, text } from './table.ts';

export const finding = table(
  'finding',
  1,
  {
    ...placeColumns,
    ...officerColumns,
    officer: text('whom it names of those who acted; no other answers for it'),
    finding: text('id of the finding, one over all its rows'),
    check: text('id of the check'),
    checkedAt: text('UTC instant of the check'),
    rule: text('rule'),
    ruleVersion: integer('version of the rule'),
    kind: text('consistency, conduct, risk or system'),
    class: text('error, warning or risk'),
    risk: text('risk area'),
    audience: text('who may read it'),
    item: integer('item number'),
    lane: text('lane of the check'),
    verdict: text('confirmed or refuted, by an outcome that names the rule'),
    shadow: integer('1 where the rule is only counted'),
    current: integer('1 in the last check of the declaration, 0 in one that was replaced'),
    weight: integer('points; of a finding that names several officers the share of each'),
    leading: integer(
      '1 in the first row of this version of the rule on this declaration: by it hits are counted',
    ),
    judged: integer('1 where a final outcome of any control is known'),
    irregular: integer('1 where such a control found something'),
    random: integer('1 where the random draw chose the lane or the control'),
    confirmed: integer('1 where a control confirms the rule, by name or by finding something under none'),
    refuted: integer('1 where a control refutes the rule by name'),
    currency: text('currency of the amount'),
    amount: money('duty found where the rule hit'),
    seizures: integer('seizures where the rule hit'),
    prohibited: integer('findings of prohibited goods where the rule hit'),
  },
  [['declaration'], ['rule', 'day'], ['office', 'day'], ['declarant', 'day'], ['check']],
);
export type FindingRow = Row<typeof finding.columns>;

/** Columns of it that hold officers. */
export const findingOfficers: readonly string[] = [...Object.keys(officerColumns), 'officer'];

export function foldFindings(
  history: History,
  { place, officers, judged, random, amounts }: Digest,
): FindingRow[] {
  if (history.checks.every((check) => check.findings.length === 0)) return [];
  const seen = new Set<string>();
  const isLeading = (rule: string, version: number): boolean => {
    const before = seen.size;
    return seen.add(`${rule}@${version}`).size > before;
  };
  const now = history.checks.at(-1)!.id;
  const acted = new Set(history.events.flatMap(({ officer }) => officer ?? []));
  return history.checks.flatMap((check) =>
    check.findings.flatMap((each, index): FindingRow[] => {
      const id = `${check.id}#${index + 1}`;
      const row = {
        ...place,
        ...officers,
        finding: id,
        check: check.id,
        checkedAt: check.recordedAt,
        rule: each.rule,
        ruleVersion: each.version,
        kind: each.kind,
        class: each.class,
        risk: each.risk,
        audience: each.audience,
        item: each.item ?? null,
        lane: check.lane,
        verdict:
          history.outcomes.findLast((outcome) => outcome.rule === each.rule && outcome.verdict !== undefined)
            ?.verdict ?? null,
        shadow: each.shadow === true ? 1 : 0,
        current: check.id === now ? 1 : 0,
        judged: judged.judged,
        irregular: judged.irregular,
        random: random ? 1 : 0,
        currency: amounts.currency,
        ...judged.of(each.rule),
      };
      const leading = isLeading(each.rule, each.version) ? 1 : 0;
      const named = namedIn(each, acted);
      if (named.length === 0) return [{ ...row, id, officer: null, weight: each.weight, leading }];
      return named.map((officer, i) => ({
        ...row,
        id: i === 0 ? id : `${id}.${i + 1}`,
        officer,
        weight: shareOf(each.weight, i, named.length),
        leading: i === 0 ? leading : 0,
      }));
    }),
  );
}

/** Officers of the trail whom a value of the finding names. */
const namedIn = ({ values }: Finding, acted: ReadonlySet<string>): string[] =>
  [...new Set(Object.values(values).flat().map(String))].filter((name) => acted.has(name)).sort();

/** Whole points that add up to the whole. */
const shareOf = (weight: number, part: number, parts: number): number =>
  Math.floor(weight / parts) + (part < weight % parts ? 1 : 0);

/** How many findings each rule has in the checks that speak now. */
export async function findingsByRule(store: Store): Promise<ReadonlyMap<string, number>> {
  const rows = await store.collection(finding.spec).aggregate({
    where: { column: 'current', op: 'eq', value: 1 },
    groupBy: ['rule'],
    measures: { hits: { distinct: 'finding' } },
  });
  return new Map(rows.map(({ key, values }) => [String(key.rule), values.hits ?? 0]));
}
