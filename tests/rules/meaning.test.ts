/** What is said of conditions: never, always, redundant, and of two rules: the same. Also what must not be said. */
import { describe, expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import { lintRules } from '../../src/rules/lint/run.ts';
import { loadTexts } from '../../src/rules/load.ts';
import { catalogue } from './catalogue.ts';
import { cifRule } from './text.ts';

const base = parse(cifRule);
/** A condition that keeps the rule's lets in use and disturbs nothing. */
const used = '{ fact: gap, operator: greaterThan, value: { fact: parts } }';

function findings(changes: string, ...others: string[]): string[] {
  const files = [changes, ...others].map((text, i): [string, string] => {
    const id = `VAL-00${i + 1}`;
    return [`rules/${id}.yaml`, stringify({ ...base, id, ...parse(text) })];
  });
  return lintRules(loadTexts('rules', new Map(files)), { catalogue, today: '2026-11-21' }).map(
    ({ code, message }) => `${code} ${message}`,
  );
}
const codes = (changes: string, ...others: string[]) =>
  findings(changes, ...others).map((text) => text.slice(0, 5));
const conditions = (tree: string) => codes(`conditions: { all: [ ${used}, ${tree} ] }`);

const x = (operator: string, value: unknown) =>
  `{ fact: valuation.cif, operator: "${operator}", value: ${value} }`;
const t = (operator: string, value: unknown) =>
  `{ fact: terms.incoterm, operator: "${operator}", value: ${value} }`;

describe('conditions that never hold', () => {
  test.each([
    ['an interval turned round', `${x('greaterThan', 5)}, ${x('lessThan', 5)}`],
    ['nothing strictly between equal limits', `${x('greaterThanInclusive', 5)}, ${x('lessThan', 5)}`],
    ['two values at once', `${t('equal', 'CIF')}, ${t('equal', 'FOB')}`],
    ['a value outside its list', `${t('in', '[CIF, CIP]')}, ${t('equal', 'FOB')}`],
    ['a prefix and another', `${t('startsWith', 'C')}, ${t('startsWith', 'F')}`],
    ['a text that a pattern does not take', `${t('equal', 'FOB')}, ${t('matches', '"^C"')}`],
    ['missing and compared', `{ fact: valuation.cif, operator: isMissing }, ${x('greaterThan', 1)}`],
    ['a condition and its opposite', `${t('containsText', 'X')}, { not: ${t('containsText', 'X')} }`],
    ['the same under a decorator', `${t('equal', 'CIF')}, ${t('not:equal', 'CIF')}`],
    ['a fact and itself', '{ fact: valuation.cif, operator: greaterThan, value: { fact: valuation.cif } }'],
    [
      'less and greater than another fact',
      '{ fact: valuation.cif, operator: greaterThan, value: { fact: valuation.fob } }, { fact: valuation.fob, operator: greaterThan, value: { fact: valuation.cif } }',
    ],
    ['an absolute value below zero', '{ fact: gap, operator: lessThan, value: 0 }'],
    ['a flow that there is not', '{ fact: declaration.flow, operator: equal, value: re-export }'],
    ['a flow that applies keeps away', '{ fact: declaration.flow, operator: equal, value: export }'],
    ['an empty list', `${t('in', '[]')}`],
    ['every branch of an any', `${x('greaterThan', 10)}, { any: [ ${x('lessThan', 5)}, ${x('equal', 7)} ] }`],
  ])('%s', (_title, tree) => {
    expect(conditions(tree)).toContain('RL401');
  });

  test('the pair that excludes each other is named', () => {
    const found = findings(`conditions: { all: [ ${used}, ${x('greaterThan', 10)}, ${x('lessThan', 5)} ] }`);
    expect(found).toEqual([
      'RL401 `valuation.cif greaterThan 10` and `valuation.cif lessThan 5` never hold together',
    ]);
  });
});

describe('conditions that always hold', () => {
  test.each([
    ['all numbers', `{ any: [ ${x('lessThan', 5)}, ${x('greaterThanInclusive', 5)} ] }`],
    ['equal or not', `{ any: [ ${t('equal', 'CIF')}, ${t('notEqual', 'CIF')} ] }`],
    [
      'not of what never holds, by its parts',
      `{ not: { all: [ ${x('lessThan', 5)}, ${x('greaterThan', 5)} ] } }`,
    ],
    [
      'there or not',
      '{ any: [ { fact: valuation.cif, operator: isMissing }, { fact: valuation.cif, operator: isPresent } ] }',
    ],
    ['every flow', '{ fact: declaration.flow, operator: in, value: [import, export, transit] }'],
    ['what applies says already', '{ fact: declaration.flow, operator: equal, value: import }'],
    ['an absolute value from zero up', '{ fact: gap, operator: greaterThanInclusive, value: 0 }'],
    ['none of nothing', `${t('notIn', '[]')}`],
  ])('%s', (_title, tree) => {
    expect(conditions(tree).some((code) => code === 'RL402' || code === 'RL401')).toBe(true);
  });
});

describe('nothing is said of', () => {
  test.each([
    ['an interval', `${x('greaterThan', 5)}, ${x('lessThan', 6)}`],
    ['one point', `${x('greaterThanInclusive', 5)}, ${x('lessThanInclusive', 5)}`],
    ['two prefixes of one text', `${t('startsWith', 'C')}, ${t('notEqual', 'CIF')}`],
    ['two patterns', `${t('matches', '"^C"')}, ${t('matches', '"F$"')}`],
    ['two lists that meet', `${t('in', '[CIF, CIP]')}, ${t('in', '[CIF, FOB]')}`],
    [
      'two entries of a list',
      `{ fact: item.origin, operator: contains, value: CN, name: one }, { fact: item.origin, operator: contains, value: VN, name: another }`,
    ],
    ['a fact and another', '{ fact: valuation.cif, operator: greaterThan, value: { fact: valuation.fob } }'],
    ['two flows', '{ fact: valuation.fob, operator: isMissing }'],
    ['a range', x('between', '[5, 10]')],
  ])('%s', (_title, tree) => {
    expect(conditions(tree)).toEqual([]);
  });
});

test('a condition that its neighbour says already is a warning', () => {
  expect(conditions(`${x('greaterThan', 5)}, ${x('greaterThan', 3)}`)).toEqual(['RL403']);
  expect(conditions(`${t('equal', 'CIF')}, ${t('in', '[CIF, FOB]')}`)).toEqual(['RL403']);
  expect(conditions(`{ any: [ ${x('greaterThan', 5)}, ${x('greaterThan', 3)} ] }`)).toEqual(['RL403']);
});

describe('two rules that say the same', () => {
  const first = `conditions: { all: [ ${used}, ${x('greaterThan', 5)} ] }`;
  test.each([
    ['in another order', `conditions: { all: [ ${x('greaterThan', 5)}, ${used} ] }`],
    ['with not', `conditions: { all: [ ${used}, { not: ${x('lessThanInclusive', 5)} } ] }`],
    ['nested', `conditions: { all: [ { all: [ ${used} ] }, ${x('greaterThan', 5)} ] }`],
    ['by De Morgan', `conditions: { not: { any: [ { not: ${used} }, ${x('lessThanInclusive', 5)} ] } }`],
    [
      'with lets of other names',
      `let: { sum: valuation.invoice + valuation.insurance, away: abs(valuation.cif - sum) }\nconditions: { all: [ { fact: away, operator: greaterThan, value: { fact: sum } }, ${x('greaterThan', 5)} ] }\nmessage: { en: "{away}", fr: "{away}" }`,
    ],
  ])('%s', (_title, second) => {
    expect(codes(first, second)).toEqual(['RL404']);
  });

  test.each([
    ['another limit', `conditions: { all: [ ${used}, ${x('greaterThan', 6)} ] }`],
    ['another flow', `${first}\napplies: { flow: [export] }`],
    ['other days', `${first}\napplies: { from: 2030-01-01 }`],
    ['retired', `${first}\nstatus: retired`],
  ])('not with %s', (title, second) => {
    const own = title === 'other days' ? `${first}\napplies: { to: 2029-12-31 }` : first;
    expect(codes(own, second)).toEqual([]);
  });
});

describe('facts about people and what an audience may learn', () => {
  const officer = `conditions: { all: [ ${used}, { fact: test.officerReroutes, operator: greaterThan, value: 3 } ] }`;
  const price = `conditions: { all: [ ${used}, { fact: ratio, operator: greaterThan, value: 3 } ] }\nlet: { parts: valuation.invoice, gap: abs(valuation.cif - parts), ratio: test.priceRatio * 1.0 }`;
  test.each([
    ['an officer in a risk rule', `${officer}\nkind: risk\nclass: risk\naudience: integrity`, ['RL508']],
    ['an officer for the integrity unit', `${officer}\nkind: conduct\naudience: integrity`, []],
    ['an officer for the examiner', `${officer}\nkind: conduct\naudience: examiner`, ['RL509']],
    ['a reference price for the examiner, behind a let', `${price}\naudience: examiner`, ['RL509']],
    ['a reference price for the analyst', `${price}\naudience: analyst`, []],
    ['a risk rule for the declarant', 'kind: risk\nclass: risk\naudience: declarant', ['RL509']],
  ])('%s', (_title, changes, expected) => {
    expect([...new Set(codes(changes))]).toEqual(expected);
  });
});
