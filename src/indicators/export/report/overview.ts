/**
 * The month at a glance, on the first page: of each indicator one figure beside the month and the year before,
 * thirteen months as small bars, how many rows ask for a look and how many figures changed. Each line leads to its section.
 */
import { addDays } from '../../../projections/calendar.ts';
import type { FigureRow } from '../../figure-table.ts';
import type { Language } from '../../show.ts';
import { bars } from './graph.ts';
import { linked } from './linked.ts';
import { flaggedRows, type Report, type ReportSection } from './model.ts';
import { type Column, tableText } from './table.ts';
import { briefText, plain } from './text.ts';
import { headingOf, unitText, words } from './words.ts';

export function overview(report: Report): string {
  const { language, period, service, sections } = report;
  const told = words[language];
  const months = [period];
  while (months.length < 13) months.unshift(addDays(`${months[0]!}-01`, -1).slice(0, 7));
  const principal = ({ figures }: FigureRow): string => briefText(Object.values(figures)[0]!, language);
  const inMonth = (title: string, month: string): Column<ReportSection> => ({
    head: `<th scope="col" class="number">${title}</th>`,
    cell: ({ series }) => {
      const row = series.rows.find(({ key }) => key.month === month);
      const text = row === undefined ? '–' : principal(row);
      return `<td class="number">${row === undefined || text === '–' ? text : linked(text, service, series, row, series.figures[0]!)}</td>`;
    },
  });
  const leading = ({ definition }: ReportSection, text: string): string =>
    `<a href="#${plain(definition.id)}">${text}</a>`;
  const counted = (of: ReportSection, count: number): string => (count === 0 ? '' : leading(of, `${count}`));
  const changes = (of: ReportSection): number => of.changes?.differences.length ?? 0;
  const columns: Column<ReportSection>[] = [
    {
      head: `<th scope="col">${told.indicator}</th>`,
      cell: (of) =>
        `<th scope="row">${leading(of, plain(headingOf(of.definition, language)))}${figureText(of, language)}</th>`,
    },
    inMonth(period, period),
    inMonth(told.monthBefore, months.at(-2)!),
    inMonth(told.before, months[0]!),
    { head: `<th scope="col">${told.months}</th>`, cell: ({ series }) => `<td>${bars(series, months)}</td>` },
    {
      head: `<th scope="col">${told.flags}</th>`,
      cell: (of) => {
        const flagged = flaggedRows(of)?.length ?? 0;
        return `<td class="state${flagged === 0 ? '' : ' look'}">${counted(of, flagged)}</td>`;
      },
    },
  ];
  if (sections.some((of) => changes(of) > 0))
    columns.push({
      head: `<th scope="col" class="number">${told.changed}</th>`,
      cell: (of) => `<td class="number">${counted(of, changes(of))}</td>`,
    });
  return `<nav aria-label="${told.overview}"><h2>${told.overview}</h2>${tableText(columns, sections, `${told.oneOfEach}, ${period}`)}</nav>`;
}

/** Which of its figures it is, under the indicator’s title. */
function figureText({ definition, series }: ReportSection, language: Language): string {
  const figure = definition.figures.find(({ id }) => id === series.figures[0]);
  if (figure === undefined) return '';
  const title = figure.title[language] ?? figure.title.en ?? '';
  return `<br><span class="formula">${plain(title)}${unitText(figure.unit, language)}</span>`;
}
