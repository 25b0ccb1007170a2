/** The national tariff from a dump of ASYCUDA's tables to the facts that rules read: nothing of it is lost on the way. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { Declaration, Item } from '../../src/declaration/declaration.ts';
import { tariffResolver } from '../../src/evidence/tariff.ts';
import { factCall } from '../../src/facts/call.ts';
import { factCatalogue } from '../../src/facts/catalogue.ts';
import type { FactValue } from '../../src/facts/model.ts';
import { resolveCalls } from '../../src/facts/resolve.ts';
import { factSheet } from '../../src/facts/sheet.ts';
import { openExtract } from '../../src/sources/extract.ts';
import { openBook } from '../../src/sources/reference/book.ts';
import { type ReferenceInput, referenceDocument } from '../../src/sources/reference/store.ts';
import { nationalTariff } from '../../src/sources/tariff/country.ts';

const root = mkdtempSync(join(tmpdir(), 'tariff-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

describe('a national tariff as ASYCUDA dumps it', async () => {
  const files = {
    'UNTARTAB.csv': `HS6_COD;TAR_PR1;TAR_PR2;TAR_PR3;TAR_DSC;UOM_COD1;UOM_COD2;VALID_FROM;VALID_TO;LST_OPE
851713;00;;;Smartphones;NMB;;2022-01-01;;U
010121;00;00;;Breeding horses;NMB;KGM;2022-01-01;;U
220830;00;0000;;Whisky, in casks;LPA;;2022-01-01;2025-12-31;U
220830;00;0000;A1;Whisky;LPA;LTR;2026-01-01;;U
270900;00;000;;Crude oil;;;2022-01-01;;D
`,
    'UNTAXTAR.csv': `HS6_COD;TAR_PR1;TAR_PR2;TAX_COD;TAX_RAT;TAX_SPC;UOM_COD;PRF_COD;CTY_COD;CP4_COD;VALID_FROM;VALID_TO
851713;00;;DUT;10;;;;;;2022-01-01;2025-12-31
851713;00;;DUT;7.5;;;;;;2026-01-01;
851713;00;;DUT;0;;;100;NEIGHBOURS;;2022-01-01;
851713;00;;DUT;2;;;;;42;2022-01-01;
2208;;;EXC;;12.5;LPA;;;;2022-01-01;
85;;;VAT;18;;;;;;2022-01-01;
`,
    'UNTARATD.csv': `HS6_COD;ATD_COD;AGC_COD;CTY_COD;CP4_COD;SAD_FLW;VALID_FROM
0101;853;VETERINARY;;;I;2022-01-01
0101;C640;;BR,AR;40;I;2022-01-01
8517;PTT;TELECOM;;4;;2022-01-01
`,
    'UNRULTAB.csv': 'RUL_COD,RUL_TXT\nEXCISE,"If TypProc = ""4"" Then Action IS DoTax( ""EXC"" )"\n',
  };
  const folder = mkdtempSync(join(root, 'tariff-'));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  const inputs: ReferenceInput[] = [];
  const { records, report } = openExtract(folder, {
    mapping: 'asycuda-reference',
    references: async (batch) => {
      inputs.push(...batch);
    },
  });
  const refused: string[] = [];
  for await (const record of records)
    if (record.kind === 'refused') refused.push(`${record.error.code} ${record.error.message}`);
  const book = openBook(inputs.map((input) => referenceDocument(input, '2026-01-01T00:00:00.000Z')));
  const { tariff } = nationalTariff('XX', book);
  const duty = (goods: Parameters<typeof tariff.lookup>[0], day = '2026-03-02') =>
    tariff.lookup(goods, day)?.rates.get('DUT')?.rate;

  it('the table of rules is refused by name with what to do, and keeps nothing else from being read', () => {
    expect(refused).toEqual([expect.stringMatching(/^CC_SOURCE_TABLE_REFUSED.*UNRULTAB.*country profile/)]);
    expect(report.unusable).toEqual([{ table: 'rules', problem: expect.stringContaining('UNRULTAB') }]);
    expect(report.unread).toEqual([]);
    expect(report.problems.total).toBe(0);
  });

  it('lines have 8 to 12 digits, with their units, precisions and validity', () => {
    expect(tariff.lines('', '2026-03-02')).toEqual([
      { hs: '85171300', description: 'Smartphones', units: ['NMB'], from: '2022-01-01' },
      { hs: '0101210000', description: 'Breeding horses', units: ['NMB', 'KGM'], from: '2022-01-01' },
      {
        hs: '220830000000',
        description: 'Whisky',
        units: ['LPA', 'LTR'],
        precisions: ['A1'],
        from: '2026-01-01',
      },
    ]);
    expect(tariff.lines('2208', '2025-12-31').map(({ units }) => units)).toEqual([['LPA']]);
  });

  it.each([
    ['the general rate', { hs: '85171300', origin: 'CN', procedure: '4000' }, '2026-03-02', 0.075],
    ['as it was before', { hs: '85171300', origin: 'CN', procedure: '4000' }, '2025-03-02', 0.1],
    ['by agreement', { hs: '85171300', origin: 'MA', procedure: '4000', preference: '100' }, '2026-03-02', 0],
    ['not of the agreement', { hs: '85171300', origin: 'CN', preference: '100' }, '2026-03-02', 0.075],
    ['by procedure', { hs: '85171300', origin: 'CN', procedure: '4200' }, '2026-03-02', 0.02],
  ])('gives the rate of duty: %s', (_, goods, day, rate) => {
    expect(duty(goods, day)).toBe(rate);
  });

  it('a rate by quantity for a whole heading, and one for a chapter', () => {
    expect(tariff.lookup({ hs: '220830000000' }, '2026-03-02')!.rates.get('EXC')).toMatchObject({
      specific: 12.5,
      unit: 'LPA',
    });
    expect(tariff.lookup({ hs: '85171300' }, '2026-03-02')!.rates.get('VAT')).toMatchObject({ rate: 0.18 });
  });

  it.each([
    ['0101210000', 'BR', '4000', 'import', ['853', 'C640'], ['VETERINARY']],
    ['0101210000', 'FR', '4000', 'import', ['853'], ['VETERINARY']],
    ['0101210000', 'BR', '7100', 'import', ['853'], ['VETERINARY']],
    ['0101210000', 'BR', '1000', 'export', [], []],
    ['85171300', 'CN', '4000', 'import', ['PTT'], ['TELECOM']],
    ['85171300', 'CN', '7100', 'import', [], []],
  ])('%s from %s under %s, %s, needs %j of %j', (hs, origin, procedure, flow, needed, agencies) => {
    const { measures } = tariff.lookup({ hs, origin, procedure, flow }, '2026-03-02')!;
    expect(measures.flatMap(({ documents: any }) => any ?? [])).toEqual(needed);
    expect(measures.flatMap(({ agency }) => agency ?? [])).toEqual(agencies);
  });

  it.each<[string, Record<string, FactValue>, FactValue]>([
    ['item.tariff.known', {}, true],
    ['item.tariff.missingUnits', {}, ['KGM']],
    ['item.tariff.missingDocuments', { area: 'any' }, ['C640']],
    ['item.tariff.preferences', {}, []],
  ])('rules see what an item lacks: %s', async (fact, params, expected) => {
    const item: Item = {
      number: 1,
      hs: '0101210000',
      origin: 'BR',
      procedure: '4000',
      supplementaryUnits: [{ code: 'NMB', quantity: 2 }],
      documents: [{ code: '853' }],
    };
    const declaration: Declaration = {
      format: 'json',
      flow: 'import',
      country: 'XX',
      acceptedAt: '2026-03-02',
      items: [item],
    };
    const call = factCall(factCatalogue.get(fact)!, params);
    const sheet = factSheet(declaration);
    const subject = {
      reference: 'R',
      version: 1,
      declaration,
      trail: [],
      outcomes: [],
      recordedAt: '2026-04-01T00:00:00.000Z',
      sheet,
    };
    const families = { tariff: tariffResolver(() => nationalTariff('XX', book)) };
    await resolveCalls([subject], { declaration: [], item: [call] }, { families });
    expect(sheet.itemCalls![0]![call.key]).toEqual(expected);
  });

  it('rates in columns of the tariff are read by a table a column, over the same file', async () => {
    const adapted = join(folder, 'ours.yaml');
    writeFileSync(
      adapted,
      `id: ours
extends: asycuda-reference
tables:
  duty: &column
    files: [UNTARTAB]
    into: reference.tariff-rate
    fields: { hs: { join: [HS6_COD, TAR_PR1] }, tax: { value: DUT }, rate: { column: TAR_T01, percent: true }, from: VALID_FROM }
  agreement:
    files: [UNTARTAB]
    into: reference.tariff-rate
    fields: { hs: { join: [HS6_COD, TAR_PR1] }, tax: { value: DUT }, preference: { value: "100" }, rate: { column: TAR_T02, percent: true }, from: VALID_FROM }
`,
    );
    const own = mkdtempSync(join(root, 'columns-'));
    writeFileSync(
      join(own, 'UNTARTAB.csv'),
      'HS6_COD,TAR_PR1,TAR_T01,TAR_T02,VALID_FROM\n851713,00,15,5,2022-01-01\n',
    );
    const found: ReferenceInput[] = [];
    const extract = openExtract(own, {
      mapping: adapted,
      references: async (batch) => {
        found.push(...batch);
      },
    });
    for await (const record of extract.records) expect(record).toBeUndefined();
    expect(found.map(({ kind, record }) => [kind, record.rate, record.preference])).toEqual([
      ['tariff-line', undefined, undefined],
      ['tariff-rate', 0.15, undefined],
      ['tariff-rate', 0.05, '100'],
    ]);
  });
});
