import { describe, expect, it } from 'vitest';
import type { Declaration } from '../../src/declaration/declaration.ts';
import { factCall } from '../../src/facts/call.ts';
import { factCatalogue } from '../../src/facts/catalogue.ts';
import { changed } from '../../src/facts/change.ts';
import { checkDigit, wrongCheckDigit } from '../../src/facts/computed/iso6346.ts';
import { factsDocument } from '../../src/facts/document.ts';
import type { FactDefinition, FactValue } from '../../src/facts/model.ts';
import { factContext, factSheet } from '../../src/facts/sheet.ts';
import { cleanDeclaration } from './clean.ts';

const facts = [...factCatalogue.values()];
const onSheet = facts.filter((fact) => fact.params === undefined);

const sheet = factSheet(cleanDeclaration());

const ofType: Record<FactDefinition['type'], (value: FactValue) => boolean> = {
  number: (value) => typeof value === 'number' && Number.isFinite(value),
  text: (value) => typeof value === 'string',
  boolean: (value) => typeof value === 'boolean',
  date: (value) => /^\d{4}-\d\d-\d\d$/.test(String(value)),
  instant: (value) => !Number.isNaN(Date.parse(String(value))),
  'list<text>': (value) => Array.isArray(value) && value.every((entry) => typeof entry === 'string'),
  'list<number>': (value) => Array.isArray(value) && value.every((entry) => typeof entry === 'number'),
};

describe('the catalogue', () => {
  it('names what the sheet holds, no more and no less', () => {
    const named = (scope: FactDefinition['scope']) =>
      onSheet.filter((fact) => fact.scope === scope).map((fact) => fact.name);
    const names: string[] = [];
    // Parameters of the country are inherited.
    for (const name in sheet.header) names.push(name);
    expect(names.sort()).toEqual(named('declaration').sort());
    for (const item of sheet.items) expect(Object.keys(item).sort()).toEqual(named('item').sort());
  });

  it('has no name that is both a fact and the beginning of another, so that dotted names are unambiguous', () => {
    const names = facts.map((fact) => fact.name);
    expect(names.filter((name) => names.some((other) => other.startsWith(`${name}.`)))).toEqual([]);
    expect(new Set(names).size).toBe(names.length);
  });

  it('gives each value the type that it states', () => {
    const wrong = onSheet.filter((fact) => {
      const value = fact.scope === 'item' ? sheet.items[0]![fact.name] : sheet.header[fact.name];
      return value !== undefined && !ofType[fact.type](value);
    });
    expect(wrong.map((fact) => fact.name)).toEqual([]);
  });

  it('has no fact on the nationality of persons', () => {
    expect(facts.filter((fact) => /nationality|citizen/i.test(fact.name + fact.meaning.en))).toEqual([]);
  });

  it('is what docs/facts.md says', async () => {
    await expect(factsDocument(factCatalogue)).toMatchFileSnapshot('../../docs/facts.md');
  });
});

describe('computed facts', () => {
  const given = (change: (declaration: Declaration) => void) => {
    const declaration = cleanDeclaration();
    change(declaration);
    return factSheet(declaration).header;
  };

  it('add up over the items', () => {
    expect(sheet.header).toMatchObject({
      'items.count': 2,
      'items.sumPackages': 30,
      'items.sumGrossMass': 330,
      'items.sumCif': 10_000,
      'items.sumPrice': 18_000,
      'items.sumTaxTotal': 3_200,
      'items.sumTaxesPayable': 3_200,
      'items.absentNumbers': [],
      'containers.invalidNumbers': [],
      'containers.count': 1,
    });
    expect(sheet.items[1]).toMatchObject({ 'item.taxLineGap': 0, 'item.kgPerUnit': 2, 'item.hs6': '610910' });
  });

  it('are missing where a part is, so that half the items never make a total', () => {
    expect(given((d) => delete d.items[1]!.cif)['items.sumCif']).toBeUndefined();
    expect(given((d) => delete d.items[1]!.packages)['items.sumPackages']).toBeUndefined();
    expect(given((d) => delete d.items[1]!.grossMass)['items.knownGrossMass']).toBe(110);
  });

  it('never add or compare amounts of different currencies', () => {
    const foreign = given((d) => {
      d.items[1]!.cif = { amount: 5_000_00, currency: 'USD' };
      d.items[0]!.price = { amount: 1, currency: 'JPY' };
    });
    expect(foreign['items.sumCif']).toBeUndefined();
    expect(foreign['items.sumPrice']).toBeUndefined();
    expect(foreign['items.priceCurrencies']).toEqual(['JPY', 'USD']);
  });

  it('respect that a yen has no hundredths', () => {
    const d = cleanDeclaration();
    d.totals!.invoice = { amount: 500, currency: 'JPY' };
    expect(factSheet(d).header['totals.invoice']).toBe(500);
  });

  it('leave one absent number for each gap and each repetition', () => {
    expect(given((d) => (d.items[1]!.number = 3))['items.absentNumbers']).toEqual([2]);
    expect(given((d) => (d.items[1]!.number = 1))['items.absentNumbers']).toEqual([2]);
  });

  it('judge a container number only where it has the form of ISO 6346', () => {
    expect(checkDigit('CSQU305438')).toBe(3);
    expect(wrongCheckDigit('CSQU3054383')).toBe(false);
    expect(wrongCheckDigit('CSQU 305438-4')).toBe(true);
    for (const other of ['AD12345', 'CSQX3054384', 'CSQU305438', ''])
      expect(wrongCheckDigit(other)).toBe(false);
  });

  it('take parameters from the country before the default', () => {
    const context = factContext({ moneyTolerance: { value: 25 } });
    expect(factSheet(cleanDeclaration(), context).header['parameter.moneyTolerance']).toBe(25);
    expect(sheet.header['parameter.moneyTolerance']).toBe(1);
  });
});

describe('a call of a fact with parameters', () => {
  const definition: FactDefinition = {
    name: 'trail.test',
    family: 'trail',
    scope: 'declaration',
    type: 'boolean',
    unit: 'none',
    meaning: { en: '', fr: '' },
    source: '',
    params: {
      after: { type: 'text', required: true, meaning: '' },
      first: { type: 'text', required: true, meaning: '' },
      hours: { type: 'number', required: false, default: 24, meaning: '' },
    },
  };
  it('has one key whatever the order and the defaults written out', () => {
    const key = factCall(definition, { after: 'RELEASE', first: 'PAY' }).key;
    expect(key).toBe('trail.test(after=RELEASE, first=PAY, hours=24)');
    expect(factCall(definition, { first: 'PAY', hours: 24, after: 'RELEASE' }).key).toBe(key);
  });
  it('keeps texts and numbers apart', () => {
    const keys = ['24', 24, 'true', true].map((value) => factCall(definition, { first: value }).key);
    expect(new Set(keys).size).toBe(4);
  });
});

describe('a change', () => {
  const sample: Record<FactDefinition['type'], unknown> = {
    number: 7,
    text: 'GBP',
    boolean: false,
    date: '2026-01-05',
    instant: '2026-01-05T10:00:00Z',
    'list<text>': ['AAA', 'BBB'],
    'list<number>': [1, 2],
  };

  it('of any declared fact is read back as it was given, and null takes it away', () => {
    const wrong: string[] = [];
    for (const fact of onSheet.filter((fact) => fact.path !== undefined)) {
      const read = (value: unknown) => {
        const { sheet } = changed(cleanDeclaration(), { [fact.name]: value });
        return fact.scope === 'item' ? sheet.items[0]![fact.name] : sheet.header[fact.name];
      };
      const isCurrency = fact.path!.endsWith('.currency');
      if (JSON.stringify(read(sample[fact.type])) !== JSON.stringify(sample[fact.type]) && !isCurrency)
        wrong.push(`${fact.name}: ${JSON.stringify(read(sample[fact.type]))}`);
      if (fact.name !== 'item.number' && read(null) !== undefined) wrong.push(`${fact.name} stays`);
    }
    expect(wrong).toEqual([]);
  });

  it('is followed by everything that is computed from it', () => {
    const { sheet } = changed(cleanDeclaration(), { items: [{}, { 'item.netMass': 400 }] });
    expect(sheet.header['items.sumNetMass']).toBe(500);
    expect(sheet.items[1]!['item.kgPerUnit']).toBe(4);
  });

  it('adds and removes items', () => {
    const more = changed(cleanDeclaration(), { items: [{}, {}, { 'item.origin': 'VN' }] }).sheet;
    expect(more.items.map((item) => [item['item.number'], item['item.origin']])).toEqual([
      [1, 'CN'],
      [2, 'CN'],
      [3, 'VN'],
    ]);
    expect(changed(cleanDeclaration(), { items: [null] }).sheet.header['items.count']).toBe(1);
  });

  it('leaves the base declaration as it was', () => {
    const base = cleanDeclaration();
    changed(base, { 'valuation.cif': 1, items: [null] });
    expect(base).toEqual(cleanDeclaration());
  });

  it('lays facts that are not declared over the sheet', () => {
    const { sheet } = changed(cleanDeclaration(), { 'items.count': 9, 'item.unitValue': 3 });
    expect([sheet.header['items.count'], sheet.items[0]!['item.unitValue']]).toEqual([9, 3]);
  });

  it('fills calls by key before name', () => {
    const call = (hours: number) => ({ key: `trail.x(hours=${hours})`, fact: 'trail.x', params: { hours } });
    const { sheet } = changed(
      cleanDeclaration(),
      { calls: { 'trail.x': true, 'trail.x(hours=2)': false } },
      { declaration: [call(1), call(2)], item: [call(1)] },
    );
    expect(sheet.calls).toEqual({ 'trail.x(hours=1)': true, 'trail.x(hours=2)': false });
    expect(sheet.itemCalls).toEqual([{ 'trail.x(hours=1)': true }, { 'trail.x(hours=1)': true }]);
  });

  it('of a fact that does not exist is refused by name', () => {
    expect(() => changed(cleanDeclaration(), { 'valuation.cfi': 1 })).toThrow(/valuation\.cfi/);
  });
});
