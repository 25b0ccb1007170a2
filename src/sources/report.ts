/**
 * What an import of an extract found, for the person who sends the next one: what was read, what became of it, and what
 * to mend, most frequent first, each with its place, its reason and what to do. As text, as JSON, and as a page that
 * needs nothing but itself.
 */
import { type ErrorSpec, errorTable } from '../errors.ts';
import type { FeedReport } from './feed.ts';
import type { ProblemGroup, RowProblem } from './problems.ts';

const most = (groups: Iterable<ProblemGroup>): ProblemGroup[] =>
  [...groups].sort((a, b) => b.count - a.count || (a.table < b.table ? -1 : 1));

const place = ({ file, line, row }: RowProblem): string =>
  line === undefined ? `${file}, row ${row}` : `${file}:${line} (row ${row})`;

const hintOf = (group: ProblemGroup): string => (errorTable[group.code] as ErrorSpec).hint;

const plain = (value: number): string => value.toLocaleString('en');

/** Plain JSON: maps become lists. */
export function reportJson(report: FeedReport): object {
  const { arrivals, problems, ...extract } = report.extract;
  return {
    ...report,
    extract: {
      ...extract,
      problems: { total: problems.total, groups: most(problems.groups.values()), first: problems.kept },
      days: arrivals.days(),
    },
  };
}

export function reportText(report: FeedReport): string {
  const { extract } = report;
  const lines = [
    `${extract.folder} as ${extract.mapping}`,
    `  ${plain(extract.declarations)} declarations, ${plain(extract.answers)} answers to others, ${plain(extract.events)} events, ${plain(extract.outcomes)} outcomes`,
    `  ${plain(report.references.written)} reference records written, ${plain(report.references.unchanged)} known before`,
  ];
  for (const table of extract.tables) {
    const notes = [
      table.left > 0 ? `${plain(table.left)} not meant by the mapping` : '',
      table.unmapped.length > 0 ? `not read: ${table.unmapped.join(', ')}` : '',
    ].filter(Boolean);
    lines.push(
      `  ${table.table.padEnd(14)} ${plain(table.rows).padStart(10)} rows  ${table.files.join(', ')}${notes.length > 0 ? `  (${notes.join('; ')})` : ''}`,
    );
  }
  for (const note of extract.notes) lines.push(`  note: ${note}`);
  if (extract.missing.length > 0) lines.push(`  not in the folder: ${extract.missing.join(', ')}`);
  if (extract.unread.length > 0) lines.push(`  files of no table: ${extract.unread.join(', ')}`);
  for (const { file, segment, count } of report.cargo.unmapped)
    lines.push(`  not mapped: ${segment} in bills of ${file}: ${plain(count)}`);
  for (const { table, problem } of extract.unusable) lines.push(`  unusable: ${table}: ${problem}`);
  lines.push(
    extract.problems.total === 0
      ? '  no row had a problem'
      : `  ${plain(extract.problems.total)} rows with a problem:`,
  );
  for (const group of most(extract.problems.groups.values())) {
    const column = group.column === undefined ? '' : `.${group.column}`;
    const [first] = group.examples;
    lines.push(
      `    ${plain(group.count).padStart(8)}  ${group.table}${column}  ${group.code}  ${first!.effect}`,
      `              ${place(first!)}: ${first!.problem}`,
      `              ${hintOf(group)}`,
    );
  }
  for (const { feed, office, day, what, expected, found } of report.mismatches)
    lines.push(
      `  control total not met: ${feed} of ${office} on ${day}: ${what} ${plain(found)} of ${plain(expected)}`,
    );
  for (const gap of report.gaps)
    lines.push(
      `  gap: ${gap.feed} of ${gap.office}, nothing from ${gap.from} to ${gap.to}, ${gap.days} open days`,
    );
  for (const mark of report.watermarks)
    lines.push(`  complete: ${mark.feed} of ${mark.office} to ${mark.until} (${mark.basis})`);
  return `${lines.join('\n')}\n`;
}

const shown = (value: unknown): string =>
  String(value).replace(
    /[&<>"']/g,
    (sign) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' })[sign]!,
  );

const cells = (tag: 'td' | 'th', values: readonly unknown[]): string =>
  `<tr>${values.map((value) => `<${tag}>${typeof value === 'number' ? plain(value) : shown(value)}</${tag}>`).join('')}</tr>`;

const table = (head: readonly string[], rows: readonly (readonly unknown[])[]): string =>
  rows.length === 0
    ? '<p>None.</p>'
    : `<table><thead>${cells('th', head)}</thead><tbody>${rows.map((row) => cells('td', row)).join('')}</tbody></table>`;

function problemSection(group: ProblemGroup): string {
  const column = group.column === undefined ? '' : `.${group.column}`;
  const rows = group.examples.map((problem) => [
    problem.file,
    problem.line ?? '',
    problem.row,
    problem.problem,
    problem.effect,
  ]);
  return `<section><h3>${plain(group.count)} × ${shown(group.table + column)} <code>${group.code}</code></h3>
<p>${shown(hintOf(group))}</p>${table(['file', 'line', 'row', 'reason', 'what became of it'], rows)}</section>`;
}

/** One HTML file without scripts, styles or images from elsewhere. */
export function reportPage(report: FeedReport): string {
  const { extract } = report;
  const groups = most(extract.problems.groups.values());
  const counts: [string, number][] = [
    ['declarations', extract.declarations],
    ['answers to others', extract.answers],
    ['events', extract.events],
    ['outcomes', extract.outcomes],
    ['reference records new', report.references.written],
    ['rows with a problem', extract.problems.total],
  ];
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Import of ${shown(report.source)}</title>
<style>
:root{color-scheme:light dark}body{font:15px/1.5 system-ui,sans-serif;max-width:70rem;margin:2rem auto;padding:0 1rem}
table{border-collapse:collapse;width:100%;margin:.5rem 0 1.5rem}th,td{text-align:left;padding:.3rem .6rem;border-bottom:1px solid #8884;vertical-align:top;overflow-wrap:anywhere}
th{font-weight:600}dl{display:grid;grid-template-columns:repeat(auto-fit,minmax(10rem,1fr));gap:1rem}dt{opacity:.7}dd{margin:0;font-size:1.6rem}
section{border-left:4px solid #c33;padding-left:1rem;margin:1.5rem 0}h3{margin:.2rem 0}code{font-size:.9em}
</style></head><body>
<h1>Import of ${shown(report.source)}</h1>
<p>${shown(extract.folder)}, mapping ${shown(extract.mapping)}, begun ${shown(extract.startedAt)}, ended ${shown(extract.finishedAt ?? '')}.</p>
${extract.notes.map((note) => `<p>Note: ${shown(note)}.</p>`).join('')}
<dl>${counts.map(([name, value]) => `<div><dt>${name}</dt><dd>${plain(value)}</dd></div>`).join('')}</dl>
<h2>What to mend</h2>
${groups.length === 0 ? '<p>No row had a problem.</p>' : groups.map(problemSection).join('\n')}
${
  report.cargo.refused.length === 0
    ? ''
    : `<h2>Manifests left out</h2>${table(
        ['file', 'line', 'reason', 'what to do'],
        report.cargo.refused.map(({ where, detail, hint }) => [
          where?.file ?? '',
          where?.line ?? '',
          detail,
          hint,
        ]),
      )}`
}
${
  report.cargo.unmapped.length === 0
    ? ''
    : `<h2>Segments of manifests that are not mapped</h2>${table(
        ['file', 'segment', 'met'],
        report.cargo.unmapped.map(({ file, segment, count }) => [file, segment, count]),
      )}`
}
<h2>Control totals that are not met</h2>
${table(
  ['feed', 'office', 'day', 'what', 'source says', 'here'],
  report.mismatches.map(({ feed, office, day, what, expected, found }) => [
    feed,
    office,
    day,
    what,
    expected,
    found,
  ]),
)}
<h2>Days on which nothing came</h2>
${table(
  ['feed', 'office', 'from', 'to', 'open days'],
  report.gaps.map(({ feed, office, from, to, days }) => [feed, office, from, to, days]),
)}
<h2>Complete up to</h2>
${table(
  ['feed', 'office', 'day', 'on the word of'],
  report.watermarks.map(({ feed, office, until, basis }) => [feed, office, until, basis]),
)}
<h2>Tables</h2>
${table(
  ['table', 'files', 'rows', 'not meant', 'columns not read', 'columns not there'],
  extract.tables.map(({ table: name, files, rows, left, unmapped, absent }) => [
    name,
    files.join(', '),
    rows,
    left,
    unmapped.join(', '),
    absent.join(', '),
  ]),
)}
<p>Not in the folder: ${shown(extract.missing.join(', ') || 'nothing is missing')}. Files of no table: ${shown(extract.unread.join(', ') || 'none')}.
${extract.unusable.map(({ table: name, problem }) => `Unusable: ${shown(name)}, ${shown(problem)}.`).join(' ')}</p>
</body></html>
`;
}
