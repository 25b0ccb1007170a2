/** Whoever follows docs/guide-analyst.md gets what it says. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { fromRoot } from '../../src/ground/paths.ts';
import { diagnosticLines } from '../../src/rules/diagnostic.ts';
import { runExamples } from '../../src/rules/examples.ts';
import { loadTexts } from '../../src/rules/load.ts';
import { Rule } from '../../src/rules/model.ts';
import { lintLoaded } from '../../src/rules/rulebook.ts';

const guide = readFileSync(fromRoot('docs', 'guide-analyst.md'), 'utf8');
const rule = /```yaml rule\n([\s\S]*?)```/.exec(guide)![1]!;
const load = (text: string) => loadTexts('rules', new Map([['rules/MAS-001.yaml', text]]));

describe("the guide's rule", () => {
  test('passes the linter', () => {
    expect(lintLoaded(load(rule)).map(diagnosticLines)).toEqual([]);
  });

  test('keeps the promises of its examples', () => {
    expect(runExamples(load(rule)).filter(({ ok }) => !ok)).toEqual([]);
  });

  test('has the lint that the guide shows, at its place', () => {
    const [line] = lintLoaded(load(rule.replace('greaterThan, value: 2000', 'greaterThen, value: 2000'))).map(
      diagnosticLines,
    );
    expect(guide).toContain(line);
  });

  test('fails as the guide shows', () => {
    const [, result] = runExamples(
      load(rule.replace('greaterThan, value: 2000', 'greaterThanInclusive, value: 2000')),
    );
    for (const text of result!.report.slice(0, 4)) expect(guide).toContain(text.trim());
    expect(guide).toContain(
      `:${result!.place.line}:${result!.place.column} MAS-001 "two tonnes each": expected none, got finding`,
    );
  });
});

test('every key of a rule is in the table', () => {
  const table = guide.slice(guide.indexOf('### The keys'), guide.indexOf('### Conditions'));
  for (const key of Object.keys(Rule.properties)) expect(table).toContain(`\`${key}\``);
});
