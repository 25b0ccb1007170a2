/** The tables of a section: no wider and no longer than fits a page. */
import { dimensions } from '../../dimensions.ts';
import { type FigureRow, type FigureTable, figuresThere, leading } from '../../figure-table.ts';
import type { FigureValue } from '../../telling.ts';
import { linked } from './linked.ts';
import type { Report, ReportSection } from './model.ts';
import { limitsText, plain, stateText, value } from './text.ts';
import { unitText, words } from './words.ts';

/** Rows of a table that fit a page beside its graph. */
const mostRows = 25;

/** What asks for a look and what is largest, in the table's order. */
function printedRows({ rows, figures: ids }: FigureTable): readonly FigureRow[] {
  if (rows.length <= mostRows) return rows;
  const told = (row: FigureRow): FigureValue => row.figures[leading(row, ids)]!;
  const weight = (row: FigureRow): number => (told(row).state === 'look closer' ? 1e15 : 0) + told(row).n;
  const kept = new Set([...rows].sort((a, b) => weight(b) - weight(a)).slice(0, mostRows));
  return rows.filter((row) => kept.has(row));
}

/** Columns that fit an upright page at the size of the text. */
const mostColumns = 9;

/** Figures in tables that fit the page: the first has what is told of the leading figure, the others what did not fit. */
function figuresByTable(ids: readonly string[], keys: number, beside: number): string[][] {
  const first = Math.max(1, mostColumns - keys - beside);
  const next = mostColumns - keys;
  const tables = [ids.slice(0, first)];
  for (let at = first; at < ids.length; at += next) tables.push(ids.slice(at, at + next));
  return tables;
}

export function tableOf(
  { definition, month }: ReportSection,
  caption: string,
  { language, service }: Pick<Report, 'language' | 'service'>,
): string {
  const told = words[language];
  if (month.rows.length === 0) return `<p class="note">${told.empty}</p>`;
  const specs = new Map(definition.figures.map((figure) => [figure.id, figure]));
  const text = (texts: Record<string, string>): string => plain(texts[language] ?? texts.en ?? '');
  const printed = printedRows(month);
  const leadOf = (row: FigureRow): string => leading(row, month.figures);
  const principal = (row: FigureRow): FigureValue => row.figures[leadOf(row)]!;
  const some = (has: (figure: FigureValue) => boolean): boolean => printed.some((row) => has(principal(row)));
  const unitOf = (id: string): string => unitText(specs.get(id)!.unit, language);
  const number = (title: string, cell: (row: FigureRow) => string): Column => ({
    head: `<th scope="col" class="number">${title}</th>`,
    cell: (row) => `<td class="number">${cell(row)}</td>`,
  });
  const keys = month.by.map(
    (name): Column => ({
      head: `<th scope="col">${text(dimensions[name]!.title)}</th>`,
      cell: (row) => `<th scope="row">${plain(row.key[name] ?? '–')}</th>`,
    }),
  );
  // What no row of the table has would be an empty column.
  const beside: Column[] = [
    number('n', (row) => linked(String(principal(row).n), service, month, row, leadOf(row))),
    ...(some(({ limits }) => limits !== undefined)
      ? [number(told.limits, (row) => limitsText(principal(row), language))]
      : []),
    ...(some(({ previous }) => previous !== undefined)
      ? [
          number(told.before, (row) => {
            const { previous } = principal(row);
            return previous === undefined ? '' : value(principal(row), language, previous.value);
          }),
        ]
      : []),
    ...(some(({ state }) => state !== undefined)
      ? [
          {
            head: `<th scope="col">${told.state}</th>`,
            cell: (row: FigureRow) => {
              const { state } = principal(row);
              return `<td class="state${state === 'look closer' ? ' look' : ''}">${stateText(state, language)}</td>`;
            },
          },
        ]
      : []),
  ];
  const ids = figuresThere(month);
  const tables = figuresByTable(ids, keys.length, beside.length).map((ids, i) =>
    tableText(
      [
        ...keys,
        ...ids.map((id) =>
          number(`${text(specs.get(id)!.title)}${unitOf(id)}`, (row) => value(row.figures[id]!, language)),
        ),
        ...(i === 0 ? beside : []),
      ],
      printed,
      caption,
    ),
  );
  const rest =
    printed.length < month.rows.length
      ? `<p class="note">${told.rest(printed.length, month.rows.length)}</p>`
      : '';
  return tables.join('') + rest;
}

export interface Column<Row = FigureRow> {
  head: string;
  cell: (row: Row) => string;
}

export const tableText = <Row>(
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  caption: string,
): string =>
  // Wider than a small screen, a table is moved by itself, by keyboard as well; the page stays. A caption is printed once,
  // a head on each page: on paper the caption is a row of the head.
  `<div class="wide" role="region" tabindex="0" aria-label="${plain(caption)}"><table${columns.length >= mostColumns ? ' class="many"' : ''}><caption>${plain(caption)}</caption><thead><tr class="again" aria-hidden="true"><th colspan="${columns.length}">${plain(caption)}</th></tr><tr>${columns.map(({ head }) => head).join('')}</tr></thead><tbody>${rows
    .map((row) => `<tr>${columns.map(({ cell }) => cell(row)).join('')}</tr>`)
    .join('')}</tbody></table></div>`;
