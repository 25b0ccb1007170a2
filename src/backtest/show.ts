/** A report as lines for a terminal. */
import { major, minorDigits } from '../declaration/money.ts';
import { dimensions } from './judge.ts';
import type { Report, RuleReport } from './report.ts';
import { exampleKinds } from './tally.ts';

export type Table = (head: readonly string[], rows: readonly (readonly (string | number)[])[]) => string[];

export const percent = (share: number | undefined, digits = 1): string =>
  share === undefined ? '–' : `${(share * 100).toFixed(digits)} %`;
export const decimal = (value: number | undefined, digits = 2): string =>
  value === undefined ? '–' : value.toFixed(digits);
export const whole = (value: number): string => value.toLocaleString('en');
export const money = (amount: number, currency: string): string =>
  `${major({ amount, currency }).toLocaleString('en', { minimumFractionDigits: minorDigits(currency), maximumFractionDigits: minorDigits(currency) })} ${currency}`;

export const exampleWords = {
  confirmed: 'hit, and the control found something',
  falseAlarm: 'hit, and the control found nothing',
  missed: 'no hit, and the control found something',
  unexamined: 'hit, and nobody had looked',
} as const;

const mostRows = 10;

function ruleLines(rule: RuleReport, table: Table): string[] {
  const lines = [
    '',
    `${rule.rule}${rule.version === undefined ? '' : `.${rule.version} (${rule.status})`}  ${rule.title.en ?? ''}`,
  ];
  for (const dimension of dimensions) {
    const rows = rule.by[dimension].filter(({ hits }) => hits > 0);
    if (rows.length === 0) continue;
    const shown = dimension === 'month' ? rows : rows.slice(0, mostRows);
    lines.push(
      ...table(
        [dimension, 'declarations', 'hits', 'rate'],
        shown.map(({ value, declarations, hits, rate }) => [
          value,
          whole(declarations),
          whole(hits),
          percent(rate),
        ]),
      ).map((line) => `  ${line}`),
    );
    if (shown.length < rows.length) lines.push(`  … ${rows.length - shown.length} more (--json has all)`);
  }
  const { overlap, extraExaminations, quality, revenue } = rule;
  if (overlap.length > 0)
    lines.push(
      `  also hit by: ${overlap
        .slice(0, 5)
        .map(({ rule: other, both, share }) => `${other} ${whole(both)} (${percent(share)})`)
        .join(', ')}`,
    );
  if (quality !== undefined)
    lines.push(
      `  of controlled declarations: ${quality.truePositive} hit and irregular, ${quality.falsePositive} hit and conform, ${quality.falseNegative} irregular without a hit, ${quality.trueNegative} conform without a hit`,
    );
  for (const { currency, amount, share } of revenue)
    lines.push(
      `  revenue found in hits: ${money(amount, currency)}, ${percent(share)} of all that controls found`,
    );
  if (extraExaminations.length > 0)
    lines.push(
      `  extra examinations a day: ${extraExaminations
        .slice(0, mostRows)
        .map(({ office, perDay }) => `${office} ${decimal(perDay)}`)
        .join(', ')}`,
    );
  for (const kind of exampleKinds) {
    const examples = rule.examples[kind];
    if (examples.length === 0) continue;
    lines.push(`  ${exampleWords[kind]}:`);
    for (const { reference, message } of examples)
      lines.push(`    ${reference}${message === undefined ? '' : `  ${message}`}`);
  }
  return lines;
}

/** Of few rules everything is shown; of many the table, and the rest is in --json and --html. */
const mostInFull = 3;

export function reportLines(report: Report, table: Table): string[] {
  const { base, rules, inspection } = report;
  const byHits = [...rules].sort((a, b) => b.declarations - a.declarations);
  const rows = byHits.map((rule) => [
    rule.rule,
    whole(rule.declarations),
    percent(rule.rate, 2),
    whole(rule.findings),
    whole(rule.notEvaluated),
    percent(rule.quality?.precision),
    percent(rule.quality?.recall),
    decimal(rule.quality?.f1),
    decimal(rule.quality?.lift),
    decimal(rule.extraExaminations.reduce((sum, { perDay }) => sum + perDay, 0)),
    rule.title.en ?? '',
  ]);
  const lines = table(
    [
      'rule',
      'hits',
      'rate',
      'findings',
      'not evaluated',
      'precision',
      'recall',
      'F1',
      'lift',
      'extra/day',
      'title',
    ],
    rows,
  );
  const singles = rules.filter(({ rule }) => rule !== '*');
  if (singles.length <= mostInFull) for (const rule of singles) lines.push(...ruleLines(rule, table));
  lines.push('');
  if (base.controlled > 0) {
    lines.push(
      `${whole(base.controlled)} declarations have a final outcome, ${whole(base.irregular)} of them irregular; lift is over ${percent(base.rate)}, the rate of ${base.from}.`,
    );
    lines.push('Controls were selected: precision and recall are those of controlled declarations.');
    lines.push(
      ...table(
        ['inspected', 'declarations', 'precision', 'recall', 'lift'],
        inspection.map((row) => [
          percent(row.share, 0),
          whole(row.inspected),
          percent(row.precision),
          percent(row.recall),
          decimal(row.lift),
        ]),
      ),
    );
  } else lines.push('No declaration has a final outcome: nothing can be said of precision.');
  lines.push(
    `${whole(report.declarations)} declarations, ${whole(report.refused)} refused${report.answers > 0 ? `, ${whole(report.answers)} records about declarations apart, ${whole(report.joined)} outcomes of theirs joined (trails are not: import them and use --data)` : ''}; ${report.seconds.toFixed(1)} s, ${whole(Math.round(report.declarationsPerSecond))} a second, ${Math.round(report.peakMemoryBytes / 2 ** 20)} MB at most`,
  );
  return lines;
}
