import { describe, expect, it } from 'vitest';
import { countryIds, countryProfile, parseCountryProfile } from '../../src/declaration/country-profile.ts';
import type { Declaration, Item, TaxLine } from '../../src/declaration/declaration.ts';
import { CrosscheckError } from '../../src/errors.ts';
import { simulate } from '../../src/simulate/administration.ts';
import { smallForm } from '../../src/simulate/options.ts';
import { nationalTariff, shippedTariff } from '../../src/sources/tariff/country.ts';
import { compileTaxes } from '../../src/sources/tariff/formulas.ts';
import { recomputeTaxes, reproduceTaxes } from '../../src/sources/tariff/taxes.ts';

const book = await shippedTariff('XX');
const { tariff, rates, taxes } = nationalTariff('XX', book);

const declared = (item: Partial<Item>, header: Partial<Declaration> = {}): [Declaration, Item] => {
  const whole: Item = { number: 1, procedure: '4000', origin: 'CN', ...item };
  return [
    { format: 'json', flow: 'import', currency: 'XTS', acceptedAt: '2026-03-02', items: [whole], ...header },
    whole,
  ];
};
const cif = (amount: number) => ({ amount, currency: 'XTS' });

describe('the tariff of XX', () => {
  it('has a few hundred lines of eight digits, each with its rates', () => {
    const lines = tariff.lines('', '2026-03-02');
    expect(lines.length).toBeGreaterThan(300);
    for (const { hs } of lines) {
      const found = tariff.lookup({ hs }, '2026-03-02')!;
      expect([...found.rates.keys()], hs).toEqual(expect.arrayContaining(['DUT', 'VAT']));
    }
  });

  it.each([
    ['the general rate', { hs: '85171300', origin: 'CN' }, '2026-03-02', 0.1],
    ['the rate of another day', { hs: '85171300', origin: 'CN' }, '2025-12-31', 0.15],
    [
      'a preference that is claimed by an origin that has it',
      { hs: '85171300', origin: 'MA', preference: '100' },
      '2026-03-02',
      0,
    ],
    [
      'a preference of another group',
      { hs: '85171300', origin: 'VN', preference: '200' },
      '2026-03-02',
      0.05,
    ],
    [
      'a preference that the origin has not',
      { hs: '85171300', origin: 'CN', preference: '100' },
      '2026-03-02',
      0.1,
    ],
    ['a preference that is not claimed', { hs: '85171300', origin: 'MA' }, '2026-03-02', 0.1],
  ])('gives %s', (_, goods, day, rate) => {
    expect(tariff.lookup(goods, day)!.rates.get('DUT')!.rate).toBe(rate);
  });

  it('tells which preferences exist, and whether the one claimed does', () => {
    const found = tariff.lookup({ hs: '85171300', origin: 'CN', preference: '100' }, '2026-03-02')!;
    expect(found.preferences).toEqual([]);
    expect(found.preferenceHolds).toBe(false);
    expect(tariff.lookup({ hs: '85171300', origin: 'VN' }, '2026-03-02')!.preferences).toEqual(['200']);
  });

  it('knows no code that is not in it, and reads codes with a tail or without their last zeros', () => {
    expect(tariff.lookup({ hs: '99999999' }, '2026-03-02')).toBeUndefined();
    expect(tariff.lookup({ hs: '851713' }, '2026-03-02')!.line.hs).toBe('85171300');
    expect(tariff.lookup({ hs: '8517130042' }, '2026-03-02')!.line.hs).toBe('85171300');
    expect(tariff.lookup({ hs: '85171300' }, '2021-12-31')).toBeUndefined();
  });

  it('names documents and agencies by goods, origin and procedure', () => {
    const measures = (goods: Parameters<typeof tariff.lookup>[0]) =>
      tariff.lookup(goods, '2026-03-02')!.measures.map(({ measure }) => measure);
    expect(measures({ hs: '02023000', origin: 'BR', procedure: '4000', flow: 'import' })).toEqual([
      'VET',
      'FOOT-AND-MOUTH',
    ]);
    expect(measures({ hs: '02023000', origin: 'FR', procedure: '4000', flow: 'import' })).toEqual(['VET']);
    expect(measures({ hs: '02023000', origin: 'BR', procedure: '7100', flow: 'import' })).toEqual(['VET']);
    expect(measures({ hs: '93032000', flow: 'export' })).toEqual(['ARMS']);
  });
});

describe('taxes worked out from the tariff', () => {
  const worked = (item: Partial<Item>, header: Partial<Declaration> = {}) =>
    recomputeTaxes(taxes, tariff, ...declared(item, header))!;
  const amounts = (item: Partial<Item>) =>
    Object.fromEntries(
      worked(item).lines.map(({ code, amount, payable }) => [
        code,
        payable ? amount.amount : `(${amount.amount})`,
      ]),
    );

  it.each<[string, Partial<Item>, Record<string, number | string>]>([
    ['ad valorem, one tax on another', { hs: '85171300', cif: cif(100_000) }, { DUT: 10_000, VAT: 19_800 }],
    [
      'excise on value with duty',
      { hs: '22083000', cif: cif(10_000) },
      { DUT: 2_000, EXC: 5_400, VAT: 3_132 },
    ],
    [
      'excise by quantity alone',
      { hs: '27101200', cif: cif(1_000_000), supplementaryUnits: [{ code: 'LTR', quantity: 2_000.5 }] },
      { DUT: 100_000, EXC: 180_045, VAT: 230_408 },
    ],
    [
      'the greater of both: value',
      { hs: '24022000', cif: cif(100_000), supplementaryUnits: [{ code: 'MIL', quantity: 10 }] },
      { DUT: 20_000, EXC: 72_000, VAT: 34_560 },
    ],
    [
      'the greater of both: quantity',
      { hs: '24022000', cif: cif(100), supplementaryUnits: [{ code: 'MIL', quantity: 10 }] },
      { DUT: 20, EXC: 250, VAT: 67 },
    ],
    [
      'suspended',
      { hs: '85171300', cif: cif(100_000), procedure: '7100' },
      { DUT: '(10000)', VAT: '(19800)' },
    ],
    [
      'exempt',
      { hs: '85171300', cif: cif(100_000), nationalProcedure: 'E10' },
      { DUT: '(10000)', VAT: '(19800)' },
    ],
    [
      'relieved by half',
      { hs: '85171300', cif: cif(100_000), nationalProcedure: '110' },
      { DUT: 5_000, VAT: 18_900 },
    ],
  ])('%s', (_, item, expected) => {
    expect(amounts(item)).toEqual(expected);
  });

  it('what is missing makes its tax, and every tax over it, missing', () => {
    const { missing, payable, lines } = worked({ hs: '27101200', cif: cif(1_000_000) });
    expect(lines.map(({ code }) => code)).toEqual(['DUT']);
    expect(missing).toEqual([
      { code: 'EXC', what: 'its quantity in LTR' },
      { code: 'VAT', what: 'its base' },
    ]);
    expect(payable).toBeUndefined();
  });

  it('agree to the unit with the tax lines of a simulated administration', async () => {
    let compared = 0;
    for await (const { declaration } of simulate({ ...smallForm, declarations: 400 }).records()) {
      for (const item of declaration.items) {
        if (item.taxes === undefined || item.taxes.length === 0) continue;
        const { lines } = recomputeTaxes(taxes, tariff, declaration, item)!;
        const plain = (list: readonly (TaxLine | (typeof lines)[number])[]) =>
          list
            .map(({ code, base, rate, amount, payable }) => ({ code, base, rate, amount, payable }))
            .sort((a, b) => (a.code! < b.code! ? -1 : 1));
        expect(
          plain(lines),
          `${item.hs} ${item.procedure} ${item.nationalProcedure} ${item.origin} ${item.preference}`,
        ).toEqual(plain(item.taxes));
        compared++;
      }
    }
    expect(compared).toBeGreaterThan(300);
  });
});

describe('tax lines reproduced from the rates they print', () => {
  const money = (amount: number, currency: string) => ({ amount: Math.round(amount * 100), currency });
  it('percents, VAT over the other taxes (as measured in Grenada)', () => {
    const [declaration, item] = declared(
      {
        cif: money(1234.56, 'XCD'),
        taxes: [
          { code: 'CET', rate: 20, rateKind: 'percent' },
          { code: 'CSC', rate: 6, rateKind: 'percent' },
          { code: 'VAT', rate: 15, rateKind: 'percent' },
        ],
      },
      { currency: 'XCD' },
    );
    const { lines, payable } = reproduceTaxes(compileTaxes(countryProfile('GD')), declaration, item);
    expect(lines.map(({ code, amount }) => [code, amount.amount])).toEqual([
      ['CET', 24691],
      ['CSC', 7407],
      ['VAT', 23333],
    ]);
    expect(payable).toEqual({ amount: 55431, currency: 'XCD' });
  });

  it('fractions, and a specific rate by exact net mass (as measured in Albania)', () => {
    const [declaration, item] = declared(
      {
        cif: money(100_000, 'ALL'),
        netMass: 812.375,
        taxes: [
          { code: 'DOG', rate: 0.1, rateKind: 'fraction' },
          { code: 'AKC', rate: 20, rateKind: 'specific' },
          { code: 'TVS', rate: 0.2, rateKind: 'fraction', payable: false },
        ],
      },
      { currency: 'ALL' },
    );
    const { lines } = reproduceTaxes(compileTaxes(countryProfile('AL')), declaration, item);
    expect(lines.map(({ code, amount, payable }) => [code, amount.amount / 100, payable])).toEqual([
      ['DOG', 10_000, true],
      ['AKC', 16_247.5, true],
      ['TVS', 25_249.5, false],
    ]);
  });

  it('a rate that is not known to be a fraction or a percent gives no amount', () => {
    const [declaration, item] = declared({ cif: cif(100), taxes: [{ code: 'DUT', rate: 10 }] });
    expect(reproduceTaxes(taxes, declaration, item)).toMatchObject({ lines: [], missing: [{ code: 'DUT' }] });
  });
});

describe('formulas of country profiles', () => {
  it.each(countryIds())('%s compiles', (id) => {
    expect(() => compileTaxes(countryProfile(id))).not.toThrow();
  });

  const broken = (taxesText: string) => {
    const text = `id: QQ\nname: { en: a, fr: b }\ncurrency: XTS\ntimeZone: UTC\ndateOrder: ymd\nrates: { default: fraction, origin: x }\ntaxes:\n${taxesText}`;
    try {
      compileTaxes(parseCountryProfile(text, 'QQ.yaml'));
    } catch (thrown) {
      return thrown instanceof CrosscheckError ? [thrown.code, thrown.where.pointer, thrown.message] : thrown;
    }
    return undefined;
  };
  it.each([
    [
      'a name that is not there',
      '  A: { name: { en: a, fr: a }, base: item.sif, origin: x }',
      '/taxes/A/base',
    ],
    ['text for a number', '  A: { name: { en: a, fr: a }, base: item.hs, origin: x }', '/taxes/A/base'],
    [
      'a circle',
      '  A: { name: { en: a, fr: a }, base: tax.B, origin: x }\n  B: { name: { en: a, fr: a }, base: tax.A, origin: x }',
      '/taxes/A',
    ],
  ])('%s is refused with its place', (_, text, pointer) => {
    expect(broken(text)).toEqual(['CC_PROFILE_INVALID', pointer, expect.any(String)]);
  });
});

describe('official rates', () => {
  it('are those of the week, for so many units', () => {
    expect(rates.official('EUR', '2025-06-11')).toBe(655.957);
    expect(rates.official('JPY', '2025-06-11')).toBeCloseTo(4.1, 0);
    expect(rates.official('USD', '2025-01-06')).not.toBe(rates.official('USD', '2025-03-10'));
    expect(rates.official('USD', '2020-01-01')).toBeUndefined();
  });

  it('the national currency is one', () => {
    expect(rates.official(countryProfile('XX').currency, '2025-06-11')).toBe(1);
  });

  it('a redenominated currency is followed into the one that replaced it', () => {
    expect(rates.redenominated(5_000_000, 'ZMK', '2012-12-31')).toEqual({
      amount: 5_000_000,
      currency: 'ZMK',
    });
    expect(rates.redenominated(5_000_000, 'ZMK', '2013-01-01')).toEqual({ amount: 5_000, currency: 'ZMW' });
  });
});
