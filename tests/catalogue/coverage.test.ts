import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { fromRoot } from '../../src/ground/paths.ts';
import { catalogueRules } from './rulebook.ts';

interface Line {
  line: string;
  rules: string[];
  reason: string | undefined;
}

const letters: Record<string, string> = { error: 'E', warning: 'W', risk: 'R' };
const families: Record<string, number> = {
  A: 16,
  B: 17,
  C: 12,
  D: 13,
  E: 16,
  F: 18,
  G: 12,
  H: 25,
  S: 10,
  P: 13,
};

const text = readFileSync(fromRoot('docs', 'coverage.md'), 'utf8');
const lines: Line[] = [...text.matchAll(/^\| ([A-HSP]\d\d) \|.*\| ([^|]+) \|$/gm)].map(
  ([, line, carried]) => ({
    line: line!,
    rules: [...carried!.matchAll(/([A-Z]{3}-\d{3}[A-Z]?) \(([EWR])\)/g)].map(([whole]) => whole),
    reason: /^\*(statistic|data|construction)\*: .{40,}/.exec(carried!)?.[1],
  }),
);

describe('docs/coverage.md', () => {
  it('accounts for every one of the 152 lines of the catalogue, once', () => {
    const expected = Object.entries(families).flatMap(([family, count]) =>
      Array.from({ length: count }, (_, index) => `${family}${String(index + 1).padStart(2, '0')}`),
    );
    expect(lines.map(({ line }) => line).sort()).toEqual(expected.sort());
  });

  it('names for each line its rules or the reason why there is none', () => {
    expect(lines.filter(({ rules, reason }) => rules.length > 0 === (reason !== undefined))).toEqual([]);
  });

  it('names every rule of the catalogue under the line that its source states, with its class', () => {
    const named = lines.flatMap(({ line, rules }) => rules.map((rule) => `${line} ${rule}`));
    const stated = catalogueRules.map(
      (rule) => `${/^catalogue ([A-Z]\d\d)/.exec(rule.source)?.[1]} ${rule.id} (${letters[rule.class]})`,
    );
    expect(named.sort()).toEqual(stated.sort());
  });

  it('carries at least 130 lines by rules', () => {
    expect(lines.filter(({ rules }) => rules.length > 0).length).toBeGreaterThanOrEqual(130);
  });
});
