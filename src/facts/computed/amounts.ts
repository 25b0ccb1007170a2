/** Money as rules see it, major units; and sums that are missing where a part is. */
import type { Declaration } from '../../declaration/declaration.ts';
import { type Money, minorDigits } from '../../declaration/money.ts';

const scales = new Map<string, number>();

/** Minor units in one major unit. */
export function scaleOf(currency: string): number {
  let scale = scales.get(currency);
  if (scale === undefined) {
    scale = 10 ** minorDigits(currency);
    scales.set(currency, scale);
  }
  return scale;
}

export const foreign = (money: Money | undefined): number | undefined =>
  money === undefined ? undefined : money.amount / scaleOf(money.currency);

/** The value, or missing where the amount is in another currency than the declaration's own: the two must never be compared. */
export const national = (money: Money | undefined, currency: string | undefined): number | undefined =>
  money === undefined || money.currency !== currency ? undefined : money.amount / scaleOf(money.currency);

/** The currency of the declaration's national amounts: as it says, else as its own customs value is written. */
export const nationalCurrency = (declaration: Declaration): string | undefined =>
  declaration.currency ??
  declaration.valuation?.cif?.currency ??
  declaration.items[0]?.cif?.currency ??
  declaration.items[0]?.statisticalValue?.currency;

/** Decimals of kilograms and units carry no meaning beyond a millionth; without rounding 0.1 + 0.2 would differ from 0.3. */
export const settled = (sum: number): number => Math.round(sum * 1e6) / 1e6;

/** Quotient, missing where an operand is or the divisor is 0. */
export const quotient = (a: number | undefined, b: number | undefined): number | undefined =>
  a === undefined || b === undefined || b === 0 ? undefined : a / b;

/** Adds up the values of one fact over the items; missing as soon as one is. */
export function sumOf(items: readonly Record<string, unknown>[], fact: string): number | undefined {
  if (items.length === 0) return undefined;
  let sum = 0;
  for (const item of items) {
    const value = item[fact];
    if (typeof value !== 'number') return undefined;
    sum += value;
  }
  return settled(sum);
}
