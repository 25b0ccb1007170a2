import { describe, expect, it } from 'vitest';
import { compile } from '../../src/engine/compile.ts';
import { factCatalogue } from '../../src/facts/catalogue.ts';
import { changed } from '../../src/facts/change.ts';
import type { Rule } from '../../src/rules/model.ts';
import { cleanDeclaration } from '../facts/clean.ts';
import { catalogueRules, sharedConditions } from './rulebook.ts';

/** What an example says that the rule does, against what it does. */
function verdict(rule: Rule, example: Rule['examples'][number]): string {
  const compiled = compile([{ ...rule, status: 'active' }], {
    catalogue: factCatalogue,
    shared: sharedConditions,
  });
  const { sheet } = changed(cleanDeclaration(), example.given, compiled.calls);
  const { findings, notEvaluated } = compiled.evaluate(sheet);
  const found = findings.filter((finding) => example.item === undefined || finding.item === example.item);
  if (found.length > 0) return 'finding';
  if (findings.length > 0) return `finding on item ${findings.map(({ item }) => item).join(', ')}`;
  return notEvaluated.length > 0 ? 'not evaluated' : 'none';
}

describe('every example of every rule', () => {
  it.each(catalogueRules.map((rule) => [rule.id, rule] as const))('%s', (_, rule) => {
    const told = rule.examples.map((example) => `${example.title}: ${verdict(rule, example)}`);
    expect(told).toEqual(rule.examples.map((example) => `${example.title}: ${example.expect}`));
  });
});

describe('the clean declaration', () => {
  it('gives no finding', () => {
    const compiled = compile(catalogueRules, { catalogue: factCatalogue, shared: sharedConditions });
    const { sheet } = changed(cleanDeclaration(), {}, compiled.calls);
    expect(compiled.evaluate(sheet).findings.map(({ rule, message }) => `${rule} ${message.en}`)).toEqual([]);
  });
});
