/** The report on rules as a store's data give it, and as lines for a terminal. */
import { inForceSince } from '../check/in-force.ts';
import type { Rule } from '../rules/model.ts';
import type { Store } from '../store/port.ts';
import { judge, type Report, type RuleReport } from './judge.ts';
import { measure, type Period } from './measure.ts';

export async function effectiveness(
  store: Store,
  rules: readonly Rule[],
  period: Period,
  today: string,
): Promise<Report> {
  const [measured, since] = await Promise.all([measure(store, period), inForceSince(store)]);
  return judge(measured, { today, from: period.from, to: period.to, rules, since });
}

const percent = (value: number): string => `${(100 * value).toFixed(1)} %`;

/** Head and rows of the table of rules. */
export function effectivenessTable({ rules }: Report): { head: string[]; rows: (string | number)[][] } {
  const money = ({ amounts }: RuleReport): string =>
    Object.entries(amounts)
      .map(([currency, amount]) => `${amount} ${currency}`)
      .join(', ') || '–';
  return {
    head: [
      'rule',
      'risk',
      'hits',
      'controlled',
      'confirmed',
      'hit rate',
      'lift',
      'duty found',
      'seized',
      'prohibited',
      'age',
      'weight',
      'suggested',
    ],
    rows: rules.map((rule) => [
      `${rule.rule}@${rule.version}${rule.shadow ? ' (shadow)' : ''}`,
      rule.risk,
      rule.hits,
      rule.judged,
      rule.confirmed,
      rule.hitRate === undefined
        ? '–'
        : `${percent(rule.hitRate.value)} (${percent(rule.hitRate.low)} to ${percent(rule.hitRate.high)})`,
      rule.lift === undefined
        ? '–'
        : `${rule.lift.value.toFixed(2)} (${rule.lift.low.toFixed(2)} to ${rule.lift.high.toFixed(2)})`,
      money(rule),
      rule.seizures,
      rule.prohibited,
      rule.age ?? '–',
      rule.weight ?? '–',
      rule.suggested?.weight ?? '–',
    ]),
  };
}

const basisText: Readonly<Record<Report['basis'], string>> = {
  random: 'Suggested weights rest on the random sample.',
  controlled:
    'Suggested weights rest on all controlled declarations, most of which rules selected: read them with care until the random sample has grown.',
  none: 'No weights are suggested: controls have found something everywhere or nowhere.',
};

/** What is said below the table. */
export function effectivenessRemarks(report: Report): string[] {
  const { random, basis, dueForReview, weak, silent } = report;
  const rate =
    random.rate === undefined
      ? 'no declaration of the random draw was controlled, so there is no lift'
      : `${random.irregular} of ${random.judged} controlled declarations of the random draw, ${percent(random.rate.value)}`;
  const listed = (title: string, remarks: readonly { rule: string; version: number; why: string }[]) =>
    remarks.length === 0
      ? []
      : [title, ...remarks.map(({ rule, version, why }) => `  ${rule}@${version}: ${why}`)];
  return [
    `What chance finds: ${rate}.`,
    `${basisText[basis]} They change nothing by themselves.`,
    ...listed('Due for review:', dueForReview),
    ...listed('Weak:', weak),
    // Many in any rulebook, and there is nothing to say of each.
    ...(silent.length === 0
      ? []
      : [`Silent, without a hit in the period: ${silent.map(({ rule }) => rule).join(', ')}`]),
  ];
}
