import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { countryProfile } from '../../src/declaration/country-profile.ts';
import { CrosscheckError } from '../../src/errors.ts';
import { fromRoot } from '../../src/ground/paths.ts';
import type { IntakeRecord } from '../../src/intake/record.ts';
import { wcoDeclaration } from '../../src/intake/wco/declaration.ts';
import { at, type XmlElement } from '../../src/intake/xml.ts';
import { samples } from '../samples.ts';
import { collect } from './collect.ts';
import { lostMarks } from './marks.ts';

const imported = readFileSync(fromRoot('tests', 'fixtures', 'wco', 'import.xml'), 'utf8');

async function one<K extends IntakeRecord['kind']>(
  xml: string | Uint8Array,
  kind: K,
): Promise<Extract<IntakeRecord, { kind: K }>> {
  const records = await collect(xml, { receivedAt: '2026-01-01T00:00:00Z' });
  expect(records.map((record) => record.kind)).toEqual([kind]);
  return records[0] as Extract<IntakeRecord, { kind: K }>;
}

const named =
  '<FunctionalReferenceID>LRN-0001</FunctionalReferenceID><ID>25GB00000000000001</ID><VersionID>2</VersionID>';
const dated = (name: string, text: string) =>
  `<${name}><DateTimeString formatCode="304">${text}</DateTimeString></${name}>`;

/** A notification as CDS sends it: no namespace, empty metadata. */
const notification = (code: string, before = '', inside = '') =>
  `<MetaData><WCOTypeName>RES</WCOTypeName><ResponsibleCountryCode/><Response><FunctionCode>${code}</FunctionCode>
<FunctionalReferenceID>n-${code}</FunctionalReferenceID>${dated('IssueDateTime', '20250801101500Z')}${before}
<Declaration>${inside}${named}</Declaration></Response></MetaData>`;

const request = (type: string, body = '') =>
  `<MetaData><Declaration><FunctionCode>13</FunctionCode><FunctionalReferenceID>r-1</FunctionalReferenceID>
<ID>25GB00000000000001</ID><TypeCode>${type}</TypeCode>${body}</Declaration></MetaData>`;

const statement =
  '<AdditionalInformation><StatementDescription>a duplicate</StatementDescription><StatementTypeCode>AES</StatementTypeCode></AdditionalInformation>';

describe('a WCO declaration', async () => {
  const { declaration, identity } = await one(imported, 'declaration');
  const [saws, drills] = declaration.items;

  it('is provisional until the system gives an MRN, and named by declarant and local reference', () => {
    expect(identity).toMatchObject({
      reference: 'GB000000000001/LRN-0001',
      provisional: true,
      aliases: ['LRN-0001'],
    });
  });

  it('has parties, places and terms where the model has them', () => {
    expect(declaration).toMatchObject({
      country: 'GB',
      currency: 'GBP',
      flow: 'import',
      type: 'IMA',
      generalProcedure: '4',
      acceptedAt: '2025-07-31',
      declarant: { id: 'GB000000000001', representative: 'GB000000000002' },
      consignee: { id: 'GB000000000003' },
      consignor: { name: 'Fuji Tools', address: '1 Harbour Street\n530-0001\nOsaka', country: 'JP' },
      transport: { location: 'GBAUFXTFXTFXT', containerised: true, inlandMode: '3', border: { mode: '1' } },
      containers: [{ number: 'CSQU3054383', seals: ['S-17'] }],
      terms: { incoterm: 'CIF', place: 'GBFXT', deferment: '1108000' },
      warehouse: { id: '1117000GB', type: 'U' },
      totals: { items: 2, packages: 15, invoice: { amount: 150000, currency: 'JPY' } },
    });
  });

  it('puts the first procedure together from requested and previous and the rest into a list', () => {
    expect(saws).toMatchObject({
      procedure: '4071',
      nationalProcedure: '000',
      additionalProcedures: ['000', 'C07'],
    });
    expect(drills?.procedure).toBe('4000');
  });

  it('tells origin from preferential origin and reads the commodity code by its lists', () => {
    expect(saws).toMatchObject({
      origin: 'JP',
      preferentialOrigin: 'VN',
      hs: '82021000',
      precisions: ['00'],
      additionalCodes: ['VATZ'],
      preference: '300',
    });
  });

  it('weighs in kilograms whatever the unit', () => {
    expect(saws).toMatchObject({
      grossMass: 750,
      netMass: 700,
      supplementaryUnits: [{ code: 'NAR', quantity: 40 }],
    });
  });

  it('reads documents, tax lines and packages', () => {
    expect(saws?.documents?.[0]).toMatchObject({
      code: 'Y929',
      reference: 'none',
      status: 'AC',
      quantity: 10.5,
    });
    expect(saws?.taxes?.[1]).toMatchObject({ code: '451', base: 12.5, baseUnit: 'LTR', method: 'E' });
    expect(saws?.packages).toEqual([{ count: 10, kind: 'BX', marks: 'SAW' }]);
  });

  it('refuses a mass in a unit that is none of mass', async () => {
    await expect(collect(imported.replace('unitCode="TNE"', 'unitCode="LTR"'))).rejects.toMatchObject({
      code: 'CC_FIELD_UNREADABLE',
      where: { line: 44 },
    });
  });

  it('loses no text', async () => {
    const structural =
      /(functioncode|declaration\/typecode|containercode|identificationtypecode|datetimestring|origin\/typecode)$/;
    const positions = /(packaging|transportequipment|seal)\/sequencenumeric$/;
    const { count, lost } = await lostMarks(
      Buffer.from(imported),
      (root: XmlElement) => wcoDeclaration(at(root, 'declaration')!, countryProfile('GB')),
      (path) => !path.startsWith('declaration/') || structural.test(path) || positions.test(path),
    );
    expect(count).toBeGreaterThan(60);
    expect(lost).toEqual([]);
  });
});

describe('what the system answers', () => {
  it.each([
    ['01', 'REGISTER', '', dated('AcceptanceDateTime', '20250801111400+01')],
    ['02', 'LODGE', '', ''],
    ['05', 'LANE', '', ''],
    ['08', 'RELEASE', '', ''],
    ['09', 'RELEASE', '', ''],
    ['10', 'CANCEL', '', dated('CancellationDateTime', '20250801101400Z')],
    ['16', 'EXIT', '', ''],
  ])(
    'with function code %s is a %s of the declaration of that MRN or LRN',
    async (code, kind, before, inside) => {
      const answer = await one(notification(code, before, inside), 'answer');
      expect(answer).toMatchObject({
        declaration: '25GB00000000000001',
        aliases: ['25GB00000000000001', 'LRN-0001'],
      });
      expect(answer.trail).toMatchObject([{ kind, id: `n-${code}/${kind}`, version: 2, role: 'system' }]);
    },
  );

  it('happened when it says, and was entered when it was issued', async () => {
    const answer = await one(
      notification('01', '', dated('AcceptanceDateTime', '20250801111400+01')),
      'answer',
    );
    expect(answer.trail[0]).toMatchObject({
      at: '2025-08-01T11:14:00+01:00',
      enteredAt: '2025-08-01T10:15:00Z',
    });
  });

  it('orders a control by the lane it goes with', async () => {
    const physical = await one(notification('05'), 'answer');
    expect(physical.trail).toMatchObject([{ kind: 'LANE', to: 'red', control: 'physical' }]);
    const papers = await one(notification('06'), 'answer');
    expect(papers.trail).toMatchObject([
      { kind: 'LANE', to: 'yellow', control: 'documents' },
      { kind: 'QUERY' },
    ]);
  });

  it('rejects the lodgement of a message, with the reason in its own codes', async () => {
    const error =
      '<Error><ValidationCode>CDS12005</ValidationCode><Pointer><DocumentSectionCode>42A</DocumentSectionCode></Pointer><Pointer><DocumentSectionCode>17C</DocumentSectionCode><TagID>R144</TagID></Pointer></Error>';
    const { trail } = await one(notification('03', error), 'answer');
    expect(trail).toMatchObject([{ kind: 'LODGE', result: 'rejected', reason: 'CDS12005 at 42A/17C R144' }]);
  });

  it('assesses the sum of its tax lines and keeps the lines', async () => {
    const line = (amount: string) =>
      `<DutyTaxFee><TypeCode>A00</TypeCode><Payment><PaymentAmount currencyID="GBP">${amount}</PaymentAmount></Payment></DutyTaxFee>`;
    const items = `<GoodsShipment><GovernmentAgencyGoodsItem><Commodity>${line('270.00')}${line('2054.05')}</Commodity></GovernmentAgencyGoodsItem></GoodsShipment>`;
    const { trail } = await one(notification('13', '', items), 'answer');
    expect(trail[0]).toMatchObject({ kind: 'ASSESS', tax: { amount: 232405, currency: 'GBP' } });
    expect(JSON.stringify(trail[0]?.extra)).toContain('2054.05');
  });

  it('corrected by customs has found something; corrected at the request of the trader has not', async () => {
    const amendment =
      '<Amendment><Pointer><DocumentSectionCode>68A</DocumentSectionCode></Pointer><Pointer><DocumentSectionCode>65A</DocumentSectionCode></Pointer></Amendment>';
    const own = await one(notification('07', amendment), 'answer');
    expect(own.outcomes).toEqual([
      { control: 'physical', result: 'quantity', status: 'final', at: '2025-08-01T10:15:00Z' },
    ]);
    const asked = await one(notification('07', statement + amendment), 'answer');
    expect(asked.outcomes).toEqual([]);
    expect(asked.trail).toMatchObject([{ kind: 'AMEND', result: 'applied', reason: 'a duplicate' }]);
  });

  it('with a function code that nobody knows is refused by place', async () => {
    await expect(collect(notification('77'))).rejects.toMatchObject({
      code: 'CC_FIELD_UNREADABLE',
      where: { line: 1 },
    });
  });
});

describe('what the trader adds', () => {
  it.each([
    ['COR', 'AMEND'],
    ['INV', 'CANCEL'],
    ['GPR', 'ARRIVE'],
  ])('%s is a %s by the declarant', async (type, kind) => {
    const { trail, declaration } = await one(request(type, statement), 'answer');
    expect(declaration).toBe('25GB00000000000001');
    expect(trail).toMatchObject([
      { kind, role: 'declarant', at: '2026-01-01T00:00:00Z', reason: 'a duplicate' },
    ]);
    expect(trail[0]?.extra).toMatchObject({ at: 'the message tells no time; this is when it was read' });
  });

  it('keeps what an amendment changes', async () => {
    const changed =
      '<GoodsShipment><GovernmentAgencyGoodsItem><Commodity><InvoiceLine><ItemChargeAmount currencyID="GBP">999</ItemChargeAmount></InvoiceLine></Commodity></GovernmentAgencyGoodsItem></GoodsShipment>';
    const { trail } = await one(request('COR', changed), 'answer');
    expect(Object.values(trail[0]?.extra ?? {})).toContain('999');
  });

  it('is read inside an envelope', async () => {
    const body = imported.replace(/^<\?xml.*\n/, '');
    const { declaration } = await one(
      `<submit><common><regime>X</regime></common><detail>${body}</detail></submit>`,
      'declaration',
    );
    expect(declaration.localReference).toBe('LRN-0001');
  });
});

describe.skipIf(samples === undefined)('the UK CDS samples', async () => {
  const folder = join(samples ?? '', 'uk-cds');
  const names = samples === undefined ? [] : readdirSync(folder, { recursive: true, encoding: 'utf8' });
  const files = names.filter((name) => /\.xml$/i.test(name)).sort();
  const results: { name: string; records: IntakeRecord[]; error?: CrosscheckError }[] = [];
  for (const name of files) {
    try {
      results.push({ name, records: await collect(readFileSync(join(folder, name))) });
    } catch (error) {
      if (!(error instanceof CrosscheckError)) throw error;
      results.push({ name, records: [], error });
    }
  }
  const refused = results.filter(({ error }) => error !== undefined);

  it('are read, every one that is well-formed and speaks of a declaration', () => {
    const malformed = refused.filter(({ error }) => error?.code === 'CC_XML_MALFORMED');
    expect(malformed.map(({ name, error }) => [name, error?.where.line, error?.params.problem])).toEqual([
      ['TT_EX022a/TT_EX022a_Declaration1_(Step1).xml', 52, 'malformed comment'],
      ['TT_IM084a/TT_IM084a.xml', 164, 'malformed comment'],
    ]);
    const foreign = refused.filter((result) => !malformed.includes(result));
    expect(foreign).toHaveLength(20);
    for (const { name, error } of foreign) {
      // Messages between ports and the inventory speak of consignments, not of declarations.
      expect(error?.code, name).toBe('CC_FORMAT_UNKNOWN');
      expect(error?.message, name).toMatch(/inventoryLinking/i);
    }
  });

  it('hold one record each, none of them refused', () => {
    const read = results.filter(({ error }) => error === undefined);
    expect(read.every(({ records }) => records.length === 1 && records[0]?.kind !== 'refused')).toBe(true);
    expect(read.filter(({ records }) => records[0]?.kind === 'declaration')).toHaveLength(167);
    expect(read.filter(({ records }) => records[0]?.kind === 'answer')).toHaveLength(259);
  });

  it('keep comments out of the data', () => {
    const commented = results.filter(({ name }) => name.includes('TT_IM002b_Amendment'));
    expect(JSON.stringify(commented[0]?.records)).toContain('"999"');
    expect(JSON.stringify(results.map(({ records }) => records))).not.toContain('<!--');
  });
});
