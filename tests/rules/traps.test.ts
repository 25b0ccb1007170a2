/**
 * Rules as json-rules-engine takes them, each of which it misreads in silence or dies of (reference: peers, 1.4), given to
 * the linter as JSON: each is refused with the code that explains it.
 */
import { describe, expect, test } from 'vitest';
import { diagnosticLines, hasErrors } from '../../src/rules/diagnostic.ts';
import { lintRules } from '../../src/rules/lint/run.ts';
import { loadTexts } from '../../src/rules/load.ts';
import { catalogue } from './catalogue.ts';

const lint = (conditions: unknown, more: object = {}) =>
  lintRules(
    loadTexts(
      'rules',
      new Map([
        ['rules/foreign.json', JSON.stringify({ conditions, event: { type: 'hit' }, ...more }, null, 2)],
      ]),
    ),
    { catalogue, today: '2026-11-21' },
  );

const leaf = (fact: string, operator: string, value?: unknown, more: object = {}) => ({
  fact,
  operator,
  value,
  ...more,
});
const big = leaf('valuation.cif', 'greaterThan', 100);

describe('a rule of json-rules-engine is refused with the code of its trap', () => {
  test.each<[string, string, unknown]>([
    ['1: any of nothing', 'RL101', { any: [] }],
    ['1: all of nothing', 'RL101', { all: [] }],
    ['2: any and all on one level', 'RL102', { any: [big], all: [big] }],
    ['3: in with a text', 'RL207', { all: [leaf('terms.incoterm', 'in', 'CIF,CIP')] }],
    ['4: in with a number', 'RL207', { all: [leaf('valuation.cif', 'in', 5)] }],
    ['5: an unknown operator', 'RL202', { all: [leaf('valuation.cif', 'moreThan', 5)] }],
    ['6: a misspelt fact', 'RL201', { all: [leaf('valuation.ciff', 'notEqual', 5)] }],
    [
      '6: a misspelt fact to compare with',
      'RL201',
      { all: [leaf('valuation.cif', 'notEqual', { fact: 'valuation.ciff' })] },
    ],
    ['6d: a JSONPath', 'RL105', { all: [leaf('declaration.office', 'notIn', ['A'], { path: '$.cod' })] }],
    ['7: texts in order', 'RL205', { all: [leaf('declaration.office', 'greaterThan', '10')] }],
    ['7: a number compared with a text', 'RL206', { all: [leaf('valuation.cif', 'equal', '5')] }],
    ['8: a day that is none', 'RL208', { all: [leaf('declaration.acceptedAt', 'lessThan', '1.2.2026')] }],
    ['8: an instant as a day', 'RL208', { all: [leaf('test.seen', 'lessThan', '2026-01-01')] }],
    [
      '9: two conditions on two items',
      'RL211',
      { all: [leaf('item.cif', 'someFact:greaterThan', 100), leaf('item.origin', 'someFact:equal', 'CN')] },
    ],
    [
      '9: also deeper',
      'RL211',
      {
        all: [
          leaf('item.cif', 'someFact:greaterThan', 100),
          { all: [leaf('item.origin', 'contains', 'CN')] },
        ],
      },
    ],
    ['11: every entry of none', 'RL212', { all: [leaf('item.origin', 'everyFact:equal', 'CN')] }],
    ['12: an unknown key', 'RL103', { all: [{ ...big, negate: true }] }],
    ['16: undefined, lost in JSON', 'RL206', { all: [leaf('item.origin', 'someFact:notEqual')] }],
    ['16: null', 'RL206', { all: [leaf('item.origin', 'someFact:notEqual', null)] }],
    ['16: a filter as a fact', 'RL105', { all: [leaf('$.items[?(@.value>100)]', 'notEqual', 1)] }],
    ['priority', 'RL104', { all: [{ ...big, priority: 100 }] }],
    [
      'an unknown parameter',
      'RL204',
      { all: [leaf('test.within', 'equal', true, { params: { first: 'PAY', days: 1 } })] },
    ],
    [
      'a parameter of the wrong type',
      'RL204',
      { all: [leaf('test.within', 'equal', true, { params: { first: 'PAY', hours: '1' } })] },
    ],
    [
      'a parameter outside its list',
      'RL204',
      { all: [leaf('test.within', 'equal', true, { params: { first: 'PAID' } })] },
    ],
    ['a parameter missing', 'RL204', { all: [leaf('test.within', 'equal', true)] }],
    ['a condition that is text', 'RL106', { all: ['valuation.cif > 5'] }],
    ['not of a list', 'RL106', { not: [big] }],
    ['a shared condition that nobody wrote', 'RL108', { all: [{ condition: 'big' }] }],
    ['value: false for isMissing', 'RL206', { all: [leaf('valuation.cif', 'isMissing', false)] }],
  ])('%s: %s', (_trap, code, conditions) => {
    const found = lint(conditions);
    expect(hasErrors(found)).toBe(true);
    expect(found.map((each) => each.code)).toContain(code);
    const { fix, place } = found.find((each) => each.code === code)!;
    expect(fix, diagnosticLines(found[0]!)).toBeTruthy();
    expect(place.line).toBeGreaterThan(1);
  });

  test('what belongs to the library alone is told key by key, and what the rule lacks is not', () => {
    const found = lint({ all: [big] }, { priority: 5, name: 'big', onSuccess: 'x' });
    expect(found.filter(({ code }) => code === 'RL005').map(({ message }) => message)).toEqual([
      expect.stringContaining('event'),
      expect.stringContaining('priority'),
      expect.stringContaining('name'),
      expect.stringContaining('onSuccess'),
    ]);
    expect(found.some(({ code }) => code === 'RL003')).toBe(false);
  });

  test('a list of rules is linted rule by rule', () => {
    const text = JSON.stringify([
      { conditions: { any: [] }, event: {} },
      { conditions: { all: [leaf('valuation.cif', 'in', 5)] }, event: {} },
    ]);
    const codes = lintRules(loadTexts('rules', new Map([['rules/many.json', text]])), {
      catalogue,
      today: '2026-11-21',
    }).map(({ code }) => code);
    expect(codes).toEqual(expect.arrayContaining(['RL006', 'RL101', 'RL207']));
  });
});
