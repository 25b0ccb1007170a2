import { describe, expect, it } from 'vitest';
import { compile } from '../../src/engine/compile.ts';
import type { Rule } from '../../src/rules/model.ts';
import { catalogue, rule, sheet } from './support.ts';

const cifRule: Rule = rule(
  { all: [{ fact: 'gap', operator: 'greaterThan', value: { fact: 'tolerance' } }] },
  {
    id: 'VAL-001',
    let: {
      parts: 'valuation.invoice + valuation.freight',
      tolerance: '1.0 + 0.5 * double(totals.items)',
      gap: 'abs(valuation.cif - parts)',
    },
    message: {
      en: 'CIF {valuation.cif} against {parts} from its parts: {gap} apart',
      fr: 'CAF {valuation.cif} contre {parts} : écart de {gap}',
    },
  },
);

describe.each([
  ['generated code', true],
  ['closures', false],
] as const)('a compiled rulebook, by %s', (_, codegen) => {
  const compiled = (...rules: Rule[]) => compile(rules, { catalogue, codegen });

  it('takes `value: true` where an operator takes none, for json-rules-engine wants a value everywhere', () => {
    const missing = (value: unknown) =>
      compiled(rule({ all: [{ fact: 'totals.items', operator: 'isMissing', value } as never] }));
    expect(missing(true).detect(sheet({})).hits).toHaveLength(1);
    expect(missing(true).detect(sheet({ 'totals.items': 1 })).hits).toEqual([]);
    expect(() => missing(false)).toThrow('isMissing takes no value');
  });

  it('finds what holds, with values, messages in each language and the tree', () => {
    const header = {
      'valuation.cif': 12345.5,
      'valuation.invoice': 10000,
      'valuation.freight': 500,
      'totals.items': 2,
    };
    expect(compiled(cifRule).evaluate(sheet(header))).toEqual({
      findings: [
        {
          rule: 'VAL-001',
          version: 1,
          kind: 'consistency',
          class: 'error',
          risk: 'revenue',
          audience: 'examiner',
          weight: 10,
          message: {
            en: 'CIF 12,345.50 against 10,500.00 from its parts: 1,845.50 apart',
            fr: 'CAF 12\u202f345,50 contre 10\u202f500,00 : écart de 1\u202f845,50',
          },
          values: { gap: 1845.5, tolerance: 2, parts: 10500, 'valuation.cif': 12345.5 },
          explanation: {
            all: [
              {
                operator: 'greaterThan',
                fact: 'gap',
                factValue: 1845.5,
                value: 2,
                valueFact: 'tolerance',
                result: true,
              },
            ],
            result: true,
          },
        },
      ],
      notEvaluated: [],
    });
  });

  it('reports what could not be evaluated with the fact that was missing', () => {
    const header = { 'valuation.cif': 12345, 'valuation.invoice': 10000, 'totals.items': 2 };
    expect(compiled(cifRule).evaluate(sheet(header))).toEqual({
      findings: [],
      notEvaluated: [{ rule: 'VAL-001', version: 1, missing: ['valuation.freight'] }],
    });
  });

  it('runs a rule on items once per item, so that two conditions speak of the same item', () => {
    const both = rule(
      {
        all: [
          { fact: 'item.value', operator: 'greaterThan', value: 100 },
          { fact: 'item.origin', operator: 'equal', value: 'CN' },
        ],
      },
      { scope: 'item', message: { en: 'item {item}: {item.value}' } },
    );
    const items = [
      { 'item.number': 1, 'item.value': 500, 'item.origin': 'FR' },
      { 'item.number': 2, 'item.value': 50, 'item.origin': 'CN' },
      { 'item.number': 3, 'item.value': 200, 'item.origin': 'CN' },
      { 'item.number': 4, 'item.value': 200 },
    ];
    const { findings, notEvaluated } = compiled(both).evaluate(sheet({}, items));
    expect(findings.map(({ item, message }) => [item, message.en])).toEqual([[3, 'item 3: 200.00']]);
    expect(notEvaluated).toEqual([{ rule: 'TST-001', version: 1, item: 4, missing: ['item.origin'] }]);
  });

  it('marks the findings of shadow rules, and leaves out drafts and retired rules', () => {
    const present = { fact: 'valuation.cif', operator: 'isPresent' };
    const rulebook = compiled(
      rule(present, { id: 'TST-001' }),
      rule(present, { id: 'TST-002', status: 'shadow' }),
      rule(present, { id: 'TST-003', status: 'draft' }),
      rule(present, { id: 'TST-004', status: 'retired' }),
    );
    const { findings } = rulebook.evaluate(sheet({ 'valuation.cif': 1 }));
    expect(findings.map(({ rule, shadow }) => [rule, shadow])).toEqual([
      ['TST-001', undefined],
      ['TST-002', true],
    ]);
  });

  it('lists the facts it needs and the calls to resolve beforehand, each once', () => {
    const trail = { fact: 'trail.precedence', params: { first: 'PAY', second: 'RELEASE' } };
    const rulebook = compiled(
      rule({ ...trail, operator: 'equal', value: false }, { id: 'TST-001', applies: { flow: ['import'] } }),
      rule({ ...trail, operator: 'isMissing' }, { id: 'TST-002' }),
      rule(
        { fact: 'z', operator: 'greaterThan', value: 3 },
        { id: 'TST-003', scope: 'item', let: { z: { fact: 'item.z', params: { measure: 'price' } } } },
      ),
    );
    expect(rulebook.calls.declaration.map(({ key }) => key)).toEqual([
      'trail.precedence(first=PAY, second=RELEASE)',
    ]);
    expect(rulebook.calls.item).toEqual([
      { key: 'item.z(measure=price)', fact: 'item.z', params: { measure: 'price' } },
    ]);
    expect([...rulebook.needs]).toEqual(['declaration.flow']);
    const calls = { 'trail.precedence(first=PAY, second=RELEASE)': false };
    const items = [{ 'item.value': 1 }, {}];
    const { findings } = rulebook.evaluate({
      header: { 'declaration.flow': 'import' },
      items,
      calls,
      itemCalls: [{ 'item.z(measure=price)': 4 }, { 'item.z(measure=price)': 1 }],
    });
    expect(findings.map(({ rule, item, values }) => [rule, item, values])).toEqual([
      ['TST-001', undefined, { 'trail.precedence(first=PAY, second=RELEASE)': false }],
      ['TST-003', 1, { z: 4 }],
    ]);
  });

  it('explains a rule that did not hit, with its unknown parts', () => {
    const either = rule({
      any: [
        { fact: 'valuation.cif', operator: 'greaterThan', value: 1000 },
        { not: { fact: 'declarant.id', operator: 'in', value: ['A', 'B'] } },
      ],
    });
    const [evaluation] = compiled(either).explain('TST-001', sheet({ 'valuation.cif': 5 })).evaluations;
    expect(evaluation).toMatchObject({
      applies: true,
      result: null,
      missing: ['declarant.id'],
      explanation: {
        any: [
          { result: false, factValue: 5 },
          { not: { result: null }, result: null },
        ],
        result: null,
      },
    });
    expect(() => compiled(either).explain('TST-009', sheet({}))).toThrow('TST-009');
  });

  it('lets a rule that fails at run time take down itself alone', () => {
    const header = { 'valuation.invoice': 10 } as Record<string, number>;
    Object.defineProperty(header, 'valuation.cif', {
      get: () => {
        throw new Error('the extract is broken');
      },
      enumerable: true,
    });
    const { findings, notEvaluated } = compiled(
      rule({ fact: 'valuation.cif', operator: 'greaterThan', value: 1 }, { id: 'TST-001' }),
      rule({ fact: 'valuation.invoice', operator: 'greaterThan', value: 1 }, { id: 'TST-002' }),
    ).evaluate(sheet(header));
    expect(findings.map((finding) => finding.rule)).toEqual(['TST-002']);
    expect(notEvaluated).toEqual([
      { rule: 'TST-001', version: 1, missing: [], error: 'the extract is broken' },
    ]);
  });
});
