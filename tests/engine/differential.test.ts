/**
 * Three evaluators on the same random rules and declarations: generated code, closures, and json-rules-engine. A failure
 * prints its seed; FUZZ_SEED=… runs it again, FUZZ_RUNS=… sets how many.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compile } from '../../src/engine/compile.ts';
import { referenceOf } from '../../src/engine/reference.ts';
import { type FuzzCase, fuzzCase, fuzzCatalogue, fuzzShared, toRule } from './arbitraries.ts';

const runs = Number(process.env.FUZZ_RUNS ?? (process.env.CI === 'true' ? 10_000 : 1500));
const seed = Number(process.env.FUZZ_SEED ?? Date.now() % 2 ** 31);
const options = { catalogue: fuzzCatalogue, shared: fuzzShared };
const settings = { numRuns: runs / 2, seed, interruptAfterTimeLimit: 280_000, markInterruptAsFailure: true };

async function agree({ rules: given, sheet }: FuzzCase, complete: boolean): Promise<boolean> {
  const rules = given.map(toRule);
  const compiled = compile(rules, options);
  const closures = compile(rules, { ...options, codegen: false });
  const detection = compiled.detect(sheet);
  expect(compiled.isCompiled).toBe(true);
  expect(detection, 'generated code and closures').toEqual(closures.detect(sheet));
  const library = await referenceOf(rules, options, complete).hits(sheet);
  expect(detection.hits, 'generated code and json-rules-engine').toEqual(library);

  const evaluation = compiled.evaluate(sheet);
  expect(evaluation, 'explanations, generated and by closures').toEqual(closures.evaluate(sheet));
  const { findings } = evaluation;
  expect(findings.map(({ rule }) => rule)).toEqual(detection.hits.map(({ place }) => rules[place]!.id));
  expect(findings.every(({ explanation }) => explanation.result === true)).toBe(true);
  return detection.hits.length > 0;
}

describe(`random rules on random declarations (seed ${seed})`, () => {
  it.each([
    ['on complete data, where the library runs as it is', true],
    ['with values missing, where its operators are false on what is missing', false],
  ] as const)(
    'give the same hits %s',
    async (_, complete) => {
      let withHits = 0;
      await fc.assert(
        fc.asyncProperty(fuzzCase(complete), async (fuzz) => {
          if (await agree(fuzz, complete)) withHits++;
        }),
        settings,
      );
      // A test that never met a hit would have compared nothing.
      expect(withHits).toBeGreaterThan(runs / 20);
    },
    300_000,
  );
});
