/**
 * Decimal texts as messages print them (`1.0623724E7`, `5862.630000`, `1,234.50`), read without going through a double
 * where the last digit counts. Numbers of quantities become doubles, which hold 15 digits; money is scaled as text.
 */

const decimalText = /^([+-]?)(\d+)?(?:\.(\d*))?(?:[eE]([+-]?\d{1,4}))?$/;
/** Thousands separated by commas are accepted only where a decimal point leaves no doubt about them. */
const groupedText = /^[+-]?\d{1,3}(?:,\d{3})+\.\d+$/;

interface Decimal {
  negative: boolean;
  /** Significant digits without leading zeros; `''` is zero. */
  digits: string;
  /** The value is `digits × 10^exponent`. */
  exponent: number;
}

function parse(text: string): Decimal | undefined {
  const trimmed = text.trim();
  const found = decimalText.exec(groupedText.test(trimmed) ? trimmed.replaceAll(',', '') : trimmed);
  if (found === null) return undefined;
  const [, sign, whole = '', fraction = '', power = '0'] = found;
  if (whole === '' && fraction === '') return undefined;
  return {
    negative: sign === '-',
    digits: (whole + fraction).replace(/^0+/, ''),
    exponent: Number(power) - fraction.length,
  };
}

/** A decimal text to a double; undefined where it is not one, or too large for one. */
export function numberOf(text: string): number | undefined {
  const decimal = parse(text);
  if (decimal === undefined) return undefined;
  const value = Number(`${decimal.digits || '0'}e${decimal.exponent}`);
  if (!Number.isFinite(value)) return undefined;
  return decimal.negative && value !== 0 ? -value : value;
}

/**
 * The integer nearest to `text × 10^places`, halves away from zero; undefined where the text is not a decimal or the
 * integer is not a safe one.
 */
export function scaledInteger(text: string, places: number): number | undefined {
  const decimal = parse(text);
  if (decimal === undefined) return undefined;
  const { digits, negative } = decimal;
  const shift = decimal.exponent + places;
  if (digits === '') return 0;
  let integer: number;
  if (shift >= 0) {
    if (digits.length + shift > 16) return undefined;
    integer = Number(digits + '0'.repeat(shift));
  } else {
    const kept = digits.length + shift;
    if (kept > 16 || kept < 0) return kept < 0 ? 0 : undefined;
    integer = Number(digits.slice(0, kept) || '0') + (digits.charCodeAt(kept) >= 53 ? 1 : 0);
  }
  if (!Number.isSafeInteger(integer)) return undefined;
  return negative && integer !== 0 ? -integer : integer;
}
