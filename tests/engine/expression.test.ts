import { Environment } from '@marcbachmann/cel-js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compile } from '../../src/engine/compile.ts';
import { functions } from '../../src/engine/expression/functions/table.ts';
import { checkExpression } from '../../src/engine/names.ts';
import type { FactValue } from '../../src/facts/model.ts';
import { catalogue, rule, sheet } from './support.ts';

const header: Record<string, FactValue> = {
  'valuation.cif': 100,
  'valuation.invoice': 80,
  'valuation.freight': 12.5,
  'totals.items': 3,
  'declarant.id': 'AB12',
  'declarant.trusted': true,
  'declaration.date': '2026-01-31',
  'declaration.lodgedAt': '2026-01-31T22:00:00Z',
  'declaration.releasedAt': '2026-02-02T04:30:00+02:00',
  'documents.codes': ['N380', 'N705', 'N380'],
};
const items = [
  { 'item.value': 10, 'item.hs': '020711', 'item.expiry': '2026-03-01' },
  { 'item.value': 20.5, 'item.hs': '851713', 'item.expiry': '2026-02-01' },
];

/** The value of a let, as findings show it; undefined where it is missing. */
function letValue(text: string, facts = sheet(header, items)): FactValue {
  const known = rule({ fact: 'a', operator: 'isPresent' }, { let: { a: text } });
  const results = [true, false].map(
    (codegen) => compile([known], { catalogue, codegen }).evaluate(facts).findings[0]?.values.a,
  );
  expect(results[0]).toEqual(results[1]);
  return results[0];
}

describe('a let', () => {
  it.each<[string, FactValue]>([
    ['valuation.cif - valuation.invoice - valuation.freight', 7.5],
    ['7 / 2', 3.5],
    ['7 % 4', 3],
    ['-valuation.cif + 1', -99],
    ['valuation.cif * 2 + totals.items', 203],
    ['abs(valuation.invoice - valuation.cif)', 20],
    ['min(3, 1, 2) + max(3, 1, 2)', 4],
    ['floor(2.7) + ceil(2.1)', 5],
    ['round(2.5)', 3],
    ['round(-2.5)', -3],
    ['round(2.345, 2)', 2.35],
    ['round(1.005, 2)', 1.01],
    ['pow(2, 10)', 1024],
    ['sqrt(16)', 4],
    ['valuation.cif > 50 ? "large" : "small"', 'large'],
    ['valuation.cif > 50 && !(totals.items == 4)', true],
    ['"CN" in ["CN", "VN"]', true],
    ['declarant.id.startsWith("AB") || false', true],
    ['startsWith(declarant.id, "B")', false],
    ['prefix(declarant.id, 2) + "-" + substring(declarant.id, 2, 4)', 'AB-12'],
    ['lower(trim("  X "))', 'x'],
    ['declarant.id.matches("^[A-Z]+[0-9]+$")', true],
    ['double("12.50") + double(true)', 13.5],
    ['string(2.5)', '2.5'],
    ['daysBetween(declaration.date, date("2026-03-01"))', 29],
    ['hoursBetween(declaration.lodgedAt, declaration.releasedAt)', 28.5],
    ['addDays(declaration.date, 1)', '2026-02-01'],
    ['date(declaration.releasedAt)', '2026-02-02'],
    ['year(declaration.date) * 100 + month(declaration.date)', 202601],
    ['weekday(declaration.date)', 6],
    ['addHours(declaration.lodgedAt, 2)', '2026-02-01T00:00:00.000Z'],
    ['size(documents.codes) + distinct(documents.codes)', 5],
    ['sum(item.value)', 30.5],
    ['average(item.value)', 15.25],
    ['max(item.value) - min(item.value)', 10.5],
    ['max(item.expiry)', '2026-03-01'],
    ['"020711" in item.hs', true],
    ['orElse(totals.grossMass, 1.0)', 1],
    ['isMissing(totals.grossMass)', true],
    // Kleene: what decides decides, whatever is missing.
    ['totals.grossMass > 1 || true', true],
    ['totals.grossMass > 1 && false', false],
    ['totals.grossMass > 1 && true', undefined],
    ['totals.grossMass > 1 ? 1 : 2', undefined],
    ['1 / 0', undefined],
    ['1 / (1 / 0)', undefined],
    ['5 % 0', undefined],
    ['ln(0)', undefined],
    ['double("12,5")', undefined],
    ['double("")', undefined],
    ['date("2026-02-30")', undefined],
    ['addDays(declaration.date, 1e12)', undefined],
    ['substring(declarant.id, 3, 1)', undefined],
    ['matches(declarant.id, substring("((", 0, 1))', undefined],
    ['sum(item.netMass)', undefined],
  ])('%s is %j', (text, expected) => {
    expect(letValue(text)).toEqual(expected);
  });

  it('agrees with the evaluator of cel-js on random arithmetic over doubles', () => {
    const cel = new Environment().registerVariable('valuation', 'map');
    const leaf = fc.oneof(
      fc.constantFrom('valuation.cif', 'valuation.invoice', 'valuation.freight'),
      fc.integer({ min: 0, max: 50 }).map((n) => `${n}.5`),
    );
    const { tree } = fc.letrec<{ tree: string }>((tie) => ({
      tree: fc.oneof(
        { depthSize: 'small' },
        leaf,
        fc
          .tuple(tie('tree'), fc.constantFrom('+', '-', '*'), tie('tree'))
          .map(([left, sign, right]) => `(${left} ${sign} ${right})`),
        fc
          .tuple(tie('tree'), fc.constantFrom('<', '>=', '=='), tie('tree'), tie('tree'), tie('tree'))
          .map(([a, sign, b, yes, no]) => `(${a} ${sign} ${b} ? ${yes} : ${no})`),
      ),
    }));
    fc.assert(
      fc.property(tree, (text) => {
        const expected = cel.evaluate(text, { valuation: { cif: 100, invoice: 80, freight: 12.5 } });
        expect(letValue(text)).toBe(Number.isFinite(expected) ? expected : undefined);
      }),
      { numRuns: 150 },
    );
  });

  it('every function has a meaning to print, and no two take the same types', () => {
    for (const [name, overloads] of functions) {
      const types = overloads.map(({ takes }) => takes.join());
      expect(new Set(types).size, name).toBe(types.length);
      expect(overloads.every(({ meaning }) => meaning.length > 2)).toBe(true);
    }
  });
});

describe('the check of a let', () => {
  const check = (text: string, scope: 'declaration' | 'item' = 'declaration') =>
    checkExpression(text, catalogue, { scope, let: { parts: 'valuation.invoice + valuation.freight' } });

  it('tells type, unit, facts and lets', () => {
    expect(check('abs(valuation.cif - parts)')).toEqual({
      type: 'number',
      unit: 'money',
      facts: ['valuation.cif'],
      lets: ['parts'],
      problems: [],
    });
    expect(check('valuation.cif / parts').unit).toBe('ratio');
    expect(check('sum(item.value) * 2.0')).toMatchObject({ type: 'number', unit: 'money' });
    expect(check('item.value', 'item').type).toBe('number');
    expect(check('item.value').type).toBe('list<number>');
  });

  it.each<[string, string, string, [number, number]]>([
    ['valuation.cif +', 'syntax', 'Unexpected token', [15, 15]],
    ['1 + valuation.cfi', 'unknown fact', 'there is no fact valuation.cfi', [4, 17]],
    ['rund(1.5)', 'unknown function', 'there is no function rund', [0, 9]],
    ['1 + "a"', 'type', '+ takes (number, number) or (text, text), not (number, text)', [0, 7]],
    ['valuation.cif + totals.grossMass', 'unit', 'of money and kg', [0, 32]],
    ['valuation.cif > totals.grossMass', 'unit', 'of money and kg', [0, 32]],
    ['function.x', 'reserved', 'function is a reserved word', [0, 8]],
    ['has(valuation.cif)', 'unsupported', 'write isPresent instead', [0, 18]],
    ['null', 'unsupported', 'only numbers, texts, true and false', [0, 4]],
    ['[1, "a"]', 'type', 'values of one type', [0, 8]],
    ['item.value[0]', 'unsupported', 'not part of the language', [0, 13]],
    ['[1].map(x, x)', 'unknown function', 'no function map', [0, 13]],
    ['trail.precedence', 'parameters', 'needs its parameter first', [0, 16]],
    ['totals.items ? 1 : 2', 'type', '? asks a condition, this is number', [0, 12]],
  ])('%s: %s', (text, kind, message, [start, end]) => {
    const { problems } = check(text);
    expect(problems[0]).toMatchObject({ kind, start, end });
    expect(problems[0]!.message).toContain(message);
  });

  it('bounds what an expression may cost', () => {
    expect(check(`${'('.repeat(200)}1${')'.repeat(200)}`).problems[0]!.kind).toBe('syntax');
    expect(check(Array.from({ length: 3000 }, () => '1').join('+')).problems[0]!.kind).toBe('syntax');
  });
});

describe('lets that each name the one before twice', () => {
  /** A let `a` at the end of a chain that doubles what it begins with. */
  const doubled = (begin: string, times: number): Record<string, string> => ({
    ...Object.fromEntries(
      Array.from({ length: times }, (_, at) => [`a${at}`, at === 0 ? begin : `a${at - 1} + a${at - 1}`]),
    ),
    a: `a${times - 1} + a${times - 1}`,
  });
  const evaluated = (lets: Record<string, string>, codegen: boolean) => {
    const known = rule({ fact: 'a', operator: 'isPresent' }, { let: lets });
    const other = rule({ fact: 'a', operator: 'isMissing' }, { id: 'TST-002', let: lets });
    return compile([known, other], { catalogue, codegen }).evaluate(sheet(header, items));
  };

  it.each([true, false])(
    'are known by short names, read a fact once, and are linted (code %s)',
    (codegen) => {
      const lets = doubled('valuation.cif', 100);
      const { findings, notEvaluated } = evaluated(lets, codegen);
      expect(findings.map(({ rule, values }) => [rule, values.a])).toEqual([
        [expect.any(String), 100 * 2 ** 100],
      ]);
      expect(notEvaluated).toEqual([]);
      expect(checkExpression(lets.a!, catalogue, { let: lets, scope: 'declaration' })).toMatchObject({
        type: 'number',
        lets: ['a99'],
      });
    },
  );

  it.each([true, false])('make no text beyond 100,000 characters: it is missing (code %s)', (codegen) => {
    const hits = (times: number) =>
      evaluated(doubled('declarant.id', times), codegen).findings.map(({ rule }) => rule);
    expect(hits(14)).not.toEqual(['TST-002']);
    expect(hits(14)).toHaveLength(1);
    expect(hits(40)).toEqual(['TST-002']);
  });
});
