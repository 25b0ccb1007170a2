/**
 * Rules that are complete and sound but for one thing, which json-rules-engine would take without a word or this engine
 * could only ever answer in one way: each is refused with the code that says what it is.
 */
import { describe, expect, it } from 'vitest';
import { factCatalogue } from '../../src/facts/catalogue.ts';
import { hasErrors } from '../../src/rules/diagnostic.ts';
import { lintRules } from '../../src/rules/lint/run.ts';
import { loadTexts } from '../../src/rules/load.ts';

const leaf = (fact: string, operator: string, value?: unknown, more: object = {}) => ({
  fact,
  operator,
  value,
  ...more,
});
const big = leaf('valuation.cif', 'greaterThan', 500000);
const sound = {
  id: 'VAL-901',
  version: 1,
  title: { en: 'a large value', fr: 'une grande valeur' },
  kind: 'risk',
  class: 'risk',
  risk: 'revenue',
  jurisdiction: 'any',
  scope: 'declaration',
  status: 'draft',
  weight: 10,
  purpose: { en: 'shows one thing', fr: 'montre une chose' },
  source: 'this test',
  owner: 'tests',
  review: '2027-01-01',
  message: { en: 'CIF {valuation.cif}', fr: 'CAF {valuation.cif}' },
  examples: [
    { title: 'above', given: { 'valuation.cif': 1000000 }, expect: 'finding' },
    { title: 'below', given: { 'valuation.cif': 5 }, expect: 'none' },
  ],
};
const textOf = (change: object) =>
  JSON.stringify(
    { ...sound, conditions: { all: [big] }, ...change },
    (_, value) => (typeof value === 'bigint' ? `big ${value}` : value),
    1,
  ).replaceAll(/"big (\d+)"/g, '$1');
const lint = (text: string, file = 'rules/VAL-901-large.json') =>
  lintRules(loadTexts('rules', new Map([[file, text]])), { catalogue: factCatalogue, today: '2026-11-21' });
const codes = (text: string, file?: string) =>
  lint(text, file)
    .filter(({ severity }) => severity === 'error')
    .map(({ code }) => code);

it('the rule itself is sound', () => {
  expect(hasErrors(lint(textOf({})))).toBe(false);
});

const reroute = (event: string) => leaf('trail.count', 'greaterThan', 0, { params: { event } });

describe('conditions', () => {
  it.each<[string, string, unknown]>([
    ['a number as text', 'RL206', leaf('valuation.cif', 'greaterThan', '500000')],
    ['text compared with a number', 'RL206', leaf('declaration.office', 'equal', 12)],
    ['an operator in another case', 'RL202', leaf('valuation.cif', 'GreaterThan', 1)],
    ['an operator that looks like one', 'RL202', leaf('valuation.cif', 'greaterТhan', 1)],
    ['an operator with a space', 'RL202', leaf('valuation.cif', 'greaterThan ', 1)],
    ['a fact in another case', 'RL201', leaf('Valuation.CIF', 'greaterThan', 1)],
    ['a fact with a space that is not seen', 'RL201', leaf('valuation.cif\u00a0', 'greaterThan', 1)],
    ['a misspelt key', 'RL103', { fact: 'valuation.cif', opeartor: 'greaterThan', value: 1 }],
    ['a key of other rule languages', 'RL103', { and: [big] }],
    ['nothing in a nested any', 'RL101', { any: [] }],
    ['a value on a group', 'RL103', { not: big, value: 'x' }],
    ['all that is no list', 'RL101', { all: big }],
    ['null', 'RL206', leaf('valuation.cif', 'notEqual', null)],
    ['no value', 'RL206', leaf('valuation.cif', 'notEqual')],
    ['a number beyond all numbers', 'RL206', leaf('valuation.cif', 'greaterThan', Number.POSITIVE_INFINITY)],
    ['in nothing', 'RL401', leaf('declaration.office', 'in', [])],
    ['not in nothing', 'RL402', leaf('declaration.office', 'notIn', [])],
    ['a list of mixed types', 'RL206', leaf('declaration.office', 'in', ['A', 1])],
    ['a null in a list', 'RL206', leaf('declaration.office', 'in', [null])],
    ['a text with a space around it', 'RL209', leaf('declaration.office', 'equal', ' A1')],
    ['a list entry with a space around it', 'RL209', leaf('declaration.office', 'in', ['A1', 'B1 '])],
    ['the empty text in a text', 'RL209', leaf('declaration.office', 'containsText', '')],
    ['an empty pattern', 'RL209', leaf('declaration.office', 'matches', '')],
    ['a day that is none', 'RL208', leaf('declaration.acceptedAt', 'before', '2026-02-30')],
    ['a day as a number', 'RL208', leaf('declaration.acceptedAt', 'before', 20260101)],
    ['a day with the month first', 'RL208', leaf('declaration.acceptedAt', 'before', '01/31/2026')],
    ['a country in small letters', 'RL214', leaf('countries.dispatch', 'equal', 'cn')],
    ['a country by three letters', 'RL214', leaf('countries.dispatch', 'in', ['VN', 'CHN'])],
    ['a country by its number', 'RL214', leaf('countries.dispatch', 'notEqual', '156')],
    ['a country by its name', 'RL214', leaf('countries.dispatch', 'equal', 'China')],
    ['a country with a Cyrillic letter', 'RL214', leaf('countries.dispatch', 'equal', 'СN')],
    ['a currency by its sign', 'RL214', leaf('valuation.invoiceCurrency', 'equal', '€')],
    ['a commodity code with dots', 'RL214', leaf('items.hsCodes', 'contains', '8703.23')],
    ['a heading as a whole code', 'RL214', leaf('items.hsCodes', 'contains', '8703')],
    ['a star for the rest', 'RL214', leaf('item.procedure', 'someFact:equal', '40*')],
    ['a star in a list', 'RL214', leaf('declaration.office', 'in', ['XX0*'])],
    ['delivery terms in small letters', 'RL214', leaf('terms.incoterm', 'notIn', ['cif'])],
    ['a star in a pattern', 'RL209', leaf('item.hs', 'someFact:matches', '87*')],
    ['slashes around a pattern', 'RL209', leaf('item.hs', 'someFact:matches', '/^87/')],
    ['not one of several', 'RL402', leaf('declaration.office', 'someValue:notEqual', ['A1', 'B1'])],
    ['each of several', 'RL401', leaf('declaration.office', 'everyValue:equal', ['A1', 'B1'])],
    ['a decorator behind its operator', 'RL202', leaf('item.cif', 'greaterThan:someFact', 1)],
    ['a decorator without an operator', 'RL202', leaf('item.cif', 'someFact:', 1)],
    ['two colons', 'RL203', leaf('item.cif', 'someFact::greaterThan', 1)],
    ['contains of a text', 'RL205', leaf('declaration.office', 'contains', 'A')],
    ['a list as one value', 'RL206', leaf('declaration.office', 'notEqual', ['A1'])],
    ['a misspelt compared fact', 'RL206', leaf('valuation.cif', 'equal', { facts: 'valuation.invoice' })],
    ['more digits than are kept', 'RL215', leaf('valuation.cif', 'lessThan', 9007199254740993n)],
    ['a fact of the item as one value', 'RL205', leaf('item.cif', 'greaterThan', 5)],
    ['a code that no declaration has', 'RL401', leaf('declaration.flow', 'equal', 'IMPORT')],
    ['a fact compared with itself', 'RL402', leaf('valuation.cif', 'equal', { fact: 'valuation.cif' })],
    [
      'a path on the compared fact',
      'RL105',
      leaf('valuation.cif', 'equal', { fact: 'valuation.invoice', path: '$.a' }),
    ],
    ['a decorator on a fact that is no list', 'RL205', leaf('valuation.cif', 'someFact:greaterThan', 1)],
    ['an event that does not exist', 'RL204', reroute('REROUTED')],
    ['a member that events have not', 'RL204', reroute('REROUTE[caus=up]')],
    ['a cause that no re-routing has', 'RL204', reroute('REROUTE[cause=down]')],
    ['a role that nobody has', 'RL204', reroute('INSPECT[role=inspector]')],
    [
      'a key of the object underneath',
      'RL103',
      JSON.parse('{"fact":"valuation.cif","operator":"greaterThan","value":1,"__proto__":{}}'),
    ],
    ...['__proto__', 'constructor', 'toString'].flatMap((name): [string, string, unknown][] => [
      [`the fact ${name}`, 'RL201', leaf(name, 'equal', 1)],
      [`the operator ${name}`, 'RL202', leaf('valuation.cif', name, 1)],
      [`the decorator ${name}`, 'RL203', leaf('valuation.cif', `${name}:greaterThan`, 1)],
      [`the shared condition ${name}`, 'RL108', { condition: name }],
    ]),
  ])('%s: %s', (_, code, condition) => {
    expect(codes(textOf({ conditions: { all: [big, condition] } }))).toContain(code);
  });
});

describe('lets', () => {
  it.each<[string, string, Record<string, string>]>([
    ['a country in small letters', 'RL214', { a: 'countries.dispatch == "cn" ? 1.0 : 0.0' }],
    ['a list with a heading', 'RL214', { a: '"8703" in items.hsCodes ? 1.0 : 0.0' }],
    ['circular', 'RL305', { a: 'b + 1.0', b: 'a + 1.0' }],
    ['unlike units', 'RL210', { a: 'valuation.cif + totals.grossMass' }],
    ['text times a number', 'RL303', { a: 'declaration.office * 2.0' }],
    ['a day against text', 'RL303', { a: "declaration.acceptedAt > '2026-01-01' ? 1.0 : 0.0" }],
    ['a pattern that is none', 'RL303', { a: "matches(declaration.office, '(') ? 1.0 : 0.0" }],
    ['a member of a value', 'RL302', { a: 'valuation.cif.constructor' }],
    ['a fact hidden', 'RL306', { valuation: '1.0' }],
    ['a name that every object has', 'RL306', { constructor: 'valuation.cif * 2.0' }],
    ['another such name', 'RL306', { hasOwnProperty: 'valuation.cif * 2.0' }],
  ])('%s: %s', (_, code, lets) => {
    const [name] = Object.keys(lets);
    const conditions = { all: [big, leaf(name!, 'greaterThan', 1)] };
    expect(codes(textOf({ let: lets, conditions }))).toContain(code);
  });
});

describe('the text of the file', () => {
  const text = textOf({});
  it.each<[string, string, string, string?]>([
    ['a key twice', 'RL001', text.replace('"version": 1', '"version": 1, "version": 2')],
    ['a key of a condition twice', 'RL001', text.replace('"operator"', '"operator": "lessThan", "operator"')],
    ['all twice', 'RL001', text.replace('"all": [', '"all": [], "all": [')],
    ['no number', 'RL001', text.replace('"value": 500000', '"value": .nan'), 'rules/VAL-901-large.yaml'],
    [
      'a number with a nought in front',
      'RL215',
      text.replace('500000', '0500000'),
      'rules/VAL-901-large.yaml',
    ],
    ['a number in hexadecimal', 'RL215', text.replace('500000', '0x7a120'), 'rules/VAL-901-large.yaml'],
    ['YAML of before 2009', 'RL001', `%YAML 1.1\n---\n${text}`, 'rules/VAL-901-large.yaml'],
    ['a tag that nobody knows', 'RL001', text.replace('500000', '!money 500000'), 'rules/VAL-901-large.yaml'],
    ['a country of applies in small letters', 'RL506', textOf({ applies: { country: ['xx'] } })],
    ['infinity', 'RL001', text.replace('"value": 500000', '"value": .inf'), 'rules/VAL-901-large.yaml'],
    ['two documents', 'RL001', `${text}\n---\n${text}`, 'rules/VAL-901-large.yaml'],
    [
      'a key of the object underneath',
      'RL002',
      text.replace('"id"', '"__proto__": {"status": "active"}, "id"'),
    ],
    ['an unknown key', 'RL002', textOf({ condition: { all: [] } })],
    ['an unknown key of applies', 'RL002', textOf({ applies: { flows: ['import'] } })],
    ['a weight that is text', 'RL004', textOf({ weight: '10' })],
    ['a status in capitals', 'RL004', textOf({ status: 'ACTIVE' })],
    [
      'a period that ends before it begins',
      'RL506',
      textOf({ applies: { from: '2026-05-01', to: '2026-01-01' } }),
    ],
    [
      'an example of a fact that is none',
      'RL201',
      textOf({ examples: [{ title: 'x', given: { 'valuation.ciff': 1 }, expect: 'none' }] }),
    ],
    [
      'an example that answers a fact that is none',
      'RL201',
      textOf({ examples: [{ title: 'x', given: { calls: { 'trail.absense': true } }, expect: 'none' }] }),
    ],
    [
      'an example that changes the object underneath',
      'RL201',
      text.replace('"given": {', '"given": {"__proto__": 1,'),
    ],
    [
      'a word chosen by a text',
      'RL505',
      textOf({ message: { en: '{declaration.office ? one : many}', fr: '{declaration.office ? un : des}' } }),
    ],
    [
      'a word without its plural',
      'RL505',
      textOf({ message: { en: '{valuation.cif ? one}', fr: '{valuation.cif}' } }),
    ],
    [
      'a message of the object underneath',
      'RL505',
      textOf({ message: { en: '{constructor}', fr: '{constructor}' } }),
    ],
  ])('%s: %s', (_, code, broken, file) => {
    expect(codes(broken, file)).toContain(code);
  });
});
