import { describe, expect, test } from 'vitest';
import { flows } from '../../src/declaration/declaration.ts';
import { fromRoot } from '../../src/ground/paths.ts';
import { diagnosticLines } from '../../src/rules/diagnostic.ts';
import { baseDeclarations, findingsOnBases, runExamples } from '../../src/rules/examples.ts';
import { loadRules, loadTexts } from '../../src/rules/load.ts';
import { lintLoaded } from '../../src/rules/rulebook.ts';
import { changedRule } from './text.ts';

const run = (text: string) => runExamples(loadTexts('rules', new Map([['rules/VAL-001.yaml', text]])));
/** The base of imports has a CIF of 10,000 with invoice, freight and insurance of 9,000, 900 and 100. */
const rule = changedRule(
  [
    'parts: valuation.invoice + valuation.insurance',
    'parts: valuation.invoice + valuation.externalFreight + valuation.insurance',
  ],
  ['"valuation.cif": 90000', '"valuation.cif": 9100'],
  ['"valuation.cif": 100000.9', '"valuation.cif": 10000.9'],
);

describe('examples of a rule', () => {
  test('are held against what the rule does', () => {
    expect(run(rule).map(({ title, got, ok }) => [title, got, ok])).toEqual([
      ['freight left out', 'finding', true],
      ['rounding', 'none', true],
    ]);
  });

  test('that get something else show the tree with values, and their place', () => {
    const [result] = run(rule.replace('9100', '10000.5'));
    expect(result).toMatchObject({ ok: false, got: 'none', place: { line: 31 } });
    expect(result!.report.join('\n')).toContain('✗ gap = 0.5 greaterThan 1');
  });

  test('that cannot be evaluated say what was missing', () => {
    const [result] = run(rule.replace('9100', 'null'));
    expect(result).toMatchObject({ ok: false, got: 'not evaluated' });
    expect(result!.report.join('\n')).toContain('missing valuation.cif');
  });

  test('that the index keeps away all prove nothing about the conditions', () => {
    const [, result] = run(rule.replace('"valuation.cif": 10000.9', '"declaration.flow": export'));
    expect(result).toMatchObject({ ok: false, got: 'none' });
    expect(result!.report).toEqual([expect.stringContaining('`applies`')]);
  });

  test('that name a fact that there is not fail with the reason', () => {
    const [result] = run(rule.replace('"valuation.cif": 9100', '"valuation.ciff": 9100'));
    expect(result).toMatchObject({ ok: false, got: 'failed' });
  });
});

describe('the shipped rulebook', async () => {
  const loaded = await loadRules(fromRoot('rules'));

  test('has a valid clean declaration for each flow', () => {
    const bases = baseDeclarations(loaded.from);
    expect(flows.map((flow) => bases[flow].flow)).toEqual([...flows]);
  });

  test('finds nothing on them', () => {
    expect(findingsOnBases(loaded)).toEqual([]);
  });

  test('passes the linter', () => {
    expect(lintLoaded(loaded, { today: '2026-11-21' }).map(diagnosticLines)).toEqual([]);
  });

  test('keeps every promise of its examples', () => {
    expect(runExamples(loaded).filter(({ ok }) => !ok)).toEqual([]);
  });
});
