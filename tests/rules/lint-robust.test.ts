/** Whatever is written, the linter answers with diagnostics; and what it lets through has the shape that the engine takes. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import { compile } from '../../src/engine/compile.ts';
import { hasErrors } from '../../src/rules/diagnostic.ts';
import { lintRules } from '../../src/rules/lint/run.ts';
import { loadTexts } from '../../src/rules/load.ts';
import { conditionsFit } from '../../src/rules/validate.ts';
import { catalogue } from './catalogue.ts';
import { cifRule } from './text.ts';

const words = [
  'all',
  'any',
  'not',
  'condition',
  'fact',
  'operator',
  'value',
  'params',
  'name',
  'gap',
  'valuation.cif',
  'item.cif',
  'item.origin',
  'greaterThan',
  'in',
  'someFact:equal',
  'everyFact:in',
  'not:matches',
  'isMissing',
  'CN',
  '2026-01-01',
  '(',
  '',
];
/** Leaves that are right more often than not, so that whole rules get through to the compiler. */
const rightLeaf = fc.constantFrom(
  ...[
    ['gap', 'greaterThan', 3],
    ['valuation.cif', 'between', [1, 2]],
    ['valuation.cif', 'lessThan', { fact: 'valuation.fob' }],
    ['terms.incoterm', 'in', ['CIF', 'CIP']],
    ['terms.incoterm', 'not:matches', '^C'],
    ['item.origin', 'someFact:equal', 'CN'],
    ['item.origin', 'contains', 'CN'],
    ['item.cif', 'lengthGreaterThan', 1],
    ['declaration.acceptedAt', 'after', '2026-01-01'],
    ['test.within', 'isMissing', true],
    ['terms.incoterm', 'swap:contains', ['CIF']],
    ['gap', 'someValue:equal', [1, 2]],
  ].map(([fact, operator, value]) => ({ fact, operator, value })),
);

const scalar = fc.oneof(
  fc.constantFrom(...words),
  fc.double(),
  fc.integer(),
  fc.boolean(),
  fc.constant(null),
);
const anything = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    scalar,
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom(...words), tie('value'), { maxKeys: 4 }),
    tie('leaf'),
    tie('group'),
    rightLeaf,
    rightLeaf,
    rightLeaf,
  ),
  leaf: fc.record(
    {
      fact: fc.constantFrom('gap', 'valuation.cif', 'item.cif', 'item.origin', 'test.within'),
      operator: fc.constantFrom(...words),
      value: tie('value'),
    },
    { requiredKeys: ['fact', 'operator'] },
  ),
  group: fc.oneof(
    fc.record({ all: fc.array(tie('value'), { maxLength: 3 }) }),
    fc.record({ any: fc.array(tie('value'), { maxLength: 3 }) }),
    fc.record({ not: tie('value') }),
  ),
})).value;
const base = parse(cifRule);

const lint = (rule: unknown) => {
  const loaded = loadTexts('rules', new Map([['rules/VAL-001.yaml', stringify(rule)]]));
  return { loaded, found: lintRules(loaded, { catalogue, today: '2026-11-21' }) };
};

test('random conditions', () => {
  fc.assert(
    fc.property(anything, (conditions) => {
      const { loaded, found } = lint({ ...base, conditions });
      if (hasErrors(found)) return;
      expect(conditionsFit(loaded.rules[0]!.raw.conditions)).toBe(true);
      compile([loaded.rules[0]!.rule!], { catalogue });
    }),
    { numRuns: 300 },
  );
});

test('random values of any key', () => {
  fc.assert(
    fc.property(fc.constantFrom(...Object.keys(base)), anything, (key, value) => {
      const { loaded, found } = lint({ ...base, [key]: value });
      if (!hasErrors(found)) expect(loaded.rules[0]!.rule).toBeDefined();
    }),
    { numRuns: 300 },
  );
});

test('random text', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      expect(
        Array.isArray(
          lintRules(loadTexts('rules', new Map([['rules/A.yaml', text]])), {
            catalogue,
            today: '2026-11-21',
          }),
        ),
      ).toBe(true);
    }),
    { numRuns: 300 },
  );
});

test('nesting without end is told, not suffered', () => {
  const deep = `id: VAL-001\nconditions: ${'{ not: '.repeat(20_000)}x${' }'.repeat(20_000)}`;
  expect(
    hasErrors(
      lintRules(loadTexts('rules', new Map([['rules/VAL-001.yaml', deep]])), {
        catalogue,
        today: '2026-11-21',
      }),
    ),
  ).toBe(true);
});

test('a chain of lets that each name the one before twice is linted and compiled', () => {
  const chain = Array.from(
    { length: 100 },
    (_, at) => `  gap${at}: ${at === 0 ? 'gap' : `gap${at - 1}`} + ${at === 0 ? 'gap' : `gap${at - 1}`}`,
  );
  const text = cifRule
    .replace(/^( +gap: .*)$/m, `$1\n${chain.join('\n')}`)
    .replace('fact: gap,', 'fact: gap99,');
  expect(text).toContain('fact: gap99');
  const loaded = loadTexts('rules', new Map([['rules/VAL-001.yaml', text]]));
  expect(
    lintRules(loaded, { catalogue, today: '2026-11-21' }).filter(({ severity }) => severity === 'error'),
  ).toEqual([]);
  const { findings } = compile([loaded.rules[0]!.rule!], { catalogue }).evaluate({
    header: { 'valuation.cif': 1, 'valuation.invoice': 0 },
    items: [],
  });
  expect(findings).toEqual([]);
});
