/** Figures as text: for terminals, CSV and reports. Values are rounded here and nowhere before. */
import { minorDigits } from '../declaration/money.ts';
import type { Definition, Unit } from './definition.ts';
import { dimensions } from './dimensions.ts';
import { type FigureTable, figuresThere, leading } from './figure-table.ts';
import type { FigureValue } from './telling.ts';

export type Language = 'en' | 'fr';

const decimals: Record<Unit, number> = {
  count: 0,
  percent: 1,
  points: 2,
  ratio: 3,
  index: 3,
  hours: 1,
  days: 1,
  money: 2,
  'per 100': 1,
};

/** A value in its unit, amounts in major units; '' where there is none. */
export function shownValue(
  figure: Pick<FigureValue, 'unit' | 'currency'>,
  value: number | null | undefined,
): string {
  if (value === null || value === undefined) return '';
  if (figure.unit === 'money') {
    const digits = minorDigits(figure.currency ?? 'XXX');
    return (value / 10 ** digits).toFixed(digits);
  }
  const whole = figure.unit === 'count' && Number.isInteger(value);
  return value.toFixed(digitsOf(value, figure.unit === 'count' && !whole ? 2 : decimals[figure.unit]));
}

const mostDecimals = 6;

/** As many as the unit has, and more where only zeros would be left of a value that is none. */
function digitsOf(value: number, usual: number): number {
  let digits = usual;
  while (value !== 0 && digits < mostDecimals && Math.abs(value) < 0.5 / 10 ** digits) digits++;
  return digits;
}

const textOf = (texts: Record<string, string>, language: Language): string =>
  texts[language] ?? texts.en ?? Object.values(texts)[0]!;

/** One line a key: dimensions, then each figure that any key has, then n, limits and state of the leading one. */
export function tableLines(table: FigureTable, definition: Definition, language: Language): string[] {
  const specs = new Map(definition.figures.map((figure) => [figure.id, figure]));
  const ids = figuresThere(table);
  const head = [
    ...table.by.map((name) => textOf({ ...dimensions[name]!.title }, language)),
    ...ids.map((id) => `${textOf(specs.get(id)!.title, language)} [${specs.get(id)!.unit}]`),
    'n',
    ...(table.by.length > 0
      ? [language === 'fr' ? 'limites' : 'limits', language === 'fr' ? 'état' : 'state']
      : []),
  ];
  const body = table.rows.map((row) => {
    const lead = row.figures[leading(row, ids)];
    return [
      ...table.by.map((name) => row.key[name] ?? '-'),
      ...ids.map((id) => withCurrency(row.figures[id]!)),
      String(lead?.n ?? ''),
      ...(table.by.length > 0 ? [limitsText(lead), lead?.state ?? ''] : []),
    ];
  });
  const rows = [head, ...body];
  const widths = head.map((_, i) => Math.max(...rows.map((row) => [...row[i]!].length)));
  const numbers = (i: number): boolean => i >= table.by.length && i <= table.by.length + ids.length;
  return rows.map((row) =>
    row
      .map((cell, i) => {
        const gap = ' '.repeat(widths[i]! - [...cell].length);
        return numbers(i) ? gap + cell : cell + gap;
      })
      .join('  ')
      .trimEnd(),
  );
}

const withCurrency = (figure: FigureValue): string =>
  [shownValue(figure, figure.value) || '-', figure.unit === 'money' ? (figure.currency ?? '') : '']
    .join(' ')
    .trim();

const limitsText = (figure: FigureValue | undefined): string =>
  figure?.limits === undefined ? '' : figure.limits.map((limit) => shownValue(figure, limit)).join(' to ');
