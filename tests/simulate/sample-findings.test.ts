/** The sample of `npm start` as it is loaded: what is planted in it is found by the rules that are shipped, and little else. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as specs from '../../src/check/collections.ts';
import type { CheckDocument } from '../../src/check/document.ts';
import { type OpenDesk, openDesk } from '../../src/check/open-desk.ts';
import { loadSample } from '../../src/cli/sample.ts';
import { simulate } from '../../src/simulate/administration.ts';
import { sampleForm } from '../../src/simulate/options.ts';
import { emptyStore } from '../empty-store.ts';
import { collect } from './collect.ts';

const { store } = await emptyStore();
const simulation = simulate(sampleForm);
/** Declarations by the rule that has a finding on them. */
const found = new Map<string, Set<string>>();
let desk: OpenDesk;
let importers: number;

beforeAll(async () => {
  desk = await openDesk({ store });
  await loadSample(store, desk);
  for (const { doc: check } of await store.collection<CheckDocument>(specs.checks).since(0, 5_000)) {
    for (const { rule } of check.findings) {
      const flagged = found.get(rule) ?? new Set();
      found.set(rule, flagged.add(check.declaration));
    }
  }
  const records = await collect(simulation);
  importers = new Set(records.map(({ declaration }) => declaration.consignee?.id)).size;
}, 120_000);
afterAll(() => desk.close());

const planted = (pattern: string): string[] =>
  [...new Set(simulation.truth().find((each) => each.pattern === pattern)!.declarations)].sort();
const flaggedBy = (rule: string): string[] => [...(found.get(rule) ?? [])].sort();

describe('declarations that are imported together', () => {
  it('see those before them: one of each importer is his first', () => {
    expect(flaggedBy('PTY-008')).toHaveLength(importers);
  });
  it('miss none of the numbers that came before in the same file', () => {
    expect(flaggedBy('SYS-009')).toEqual([]);
  });
});

describe('of what is planted', () => {
  it.each([
    ['reused-certificates', 'ORG-005'],
    ['release-before-payment', 'CON-017'],
    ['red-without-examination', 'CON-001'],
  ])('%s is told by %s, and by it nothing else', (pattern, rule) => {
    expect(planted(pattern).length).toBeGreaterThan(2);
    expect(flaggedBy(rule)).toEqual(planted(pattern));
  });
  it.each([
    ['batch-rerouting', 'CON-005'],
    ['night-work', 'CON-014'],
  ])('%s is told by %s, which other declarations meet as well', (pattern, rule) => {
    expect(planted(pattern).length).toBeGreaterThan(1);
    expect(flaggedBy(rule)).toEqual(expect.arrayContaining(planted(pattern)));
  });
});
