import { describe, expect, it } from 'vitest';
import { chooserOf, holesOf, parseMessage, writerOf } from '../../src/engine/message.ts';
import type { Value, ValueType } from '../../src/engine/values.ts';
import type { Unit } from '../../src/facts/model.ts';

describe('the text of a message', () => {
  it('is parted into text and values, with doubled braces for braces', () => {
    const { parts, problems } = parseMessage('CIF {valuation.cif} is {{ {gap|0} }}');
    expect(problems).toEqual([]);
    expect(parts).toEqual([
      'CIF ',
      { name: 'valuation.cif', start: 4, end: 19 },
      ' is { ',
      { name: 'gap', format: '0', start: 26, end: 33 },
      ' }',
    ]);
    expect(holesOf('{a} {b}').map(({ name }) => name)).toEqual(['a', 'b']);
  });

  it.each([
    ['a {b', '{ is no value'],
    ['a } b', '} is no value'],
    ['{}', '{} is no value'],
    ['{a b}', '{a b} is no value'],
    ['{a|euro}', 'there is no format euro'],
    ['{a ? case}', '{a ? case} is no value'],
    ['{a ? case : cases : more}', 'is no value'],
    ['{a ? : cases}', 'is no value'],
    ['{a|constructor}', 'there is no format constructor'],
  ])('%s is a problem with its place', (template, problem) => {
    expect(parseMessage(template).problems[0]!.message).toContain(problem);
  });
});

describe('a word that goes by a number', () => {
  it.each<[string, Value, string]>([
    ['en', 0, 'cases'],
    ['en', 1, 'case'],
    ['en', 2, 'cases'],
    ['en', 1.5, 'cases'],
    ['en', undefined, 'cases'],
    ['fr', 0, 'case'],
    ['fr', 1, 'case'],
    ['fr', 1.5, 'case'],
    ['fr', 2, 'cases'],
  ])('in %s after %s is %s', (language, value, word) => {
    const [, hole] = parseMessage('{n} {n ? case : cases}').parts.filter((part) => typeof part !== 'string');
    expect(hole).toMatchObject({ name: 'n', words: ['case', 'cases'] });
    expect(chooserOf(language, hole!.words!)(value)).toBe(word);
  });
});

describe('a value in a message', () => {
  it.each<[string, ValueType, Unit, string | undefined, Value, string]>([
    ['en', 'number', 'money', undefined, 1234567.5, '1,234,567.50'],
    ['fr', 'number', 'money', undefined, 1234567.5, '1\u202f234\u202f567,50'],
    ['en', 'number', 'money', undefined, -0.004, '0.00'],
    ['en', 'number', 'money', undefined, -1000, '-1,000.00'],
    ['en', 'number', 'kg', undefined, 12.5, '12.5'],
    ['en', 'number', 'kg', undefined, 0.0625, '0.063'],
    ['en', 'number', 'count', undefined, 3, '3'],
    ['en', 'number', 'fraction', undefined, 0.155, '15.5 %'],
    ['fr', 'number', 'fraction', undefined, 0.155, '15,5 %'],
    ['en', 'number', 'none', undefined, 1e300, '1e+300'],
    ['en', 'number', 'money', '0', 999.5, '1,000'],
    ['en', 'number', 'none', '3', 2, '2.000'],
    ['en', 'number', 'none', 'money', 2, '2.00'],
    ['en', 'number', 'none', 'percent', 0.5, '50 %'],
    ['en', 'number', 'none', 'plain', 1234.5, '1234.5'],
    ['en', 'text', 'none', undefined, 'CN', 'CN'],
    ['en', 'boolean', 'none', undefined, true, 'yes'],
    ['fr', 'boolean', 'none', undefined, false, 'non'],
    ['en', 'date', 'none', undefined, 20484, '2026-01-31'],
    ['en', 'instant', 'none', undefined, 0, '1970-01-01T00:00:00.000Z'],
    ['en', 'list<text>', 'none', undefined, ['A', 'B'], 'A, B'],
    ['en', 'list<number>', 'money', undefined, [1, undefined, 2.5], '1.00, 2.50'],
    ['en', 'list<text>', 'none', undefined, Array.from({ length: 12 }, () => 'A'), `${'A, '.repeat(10)}…`],
    ['en', 'list<text>', 'none', undefined, [], '–'],
    ['en', 'number', 'money', undefined, undefined, '–'],
  ])('in %s, %s of unit %s as %s: %j is %s', (language, type, unit, format, value, text) => {
    expect(writerOf(language, type, unit, format)(value)).toBe(text);
  });
});
