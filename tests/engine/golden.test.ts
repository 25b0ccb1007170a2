/**
 * What json-rules-engine's rules are taken to mean, trap by trap (the library's own answers were measured on 7.3.1), and
 * what Kleene's logic says where values are missing. Generated code, closures and the library run each case.
 */
import { describe, expect, it } from 'vitest';
import { compile } from '../../src/engine/compile.ts';
import { referenceOf } from '../../src/engine/reference.ts';
import type { FactSheet } from '../../src/facts/model.ts';
import type { Condition, Rule } from '../../src/rules/model.ts';
import { catalogue, rule, sheet } from './support.ts';

type Outcome = 'hit' | 'none' | { missing: string[] };

async function outcome(conditions: Condition, facts: FactSheet, more: Partial<Rule> = {}): Promise<Outcome> {
  const rules = [rule(conditions, more)];
  const generated = compile(rules, { catalogue }).detect(facts);
  expect(compile(rules, { catalogue, codegen: false }).detect(facts)).toEqual(generated);
  expect(await referenceOf(rules, { catalogue }).hits(facts)).toEqual(generated.hits);
  if (generated.hits.length > 0) return 'hit';
  const [first] = generated.notEvaluated;
  return first === undefined ? 'none' : { missing: first.missing };
}

const refused = (conditions: unknown, more: Partial<Rule> = {}): string => {
  try {
    compile([rule(conditions as Condition, more)], { catalogue });
    return 'accepted';
  } catch (thrown) {
    return (thrown as Error).message;
  }
};

describe('traps of json-rules-engine that are refused', () => {
  it.each<[string, unknown, string]>([
    ['an empty any, which the library takes as true', { any: [] }, 'any lists its conditions'],
    ['an empty all', { all: [] }, 'all lists its conditions'],
    [
      'any and all on one level, of which the library ignores all',
      {
        any: [{ fact: 'declarant.id', operator: 'isPresent' }],
        all: [{ fact: 'declarant.id', operator: 'isMissing' }],
      },
      'all and any stand on one level',
    ],
    [
      'in with a text for a value, which the library takes as "is a part of"',
      { fact: 'declarant.id', operator: 'in', value: 'CN,VN' },
      'in compares text with list<text>, not with "CN,VN"',
    ],
    [
      'in with a number for a value, which fails the whole run in the library',
      { fact: 'valuation.cif', operator: 'in', value: 5 },
      'in compares number with list<number>, not with 5',
    ],
    [
      'an unknown operator',
      { fact: 'valuation.cif', operator: 'over', value: 5 },
      'there is no operator over',
    ],
    [
      'an unknown fact',
      { fact: 'valuation.cfi', operator: 'notEqual', value: 5 },
      'there is no fact valuation.cfi',
    ],
    [
      'a number compared with a text, which the library compares letter by letter',
      { fact: 'valuation.cif', operator: 'greaterThan', value: '10' },
      'greaterThan compares number with number, not with "10"',
    ],
    [
      'a day that is none, which the library compares as text',
      { fact: 'declaration.date', operator: 'lessThan', value: '2026-02-30' },
      'not with "2026-02-30"',
    ],
    [
      'a missing parameter',
      { fact: 'trail.precedence', operator: 'equal', value: true },
      'needs its parameter first',
    ],
    [
      'an unknown parameter',
      {
        fact: 'trail.precedence',
        params: { first: 'A', second: 'B', third: 'C' },
        operator: 'equal',
        value: true,
      },
      'has no parameter third',
    ],
    ['an unknown shared condition', { condition: 'nobody' }, 'there is no shared condition nobody'],
    [
      'a name of the prototype for a shared condition',
      { condition: 'constructor' },
      'there is no shared condition',
    ],
    ['presence of a column', { fact: 'item.hs', operator: 'isMissing' }, 'write someFact:isMissing'],
    ['a condition that is none', 'valuation.cif', 'a condition is a mapping'],
  ])('%s', (_, conditions, problem) => {
    expect(refused(conditions)).toContain(problem);
  });

  it('circular lets, with the circle', () => {
    const more = { let: { a: 'b + 1', b: 'c * 2', c: 'a' } };
    expect(refused({ fact: 'a', operator: 'greaterThan', value: 1 }, more)).toContain(
      'circular: a → b → c → a',
    );
  });

  it('circular shared conditions, with the circle', () => {
    const shared: Record<string, Condition> = {
      one: { not: { condition: 'two' } },
      two: { condition: 'one' },
    };
    expect(() => compile([rule({ condition: 'one' })], { catalogue, shared })).toThrow(
      'circular: one → two → one',
    );
  });

  it('a let that begins with a reserved word of CEL', () => {
    const more = { let: { a: 'package.count + 1' } };
    expect(refused({ fact: 'a', operator: 'greaterThan', value: 1 }, more)).toContain(
      'package is a reserved word',
    );
  });
});

describe('what rules mean', () => {
  const present = sheet(
    { 'valuation.cif': 9, 'declarant.id': 'N', 'documents.codes': [], 'declaration.date': '2026-01-31' },
    [
      { 'item.value': 500, 'item.origin': 'FR' },
      { 'item.value': 50, 'item.origin': 'CN' },
    ],
  );

  it.each<[string, Condition, Outcome]>([
    ['9 is not greater than 10', { fact: 'valuation.cif', operator: 'greaterThan', value: 10 }, 'none'],
    [
      'two someFact conditions speak of different items, as in the library',
      {
        all: [
          { fact: 'item.value', operator: 'someFact:greaterThan', value: 100 },
          { fact: 'item.origin', operator: 'someFact:equal', value: 'CN' },
        ],
      },
      'hit',
    ],
    [
      'everyFact holds of an empty list, as in the library',
      { fact: 'documents.codes', operator: 'everyFact:equal', value: 'A' },
      'hit',
    ],
    [
      'someFact holds of no empty list',
      { fact: 'documents.codes', operator: 'someFact:equal', value: 'A' },
      'none',
    ],
    ['days compare as days', { fact: 'declaration.date', operator: 'before', value: '2026-02-01' }, 'hit'],
    [
      'swap exchanges the sides',
      { fact: 'declarant.id', operator: 'swap:contains', value: ['N', 'M'] },
      'hit',
    ],
    [
      'not of a decorated operator',
      { fact: 'item.value', operator: 'not:everyFact:greaterThan', value: 100 },
      'hit',
    ],
  ])('%s', async (_, conditions, expected) => {
    expect(await outcome(conditions, present)).toEqual(expected);
  });

  it('scope item asks both conditions of the same item', async () => {
    const both: Condition = {
      all: [
        { fact: 'item.value', operator: 'greaterThan', value: 100 },
        { fact: 'item.origin', operator: 'equal', value: 'CN' },
      ],
    };
    expect(await outcome(both, present, { scope: 'item' })).toBe('none');
  });
});

describe('missing values', () => {
  const nothing = sheet({}, [{ 'item.value': 5 }, {}]);
  const cif = { missing: ['valuation.cif'] };

  it.each<[string, Condition, Outcome]>([
    ['a comparison is unknown', { fact: 'valuation.cif', operator: 'greaterThan', value: 1 }, cif],
    [
      'notEqual is unknown, where the library hits',
      { fact: 'valuation.cif', operator: 'notEqual', value: 1 },
      cif,
    ],
    [
      'notIn is unknown, where the library hits every declaration',
      { fact: 'declarant.id', operator: 'notIn', value: ['A'] },
      { missing: ['declarant.id'] },
    ],
    ['not of unknown is unknown', { not: { fact: 'valuation.cif', operator: 'equal', value: 1 } }, cif],
    ['isMissing is true', { fact: 'valuation.cif', operator: 'isMissing' }, 'hit'],
    ['isPresent is false', { fact: 'valuation.cif', operator: 'isPresent' }, 'none'],
    [
      'any with a true part is true',
      {
        any: [
          { fact: 'valuation.cif', operator: 'equal', value: 1 },
          { fact: 'declarant.id', operator: 'isMissing' },
        ],
      },
      'hit',
    ],
    [
      'all with a false part is false',
      {
        all: [
          { fact: 'valuation.cif', operator: 'equal', value: 1 },
          { fact: 'declarant.id', operator: 'isPresent' },
        ],
      },
      'none',
    ],
    [
      'someFact is true where one entry decides, whatever is missing from another',
      { fact: 'item.value', operator: 'someFact:greaterThan', value: 1 },
      'hit',
    ],
    [
      'someFact is unknown where only a missing entry could decide',
      { fact: 'item.value', operator: 'someFact:greaterThan', value: 9 },
      { missing: ['item.value'] },
    ],
    [
      'everyFact is false where one entry decides',
      { fact: 'item.value', operator: 'everyFact:greaterThan', value: 9 },
      'none',
    ],
    [
      'someFact:isMissing finds the item without a value',
      { fact: 'item.value', operator: 'someFact:isMissing' },
      'hit',
    ],
    [
      'a list operator over a column with a hole is unknown',
      { fact: 'item.value', operator: 'contains', value: 9 },
      { missing: ['item.value'] },
    ],
    [
      'only the facts of unknown parts are told',
      {
        all: [
          { fact: 'valuation.cif', operator: 'equal', value: 1 },
          {
            any: [
              { fact: 'declarant.id', operator: 'isMissing' },
              { fact: 'declarant.id', operator: 'equal', value: 'A' },
            ],
          },
        ],
      },
      cif,
    ],
  ])('%s', async (_, conditions, expected) => {
    expect(await outcome(conditions, nothing)).toEqual(expected);
  });

  it.each<[string, unknown]>([
    ['null', null],
    ['a text', '12'],
    ['not a number', Number.NaN],
    ['infinity', Number.POSITIVE_INFINITY],
  ])('a number that is %s counts as missing', async (_, value) => {
    const facts = sheet({ 'valuation.cif': value as number });
    expect(await outcome({ fact: 'valuation.cif', operator: 'greaterThan', value: 1 }, facts)).toEqual(cif);
  });

  it.each<[string, string, string[]]>([
    ['an operand is missing', 'valuation.cif + 1', ['valuation.cif']],
    ['it divides by zero, told by its own name', 'valuation.invoice / 0', ['a']],
    ['a conversion fails', 'double(declarant.id)', ['a']],
    ['the decimals make no sense', 'round(valuation.invoice, 99)', ['a']],
    ['an operand is missing to the power of zero', 'pow(valuation.cif, 0)', ['valuation.cif']],
    ['one item lacks its part of a sum', 'sum(item.value)', ['item.value']],
  ])('a let is missing where %s', async (_, text, missing) => {
    const facts = sheet({ 'valuation.invoice': 10, 'declarant.id': 'A' }, nothing.items);
    const condition = { fact: 'a', operator: 'greaterThanInclusive', value: -1e300 };
    expect(await outcome(condition, facts, { let: { a: text } })).toEqual({ missing });
  });
});

describe('applies', () => {
  const always: Condition = { fact: 'item.value', operator: 'someFact:greaterThan', value: 0 };
  const facts = sheet({ 'declaration.flow': 'import', 'declaration.date': '2026-06-30' }, [
    { 'item.value': 1, 'item.procedure': '4071', 'item.hs': '020711' },
    { 'item.value': 1, 'item.procedure': '1000', 'item.hs': '8517' },
  ]);

  it.each<[string, NonNullable<Rule['applies']>, Outcome]>([
    ['a flow', { flow: ['import'] }, 'hit'],
    ['another flow', { flow: ['export', 'transit'] }, 'none'],
    ['a prefix of the procedure', { procedure: ['40*'] }, 'hit'],
    ['a procedure without its star', { procedure: ['40'] }, 'none'],
    ['a chapter', { hs: ['02'] }, 'hit'],
    ['procedure and chapter of one and the same item', { procedure: ['1000'], hs: ['02'] }, 'none'],
    ['its last day', { from: '2026-01-01', to: '2026-06-30' }, 'hit'],
    ['the day after its last', { to: '2026-06-29' }, 'none'],
    ['an office that is missing', { office: ['A'] }, { missing: ['declaration.office'] }],
    ['a flow that decides, though the office is missing', { flow: ['export'], office: ['A'] }, 'none'],
  ])('%s', async (_, applies, expected) => {
    expect(await outcome(always, facts, { applies })).toEqual(expected);
  });

  it('lets rules on items reach the items that meet it', () => {
    const [evaluation] = [
      compile(
        [rule({ fact: 'item.value', operator: 'isPresent' }, { scope: 'item', applies: { hs: ['8517'] } })],
        {
          catalogue,
        },
      ).evaluate(facts),
    ];
    expect(evaluation!.findings.map(({ item }) => item)).toEqual([2]);
  });
});
