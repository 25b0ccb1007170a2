import { describe, expect, it } from 'vitest';
import { loadedRules as loaded } from './rulebook.ts';

describe('the rule files of the catalogue', () => {
  it('are read whole, every one of them', () => {
    expect(loaded.problems).toEqual([]);
    expect(loaded.rules.filter((rule) => rule.rule === undefined).map((rule) => rule.source.file)).toEqual(
      [],
    );
    expect(loaded.rules.length).toBeGreaterThanOrEqual(20);
  });

  it('state a legal basis where they are of class error: the word is against a person', () => {
    const without = loaded.rules.filter(
      ({ rule }) => rule?.class === 'error' && rule.legalBasis === undefined,
    );
    expect(without.map(({ rule }) => rule?.id)).toEqual([]);
  });

  it('speak English and French', () => {
    const silent = loaded.rules.filter(({ rule }) =>
      [rule!.title, rule!.purpose, rule!.message].some((texts) => !texts.en || !texts.fr),
    );
    expect(silent.map(({ rule }) => rule?.id)).toEqual([]);
  });
});
