/** Codes of countries and currencies, brought to the letters of ISO 3166 and ISO 4217 where a source writes their numbers. */
import { number as currencyByNumber } from 'currency-codes';
import countries from 'i18n-iso-countries';

const numeric = /^\d{3}$/;

/** ISO 3166 alpha-2 for a numeric code; anything else as it is written (`QN`, `MANY` and `EU` are codes of their systems). */
export const countryCode = (code: string | undefined): string | undefined =>
  code !== undefined && numeric.test(code) ? (countries.numericToAlpha2(code) ?? code) : code;

/** True for an officially assigned ISO 3166 alpha-2 code. */
export const isCountry = (code: string): boolean => code.length === 2 && countries.isValid(code);

/**
 * ISO 3166 leaves AA, QM to QZ, XA to XZ and ZZ to users, and customs use them: stores, Kosovo, Northern Ireland,
 * unknown, several; the United Kingdom adds codes under Z of its own.
 */
export const userAssignedCountries: readonly string[] = [
  'AA',
  ...[...'MNOPQRSTUVWXYZ'].map((letter) => `Q${letter}`),
  ...[...'ABCDEFGHIJKLMNOPQRSTUVWXYZ'].flatMap((letter) => [`X${letter}`, `Z${letter}`]),
];

/** Reserved in ISO 3166 beside its countries (EU, UK, IC of the Canaries), Greece as the EU writes it, and withdrawn ones. */
const reserved = new Set(
  'AC CP CQ DG EA EL EU EZ FX IC SU TA UK UN AN BU CS DD NT SF TP YD YU ZR'
    .split(' ')
    .concat(userAssignedCountries),
);

/** True for two letters that some declaration may write for a country: assigned, reserved, left to users or withdrawn. */
export const isKnownCountry = (code: string): boolean => isCountry(code) || reserved.has(code);

/** ISO 4217 letters for letters or a numeric code; undefined where it is neither. */
export function currencyCode(code: string | undefined): string | undefined {
  if (code === undefined) return undefined;
  const letters = numeric.test(code) ? (currencyByNumber(code)?.code ?? code) : code.toUpperCase();
  return /^[A-Z]{3}$/.test(letters) ? letters : undefined;
}
