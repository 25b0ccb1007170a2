/**
 * Price indices for figures in constant money: profiles/prices/<currency>.csv, one file a currency, as a statistical office
 * publishes them. Columns `period` (a year, or a month as YYYY-MM; one of both throughout) and `index` (above 0, any base);
 * lines that begin with # are remarks. Loaded, it stands in the place of `prices: national` in the indicators' figures.
 */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { CrosscheckError } from '../errors.ts';
import { columnIn, delimiterOf } from '../ground/column-names.ts';
import { fromRoot } from '../ground/paths.ts';
import { readText } from '../ground/text.ts';
import type { Definition } from './definition.ts';
import type { Prices, PricesByCurrency } from './methods/prices.ts';

export const defaultPrices = (): string => fromRoot('profiles', 'prices');

const columns = {
  period: ['period', 'période', 'mois', 'month', 'année', 'year'],
  index: ['index', 'indice'],
} as const;

/** The period after a month or a year. */
function next(period: string): string {
  const [year, month] = period.split('-').map(Number);
  if (month === undefined) return String(year! + 1).padStart(4, '0');
  const [y, m] = month === 12 ? [year! + 1, 1] : [year!, month + 1];
  return `${String(y).padStart(4, '0')}-${String(m).padStart(2, '0')}`;
}

/** Reads the file's text. Throws CC_PRICES_INVALID with the line that cannot be used. */
export function readPrices(text: string, file: string): Prices {
  const refuse = (line: number, problem: string) =>
    new CrosscheckError('CC_PRICES_INVALID', { problem }, { file, line });
  const delimiter = delimiterOf(text);
  const lines = text
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .map((content, i) => ({
      line: i + 1,
      cells: content.split(delimiter).map((cell) => cell.trim()),
      content,
    }))
    .filter(({ content }) => content.trim() !== '' && !content.startsWith('#'));
  const [head, ...rows] = lines;
  const header = head?.cells ?? [];
  const missing = Object.entries(columns).filter(([, names]) => columnIn(header, names) < 0);
  if (missing.length > 0) {
    const accepted = missing.map(([name, known]) => `${name}: ${known.join(', ')}`).join('; ');
    const problem = `the columns ${missing.map(([name]) => name).join(', ')} are missing; accepted are ${accepted}`;
    throw refuse(head?.line ?? 1, problem);
  }
  const prices = new Map<string, number>();
  let last: string | undefined;
  for (const { line, cells } of rows) {
    const [period, index] = Object.values(columns).map((names) => cells[columnIn(header, names)] ?? '') as [
      string,
      string,
    ];
    if (!/^\d{4}(-(0[1-9]|1[0-2]))?$/.test(period))
      throw refuse(line, `"${period}" is no year (2026) and no month (2026-03)`);
    if (!/^\d+(\.\d+)?$/.test(index) || Number(index) <= 0)
      throw refuse(line, `the index of ${period} is "${index}", which is no number above 0`);
    if (last !== undefined && last.length !== period.length)
      throw refuse(line, `${period} stands among ${last.length === 4 ? 'years' : 'months'}`);
    if (last !== undefined && period !== next(last))
      throw refuse(line, `${period} follows ${last}, where ${next(last)} is due`);
    prices.set(period, Number(index));
    last = period;
  }
  if (last === undefined) throw refuse(head!.line, 'no period follows the head');
  return Object.fromEntries(prices);
}

/** Every index of a folder, by the currency that names its file; none where there is no folder. */
export function loadPrices(folder: string = defaultPrices()): PricesByCurrency {
  if (!existsSync(folder)) return {};
  const files = readdirSync(folder).filter((name) => name.endsWith('.csv'));
  return Object.fromEntries(
    files.sort().map((name) => {
      const file = join(folder, name);
      const currency = name.slice(0, -'.csv'.length);
      if (!/^[A-Z]{3}$/.test(currency)) {
        const problem = 'the file is not called after a currency, such as EUR.csv';
        throw new CrosscheckError('CC_PRICES_INVALID', { problem }, { file });
      }
      return [currency, readPrices(readText(file), file)];
    }),
  );
}

/** The definition with the indices in the place of `prices: national`. */
export const withPrices = (definition: Definition, prices: PricesByCurrency): Definition => ({
  ...definition,
  figures: definition.figures.map((figure) =>
    'prices' in figure && figure.prices === 'national' ? { ...figure, prices } : figure,
  ),
});
