import { describe, expect, it } from 'vitest';
import type { Declaration } from '../../src/declaration/declaration.ts';
import { CrosscheckError } from '../../src/errors.ts';
import { readCargo } from '../../src/sources/cargo/awmds.ts';
import {
  type Bill,
  balances,
  changedMembers,
  degroupageGaps,
  type Manifest,
  manifestGaps,
  writeOffs,
} from '../../src/sources/cargo/ledger.ts';

const bol = (reference: string, packages: number, mass: number, more = '') =>
  `
  <Bol_segment>
    <Bol_id><Bol_reference>${reference}</Bol_reference><Line_number>1</Line_number><Bol_nature>23</Bol_nature><Bol_type_code>BL</Bol_type_code></Bol_id>
    <Load_unload_place><Place_of_loading_code>CNSHA</Place_of_loading_code><Place_of_unloading_code>XXPRT</Place_of_unloading_code></Load_unload_place>
    <Traders_segment>
      <Exporter><Exporter_name>Maker</Exporter_name></Exporter>
      <Consignee><Consignee_code>T1</Consignee_code><Consignee_name>Acme</Consignee_name></Consignee>
    </Traders_segment>
    ${more}
    <Goods_segment><Number_of_packages>${packages}</Number_of_packages><Package_type_code>CT</Package_type_code><Gross_mass>${mass}</Gross_mass>
      <Shipping_marks>N/M</Shipping_marks><Goods_description>Telephones &amp; parts</Goods_description></Goods_segment>
    <Location><Location_code>SHED1</Location_code></Location>
    <HS_Compliance><HS_code>851713</HS_code></HS_compliance>
  </Bol_segment>`.replace('HS_compliance', 'HS_Compliance');

const container = `<ctn_segment><Ctn_reference>MSKU1234565</Ctn_reference><Number_of_packages>100</Number_of_packages><Type_of_container>22G1</Type_of_container>
  <Empty_Full>1/1</Empty_Full><Marks1>SEAL9</Marks1><Goods_weight>1200.5</Goods_weight></ctn_segment>`;

const awmds = (bols: string) => `<?xml version="1.0" encoding="UTF-8"?>
<Awmds>
  <General_segment>
    <General_segment_id><Customs_office_code>PRT01</Customs_office_code><Voyage_number>V42</Voyage_number>
      <Date_of_departure>2026-01-05</Date_of_departure><Date_of_arrival>2026-01-20</Date_of_arrival></General_segment_id>
    <Totals_segment><Total_number_of_bols>2</Total_number_of_bols><Total_number_of_packages>150</Total_number_of_packages>
      <Total_number_of_containers>1</Total_number_of_containers><Total_gross_mass>1500.75</Total_gross_mass></Totals_segment>
    <Transport_information><Carrier><Carrier_code>MSK</Carrier_code></Carrier><Mode_of_transport_code>1</Mode_of_transport_code>
      <Identity_of_transporter>EVER SEEN</Identity_of_transporter></Transport_information>
    <Load_unload_place><Place_of_departure_code>CNSHA</Place_of_departure_code></Load_unload_place>
  </General_segment>${bols}
</Awmds>`;

const ofKind = <T>(records: readonly { kind: string; record: unknown }[], kind: string): T[] =>
  records.filter((each) => each.kind === kind).map(({ record }) => record as T);

describe('manifests of ASYCUDA World', () => {
  it('AWMDS gives the manifest, its bills and their containers', async () => {
    const { records, refused } = await readCargo(
      awmds(bol('B1', 100, 1200.5, container) + bol('B2', 50, 300.25)),
    );
    expect(refused).toEqual([]);
    const voyage = { office: 'PRT01', voyage: 'V42', departure: '2026-01-05', from: '2026-01-05' };
    expect(ofKind(records, 'manifest')).toEqual([
      {
        ...voyage,
        arrival: '2026-01-20',
        carrier: 'MSK',
        vessel: 'EVER SEEN',
        mode: '1',
        loadingPlace: 'CNSHA',
        bills: 2,
        packages: 150,
        containers: 1,
        grossMass: 1500.75,
      },
    ]);
    expect(ofKind<Bill>(records, 'bill')[0]).toEqual({
      ...voyage,
      bill: 'B1',
      line: 1,
      nature: '23',
      type: 'BL',
      consignee: 'T1',
      consigneeName: 'Acme',
      exporter: 'Maker',
      loadingPlace: 'CNSHA',
      unloadingPlace: 'XXPRT',
      location: 'SHED1',
      packages: 100,
      packageKind: 'CT',
      grossMass: 1200.5,
      description: 'Telephones & parts',
      marks: 'N/M',
      hs: ['851713'],
    });
    expect(ofKind(records, 'bill-container')).toEqual([
      {
        ...voyage,
        bill: 'B1',
        container: 'MSKU1234565',
        type: '22G1',
        load: '1/1',
        packages: 100,
        goodsMass: 1200.5,
        seals: ['SEAL9'],
      },
    ]);
  });

  it('vehicles are read by what their elements are called, one by one or in a list', async () => {
    const one = `<Vehicle_segment><Vehicle_chassis_number>XX1TEST0000000001</Vehicle_chassis_number><Make>ACME</Make>
      <Model>Hatch</Model><Year_of_manufacture>2019</Year_of_manufacture><Colour>RED</Colour><HS_code>8703.23</HS_code></Vehicle_segment>`;
    const list = `<Vehicles><Vehicle><VIN>XX1TEST0000000002</VIN><Brand>ACME</Brand><Model_year>03/2021</Model_year>
      <Engine_number>E77</Engine_number><Gross_weight>1450.5</Gross_weight></Vehicle><Vehicle><Chassis>XX3</Chassis></Vehicle></Vehicles>`;
    const { records, refused, unmapped } = await readCargo(
      awmds(bol('B1', 1, 1200, one) + bol('B2', 2, 2900, list)),
    );
    expect([refused, unmapped]).toEqual([[], []]);
    const voyage = { office: 'PRT01', voyage: 'V42', departure: '2026-01-05', from: '2026-01-05' };
    expect(ofKind(records, 'bill-vehicle')).toEqual([
      {
        ...voyage,
        bill: 'B1',
        chassis: 'XX1TEST0000000001',
        make: 'ACME',
        model: 'Hatch',
        year: 2019,
        colour: 'RED',
        hs: '870323',
      },
      {
        ...voyage,
        bill: 'B2',
        chassis: 'XX1TEST0000000002',
        make: 'ACME',
        year: 2021,
        engine: 'E77',
        grossMass: 1450.5,
      },
      { ...voyage, bill: 'B2', chassis: 'XX3' },
    ]);
    expect(ofKind<Bill>(records, 'bill')[0]?.hs).toEqual(['8703.23', '851713']);
  });

  it('a vehicle without its chassis is left out with its line, the bill and other vehicles are kept', async () => {
    const { records, refused } = await readCargo(
      awmds(
        bol(
          'B1',
          2,
          2400,
          '<Vehicle_segment><Make>ACME</Make></Vehicle_segment><Vehicle_segment><VIN>XX2</VIN></Vehicle_segment>',
        ),
      ),
    );
    expect(ofKind(records, 'bill')).toHaveLength(1);
    expect(ofKind<{ chassis: string }>(records, 'bill-vehicle').map(({ chassis }) => chassis)).toEqual([
      'XX2',
    ]);
    expect(refused.map(({ code, message }) => [code, message])).toEqual([
      ['CC_REFERENCE_INVALID', expect.stringContaining('chassis')],
    ]);
  });

  it('what of a bill has no field in the model is told, with how often it was met', async () => {
    const vehicle = (chassis: string, more: string) =>
      `<Vehicle_segment><VIN>${chassis}</VIN>${more}</Vehicle_segment>`;
    const { records, refused, unmapped } = await readCargo(
      awmds(
        bol(
          'B1',
          2,
          2400,
          vehicle('XX1', '<Doors>4</Doors>') + vehicle('XX2', '<Year>new</Year>') + container,
        ) +
          bol('B2', 1, 1200, `${vehicle('XX3', '<Doors>2</Doors>')}<Remarks>frail</Remarks><Empty_segment/>`),
      ),
    );
    expect(refused).toEqual([]);
    expect(ofKind(records, 'bill')).toHaveLength(2);
    expect(unmapped).toEqual([
      { segment: 'Vehicle_segment/Doors', count: 2 },
      { segment: 'Vehicle_segment/Year', count: 1 },
      { segment: 'Remarks', count: 1 },
    ]);
    expect((await readCargo(awmds(bol('B1', 1, 1)))).unmapped).toEqual([]);
  });

  it('a bill without its reference is left out with its line, the others are kept', async () => {
    const { records, refused } = await readCargo(awmds(bol('', 1, 1) + bol('B2', 50, 300)));
    expect(ofKind<Bill>(records, 'bill').map(({ bill }) => bill)).toEqual(['B2']);
    expect(refused.map(({ code, where }) => [code, where.line])).toEqual([['CC_REFERENCE_INVALID', 13]]);
  });

  it('a degroupage names the master bill of each house bill', async () => {
    const { records } = await readCargo(
      `<Awbolds><Master_bol><Customs_office_code>PRT01</Customs_office_code><Voyage_number>V42</Voyage_number><Date_of_departure>2026-01-05</Date_of_departure><Reference_number>B1</Reference_number></Master_bol>${bol('H1', 60, 700)}${bol('H2', 40, 500.5)}</Awbolds>`,
    );
    expect(ofKind<Bill>(records, 'bill').map(({ bill, master, voyage }) => [bill, master, voyage])).toEqual([
      ['H1', 'B1', 'V42'],
      ['H2', 'B1', 'V42'],
    ]);
  });

  it.each([
    ['another document', '<Sad/>', 'CC_CARGO_UNKNOWN'],
    ['a cut document', awmds(bol('B1', 1, 1)).slice(0, -20), 'CC_XML_MALFORMED'],
    ['a document type', `<!DOCTYPE x><Awmds/>`, 'CC_XML_FORBIDDEN'],
  ])('%s is refused as a whole', async (_, text, code) => {
    const thrown = await readCargo(text).catch((error: unknown) => error);
    expect(thrown).toBeInstanceOf(CrosscheckError);
    expect((thrown as CrosscheckError).code).toBe(code);
  });
});

const bill = (reference: string, packages: number, grossMass: number, master?: string): Bill => ({
  office: 'PRT01',
  voyage: 'V42',
  departure: '2026-01-05',
  from: '2026-01-05',
  bill: reference,
  packages,
  grossMass,
  ...(master === undefined ? {} : { master }),
});
const declaration = (
  items: { bill?: string; packages: number; mass: number }[],
  header: Partial<Declaration> = {},
): Declaration => ({
  format: 'json',
  flow: 'import',
  items: items.map((item, index) => ({
    number: index + 1,
    packages: [{ count: item.packages }],
    grossMass: item.mass,
    ...(item.bill === undefined ? {} : { billOfLading: item.bill }),
  })),
  ...header,
});

describe('what remains of a bill', () => {
  const of = (bills: Bill[], ...taken: ReturnType<typeof writeOffs>[]) => {
    const found = balances(bills, taken.flat());
    return (reference: string) => {
      const { packages, grossMass } = found.get(reference)!;
      return [packages, grossMass];
    };
  };

  it('items write off the bills they name', () => {
    const left = of(
      [bill('B1', 100, 1200.5)],
      writeOffs('D1', declaration([{ bill: 'B1', packages: 30, mass: 300.1 }])),
      writeOffs('D2', declaration([{ bill: 'B1', packages: 70, mass: 900.4 }])),
    );
    expect(left('B1')).toEqual([0, 0]);
  });

  it('a declaration that names the bill as a whole writes off its totals', () => {
    const left = of(
      [bill('B1', 100, 1200)],
      writeOffs(
        'D1',
        declaration(
          [
            { packages: 60, mass: 700 },
            { packages: 10, mass: 100 },
          ],
          { billOfLading: 'B1' },
        ),
      ),
    );
    expect(left('B1')).toEqual([30, 400]);
  });

  it('more than there was leaves less than nothing', () => {
    expect(
      of([bill('B1', 10, 100)], writeOffs('D1', declaration([{ bill: 'B1', packages: 11, mass: 90 }])))('B1'),
    ).toEqual([-1, 10]);
  });

  it('a cancelled declaration gives back what it took', () => {
    const d = declaration([{ bill: 'B1', packages: 10, mass: 100 }]);
    expect(of([bill('B1', 10, 100)], writeOffs('D1', d, true))('B1')).toEqual([10, 100]);
  });

  it('degroupage empties the master into its house bills, and these are written off', () => {
    const left = of(
      [bill('B1', 100, 1200.5), bill('H1', 60, 700, 'B1'), bill('H2', 40, 500.5, 'B1')],
      writeOffs('D1', declaration([{ bill: 'H1', packages: 60, mass: 700 }])),
    );
    expect([left('B1'), left('H1'), left('H2')]).toEqual([
      [0, 0],
      [0, 0],
      [40, 500.5],
    ]);
  });
});

describe('sums that must agree', () => {
  const manifest: Manifest = {
    office: 'PRT01',
    voyage: 'V42',
    departure: '2026-01-05',
    from: '2026-01-05',
    bills: 2,
    packages: 150,
    grossMass: 1500.75,
  };
  it('the summary of the manifest is its bills, house bills not counted again', () => {
    expect(
      manifestGaps(manifest, [bill('B1', 100, 1200.5), bill('B2', 50, 300.25), bill('H1', 60, 700, 'B1')]),
    ).toEqual([]);
    expect(manifestGaps(manifest, [bill('B1', 100, 1200.5)])).toEqual([
      { what: 'bills', said: 2, found: 1 },
      { what: 'packages', said: 150, found: 100 },
      { what: 'grossMass', said: 1500.75, found: 1200.5 },
    ]);
  });
  it('a master bill is the sum of its house bills, where it was broken up', () => {
    expect(degroupageGaps(bill('B1', 100, 1200), [])).toEqual([]);
    expect(degroupageGaps(bill('B1', 100, 1200), [bill('H1', 60, 700), bill('H2', 41, 500)])).toEqual([
      { what: 'packages', said: 100, found: 101 },
    ]);
  });
  it('tells what was changed between two words on a bill', () => {
    expect(changedMembers(bill('B1', 100, 1200), { ...bill('B1', 100, 1100), consignee: 'T2' })).toEqual([
      'consignee',
      'grossMass',
    ]);
  });
});
