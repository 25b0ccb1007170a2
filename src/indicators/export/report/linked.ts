/** From a figure to the declarations behind it, at the service that printed the page; plain text where none did. */
import type { FigureRow, FigureTable } from '../../figure-table.ts';
import { declarationsPath } from '../../link.ts';
import { plain } from './text.ts';

/** @param text HTML that is shown, of this figure of the row */
export function linked(
  text: string,
  service: string | undefined,
  { indicator, by, period }: FigureTable,
  row: FigureRow,
  figure: string,
): string {
  const { behind, n } = row.figures[figure]!;
  if (service === undefined || behind.withheld === true || n === 0) return text;
  const path = declarationsPath(indicator, { ...period, by: by.join(',') }, { key: row.key, figure });
  return `<a href="${plain(`${service}${path}`)}">${text}</a>`;
}
