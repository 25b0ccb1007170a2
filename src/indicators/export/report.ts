/**
 * The monthly management report: one HTML page that prints well, without scripts and without anything from elsewhere.
 * For each indicator its definition in words, the month beside the year before, a graph of twelve months, the rows that
 * ask for a look, and what changed since the last edition. Values come from figure.ts and snapshot.ts; nothing is
 * computed here. Pure.
 */
import type { Definition } from '../definition.ts';
import { dimensions } from '../dimensions.ts';
import type { FigureTable, FigureValue } from '../figure.ts';
import { type Language, shownValue } from '../show.ts';
import type { Difference } from '../snapshot.ts';

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
  sections: readonly ReportSection[];
}

const words = {
  en: {
    title: 'Monthly report',
    formula: 'How it is counted',
    before: 'Year before',
    limits: '95 % limits',
    state: 'State',
    flags: 'Asks for a look',
    none: 'Nothing asks for a look.',
    changes: 'Changed since edition',
    notVerdict: 'A flag is not a verdict: it says that somebody should look, and links to the declarations.',
    few: 'insufficient data is a result, not a zero',
    page: 'Version',
    counter: 'Read beside',
  },
  fr: {
    title: 'Rapport mensuel',
    formula: 'Mode de calcul',
    before: 'Année précédente',
    limits: 'Limites à 95 %',
    state: 'État',
    flags: 'À regarder de plus près',
    none: 'Rien n’appelle un examen.',
    changes: 'Modifié depuis l’édition',
    notVerdict:
      'Un signal n’est pas un verdict : il dit que quelqu’un doit regarder, et mène aux déclarations.',
    few: 'données insuffisantes est un résultat, non un zéro',
    page: 'Version',
    counter: 'À lire avec',
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

const value = (figure: FigureValue, of: number | null | undefined = figure.value): string => {
  const text = shownValue(figure, of);
  return text === ''
    ? '–'
    : plain(figure.unit === 'money' ? `${inThrees(text)} ${figure.currency ?? ''}`.trim() : text);
};

const stateText = (state: string | undefined, language: Language): string =>
  state === undefined ? '' : plain(language === 'fr' ? (states[state]?.fr ?? state) : state);

const style = `
@page { size: A4; margin: 18mm 15mm; }
body { font: 10.5pt/1.4 "Liberation Sans", Arial, sans-serif; color: #1a1a1a; max-width: 180mm; margin: 2em auto; }
h1 { font-size: 20pt; margin: 0; } h2 { font-size: 13pt; margin: 1.6em 0 .2em; break-after: avoid; }
p { margin: .3em 0; } .note, .formula { color: #555; font-size: 9pt; }
section { break-inside: avoid-page; border-top: 1px solid #bbb; }
table { border-collapse: collapse; width: 100%; margin: .6em 0; font-size: 9pt; }
thead { display: table-header-group; } tr { break-inside: avoid; }
th { text-align: left; border-bottom: 1.5px solid #333; padding: 2px 6px; vertical-align: bottom; }
td { border-bottom: 1px solid #ddd; padding: 2px 6px; } .number { text-align: right; font-variant-numeric: tabular-nums; }
td.number { white-space: nowrap; }
.wide { font-size: 6.5pt; } .wide th, .wide td { padding: 2px; white-space: normal; }
.look { font-weight: bold; } .look::before { content: "▲ "; }
svg { display: block; width: 100%; height: 38mm; }
@media print { body { margin: 0; } a { color: inherit; text-decoration: none; } }
`;

/** Bars by month, named under each; a month without a value has none. */
function graph(series: FigureTable, title: string): string {
  const [figure] = series.figures;
  const bars = series.rows.map((row) => ({ month: row.key.month ?? '', told: row.figures[figure!]! }));
  const most = Math.max(...bars.map(({ told }) => Math.abs(told.value ?? 0)));
  if (bars.length < 2 || most === 0) return '';
  const width = 600 / bars.length;
  const drawn = bars.map(({ month, told }, i) => {
    const height = (Math.abs(told.value ?? 0) / most) * 90;
    const x = i * width;
    return (
      `<rect x="${(x + width * 0.15).toFixed(1)}" y="${(110 - height).toFixed(1)}" width="${(width * 0.7).toFixed(1)}" height="${height.toFixed(1)}" fill="#3b6ea5"><title>${plain(month)}: ${value(told)}</title></rect>` +
      `<text x="${(x + width / 2).toFixed(1)}" y="${(106 - height).toFixed(1)}" text-anchor="middle" font-size="8">${value(told)}</text>` +
      `<text x="${(x + width / 2).toFixed(1)}" y="122" text-anchor="middle" font-size="8">${plain(month)}</text>`
    );
  });
  return `<svg viewBox="0 0 600 126" role="img" aria-label="${plain(title)}">${drawn.join('')}<line x1="0" y1="110" x2="600" y2="110" stroke="#333"/></svg>`;
}

/** Columns that fit an upright page at the size of the text. */
const mostColumns = 9;

function tableOf({ definition, month }: ReportSection, language: Language): string {
  const told = words[language];
  const specs = new Map(definition.figures.map((figure) => [figure.id, figure]));
  const text = (texts: Record<string, string>): string => plain(texts[language] ?? texts.en ?? '');
  // What no row of the table has would be an empty column.
  const firsts = month.rows.map((row) => row.figures[month.figures[0]!]!);
  const has = {
    limits: firsts.some(({ limits }) => limits !== undefined),
    before: firsts.some(({ previous }) => previous !== undefined),
    state: firsts.some(({ state }) => state !== undefined),
  };
  const unitOf = (id: string): string => {
    const { unit } = specs.get(id)!;
    return unit === 'money' ? '' : ` (${unit})`;
  };
  const head = [
    ...month.by.map((name) => `<th>${text(dimensions[name]!.title)}</th>`),
    ...month.figures.map((id) => `<th class="number">${text(specs.get(id)!.title)}${unitOf(id)}</th>`),
    '<th class="number">n</th>',
    ...(has.limits ? [`<th class="number">${told.limits}</th>`] : []),
    ...(has.before ? [`<th class="number">${told.before}</th>`] : []),
    ...(has.state ? [`<th>${told.state}</th>`] : []),
  ];
  const rows = month.rows.map((row, i) => {
    const first = firsts[i]!;
    const look = first.state === 'look closer' ? ' class="look"' : '';
    const limits = first.limits?.map((limit) => value(first, limit)).join(' – ') ?? '';
    const before = first.previous === undefined ? '' : value(first, first.previous.value);
    const cells = [
      ...month.by.map((name) => `<td>${plain(row.key[name] ?? '–')}</td>`),
      ...month.figures.map((id) => `<td class="number">${value(row.figures[id]!)}</td>`),
      `<td class="number">${first.n}</td>`,
      ...(has.limits ? [`<td class="number">${limits}</td>`] : []),
      ...(has.before ? [`<td class="number">${before}</td>`] : []),
      ...(has.state ? [`<td${look}>${stateText(first.state, language)}</td>`] : []),
    ];
    return `<tr>${cells.join('')}</tr>`;
  });
  const wide = head.length > mostColumns ? ' class="wide"' : '';
  return `<table${wide}><thead><tr>${head.join('')}</tr></thead><tbody>${rows.join('')}</tbody></table>`;
}

function sectionOf(section: ReportSection, language: Language): string {
  const { definition, month, series, changes } = section;
  const told = words[language];
  const title = definition.title[language] ?? definition.title.en ?? definition.id;
  const flagged = month.rows.filter((row) =>
    Object.values(row.figures).some(({ state }) => state === 'look closer'),
  );
  const flags =
    month.by.length === 0 || definition.direction === 'none'
      ? ''
      : `<p><b>${told.flags}:</b> ${
          flagged.length === 0
            ? told.none
            : flagged
                .map((row) =>
                  plain(
                    Object.values(row.key)
                      .map((part) => part ?? '–')
                      .join(', '),
                  ),
                )
                .join('; ')
        }</p>`;
  const changed =
    changes === undefined || changes.differences.length === 0
      ? ''
      : `<p><b>${told.changes} ${changes.edition - 1}:</b> ${changes.differences
          .map(({ key, figure, before, after }) =>
            plain(
              `${(JSON.parse(key) as (string | null)[]).map((part) => part ?? '–').join(', ')} ${figure}: ${before ?? '–'} → ${after ?? '–'}`,
            ),
          )
          .join('; ')}</p>`;
  const counter = definition.counter === undefined ? '' : ` ${told.counter} ${definition.counter}.`;
  return (
    `<section id="${plain(definition.id)}"><h2>${plain(definition.id)} ${plain(title)}</h2>` +
    `<p>${plain(definition.purpose[language] ?? definition.purpose.en ?? '')}</p>` +
    `<p class="formula">${told.formula}: ${plain(definition.formula[language] ?? definition.formula.en ?? '')} ${told.page} ${definition.version}.${counter}</p>` +
    `${graph(series, title)}${tableOf(section, language)}${flags}${changed}</section>`
  );
}

export function reportHtml(report: Report): string {
  const told = words[report.language];
  return `<!doctype html>
<html lang="${report.language}"><head><meta charset="utf-8"><title>${told.title} ${plain(report.period)}</title><style>${style}</style></head>
<body><h1>${told.title} ${plain(report.period)}</h1><p>${plain(report.administration)} · ${plain(report.madeAt)}</p>
<p class="note">${told.notVerdict} ${told.few}.</p>
${report.sections.map((section) => sectionOf(section, report.language)).join('\n')}
</body></html>
`;
}
