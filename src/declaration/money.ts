/** Money: integer minor units with its currency (DESIGN decision 12). `XXX` is ISO 4217's code for no currency known. */
import { code as currencyRecord } from 'currency-codes';
import Type, { type Static } from 'typebox';
import { scaledInteger } from './decimal.ts';

export const Money = Type.Object(
  {
    amount: Type.Integer({
      minimum: Number.MIN_SAFE_INTEGER,
      maximum: Number.MAX_SAFE_INTEGER,
      description: 'minor units of the currency, e.g. cents',
    }),
    currency: Type.String({
      pattern: '^[A-Z]{3}$',
      description: 'ISO 4217; XXX where the source names none',
    }),
  },
  { additionalProperties: false },
);
export type Money = Static<typeof Money>;

const digitsByCurrency = new Map<string, number>();

/** Four, the most that ISO 4217 has: an amount in a currency not known loses nothing that could be money. */
const digitsOfUnknown = 4;

/** Digits after the point in the currency's major unit (ISO 4217); 4 for XXX and for letters that ISO does not know. */
export function minorDigits(currency: string): number {
  const known = digitsByCurrency.get(currency);
  if (known !== undefined) return known;
  const digits = currency === 'XXX' ? digitsOfUnknown : (currencyRecord(currency)?.digits ?? digitsOfUnknown);
  // Currencies come from messages: the table must not grow with whatever they hold.
  if (digitsByCurrency.size < 1_000) digitsByCurrency.set(currency, digits);
  return digits;
}

/** Minor units to major ones, a double: what rules and screens show. */
export const major = (money: Money): number => money.amount / 10 ** minorDigits(money.currency);

/**
 * A decimal text or a number in major units to Money, rounded half away from zero at the currency's last digit.
 * Undefined where the value is no finite number or its minor units do not fit a safe integer.
 */
export function moneyOf(value: string | number, currency: string): Money | undefined {
  // A number is taken as JavaScript prints it, so 1.005 is one and five thousandths and not the double next to it.
  const amount = scaledInteger(String(value), minorDigits(currency));
  return amount === undefined ? undefined : { amount, currency };
}
