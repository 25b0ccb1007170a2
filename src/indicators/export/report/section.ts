/** One indicator: its words, its graph, its tables, what asks for a look and what changed since the edition before. */
import { shownValue } from '../../show.ts';
import { graph, graphTitle } from './graph.ts';
import { flaggedRows, type Report, type ReportSection } from './model.ts';
import { tableOf } from './table.ts';
import { keyText, listed, plain } from './text.ts';
import { headingOf, words } from './words.ts';

export function sectionOf(section: ReportSection, { period, language, service }: Report): string {
  const { definition, month, series, changes } = section;
  const told = words[language];
  const title = definition.title[language] ?? definition.title.en ?? definition.id;
  const flagged = flaggedRows(section);
  const flags =
    flagged === undefined
      ? ''
      : `<p><b>${told.flags}${told.colon}</b> ${
          flagged.length === 0
            ? told.none
            : listed(
                flagged.map((row) => Object.values(row.key)),
                (key) => keyText(key),
                language,
              )
        }</p>`;
  const changed =
    changes === undefined || changes.differences.length === 0
      ? ''
      : `<p><b>${told.changes} ${changes.edition - 1}${told.colon}</b> ${listed(
          changes.differences,
          ({ key, figure, before, after, n }) => {
            const spec = definition.figures.find(({ id }) => id === figure);
            const currency =
              month.rows.map((row) => row.figures[figure]?.currency).find((code) => code) ?? null;
            const told = { unit: spec?.unit ?? ('count' as const), currency };
            const name = spec === undefined ? figure : (spec.title[language] ?? spec.title.en ?? figure);
            return `${keyText(JSON.parse(key))} ${name}${words[language].colon} ${shownValue(told, before) || '–'} → ${shownValue(told, after) || '–'}${n === undefined ? '' : ` (n ${n.before} → ${n.after})`}`;
          },
          language,
        )}</p>`;
  const counter = definition.counter === undefined ? '' : ` ${told.counter} ${definition.counter}.`;
  return (
    `<section id="${plain(definition.id)}"><h2>${plain(headingOf(definition, language))}</h2>` +
    `<p>${plain(definition.purpose[language] ?? definition.purpose.en ?? '')}</p>` +
    `<p class="formula">${told.formula}${told.colon} ${plain(definition.formula[language] ?? definition.formula.en ?? '')} ${told.page} ${definition.version}.${counter}</p>` +
    `${graph(series, graphTitle(definition, series, language), language)}${tableOf(section, `${title}, ${period}`, { language, service })}${flags}${changed}</section>`
  );
}
