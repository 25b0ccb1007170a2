/**
 * The monthly management report: one HTML page that prints well, without scripts and without anything from elsewhere.
 * First the month at a glance; then for each indicator its definition in words, the month beside the year before, a graph
 * of thirteen months, the rows that ask for a look, and what changed since the last edition. Of long tables it prints what
 * asks for a look and what is largest. Values come from figure.ts and snapshot.ts; nothing is computed here. Pure.
 */
import type { Report } from './model.ts';
import { overview } from './overview.ts';
import { sectionOf } from './section.ts';
import { foot, style } from './style.ts';
import { plain } from './text.ts';
import { words } from './words.ts';

const joined = (...parts: string[]): string => parts.filter((text) => text !== '').join(' · ');

export function reportHtml(report: Report): string {
  const { language, administration, sections } = report;
  const told = words[language];
  const title = `${told.title} ${report.period}`;
  const madeAt = `${report.madeAt.slice(0, 16).replace('T', ' ')} UTC`;
  const notes = [
    ...(report.runs === true ? [`<b>${told.runs}</b>`] : []),
    `${told.notVerdict} ${told.few}.${report.service === undefined ? '' : ` ${told.behind}`}`,
  ];
  return `<!doctype html>
<html lang="${language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${plain(title)}</title><style>${style}${foot(joined(title, administration))}</style></head>
<body><h1>${plain(title)}</h1><p>${plain(joined(administration, madeAt))}</p>
${notes.map((note) => `<p class="note">${note}</p>`).join('\n')}
${sections.length === 0 ? '' : overview(report)}
<main>${sections.map((section) => sectionOf(section, report)).join('\n')}
</main></body></html>
`;
}
