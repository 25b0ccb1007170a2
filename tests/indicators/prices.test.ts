import { describe, expect, it } from 'vitest';
import { added } from '../../src/indicators/methods/added.ts';
import { type Cell, noBins } from '../../src/indicators/methods/method.ts';
import { ratio } from '../../src/indicators/methods/ratio.ts';

const prices = { '2024': 100, '2025': 110, '2026': 121 };
const title = { en: 'x', fr: 'x' };
const pool = () => new Map<string, Cell>();
const cell = (year: string, values: Record<string, number>): Cell => ({
  inner: year,
  values,
  histogram: noBins,
});

describe('amounts in constant money', () => {
  it('are told in the prices of the last year that has an index', () => {
    const figure = {
      id: 'added',
      title,
      unit: 'money' as const,
      method: 'added' as const,
      of: { sum: 'paid' },
      prices,
    };
    expect(added.needs(figure).inner).toEqual(['year']);
    // 1,100 of 2025 are 1,210 in the money of 2026; the mean of 2024 is 121 in it.
    const told = added.compute([cell('2025', { of: 1_100, rows: 10 })], figure, {
      pool,
      base: [cell('2024', { of: 1_000, rows: 10 })],
    });
    expect(told.numerator).toBeCloseTo(1_210, 9);
    expect(told.value).toBeCloseTo(0, 9);
  });

  it('leave counts as they are, and take the nearest year where one has no index', () => {
    const figure = {
      id: 'mean',
      title,
      unit: 'money' as const,
      method: 'ratio' as const,
      numerator: { sum: 'correction' },
      prices,
    };
    const cells = [
      cell('2024', { numerator: 100, denominator: 1 }),
      cell('2027', { numerator: 121, denominator: 1 }),
    ];
    expect(ratio.compute(cells, figure, { pool })).toMatchObject({ value: 121, denominator: 2 });
  });

  it('are the prices of the day where the file has no index', () => {
    const figure = {
      id: 'mean',
      title,
      unit: 'money' as const,
      method: 'ratio' as const,
      numerator: { sum: 'paid' },
    };
    expect(ratio.needs(figure).inner).toBeUndefined();
    expect(ratio.compute([cell('', { numerator: 30, denominator: 3 })], figure, { pool }).value).toBe(10);
  });
});
