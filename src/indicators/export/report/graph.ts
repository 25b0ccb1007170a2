/** Bars by month, as SVG within the page: one large for each section, one small for each line of the overview. */
import type { Definition } from '../../definition.ts';
import type { FigureTable } from '../../figure-table.ts';
import { type Language, shownValue } from '../../show.ts';
import { barText, plain, value } from './text.ts';

/** Bars by month, named under each, from a line at zero; a month without a value has none. */
export function graph(series: FigureTable, title: string, language: Language): string {
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

/** What the bars are: which figure, from the first month to the last. */
export function graphTitle({ figures: specs }: Definition, series: FigureTable, language: Language): string {
  const spec = specs.find(({ id }) => id === series.figures[0]);
  const months = [series.rows[0], series.rows.at(-1)].map((row) => row?.key.month ?? '');
  return `${spec?.title[language] ?? spec?.title.en ?? ''}, ${months.join(' – ')}`;
}

/**
 * The same in small, each month in its place and the last one darker; without words, which the line beside it has.
 * @param months YYYY-MM, in their order
 */
export function bars(series: FigureTable, months: readonly string[]): string {
  const [figure] = series.figures;
  const byMonth = new Map(series.rows.map((row) => [row.key.month, row.figures[figure!]!.value]));
  const values = months.map((month) => byMonth.get(month) ?? null);
  const told = values.filter((each) => each !== null);
  const [most, least] = [Math.max(0, ...told), Math.min(0, ...told)];
  if (told.length < 2 || most === least) return '';
  const yOf = (of: number): number => ((most - of) / (most - least)) * 20;
  const drawn = values.map((each, i) => {
    if (each === null) return '';
    const [top, bottom] = [Math.min(yOf(each), yOf(0)), Math.max(yOf(each), yOf(0))];
    return `<rect x="${i * 8 + 1}" y="${top.toFixed(1)}" width="6" height="${Math.max(0.5, bottom - top).toFixed(1)}" fill="${i === months.length - 1 ? '#1f4a78' : '#8fb0d0'}"/>`;
  });
  return `<svg class="small" viewBox="0 0 ${months.length * 8} 20.5" preserveAspectRatio="none" aria-hidden="true">${drawn.join('')}</svg>`;
}
