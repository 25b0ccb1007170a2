/**
 * Amounts in constant money: an administration that has a price index gives it by year in the indicator's file, and sums
 * of several years are told in the prices of the last year it names. A year without an index is told at that of the
 * nearest year before it, or of the first.
 */
import type { Operand } from '../definition.ts';
import { type Cell, sumOf } from './method.ts';

export type Prices = Readonly<Record<string, number>>;

/** What a method must look into to weigh years. */
export const yearsOf = (prices: Prices | undefined): { inner?: readonly string[] } =>
  prices === undefined ? {} : { inner: ['year'] };

export function indexOf(prices: Prices, year: string): number {
  const years = Object.keys(prices).sort();
  return prices[years.findLast((each) => each <= year) ?? years[0]!]!;
}

/** Sum of an operand; an amount in the prices of the last year, a count as it is. */
export function sumInPrices(
  cells: readonly Cell[],
  name: string,
  operand: Operand | undefined,
  prices: Prices | undefined,
): number {
  if (prices === undefined || operand?.sum === undefined) return sumOf(cells, name);
  const last = prices[Object.keys(prices).sort().at(-1)!]!;
  let sum = 0;
  for (const { inner, values } of cells) sum += ((values[name] ?? 0) * last) / indexOf(prices, inner);
  return sum;
}
