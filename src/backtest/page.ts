/** A report as one HTML file that needs nothing else: it can be mailed, printed and kept with the decision. */

import { dimensions } from './judge.ts';
import type { Excerpt, Report, RuleReport } from './report.ts';
import { decimal, exampleWords, money, percent, whole } from './show.ts';
import { exampleKinds } from './tally.ts';

const escapes: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
const text = (value: string | number): string => String(value).replace(/[&<>"']/g, (sign) => escapes[sign]!);

const table = (head: readonly string[], rows: readonly (readonly (string | number)[])[]): string =>
  `<table><thead><tr>${head.map((cell) => `<th>${text(cell)}</th>`).join('')}</tr></thead><tbody>${rows
    .map(
      (row) =>
        `<tr>${row.map((cell, i) => `<td${i === 0 ? '' : ' class="n"'}>${text(cell)}</td>`).join('')}</tr>`,
    )
    .join('')}</tbody></table>`;

/** Bars of one month each; the number is in the title and in the table below. */
function months({ by }: RuleReport): string {
  const rows = by.month.filter(({ value }) => value !== '-');
  const highest = Math.max(...rows.map(({ rate }) => rate), 0);
  if (rows.length < 2 || highest === 0) return '';
  const width = 640 / rows.length;
  const bars = rows.map(({ value, rate }, i) => {
    const height = (rate / highest) * 80;
    return `<rect x="${(i * width).toFixed(1)}" y="${(90 - height).toFixed(1)}" width="${(width * 0.8).toFixed(1)}" height="${height.toFixed(1)}"><title>${text(value)}: ${percent(rate, 2)}</title></rect>`;
  });
  return `<figure><svg viewBox="0 0 640 90" role="img" aria-label="rate by month">${bars.join('')}</svg><figcaption>Rate by month, ${text(rows[0]!.value)} to ${text(rows.at(-1)!.value)}; the highest is ${percent(highest, 2)}</figcaption></figure>`;
}

function confusion({ quality }: RuleReport): string {
  if (quality === undefined) return '';
  return table(
    ['controlled declarations', 'irregular', 'conform'],
    [
      ['hit', whole(quality.truePositive), whole(quality.falsePositive)],
      ['no hit', whole(quality.falseNegative), whole(quality.trueNegative)],
    ],
  );
}

const anchorOf = (reference: string): string => `d-${encodeURIComponent(reference)}`;

/** Each declaration that stands among the examples once, to be looked at without the file. */
function declarationsOf(rules: readonly RuleReport[]): string {
  const shown = new Map<string, Excerpt>();
  for (const { examples } of rules)
    for (const kind of exampleKinds)
      for (const { reference, excerpt } of examples[kind])
        if (excerpt !== undefined) shown.set(reference, excerpt);
  if (shown.size === 0) return '';
  const one = ([reference, { header, items, moreItems }]: [string, Excerpt]) =>
    `<section id="${anchorOf(reference)}"><h3><code>${text(reference)}</code></h3><p>${Object.entries(header)
      .map(([name, value]) => `${text(name)} ${text(value)}`)
      .join(
        ' · ',
      )}</p>${table(['item', 'HS', 'origin', 'procedure', 'value', 'net kg', 'description'], items)}${
      moreItems === 0 ? '' : `<p class="note">and ${whole(moreItems)} more items</p>`
    }</section>`;
  return `<h2>Declarations</h2>${[...shown].map(one).join('')}`;
}

function rule(report: RuleReport): string {
  const name = `${report.rule}${report.version === undefined ? '' : `.${report.version} (${report.status})`}`;
  const groups = dimensions
    .map((dimension) => ({ dimension, rows: report.by[dimension].filter(({ hits }) => hits > 0) }))
    .filter(({ rows }) => rows.length > 0)
    .map(
      ({ dimension, rows }) =>
        `<details><summary>By ${dimension} (${rows.length})</summary>${table(
          [dimension, 'declarations', 'hits', 'rate'],
          rows.map(({ value, declarations, hits, rate }) => [
            value,
            whole(declarations),
            whole(hits),
            percent(rate, 2),
          ]),
        )}</details>`,
    );
  const load = report.extraExaminations;
  const examples = exampleKinds
    .filter((kind) => report.examples[kind].length > 0)
    .map(
      (kind) =>
        `<details><summary>${text(exampleWords[kind])}</summary><ul>${report.examples[kind]
          .map(
            ({ reference, message, file, excerpt }) =>
              `<li>${excerpt === undefined ? `<code>${text(reference)}</code>` : `<a href="#${anchorOf(reference)}"><code>${text(reference)}</code></a>`} ${text(message ?? '')}${file === undefined ? '' : ` <small>${text(file)}</small>`}</li>`,
          )
          .join('')}</ul></details>`,
    );
  return `<section id="${text(report.rule)}"><h2>${text(name)} ${text(report.title.en ?? '')}</h2>
<p>${whole(report.declarations)} declarations hit (${percent(report.rate, 2)}), ${whole(report.findings)} findings, ${whole(report.notEvaluated)} not evaluated.
${report.revenue.map(({ currency, amount, share }) => `Revenue found in hits: ${text(money(amount, currency))}, ${percent(share)} of all.`).join(' ')}</p>
${months(report)}${confusion(report)}${groups.join('')}
${
  report.overlap.length === 0
    ? ''
    : `<details><summary>Overlap with other rules</summary>${table(
        ['rule', 'both', 'of its hits'],
        report.overlap.map((row) => [row.rule, whole(row.both), percent(row.share)]),
      )}</details>`
}
${
  load.length === 0
    ? ''
    : `<details><summary>Extra examinations a day</summary>${table(
        ['office', 'hits that nobody examined', 'days', 'a day'],
        load.map((row) => [row.office, whole(row.total), row.days, decimal(row.perDay)]),
      )}</details>`
}
${examples.join('')}</section>`;
}

const style = `body{font:15px/1.45 system-ui,sans-serif;max-width:64rem;margin:2rem auto;padding:0 1rem;color:#1b1f24;background:#fff}
h1{font-size:1.5rem}h2{font-size:1.15rem;margin-top:2.2rem;border-top:1px solid #d0d7de;padding-top:1rem}
table{border-collapse:collapse;margin:.6rem 0}th,td{padding:.2rem .7rem;border-bottom:1px solid #e3e7eb;text-align:left}td.n{text-align:right;font-variant-numeric:tabular-nums}
svg{width:100%;height:6rem}rect{fill:#2f6f9f}figure{margin:.6rem 0}figcaption,small,.note{color:#57606a}summary{cursor:pointer;padding:.2rem 0}
@media(prefers-color-scheme:dark){body{background:#15181c;color:#e3e7eb}th,td,h2{border-color:#394049}rect{fill:#6aa9d6}}
@media print{details{display:block}}`;

export function reportPage(report: Report, made: string): string {
  const { base, rules, inspection } = report;
  const summary = table(
    ['rule', 'hits', 'rate', 'not evaluated', 'precision', 'recall', 'F1', 'lift'],
    rules.map((each) => [
      each.rule,
      whole(each.declarations),
      percent(each.rate, 2),
      whole(each.notEvaluated),
      percent(each.quality?.precision),
      percent(each.quality?.recall),
      decimal(each.quality?.f1),
      decimal(each.quality?.lift),
    ]),
  );
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Backtest</title><style>${style}</style></head><body>
<h1>Backtest of ${rules.filter((each) => each.rule !== '*').length} rules</h1>
<p>${whole(report.declarations)} declarations, ${whole(report.refused)} refused. Rulebook <code>${text(report.rulebook.slice(0, 12))}</code>, ${text(made)}. ${report.seconds.toFixed(1)} s with ${report.threads} threads.</p>
${summary}
${
  base.controlled === 0
    ? '<p class="note">No declaration has a final outcome: nothing can be said of precision.</p>'
    : `<p class="note">${whole(base.controlled)} declarations have a final outcome, ${whole(base.irregular)} of them irregular. Lift is over ${percent(base.rate)}, the rate of ${base.from}. Controls were selected: precision and recall are those of controlled declarations.</p>
<h2>If the highest scores were inspected</h2>${table(
        ['inspected', 'declarations', 'precision', 'recall', 'lift'],
        inspection.map((row) => [
          percent(row.share, 0),
          whole(row.inspected),
          percent(row.precision),
          percent(row.recall),
          decimal(row.lift),
        ]),
      )}`
}
${rules.map(rule).join('\n')}
${declarationsOf(rules)}
<p class="note">Officers appear under names that hold for this report alone.</p></body></html>\n`;
}
