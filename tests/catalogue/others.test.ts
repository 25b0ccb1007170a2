/** docs/coverage-others.md: each code once, and everything called expressible by a shipped rule or a condition that is tried here. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { compile } from '../../src/engine/compile.ts';
import { factCatalogue } from '../../src/facts/catalogue.ts';
import { changed, type Given } from '../../src/facts/change.ts';
import { fromRoot } from '../../src/ground/paths.ts';
import type { Condition, Rule } from '../../src/rules/model.ts';
import { cleanDeclaration } from '../facts/clean.ts';
import { catalogueRules } from './rulebook.ts';

const text = readFileSync(fromRoot('docs', 'coverage-others.md'), 'utf8');
const rows = [
  ...text.matchAll(/^\| ([A-Z]{1,3}\d{4,5}[A-Z]?) \| ([^|]+) \| (yes|no) \| ([A-Z0-9-]+) \|$/gm),
].map(([, code, , verdict, by]) => ({ code: code!, verdict: verdict!, by: by! }));
const forms = parse(/```yaml\n([\s\S]*?)```/.exec(text)![1]!) as Record<string, Condition>;

/** What breaks each form; the clean declaration does not, or is made fit by the second. */
const tried: Record<string, { broken: Given; sound?: Given }> = {
  X1: { broken: { 'item.procedure': '4200' } },
  X2: { broken: { 'item.nationalProcedure': 'F99', 'item.quota': '090001' } },
  X3: { broken: {}, sound: { 'consignee.name': null } },
  X4: { broken: { 'item.origin': null } },
  X5: { broken: { 'item.documentCodes': ['C506'] }, sound: {} },
  X6: { broken: { 'item.nationalProcedure': 'C08' } },
  X7: { broken: { items: [{ 'item.priceCurrency': 'CHF' }] } },
  X8: { broken: { 'item.documentReferences': ['A1', 'A1'] } },
  X9: { broken: { 'totals.netMass': 400 } },
  X10: { broken: { 'declaration.localReference': 'not good!' } },
  X11: { broken: { 'item.documentCount': 100 } },
  X12: { broken: { 'declaration.acceptedAt': '2025-08-31' } },
  X13: { broken: { 'item.documentCodes': ['L001'] } },
};

function finds(conditions: Condition, given: Given): boolean {
  const rule: Rule = {
    ...catalogueRules.find(({ id }) => id === 'FMT-001')!,
    id: 'TRY-001',
    scope: 'item',
    let: {},
    conditions: conditions as Rule['conditions'],
    message: { en: 'tried', fr: 'essayé' },
  };
  const compiled = compile([rule], { catalogue: factCatalogue, shared: {} });
  return compiled.evaluate(changed(cleanDeclaration(), given).sheet).findings.length > 0;
}

describe('docs/coverage-others.md', () => {
  it('has every code once, and as many of each system as its heading says', () => {
    expect(new Set(rows.map(({ code }) => code)).size).toBe(rows.length);
    const told = (heading: RegExp) => Number(heading.exec(text)![1]);
    const cds = rows.filter(({ code }) => code.startsWith('CDS'));
    expect(cds.length).toBe(told(/^## UK CDS: (\d+)/m));
    expect(rows.length - cds.length).toBe(told(/^## NCTS phase 5: (\d+)/m));
    expect(cds.length).toBeGreaterThan(130);
  });

  it('names a shipped rule or a form for what is expressible, and a reason for what is not', () => {
    const rules = new Set(catalogueRules.map(({ id }) => id));
    const wrong = rows.filter(({ verdict, by }) =>
      verdict === 'yes'
        ? !rules.has(by) && !Object.hasOwn(forms, by)
        : !new RegExp(`^- \\*\\*${by}\\*\\* `, 'm').test(text),
    );
    expect(wrong).toEqual([]);
  });

  it.each(Object.keys(tried))('form %s holds where it is broken and not where it is sound', (form) => {
    expect(finds(forms[form]!, tried[form]!.broken)).toBe(true);
    const { sound = {} } = tried[form]!;
    expect(finds(forms[form]!, sound)).toBe(false);
  });

  it('tries every form', () => {
    expect(Object.keys(forms).sort()).toEqual(Object.keys(tried).sort());
  });
});
