import { describe, expect, it } from 'vitest';
import { countryCode, currencyCode } from '../../src/declaration/codes.ts';
import { type DateOrder, dayOf, parseDay, timeKindOf, times } from '../../src/declaration/dates.ts';
import { validateDeclaration } from '../../src/declaration/validate.ts';
import { checkReference } from '../../src/sources/reference/store.ts';

describe('days as messages write them', () => {
  it.each<[string, DateOrder, string | undefined]>([
    ['5/8/14', 'mdy', '2014-05-08'],
    ['05/09/2014', 'mdy', '2014-05-09'],
    ['31/12/2014', 'mdy', undefined],
    ['31/12/2014', 'dmy', '2014-12-31'],
    ['31.12.2014', 'dmy', '2014-12-31'],
    ['2014-12-31', 'mdy', '2014-12-31'],
    ['14/12/31', 'ymd', '2014-12-31'],
    ['2/29/2023', 'mdy', undefined],
    ['2/29/2024', 'mdy', '2024-02-29'],
    ['1/1/99', 'mdy', '1999-01-01'],
    ['1/1/69', 'mdy', '2069-01-01'],
    ['1/1/201', 'mdy', undefined],
    ['24-FEB-2026', 'mdy', undefined],
    ['', 'mdy', undefined],
  ])('%j in the order %s is %s', (text, order, day) => expect(parseDay(text, order)).toBe(day));
});

describe('an instant of the model', () => {
  const fits = (text: string) => new RegExp(times.instant.pattern, 'u').test(text);

  it.each([
    '2026-03-31T10:00:00+01:00',
    '2024-02-29T23:59Z',
    '2000-02-29T00:00:00.123-03:30',
    '2026-12-31T23:59:59+14:00',
  ])('may be %s', (text) => {
    expect(fits(text)).toBe(true);
    expect(Date.parse(text)).not.toBeNaN();
  });

  it.each([
    '2026-13-01T10:00:00Z',
    '2026-00-01T10:00:00Z',
    '2026-02-30T10:00:00Z',
    '2026-02-29T10:00:00Z',
    '1900-02-29T10:00:00Z',
    '2026-04-31T10:00:00Z',
    '2026-04-00T10:00:00Z',
    '2026-03-01T24:00:00Z',
    '2026-03-01T10:60:00Z',
    '2026-03-01T10:00:60Z',
    '2026-03-01T10:00:00+24:00',
    '2026-03-01T10:00:00',
    '2026-03-01 10:00:00Z',
  ])('is not %s', (text) => expect(fits(text)).toBe(false));

  it('is on every day that the calendar has, and on no other', () => {
    for (const year of [1996, 1999, 2000, 2026, 2100])
      for (let month = 0; month <= 13; month++)
        for (let on = 0; on <= 32; on++) {
          const text = `${year}-${String(month).padStart(2, '0')}-${String(on).padStart(2, '0')}T12:00:00Z`;
          expect(fits(text), text).toBe(dayOf(year, month, on) !== undefined);
        }
  });
});

describe('a day of the model', () => {
  const declared = (acceptedAt: string) =>
    validateDeclaration({
      format: 'json',
      flow: 'import',
      country: 'XX',
      office: 'XXA1',
      items: [{ number: 1 }],
      acceptedAt,
    });

  it('is known by its kind, as is every time', () => {
    expect(Object.entries(times).map(([kind, { pattern }]) => [kind, timeKindOf(pattern)])).toEqual(
      Object.keys(times).map((kind) => [kind, kind]),
    );
    expect(timeKindOf('^[0-9]{4}$')).toBe(undefined);
  });

  it('is one that there is', () => {
    expect(declared('2024-02-29').acceptedAt).toBe('2024-02-29');
    expect(declared('1999-12-31').acceptedAt).toBe('1999-12-31');
  });

  it.each([
    '2026-13-01',
    '2026-02-30',
    '2025-02-29',
    '2026-04-31',
    '2026-01-45',
    '2026-1-1',
    '2026-01-01T00:00Z',
  ])('is not %s, and the answer says so with its place', (text) => {
    expect(() => declared(text)).toThrow(
      expect.objectContaining({
        code: 'CC_DECLARATION_INVALID',
        params: { pointer: '/acceptedAt', problem: `must be ${times.day.plain}` },
      }),
    );
  });

  it.each([
    ['2026-03-31', true],
    ['2026-03-31T10:00Z', true],
    ['2026-03-31T10:00:00.5+05:45', true],
    ['2026-02-30', false],
    ['2026-13-01T10:00Z', false],
    ['2026-03-31T24:00Z', false],
  ])('or a moment of a reference record: %s is %s', (from, good) => {
    const check = () =>
      checkReference({ kind: 'holiday', record: { office: 'XXA1', day: '2026-03-31', from } });
    if (good) return expect(check).not.toThrow();
    expect(check).toThrow(
      expect.objectContaining({
        code: 'CC_REFERENCE_INVALID',
        params: expect.objectContaining({ pointer: '/from', problem: `must be ${times.moment.plain}` }),
      }),
    );
  });
});

describe('codes written as numbers', () => {
  it('are brought to letters, others are left as they are', () => {
    expect(['268', 'GE', 'QN', 'MANY', '999', undefined].map(countryCode)).toEqual([
      'GE',
      'GE',
      'QN',
      'MANY',
      '999',
      undefined,
    ]);
    expect(['840', 'usd', '981', '', 'US$', undefined].map(currencyCode)).toEqual([
      'USD',
      'USD',
      'GEL',
      undefined,
      undefined,
      undefined,
    ]);
  });
});
