/** Constant money: the index file with its faults, the arithmetic of each method, and where it cannot be told. */
import { describe, expect, it } from 'vitest';
import { CrosscheckError } from '../../src/errors.ts';
import { fromRoot } from '../../src/ground/paths.ts';
import { soundIndicators } from '../../src/indicators/load.ts';
import { added } from '../../src/indicators/methods/added.ts';
import { type Cell, noBins } from '../../src/indicators/methods/method.ts';
import { ratio } from '../../src/indicators/methods/ratio.ts';
import { total } from '../../src/indicators/methods/total.ts';
import { loadPrices, readPrices } from '../../src/indicators/prices.ts';

const title = { en: 'x', fr: 'x' };
const pool = () => new Map<string, Cell>();
const cell = (month: string, values: Record<string, number>): Cell => ({
  inner: month,
  values,
  histogram: noBins,
});
const prices = { EUR: { '2024': 100, '2025': 110, '2026': 121 }, XTS: { '2025-01': 100, '2025-02': 102 } };
const collected = {
  id: 'x',
  title,
  unit: 'money' as const,
  method: 'total' as const,
  of: { sum: 'paid' },
  prices,
};

describe('amounts in constant money', () => {
  it('are told in the prices of the last period of the index', () => {
    const figure = { ...collected, method: 'added' as const };
    expect(added.needs(figure).inner).toEqual(['month']);
    // 1,100 of 2025 are 1,210 in the money of 2026; the mean of 2024 is 121 in it.
    const told = added.compute([cell('2025-07', { of: 1_100, rows: 10 })], figure, {
      pool,
      currency: 'EUR',
      base: [cell('2024-07', { of: 1_000, rows: 10 })],
    });
    expect(told.numerator).toBeCloseTo(1_210, 9);
    expect(told.value).toBeCloseTo(0, 9);
  });

  it('go by the month where the index does, and by the currency that they are in', () => {
    const cells = [cell('2025-01', { of: 100 }), cell('2025-02', { of: 102 })];
    expect(total.compute(cells, collected, { pool, currency: 'XTS' }).value).toBeCloseTo(204, 9);
    expect(total.compute(cells, collected, { pool, currency: 'EUR' }).value).toBeCloseTo(202 * 1.1, 9);
  });

  it('leave counts as they are, and what came after the last period', () => {
    const figure = {
      id: 'mean',
      title,
      unit: 'money' as const,
      method: 'ratio' as const,
      numerator: { sum: 'correction' },
      prices,
    };
    const cells = [
      cell('2024-12', { numerator: 100, denominator: 1 }),
      cell('2027-01', { numerator: 121, denominator: 1 }),
    ];
    expect(ratio.compute(cells, figure, { pool, currency: 'EUR' })).toMatchObject({
      value: 121,
      denominator: 2,
    });
  });

  it.each([
    ['a currency without an index', prices, 'USD', '2025-01', /no price index of USD/],
    ['a month before its first', prices, 'XTS', '2024-12', /price index of XTS begins with 2025-01/],
    ['no index at all', 'national' as const, 'EUR', '2025-01', /no price index of EUR/],
    ['amounts without a currency', prices, null, '2025-01', /amounts without a currency/],
  ])('are not applicable for %s, and say why', (_, given, currency, month, note) => {
    const told = total.compute([cell(month, { of: 1 })], { ...collected, prices: given }, { pool, currency });
    expect(told.value).toBeNull();
    expect(told.note).toMatch(note);
  });

  it('are the prices of the day where the file asks for nothing else', () => {
    const { prices: _, ...figure } = collected;
    expect(total.needs(figure).inner).toBeUndefined();
    expect(total.compute([cell('', { of: 30 })], figure, { pool, currency: 'USD' }).value).toBe(30);
  });
});

describe('the file of a price index', () => {
  it('takes remarks, a byte-order mark, other columns and either line end', () => {
    expect(
      readPrices('\uFEFF# base 2015\r\nindex,note,period\r\n99.5,a,2024-12\r\n\r\n100,b,2025-01\r\n', 'f'),
    ).toEqual({
      '2024-12': 99.5,
      '2025-01': 100,
    });
  });

  it('may have a French header and semicolons', () => {
    expect(readPrices('Mois;Indice\n2024-12;99.5\n', 'f')).toEqual({ '2024-12': 99.5 });
  });

  it.each([
    ['period\n2024\n', 1, /the columns index are missing/],
    ['', 1, /period, index are missing/],
    ['period,index\n', 1, /no period/],
    ['period,index\n2024-13,100\n', 2, /2024-13.*no month/],
    ['# remark\nperiod,index\n2024,100\n2025,\n', 4, /index of 2025/],
    ['period,index\n2024,0\n', 2, /no number above 0/],
    ['period,index\n2024,1e3\n', 2, /1e3/],
    ['period,index\n2024,100\n2025-01,101\n', 3, /among years/],
    ['period,index\n2024-11,100\n2025-01,101\n', 3, /where 2024-12 is due/],
    ['period,index\n2024,100\n2024,101\n', 3, /where 2025 is due/],
  ])('%j is refused at line %i', (text, line, problem) => {
    try {
      readPrices(text, 'EUR.csv');
      expect.unreachable();
    } catch (thrown) {
      expect(thrown).toBeInstanceOf(CrosscheckError);
      const error = thrown as CrosscheckError;
      expect(error.code).toBe('CC_PRICES_INVALID');
      expect(error.message).toMatch(problem);
      expect(error.where).toMatchObject({ file: 'EUR.csv', line });
    }
  });

  it('must be called after a currency', () => {
    expect(() => loadPrices(fromRoot('profiles', 'tariff', 'XX'))).toThrow(/called after a currency/);
  });

  it('is there for the made-up country, whole years of months, in the figures that ask for it', () => {
    const { XTS } = loadPrices();
    expect(Object.keys(XTS!)).toHaveLength(72);
    const figures = [...soundIndicators().definitions.values()].flatMap(({ id, figures: all }) =>
      all.flatMap((figure) => ('prices' in figure ? [[id, figure.id, figure.prices] as const] : [])),
    );
    expect(figures).toEqual([
      ['I03', 'addedConstant', { XTS }],
      ['I18', 'perCorrectionConstant', { XTS }],
    ]);
    expect(loadPrices('/there/is/none')).toEqual({});
  });
});
