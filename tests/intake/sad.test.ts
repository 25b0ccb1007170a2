import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Declaration } from '../../src/declaration/declaration.ts';
import { major } from '../../src/declaration/money.ts';
import { fromRoot } from '../../src/ground/paths.ts';
import type { IntakeRecord } from '../../src/intake/record.ts';
import { ignoredPaths, sadDeclaration } from '../../src/intake/sad/declaration.ts';
import { samples } from '../samples.ts';
import { collect } from './collect.ts';
import { lostMarks } from './marks.ts';
import { valuesOf } from './texts.ts';

const fixtures = fromRoot('tests', 'fixtures', 'sad');
const fixture = (name: string): string => readFileSync(join(fixtures, name), 'utf8');

async function one(xml: string, country?: string): Promise<Extract<IntakeRecord, { kind: 'declaration' }>> {
  const records = await collect(xml, country === undefined ? {} : { country });
  expect(records).toHaveLength(1);
  const [record] = records;
  if (record?.kind !== 'declaration') throw new Error('not a declaration');
  return record;
}

describe('an ASYCUDA SAD of an older version', async () => {
  const { declaration, identity, trail } = await one(fixture('gd-warehouse-discharge.xml'));

  it('is identified by office, year, serial and number of its registration', () => {
    expect(identity).toMatchObject({ reference: 'GDSGO/2014/E412', provisional: false });
    expect(identity.aliases).toEqual(['22/2014/B 9', '2014/B 9']);
  });

  it('tells its country by office and country of export together', () => {
    expect(declaration).toMatchObject({ country: 'GD', currency: 'XCD', flow: 'export' });
  });

  it('has US dates and three stamps, of which none is an event, for they have no clock', () => {
    expect(declaration.registration).toEqual({ serial: 'E', number: '412', date: '2014-05-08' });
    expect(declaration.assessment?.date).toBe('2014-05-08');
    expect(declaration.receipt?.date).toBe('2014-05-09');
    expect(declaration.acceptedAt).toBe('2014-05-08');
  });

  it('left by the office of exit at a time of day: an EXIT event on the local clock', () => {
    expect(trail).toEqual([{ kind: 'EXIT', at: '2014-05-09T16:05:00-04:00', office: 'GDPOS' }]);
  });

  it('numbers items by position and puts write-offs and containers with the item they name', () => {
    const [paint, brushes] = declaration.items;
    expect(paint).toMatchObject({ number: 1, hs: '32089050', precisions: ['00', '', '', 'SKU-771'] });
    expect(paint?.previous).toEqual([
      expect.objectContaining({
        year: '2013',
        number: '905',
        item: 11,
        origin: 'QN',
        netMassWrittenOff: 6,
        valueWrittenOff: { amount: 27170, currency: 'XCD' },
      }),
    ]);
    expect(paint?.containers).toEqual(['CSQU3054383']);
    expect(brushes).toMatchObject({ number: 2, billOfLading: 'AWB 1', previous: [{ reference: 'E 9' }] });
  });

  it('reads element names whatever their capitals', () => {
    expect(declaration.valuation?.externalFreight).toEqual({
      national: { amount: 0, currency: 'XCD' },
      foreign: { amount: 0, currency: 'USD' },
      rate: 2.7169,
    });
  });

  it('takes rates as percents and a suspended line as not payable, and drops empty slots', () => {
    expect(declaration.items[0]?.taxes).toEqual([
      {
        code: 'VAT',
        base: 271.69,
        rate: 15,
        rateKind: 'percent',
        amount: { amount: 4075, currency: 'XCD' },
        method: '2',
        payable: false,
      },
    ]);
    expect(declaration.items[0]?.supplementaryUnits).toEqual([{ code: 'LTR', quantity: 6 }]);
  });

  it('turns numeric countries into letters and leaves the codes of its own system alone', () => {
    expect(declaration.countries).toMatchObject({ destination: 'VC', origin: 'MANY' });
  });

  it('keeps what has no place in the model under extra, by its path', () => {
    expect(declaration.extra).toMatchObject({
      'Export_release/Comments': 'leaves by schooner',
      'General_information/Comments_free_Text': "ship's stores",
      'Transport/Single_waybill_flag': 'true',
      'Financial/Guarantee/Date': '31/12/2014',
    });
    expect(declaration.items[0]?.extra).toEqual({ Free_Text_1: 'slot 14' });
    expect(declaration.items[1]?.documents?.[0]?.extra).toEqual({ Attached_document_date: '13/13/14' });
  });

  it('lets no name of an officer in', () => expect(valuesOf(declaration)).not.toContain('J. Doe'));
});

describe('an ASYCUDA SAD of a newer version', async () => {
  const { declaration, identity } = await one(fixture('al-import.xml'));

  it('is provisional without registration and named by declarant and reference', () => {
    expect(identity).toMatchObject({ reference: 'D77/R-15', provisional: true });
  });

  it('trims white space from codes and reads exponents', () => {
    expect(declaration).toMatchObject({
      office: 'AL110000',
      country: 'AL',
      valuation: { cif: { amount: 1062372400, currency: 'ALL' } },
    });
  });

  it('takes ad valorem rates as fractions and the excise as specific', () => {
    expect(declaration.items[0]?.taxes?.map(({ code, rateKind }) => [code, rateKind])).toEqual([
      ['AKC', 'specific'],
      ['TVS', 'fraction'],
    ]);
  });

  it('read under another country says so', async () => {
    const { declaration: elsewhere } = await one(fixture('al-import.xml'), 'ZZ');
    expect(elsewhere).toMatchObject({ country: 'ZZ', currency: 'XXX' });
    expect(elsewhere.items[0]?.taxes?.[1]?.rateKind).toBe('unknown');
  });
});

describe('a SAD that can not be read', () => {
  const good = fixture('al-import.xml');

  it.each([
    ['a number that is none', '1.0623724E7</Total_CIF>', '12 CT</Total_CIF>', 'CC_FIELD_UNREADABLE'],
    ['an amount beyond any money', '1.0623724E7</Total_CIF>', '1E300</Total_CIF>', 'CC_FIELD_UNREADABLE'],
    ['half an item', '<Number_of_packages>12<', '<Number_of_packages>12.5.1<', 'CC_FIELD_UNREADABLE'],
    ['a flow that is none', '<Sad_flow>I<', '<Sad_flow>Q<', undefined],
    ['a document type', '<ASYCUDA>', '<!DOCTYPE x [<!ENTITY a "b">]><ASYCUDA>', 'CC_XML_FORBIDDEN'],
    ['an entity', '>KAFE SHPK<', '>&lol;<', 'CC_XML_MALFORMED'],
    ['a tag closed by another', '</Quota>', '</Kuota>', 'CC_XML_MALFORMED'],
    ['two roots', '</ASYCUDA>', '</ASYCUDA><ASYCUDA/>', 'CC_XML_MALFORMED'],
  ])('with %s is told by place', async (_, from, to, code) => {
    expect(good).toContain(from);
    const read = collect(good.replace(from, to));
    if (code === undefined) {
      // The type of declaration still tells the flow.
      expect(await read).toHaveLength(1);
    } else {
      await expect(read).rejects.toMatchObject({
        code,
        where: { line: expect.any(Number), column: expect.any(Number) },
      });
    }
  });

  it('is refused whole wherever it is cut', async () => {
    for (let length = 1; length < good.trimEnd().length; length += 37) {
      await expect(collect(good.slice(0, length))).rejects.toMatchObject({
        code: expect.stringMatching(/^CC_(XML_MALFORMED|FORMAT_UNKNOWN)$/),
      });
    }
  });

  it('in an envelope loses only the bad declaration among good ones', async () => {
    const body = good.replace(/^<\?xml.*\n/, '');
    const bad = body.replace('1.0623724E7</Total_CIF>', 'x</Total_CIF>');
    const records = await collect(`<Batch>${body}${bad}${body}</Batch>`);
    expect(records.map((record) => record.kind)).toEqual(['declaration', 'refused', 'declaration']);
    expect(records[1]).toMatchObject({ error: { code: 'CC_FIELD_UNREADABLE', where: { record: 2 } } });
  });
});

/** What the model holds in another shape, so that no mark can stand in its place. */
const reshaped = new Set([
  'property/sad_flow',
  'transport/container_flag',
  'export_release/date_of_exit',
  'export_release/time_of_exit',
]);

async function lost(bytes: Uint8Array): Promise<string[]> {
  const spared = (path: string): boolean => path in ignoredPaths || reshaped.has(path);
  const marked = await lostMarks(bytes, (root) => sadDeclaration(root, undefined).declaration, spared);
  expect(marked.count).toBeGreaterThan(30);
  return marked.lost;
}

describe('no text of a SAD is lost', () => {
  it.each(readdirSync(fixtures))('of %s', async (name) => {
    expect(await lost(readFileSync(join(fixtures, name)))).toEqual([]);
  });
});

describe.skipIf(samples === undefined)('the sample SADs', () => {
  const folder = join(samples ?? '', 'asycuda-sad');
  const sum = (declaration: Declaration, of: (item: Declaration['items'][number]) => number): number =>
    declaration.items.reduce((total, item) => total + of(item), 0);

  it.each([
    ['air-import-119-items.xml', '474575.07', '2108.89', 12, 199],
    ['air-import-119-items-second.xml', undefined, undefined, undefined, undefined],
  ])('%s comes out as printed', async (name, cif, invoice, packages, mass) => {
    const xml = readFileSync(join(folder, name), 'utf8');
    const printed = (tag: string): number => Number(new RegExp(`<${tag}>([^<]+)</${tag}>`).exec(xml)![1]);
    const { declaration, identity } = await one(xml, 'NP');
    expect(declaration.items).toHaveLength(119);
    expect(identity.provisional).toBe(true);
    expect(major(declaration.valuation!.cif!)).toBe(printed('Total_CIF'));
    expect(major(declaration.totals!.invoice!)).toBe(printed('Total_invoice'));
    expect(declaration.totals!.packages).toBe(printed('Total_number_of_packages'));
    expect(declaration.totals!.grossMass).toBe(printed('Total_weight'));
    const printedItems = [...xml.matchAll(/<Total_CIF_itm>([^<]+)<\/Total_CIF_itm>/g)];
    const cents = printedItems.reduce((total, [, text]) => total + Math.round(Number(text) * 100), 0);
    expect(sum(declaration, (item) => item.cif!.amount)).toBe(cents);
    expect(sum(declaration, (item) => item.packages![0]!.count!)).toBeCloseTo(
      declaration.totals!.packages!,
      9,
    );
    expect(sum(declaration, (item) => item.grossMass!)).toBeCloseTo(declaration.totals!.grossMass!, 9);
    if (cif !== undefined) {
      expect(major(declaration.valuation!.cif!)).toBe(Number(cif));
      expect(major(declaration.totals!.invoice!)).toBe(Number(invoice));
      expect([declaration.totals!.packages, declaration.totals!.grossMass]).toEqual([packages, mass]);
    }
  });

  it.each(['air-import-119-items.xml', 'air-import-119-items-second.xml'])(
    '%s loses no text',
    async (name) => {
      expect(await lost(readFileSync(join(folder, name)))).toEqual([]);
    },
  );
});
