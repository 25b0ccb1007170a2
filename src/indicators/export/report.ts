/**
 * The monthly management report: one HTML page that prints well, without scripts and without anything from elsewhere.
 * For each indicator its definition in words, the month beside the year before, a graph of thirteen months, the rows that
 * ask for a look, and what changed since the last edition. Of long tables it prints what asks for a look and what is
 * largest. Values come from figure.ts and snapshot.ts; nothing is
 * computed here. Pure.
 */
import type { Definition } from '../definition.ts';
import { dimensions } from '../dimensions.ts';
import type { FigureRow, FigureTable } from '../figure.ts';
import { type Language, shownValue } from '../show.ts';
import type { Difference } from '../snapshot.ts';
import type { FigureValue } from '../telling.ts';

export interface ReportSection {
  definition: Definition;
  /** The month by the section's dimension, with the year before. */
  month: FigureTable;
  /** The principal figure, month by month. */
  series: FigureTable;
  /** Since the edition before. */
  changes?: { edition: number; differences: readonly Difference[] };
}

export interface Report {
  /** YYYY-MM */
  period: string;
  administration: string;
  madeAt: string;
  language: Language;
  /** The month is not over: nothing of it is frozen. */
  runs?: true;
  sections: readonly ReportSection[];
}

const words = {
  en: {
    title: 'Monthly report',
    colon: ':',
    formula: 'How it is counted',
    before: 'Year before',
    limits: '95 % limits',
    state: 'State',
    flags: 'Asks for a look',
    none: 'Nothing asks for a look.',
    changes: 'Changed since edition',
    notVerdict: 'A flag is not a verdict: it says that somebody should look, and links to the declarations.',
    few: '“Insufficient data” is a result, not a zero',
    page: 'Version',
    counter: 'Read beside',
    rest: (shown: number, all: number) =>
      `${shown} of ${all} rows: those that ask for a look and the largest.`,
    more: (count: number) => `and ${count} more`,
    empty: 'There is nothing of it in this month.',
    contents: 'Contents',
    runs: 'The month is not over: these figures will change, and are not frozen.',
    units: { percent: '%' },
  },
  fr: {
    title: 'Rapport mensuel',
    colon: '\u00a0:',
    formula: 'Mode de calcul',
    before: 'Année précédente',
    limits: 'Limites à 95 %',
    state: 'État',
    flags: 'À regarder de plus près',
    none: 'Rien n’appelle un examen.',
    changes: 'Modifié depuis l’édition',
    notVerdict:
      'Un signal n’est pas un verdict : il dit que quelqu’un doit regarder, et mène aux déclarations.',
    few: '« Données insuffisantes » est un résultat, non un zéro',
    page: 'Version',
    counter: 'À lire avec',
    rest: (shown: number, all: number) =>
      `${shown} lignes sur ${all} : celles à regarder et les plus grandes.`,
    more: (count: number) => `et ${count} autres`,
    empty: 'Il n’y en a pas ce mois-ci.',
    contents: 'Sommaire',
    runs: 'Le mois n’est pas terminé : ces chiffres changeront et ne sont pas figés.',
    units: {
      count: 'nombre',
      percent: '%',
      'per 100': 'pour 100',
      hours: 'heures',
      days: 'jours',
      index: 'indice',
    },
  },
} as const;

const states: Record<string, { fr: string }> = {
  'consistent with peers': { fr: 'conforme aux pairs' },
  'look closer': { fr: 'à regarder de plus près' },
  'insufficient data': { fr: 'données insuffisantes' },
  'not applicable': { fr: 'sans objet' },
};

const plain = (text: string): string => text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);

/** Digits in threes, with a space that does not break. */
const inThrees = (text: string): string => text.replace(/\B(?<!\.\d*)(?=(\d{3})+(?!\d))/g, '\u202f');

const value = (
  figure: FigureValue,
  language: Language,
  of: number | null | undefined = figure.value,
): string => {
  const text = shownValue(figure, of);
  if (text === '') return '–';
  const told = figure.unit === 'money' ? `${inThrees(text)} ${figure.currency ?? ''}`.trim() : text;
  return plain(language === 'fr' ? told.replace('.', ',') : told);
};

/** Without an upper limit: at least the lower one. */
const limitsText = (figure: FigureValue, language: Language): string => {
  if (figure.limits === undefined) return '';
  const [low, high] = figure.limits;
  const least = value(figure, language, low);
  return high === null ? `≥ ${least}` : `${least} – ${value(figure, language, high)}`;
};

const stateText = (state: string | undefined, language: Language): string =>
  state === undefined ? '' : plain(language === 'fr' ? (states[state]?.fr ?? state) : state);

const style = `
@page { size: A4; margin: 18mm 15mm; }
body { font: 10.5pt/1.4 "Liberation Sans", Arial, sans-serif; color: #1a1a1a; max-width: 180mm; margin: 2em auto; padding: 0 1em; }
h1 { font-size: 20pt; margin: 0; } h2 { font-size: 13pt; margin: 1.6em 0 .2em; break-after: avoid; }
p { margin: .3em 0; } .note, .formula { color: #555; font-size: 9pt; }
section { break-inside: avoid-page; border-top: 1px solid #bbb; }
table { border-collapse: collapse; width: 100%; margin: .6em 0; font-size: 9pt; }
thead { display: table-header-group; } tr { break-inside: avoid; }
th { text-align: left; border-bottom: 1.5px solid #333; padding: 2px 6px; vertical-align: bottom; }
tbody th { font-weight: normal; border-bottom: 1px solid #ddd; white-space: nowrap; }
tbody th, td { vertical-align: baseline; }
caption { text-align: left; font-size: 9pt; color: #444; padding: 2px 0; }
nav ol { columns: 2 18em; padding-left: 2.2em; margin: .3em 0 1em; font-size: 9pt; } nav a { color: inherit; }
td { border-bottom: 1px solid #ddd; padding: 2px 6px; } .number { text-align: right; font-variant-numeric: tabular-nums; }
td.number, td.state { white-space: nowrap; } .again { display: none; }
thead th { font-size: 8pt; hyphens: auto; } .many { font-size: 8.5pt; } .many td.state { white-space: normal; }
.look { font-weight: bold; } .look::before { content: "▲ "; }
svg { display: block; width: 100%; height: 38mm; break-inside: avoid; break-before: avoid; }
.wide { overflow-x: auto; }
@media print { .wide { overflow: visible; } body { margin: 0; padding: 0; } a { color: inherit; text-decoration: none; }
  .wide + p, .note + p { break-before: avoid; } caption { display: none; } .again { display: table-row; } .again th { font-weight: normal; color: #444; border: 0; padding: 2px 0; } }
`;

/** Text as CSS has it, wherever it came from. */
const cssText = (text: string): string =>
  `"${text.replace(/[^\p{L}\p{N} .-]/gu, (sign) => `\\${sign.codePointAt(0)!.toString(16)} `)}"`;

/** On each printed page: which report, of whom, and which of how many pages. */
const foot = (title: string): string => `
@page { @bottom-left { content: ${cssText(title)}; font: 8pt "Liberation Sans", Arial, sans-serif; color: #555; }
  @bottom-right { content: counter(page) " / " counter(pages); font: 8pt "Liberation Sans", Arial, sans-serif; color: #555; } }
`;

/** A value that fits over a bar: long amounts in thousands, millions and so on, without their currency. */
function barText(figure: FigureValue, language: Language): string {
  if (figure.unit !== 'money' && figure.unit !== 'count') return value(figure, language);
  const shown = shownValue(figure, figure.value);
  const compact = new Intl.NumberFormat(language, { notation: 'compact', maximumSignificantDigits: 3 });
  return shown === '' ? '–' : plain(compact.format(Number(shown)));
}

/** Bars by month, named under each, from a line at zero; a month without a value has none. */
function graph(series: FigureTable, title: string, language: Language): string {
  const [figure] = series.figures;
  const bars = series.rows.map((row) => ({ month: row.key.month ?? '', told: row.figures[figure!]! }));
  // As they are shown: months that all read 0.0 are no picture.
  const values = bars.map(({ told }) => Number(shownValue(told, told.value)));
  const [most, least] = [Math.max(0, ...values), Math.min(0, ...values)];
  if (bars.length < 2 || most === least) return '';
  const width = 600 / bars.length;
  const yOf = (of: number): number => 12 + ((most - of) / (most - least)) * 90;
  const zero = yOf(0);
  const drawn = bars.map(({ month, told }, i) => {
    const x = i * width;
    const name = `<text x="${(x + width / 2).toFixed(1)}" y="122" text-anchor="middle" font-size="8">${plain(month)}</text>`;
    if (told.value === null) return name;
    const end = yOf(values[i]!);
    const [top, bottom] = [Math.min(end, zero), Math.max(end, zero)];
    // Under a bar that hangs down its value stands over the line.
    return (
      `<rect x="${(x + width * 0.15).toFixed(1)}" y="${top.toFixed(1)}" width="${(width * 0.7).toFixed(1)}" height="${(bottom - top).toFixed(1)}" fill="#3b6ea5"><title>${plain(month)}: ${value(told, language)}</title></rect>` +
      `<text x="${(x + width / 2).toFixed(1)}" y="${(top - 3).toFixed(1)}" text-anchor="middle" font-size="8">${barText(told, language)}</text>` +
      name
    );
  });
  return `<svg viewBox="0 0 600 126" role="img" aria-label="${plain(title)}">${drawn.join('')}<line x1="0" y1="${zero.toFixed(1)}" x2="600" y2="${zero.toFixed(1)}" stroke="#333"/></svg>`;
}

/** Rows of a table that fit a page beside its graph. */
const mostRows = 25;

/** What asks for a look and what is largest, in the table's order. */
function printedRows({ rows, figures: [first] }: FigureTable): readonly FigureRow[] {
  if (rows.length <= mostRows) return rows;
  const told = (row: FigureRow): FigureValue => row.figures[first!]!;
  const weight = (row: FigureRow): number => (told(row).state === 'look closer' ? 1e15 : 0) + told(row).n;
  const kept = new Set([...rows].sort((a, b) => weight(b) - weight(a)).slice(0, mostRows));
  return rows.filter((row) => kept.has(row));
}

/** Columns that fit an upright page at the size of the text. */
const mostColumns = 9;

/** Figures in tables that fit the page: the first has what is told of the principal figure, the others what did not fit. */
function figuresByTable(ids: readonly string[], keys: number, beside: number): string[][] {
  const first = Math.max(1, mostColumns - keys - beside);
  const next = mostColumns - keys;
  const tables = [ids.slice(0, first)];
  for (let at = first; at < ids.length; at += next) tables.push(ids.slice(at, at + next));
  return tables;
}

function tableOf({ definition, month }: ReportSection, caption: string, language: Language): string {
  const told = words[language];
  if (month.rows.length === 0) return `<p class="note">${told.empty}</p>`;
  const specs = new Map(definition.figures.map((figure) => [figure.id, figure]));
  const text = (texts: Record<string, string>): string => plain(texts[language] ?? texts.en ?? '');
  const printed = printedRows(month);
  const principal = (row: FigureRow): FigureValue => row.figures[month.figures[0]!]!;
  const some = (has: (figure: FigureValue) => boolean): boolean => printed.some((row) => has(principal(row)));
  const unitOf = (id: string): string => {
    const { unit } = specs.get(id)!;
    return unit === 'money' ? '' : ` (${(told.units as Record<string, string>)[unit] ?? unit})`;
  };
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
    number('n', (row) => String(principal(row).n)),
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
  const tables = figuresByTable(month.figures, keys.length, beside.length).map((ids, i) =>
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

interface Column {
  head: string;
  cell: (row: FigureRow) => string;
}

const tableText = (columns: readonly Column[], rows: readonly FigureRow[], caption: string): string =>
  // Wider than a small screen, a table is moved by itself, by keyboard as well; the page stays. A caption is printed once,
  // a head on each page: on paper the caption is a row of the head.
  `<div class="wide" role="region" tabindex="0" aria-label="${plain(caption)}"><table${columns.length >= mostColumns ? ' class="many"' : ''}><caption>${plain(caption)}</caption><thead><tr class="again" aria-hidden="true"><th colspan="${columns.length}">${plain(caption)}</th></tr><tr>${columns.map(({ head }) => head).join('')}</tr></thead><tbody>${rows
    .map((row) => `<tr>${columns.map(({ cell }) => cell(row)).join('')}</tr>`)
    .join('')}</tbody></table></div>`;

const keyText = (key: readonly (string | null)[]): string => key.map((part) => part ?? '–').join(', ');

/** Things in a row, no more than fit a paragraph. */
function listed<T>(things: readonly T[], text: (thing: T) => string, language: Language): string {
  const some = things.slice(0, mostRows).map((thing) => plain(text(thing)));
  const more = things.length - some.length;
  return [...some, ...(more > 0 ? [words[language].more(more)] : [])].join('; ');
}

/** What the bars are: the principal figure, from the first month to the last. */
function graphTitle({ figures: specs }: Definition, series: FigureTable, language: Language): string {
  const spec = specs.find(({ id }) => id === series.figures[0]);
  const months = [series.rows[0], series.rows.at(-1)].map((row) => row?.key.month ?? '');
  return `${spec?.title[language] ?? spec?.title.en ?? ''}, ${months.join(' – ')}`;
}

function sectionOf(section: ReportSection, period: string, language: Language): string {
  const { definition, month, series, changes } = section;
  const told = words[language];
  const title = definition.title[language] ?? definition.title.en ?? definition.id;
  const flagged = month.rows.filter((row) =>
    Object.values(row.figures).some(({ state }) => state === 'look closer'),
  );
  const flags =
    month.by.length === 0 || definition.direction === 'none'
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
    `${graph(series, graphTitle(definition, series, language), language)}${tableOf(section, `${title}, ${period}`, language)}${flags}${changed}</section>`
  );
}

const headingOf = (definition: Definition, language: Language): string =>
  `${definition.id} ${definition.title[language] ?? definition.title.en ?? ''}`.trim();

export function reportHtml(report: Report): string {
  const told = words[report.language];
  const title = `${told.title} ${report.period}`;
  const heading = [title, report.administration].filter((text) => text !== '').join(' · ');
  return `<!doctype html>
<html lang="${report.language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${plain(title)}</title><style>${style}${foot(heading)}</style></head>
<body><h1>${plain(title)}</h1><p>${plain(report.administration)} · ${plain(`${report.madeAt.slice(0, 16).replace('T', ' ')} UTC`)}</p>
${
  report.runs === true
    ? `<p class="note"><b>${told.runs}</b></p>
`
    : ''
}<p class="note">${told.notVerdict} ${told.few}.</p>
<nav aria-label="${told.contents}"><h2>${told.contents}</h2><ol>${report.sections.map(({ definition }) => `<li><a href="#${plain(definition.id)}">${plain(headingOf(definition, report.language))}</a></li>`).join('')}</ol></nav>
<main>${report.sections.map((section) => sectionOf(section, report.period, report.language)).join('\n')}
</main></body></html>
`;
}
