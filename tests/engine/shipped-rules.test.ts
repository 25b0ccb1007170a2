/** The rules that are shipped, on the example declaration with facts taken away: generated code, closures, the library. */
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Declaration } from '../../src/declaration/declaration.ts';
import { compile } from '../../src/engine/compile.ts';
import { referenceOf } from '../../src/engine/reference.ts';
import { factCatalogue } from '../../src/facts/catalogue.ts';
import type { FactSheet, FactValue } from '../../src/facts/model.ts';
import { factSheet } from '../../src/facts/sheet.ts';
import { fromRoot } from '../../src/ground/paths.ts';
import { loadRules } from '../../src/rules/load.ts';
import { sharedOf } from '../../src/rules/rulebook.ts';

const loaded = await loadRules(fromRoot('rules'));
// Drafts too: what is written is tried, whether or not it is switched on yet.
const rules = loaded.rules.flatMap(({ rule }) =>
  rule === undefined ? [] : [{ ...rule, status: 'active' as const }],
);
const options = { catalogue: factCatalogue, shared: sharedOf(loaded) };
const made = factSheet(
  JSON.parse(readFileSync(fromRoot('docs', 'example-declaration.json'), 'utf8')) as Declaration,
);
// With what it inherits, so that that can be taken away as well.
const example: FactSheet = { ...made, header: { ...Object.getPrototypeOf(made.header), ...made.header } };

const without = (record: Record<string, FactValue>, gone: ReadonlySet<string>): Record<string, FactValue> =>
  Object.fromEntries(Object.entries(record).filter(([name]) => !gone.has(name)));

describe('the shipped rules', () => {
  const compiled = compile(rules, options);
  const closures = compile(rules, { ...options, codegen: false });
  const library = referenceOf(rules, options);

  it('are there, and compile', () => {
    expect(rules.length).toBeGreaterThan(50);
    expect(compiled.rules).toHaveLength(rules.length);
  });

  it('find the same by generated code, closures and json-rules-engine, whatever is missing', async () => {
    const names = [...new Set([...Object.keys(example.header), ...Object.keys(example.items[0] ?? {})])];
    await fc.assert(
      fc.asyncProperty(fc.subarray(names), async (gone) => {
        const taken = new Set(gone);
        const sheet: FactSheet = {
          header: without(example.header, taken),
          items: example.items.map((item) => without(item, taken)),
        };
        const evaluation = compiled.evaluate(sheet);
        expect(evaluation).toEqual(closures.evaluate(sheet));
        expect(compiled.detect(sheet).hits).toEqual(await library.hits(sheet));
        expect(evaluation.notEvaluated.filter(({ error }) => error !== undefined)).toEqual([]);
      }),
      { numRuns: 15 },
    );
  });
});
