/** Money: integer minor units with its currency (DESIGN decision 12). `XXX` is ISO 4217's code for no currency known. */
import { code as currencyRecord } from 'currency-codes';
import Type, { type Static } from 'typebox';

export const Money = Type.Object(
  {
    amount: Type.Integer({ description: 'minor units of the currency, e.g. cents' }),
    currency: Type.String({
      pattern: '^[A-Z]{3}$',
      description: 'ISO 4217; XXX where the source names none',
    }),
  },
  { additionalProperties: false },
);
export type Money = Static<typeof Money>;

/** Digits after the point in the currency's major unit (ISO 4217); 2 where the currency is unknown. */
export const minorDigits = (currency: string): number => currencyRecord(currency)?.digits ?? 2;

/** Minor units to major ones, a double: what rules and screens show. */
export const major = (money: Money): number => money.amount / 10 ** minorDigits(money.currency);

/**
 * A decimal text or a number in major units to Money, rounded half away from zero at the currency's last digit.
 * Undefined where the value is no finite number or its minor units do not fit a safe integer.
 */
export function moneyOf(value: string | number, currency: string): Money | undefined {
  const number = typeof value === 'number' ? value : Number(value.trim() || Number.NaN);
  if (!Number.isFinite(number)) return undefined;
  const scaled = Number(`${Math.abs(number)}e${minorDigits(currency)}`);
  const minor = Math.round(Number.isNaN(scaled) ? Math.abs(number) * 10 ** minorDigits(currency) : scaled);
  if (!Number.isSafeInteger(minor)) return undefined;
  return { amount: number < 0 && minor !== 0 ? -minor : minor, currency };
}
