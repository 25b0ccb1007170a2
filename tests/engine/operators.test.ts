import { describe, expect, it } from 'vitest';
import { fitOperands, negated, parseOperator, takenBy } from '../../src/engine/operators/resolve.ts';
import { libraryOperators, operators } from '../../src/engine/operators/table.ts';
import type { Present, ValueType } from '../../src/engine/values.ts';

const samples: Record<ValueType | 'none', readonly unknown[]> = {
  none: [undefined],
  number: [0, 1, -2.5, 10],
  text: ['', 'CN', 'a.b', '^C'],
  boolean: [true, false],
  date: [20000, 20001],
  instant: [0, 1e12],
  'list<number>': [[], [0, 1], [1, 1], [-2.5, 10]],
  'list<text>': [[], ['CN'], ['CN', 'CN'], ['', 'VN']],
  'list<boolean>': [[], [true, true]],
  'list<date>': [[], [20000, 20001]],
  'list<instant>': [[], [0, 1e12]],
};

const named = (name: string) => {
  const parsed = parseOperator(name);
  if ('unknown' in parsed) throw new Error(`${name} is unknown`);
  return parsed;
};

describe('the operator table', () => {
  it('has every operator of json-rules-engine 7', () => {
    expect([...libraryOperators].filter((name) => !operators.has(name))).toEqual([]);
    expect(libraryOperators.size).toBe(10);
  });

  it.each([...operators.values()].map((operator) => [operator.name, operator] as const))(
    '%s has a negation that holds exactly where it does not',
    (_, operator) => {
      const opposite = operators.get(operator.negation)!;
      expect(opposite.negation).toBe(operator.name);
      let compared = 0;
      for (const { fact, value } of operator.signatures)
        for (const a of samples[fact])
          for (const b of samples[value]) {
            if (operator.refuse?.(b as Present) !== undefined) continue;
            expect(opposite.evaluate(a as Present, b as Present), `${a} ${b}`).toBe(
              !operator.evaluate(a as Present, b as Present),
            );
            compared++;
          }
      expect(compared).toBeGreaterThan(0);
    },
  );

  it.each([...operators.values()].map((operator) => [operator.name, operator] as const))(
    '%s emits JavaScript that agrees with its evaluation and is never true of a missing operand',
    (_, operator) => {
      for (const { fact, value } of operator.signatures)
        for (const b of [...samples[value], undefined])
          for (const asLiteral of [true, false]) {
            if (asLiteral && b === undefined) continue;
            if (operator.refuse !== undefined && (!asLiteral || operator.refuse(b as Present) !== undefined))
              continue;
            const constants: unknown[] = [];
            const code = operator.emit({
              fact: 'a',
              value: asLiteral ? JSON.stringify(b) : 'b',
              literal: asLiteral ? (b as Present) : undefined,
              constant: (constant) => `k[${constants.push(constant) - 1}]`,
            });
            const run = new Function('a', 'b', 'k', `return (${code}) === true`);
            for (const a of [...samples[fact], undefined]) {
              const missing = a === undefined || (b === undefined && value !== 'none');
              const expected =
                missing && operator.asksPresence !== true
                  ? false
                  : operator.evaluate(a as Present, b as Present);
              expect(run(a, b, constants), `${code} of ${a}, ${b}`).toBe(expected);
            }
          }
    },
  );
});

describe('decorated operators', () => {
  it('read the decorators outermost first', () => {
    expect(takenBy(named('someFact:everyValue:equal')).map(({ outer }) => outer)).toContainEqual({
      fact: 'list<number>',
      value: 'list<number>',
    });
    expect(takenBy(named('swap:contains'))[1]?.outer).toEqual({ fact: 'text', value: 'list<text>' });
  });

  it('are told from each other: an unknown operator and an unknown decorator', () => {
    expect(parseOperator('greatrThan')).toMatchObject({ unknown: 'operator', name: 'greatrThan' });
    expect(parseOperator('some:equal')).toMatchObject({ unknown: 'decorator', name: 'some' });
    expect(parseOperator('')).toMatchObject({ unknown: 'operator' });
  });

  it('are negated without not: some becomes every, the operator its opposite', () => {
    const name = negated(named('someFact:not:greaterThan'));
    expect([...name.decorators.map((decorator) => decorator.name), name.operator.name]).toEqual([
      'everyFact',
      'greaterThan',
    ]);
  });
});

describe('types of operands', () => {
  it.each([
    ['equal', 'number', '5', 'equal compares number with number, not with "5"'],
    ['in', 'text', 'CN,VN', 'in compares text with list<text>, not with "CN,VN"'],
    ['greaterThan', 'text', 10, 'greaterThan takes a fact of type number, date, instant, this one is text'],
    ['isMissing', 'text', false, 'isMissing takes no value'],
    ['between', 'number', [5, 1], 'the lower limit comes first'],
    ['matches', 'text', '(', 'not a regular expression of RE2'],
    ['before', 'date', '2026-02-30', 'before compares date with date, not with "2026-02-30"'],
  ] as const)('%s of %s refuses %j', (operator, type, literal, problem) => {
    const fitted = fitOperands(named(operator), type, { literal });
    expect('problem' in fitted ? fitted.problem : 'accepted').toContain(problem);
  });

  it('take a literal as the other side asks for it', () => {
    expect(fitOperands(named('before'), 'date', { literal: '1970-01-02' })).toMatchObject({ value: 1 });
    expect(fitOperands(named('someValue:matches'), 'text', { literal: ['^a', '^b'] })).toMatchObject({
      value: ['^a', '^b'],
    });
  });
});
