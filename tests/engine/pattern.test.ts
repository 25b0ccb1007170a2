import { RE2JS } from 're2js';
import { describe, expect, it } from 'vitest';
import { matchesPattern } from '../../src/engine/operators/pattern.ts';

describe('a pattern', () => {
  const pattern = '(?i)\\b(tyre|pneu)s?\\b';
  const plainly = RE2JS.compile(pattern);

  it('answers each text as it did before, however many came between and however long they are', () => {
    const texts = Array.from(
      { length: 1_200 },
      (_, n) => [`${n} TYRES, used`, `${n} tyred`, `${'x'.repeat(n)} pneu`][n % 3]!,
    );
    for (let round = 0; round < 2; round += 1)
      for (const text of [...texts, ...texts.slice(0, 10)])
        expect([text, matchesPattern(text, pattern)]).toEqual([text, plainly.test(text)]);
  });

  it('does not answer for another that is asked of the same text', () => {
    expect(matchesPattern('8703', '^87')).toBe(true);
    expect(matchesPattern('8703', '^03')).toBe(false);
    expect(matchesPattern('8703', '^87')).toBe(true);
  });
});
