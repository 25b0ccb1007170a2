/**
 * Amounts in constant money: sums of several periods are told in the prices of the last one that the currency's index
 * names (../prices.ts reads it). A statistical office publishes after the event: what lies behind the last period is in its
 * prices already. What lies before the first, or in a currency without an index, cannot be told.
 */
import type { Operand } from '../definition.ts';
import { type Cell, sumOf } from './method.ts';

/** Index by year or by month. */
export type Prices = Readonly<Record<string, number>>;
export type PricesByCurrency = Readonly<Record<string, Prices>>;
/** Of a figure: absent where it is told in the prices of the day; `national` where no index was loaded. */
export type FigurePrices = PricesByCurrency | 'national' | undefined;

/** What a method must look into to weigh periods. */
export const periodsOf = (prices: FigurePrices): { inner?: readonly string[] } =>
  prices === undefined ? {} : { inner: ['month'] };

/** Index that holds for a month; undefined before the first. */
export function indexOf(prices: Prices, month: string): number | undefined {
  const period = Object.keys(prices)
    .sort()
    .findLast((each) => each <= month);
  return period === undefined ? undefined : prices[period];
}

/** Why these cells cannot be told in constant money; undefined where they can. */
export function untoldPrices(
  cells: readonly Cell[],
  prices: FigurePrices,
  currency: string | null | undefined,
): string | undefined {
  if (prices === undefined) return undefined;
  const own = prices === 'national' ? undefined : prices[currency ?? ''];
  if (own === undefined)
    return `not applicable: there is no price index of ${currency ?? 'amounts without a currency'}`;
  const first = Object.keys(own).sort()[0]!;
  return cells.some(({ inner }) => inner < first)
    ? `not applicable: the price index of ${currency} begins with ${first}`
    : undefined;
}

/** Sum of an operand; an amount in the prices of the last period, a count as it is. Only where `untoldPrices` says nothing. */
export function sumInPrices(
  cells: readonly Cell[],
  name: string,
  operand: Operand | undefined,
  prices: FigurePrices,
  currency: string | null | undefined,
): number {
  const own = prices === undefined || prices === 'national' ? undefined : prices[currency ?? ''];
  if (own === undefined || operand?.sum === undefined) return sumOf(cells, name);
  const last = own[Object.keys(own).sort().at(-1)!]!;
  let sum = 0;
  for (const { inner, values } of cells) sum += ((values[name] ?? 0) * last) / indexOf(own, inner)!;
  return sum;
}
