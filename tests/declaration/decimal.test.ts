import { describe, expect, it } from 'vitest';
import { numberOf, scaledInteger } from '../../src/declaration/decimal.ts';
import { moneyOf } from '../../src/declaration/money.ts';

describe('decimal texts', () => {
  it.each([
    ['1.0623724E7', 10623724],
    ['5862.630000', 5862.63],
    [' 12\n\t', 12],
    ['.5', 0.5],
    ['5.', 5],
    ['-0.0', 0],
    ['+7', 7],
    ['1,234.50', 1234.5],
    ['1e-3', 0.001],
  ])('%j is %d', (text, value) => expect(numberOf(text)).toBe(value));

  it.each([
    '',
    '.',
    'abc',
    '0x10',
    '1_000',
    'Infinity',
    'NaN',
    '1e999',
    '1,234',
    '1.234,50',
    '12 CT',
    '--1',
    '1e',
    '１２',
  ])('%j is no decimal', (text) => expect(numberOf(text)).toBeUndefined());
});

describe('money from decimal texts', () => {
  it.each([
    ['1.005', 'EUR', 101],
    ['-1.005', 'EUR', -101],
    ['90071992547409.91', 'EUR', 9007199254740991],
    ['1.0623724E7', 'ALL', 1062372400],
    ['0.004', 'EUR', 0],
    ['-0.004', 'EUR', 0],
    ['0.005', 'EUR', 1],
    ['12', 'JPY', 12],
    ['12.5', 'JPY', 13],
    ['0.00000000000000000000000001', 'EUR', 0],
    ['1.2345', 'KWD', 1235],
    [0.1 + 0.2, 'EUR', 30],
    ['61.09833333333333', 'XCD', 6110],
  ])('%s %s is %d minor units, halves away from zero', (text, currency, amount) =>
    expect(moneyOf(text, currency)).toEqual({ amount, currency }),
  );

  it.each(['90071992547409.92', '1e20', 'x', Number.NaN, Number.POSITIVE_INFINITY])(
    '%s is refused',
    (value) => expect(moneyOf(value, 'EUR')).toBeUndefined(),
  );

  it('does not lose a cent where a double would', () => {
    expect(scaledInteger('90071992547409.93', 1)).toBe(900719925474099);
    expect(scaledInteger('8.345', 2)).toBe(835);
  });
});
