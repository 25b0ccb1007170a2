/** Days in files that people write: one that the calendar does not have is refused with its place, whatever the file. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { validateDeclaration } from '../../src/declaration/validate.ts';
import { parseList } from '../../src/evidence/lists/shipped.ts';
import { fromRoot } from '../../src/ground/paths.ts';
import { useContract } from '../../src/indicators/contracts/contract.ts';
import { soundIndicators } from '../../src/indicators/load.ts';
import { ruleProblems } from '../../src/rules/validate.ts';
import { useProfile } from '../../src/selectivity/profile.ts';

const yaml = (...path: string[]) => parse(readFileSync(fromRoot(...path), 'utf8'));
const impossible = ['2026-13-01', '2026-02-30', '2027-02-29', '2026-3-1'];

const rule = yaml('tests', 'fixtures', 'rules-small', 'FMT-901.yaml');
const profile = yaml('profiles', 'selectivity', 'default.yaml');
const contract = yaml('profiles', 'contracts', 'inspector.yaml');
const list = {
  id: 'tests',
  title: { en: 'x', fr: 'x' },
  kind: 'codes',
  match: 'exact',
  owner: 'x',
  origin: 'x',
  entries: [{ key: 'A' }],
};
const { definitions } = soundIndicators();

/** What each says of a file with that day in it; throws, or answers problems, with the place. */
const read: [what: string, place: RegExp, (day: string) => unknown][] = [
  ['the review of a rule', /review/, (day) => ruleProblems({ ...rule, review: day })],
  ['the first day of a rule', /applies\W+from/, (day) => ruleProblems({ ...rule, applies: { from: day } })],
  ['the last day of a rule', /applies\W+to/, (day) => ruleProblems({ ...rule, applies: { to: day } })],
  ['the review of a selectivity profile', /review/, (day) => useProfile({ ...profile, review: day })],
  ['the first day of a contract', /from/, (day) => useContract({ ...contract, from: day }, definitions)],
  [
    'an entry of a list',
    /entries.*to/,
    (day) => parseList(JSON.stringify({ ...list, entries: [{ key: 'A', to: day }] }), 'tests.yaml'),
  ],
  [
    'the lodgement of a declaration',
    /lodgedAt/,
    (day) => validateDeclaration({ format: 'json', flow: 'import', items: [], lodgedAt: day }),
  ],
];

describe.each(read)('%s', (_, place, check) => {
  const said = (day: string): string => {
    try {
      const answer = check(day);
      return Array.isArray(answer) ? answer.map((problem) => JSON.stringify(problem)).join('\n') : '';
    } catch (thrown) {
      return (thrown as Error).message;
    }
  };
  it('is a day that there is', () => {
    expect(said('2026-03-31')).toBe('');
    for (const day of impossible) {
      expect(said(day), day).toMatch(place);
      expect(said(day), day).toContain('that there is');
    }
  });
});

it('a lodgement is a day or an instant', () => {
  const lodged = (lodgedAt: string) =>
    validateDeclaration({ format: 'json', flow: 'import', items: [], lodgedAt });
  expect(lodged('2026-03-31T10:00:00+01:00').lodgedAt).toBe('2026-03-31T10:00:00+01:00');
  expect(() => lodged('yesterday')).toThrow(/lodgedAt/);
  expect(() => lodged('2026-03-31T25:00:00Z')).toThrow(/lodgedAt/);
});
