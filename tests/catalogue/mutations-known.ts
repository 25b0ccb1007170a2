/**
 * What can be wrong with the clean declaration against what an administration knows beside it: its earlier declarations,
 * accounts, cargo, tariff and registers. In the form of ./mutations.ts.
 */
import type { ListFile } from '../../src/facts/list/model.ts';
import type { TrailStep } from '../../src/facts/subject.ts';
import { type Kept, measured, type Other } from './administration.ts';
import { after, change, euros, type Mutation, plus, register, step, without } from './mutations.ts';

const both = (given: Record<string, unknown>) => ({ items: [given, given] });
const goods = (area: string) => ({
  'item.hs': measured[area]!.hs,
  'item.description': `Goods of the area ${area}`,
});
const placed = (kind: TrailStep['kind']) => change(kind, { office: 'XX001' });
const listed = (
  id: string,
  key: string,
  values: NonNullable<ListFile['entries'][number]['values']> = {},
): ListFile => ({
  ...register(id),
  entries: [{ key, values }],
});
const many = (count: number, of: (index: number) => Other): Other[] =>
  Array.from({ length: count }, (_, index) => of(index));
/** A warehouse entry of the goods: 40 kg of the first item are left to be taken by nobody else. */
const entry = (more: Partial<Other> = {}, given: Record<string, unknown> = {}): Other => ({
  reference: 'W1',
  day: '2026-02-02',
  given: {
    'declaration.mrn': 'MRN-W1',
    'declaration.generalProcedure': '7',
    items: [{ 'item.procedure': '7100', 'item.netMass': 40, ...given }, null],
  },
  ...more,
});
const outOfWarehouse = (more: Record<string, unknown> = {}) => ({
  items: [{ 'item.procedure': '4071', 'item.previousReference': 'MRN-W1', ...more }, {}],
});
const act = 'Opened boxes 1 to 4, counted, described as declared.';
const criterion = (from: string, text: string, user: string): Kept => [
  'criterion',
  { criterion: 'C1', from, text, user },
];
const licence = (code: string): ListFile =>
  listed('licences', `${code}|LIC-1`, { quantity: 20, unit: 'KGM', holder: 'C1' });
const underLicence = (code: string) => ({
  'item.documentCodes': ['N380', code],
  'item.documentReferences': ['INV-9', 'LIC-1'],
});

export const knownMutations: Mutation[] = [
  // Tariff
  { breaks: 'a code that the tariff does not have', finds: ['FMT-016D'], given: { 'item.hs': '85171399' } },
  {
    breaks: 'not the official rate of the day',
    finds: ['VAL-004A'],
    also: ['VAL-004'],
    given: { 'valuation.invoiceRate': 0.56 },
  },
  {
    breaks: 'half the taxes of the tariff',
    finds: ['VAL-013C'],
    also: ['VAL-011B', 'VAL-013A', 'VAL-013B'],
    given: { 'item.taxTotal': 800 },
  },
  {
    breaks: 'no unit where the line asks for pieces',
    finds: ['CLS-001'],
    given: { 'item.units': null, 'item.quantity': null },
  },
  {
    breaks: 'a unit that the line does not know',
    finds: ['CLS-001A'],
    given: { 'item.units': ['NAR', 'LTR'] },
  },
  {
    breaks: 'an additional code that the line does not know',
    finds: ['CLS-006'],
    given: { 'item.additionalCodes': ['Z9'] },
  },
  {
    breaks: 'lower duty than its neighbour, for the first time',
    finds: ['CLS-005'],
    also: ['VAL-013C'],
    given: { 'item.hs': '85171400' },
    known: {
      records: [
        ['tariff-line', { hs: '85171400', units: ['NAR'] }],
        ...[
          ['DUT', 0],
          ['EXC', 0],
          ['VAT', 0.2],
        ].map(([tax, rate]): Kept => ['tariff-rate', { hs: '85171400', tax, rate }]),
        ['tariff-rate', { hs: '85171300', tax: 'DUT', rate: 0.3, from: '2026-03-01' }],
      ],
    },
  },
  {
    breaks: 'a preference that is none',
    finds: ['ORG-001'],
    also: ['ORG-003'],
    given: { 'item.preference': '900' },
  },
  {
    breaks: 'a permit of the general kind missing',
    finds: ['ORG-008', 'PRO-001'],
    also: ['PTY-011'],

    given: goods('other'),
  },
  {
    breaks: 'plants without the paper of their agency',
    finds: ['PRO-001'],
    also: ['PTY-011'],
    given: goods('plant'),
  },
  {
    breaks: 'listed species without a permit',
    finds: ['PRO-002'],
    also: ['PTY-011', 'PRO-001'],
    given: goods('cites'),
  },
  {
    breaks: 'waste without notification',
    finds: ['PRO-003'],
    also: ['PTY-011', 'PRO-001'],
    given: goods('waste'),
  },
  {
    breaks: 'a controlled substance without licence',
    finds: ['PRO-004'],
    also: ['PTY-011', 'PRO-001'],
    given: goods('ozone'),
  },
  {
    breaks: 'a precursor for a trader who is not authorised',
    finds: ['PRO-005'],
    also: ['PTY-011', 'PRO-005A'],
    given: goods('precursor'),
    known: { lists: [register('precursor-users', 'C9')] },
  },
  {
    breaks: 'a precursor for the first time',
    finds: ['PRO-005A'],
    also: ['PTY-011'],
    given: goods('precursor'),
  },
  {
    breaks: 'dual-use goods to a watched destination',
    finds: ['PRO-006'],
    also: ['PTY-011'],

    given: { ...goods('dual-use'), 'countries.destination': 'QX' },
    known: { lists: [register('strategic-destinations', 'QX')] },
  },
  {
    breaks: 'arms at an office not named for them',
    finds: ['PRO-007'],
    also: ['PTY-011'],

    given: goods('arms'),
    known: { lists: [register('arms-offices', 'XX009')] },
  },
  {
    breaks: 'arms for a consignee not authorised',
    finds: ['PRO-007A'],
    also: ['PTY-011'],

    given: goods('arms'),
    known: { lists: [register('arms-consignees', 'C9')] },
  },
  {
    breaks: 'medicines for an importer without licence',
    finds: ['PRO-008'],
    also: ['PTY-011'],

    given: goods('medicine'),
    known: { lists: [register('pharmaceutical-licences', 'C9')] },
  },
  {
    breaks: 'medicines that waited for five days',
    finds: ['PRO-008A'],
    also: ['PTY-011'],

    given: goods('medicine'),
    trail: (steps) =>
      steps.map((one) => (one.kind === 'ARRIVE' ? { ...one, at: '2026-02-25T06:00:00.000Z' } : one)),
  },
  {
    breaks: 'food from an establishment not listed',
    finds: ['PRO-009'],
    also: ['PTY-011'],

    given: goods('food'),
    known: { lists: [register('food-establishments', 'Farm')] },
  },
  {
    breaks: 'waste of a listed country',
    finds: ['PRO-003A'],
    also: ['PTY-011'],

    given: { 'item.hs': '26204000', 'item.documentCodes': ['N380', 'C670'], 'item.description': 'Ash' },
    known: { lists: [register('waste-lines', '26204000'), register('waste-countries', 'CN')] },
  },
  {
    breaks: 'outside the values of the file',
    finds: ['VAL-009'],
    known: { lists: [listed('value-file', '851713|CN', { min: 60, max: 90 })] },
  },
  {
    breaks: 'a brand at a fifth of its price by a known route',
    finds: ['PRO-011', 'VAL-010', 'VAL-011A'],
    given: { 'item.cif': 1000, 'item.statisticalValue': 1000, 'valuation.cif': 6000 },
    also: ['VAL-011', 'VAL-011B', 'VAL-001', 'VAL-003', 'VAL-013C'],
    known: { lists: [register('brand-sensitive', '85171300'), register('counterfeit-routes', 'CN|CN')] },
  },
  {
    breaks: 'more than the licence has left',
    finds: ['ORG-009'],
    given: underLicence('L9'),
    known: { lists: [licence('L9')] },
  },
  {
    breaks: 'a licence of somebody else',
    finds: ['ORG-009A'],
    given: underLicence('L9'),
    known: { lists: [listed('licences', 'L9|LIC-1', { quantity: 900, unit: 'KGM', holder: 'C9' })] },
  },
  {
    breaks: 'more of a controlled substance than licensed',
    finds: ['PRO-004A'],
    given: underLicence('L100'),
    also: ['ORG-009'],
    known: { lists: [licence('L100')] },
  },
  {
    breaks: 'exempt without being on the register',
    finds: ['ORG-011'],
    given: { 'item.nationalProcedure': 'E10' },
    also: ['ORG-010', 'VAL-013C'],
    known: { lists: [register('exempting-procedures', 'E10'), register('exemption-holders', 'C9|E10')] },
  },
  {
    breaks: 'exempt goods foreign to the business',
    finds: ['ORG-013'],
    given: { 'item.taxTotal': 0, 'item.hs': '40111000', 'item.description': 'Tyres' },
    also: ['PTY-011', 'VAL-013A', 'VAL-013B', 'FMT-016D'],
  },

  // Declared values against earlier ones
  {
    breaks: 'a tenth of what such goods cost',
    finds: ['VAL-010', 'VAL-011', 'VAL-011A', 'VAL-016'],
    given: { 'declarant.id': 'D2', 'item.cif': 500, 'item.statisticalValue': 500, 'valuation.cif': 5500 },
    also: ['PTY-008B', 'VAL-011B', 'VAL-001', 'VAL-003', 'VAL-013C', 'PTY-003'],
  },
  {
    breaks: 'taxes far from those of such goods',
    finds: ['VAL-011B'],
    given: { 'item.taxTotal': 100 },
    also: ['VAL-013A', 'VAL-013B', 'VAL-013C'],
  },
  {
    breaks: 'freight of an item far from the usual',
    finds: ['VAL-012'],
    also: ['VAL-003B'],
    given: { 'item.externalFreight': 2000 },
  },
  {
    breaks: 'insurance of an item far from the usual',
    finds: ['VAL-012A'],
    given: { 'item.insurance': 400 },
  },
  {
    breaks: 'pieces of a hundredth of their mass',
    finds: ['CLS-002A'],
    also: ['VAL-011'],
    given: { 'item.quantity': 5000 },
  },
  {
    breaks: 'half of the mass is packing',
    finds: ['CLS-009'],
    also: ['CLS-002A'],
    given: { 'item.netMass': 50 },
  },
  {
    breaks: 'the same mass to the gram every time',
    finds: ['CLS-012'],
    known: {
      earlier: many(12, (index) => ({
        reference: `S${index}`,
        day: `2026-01-${String(index + 1).padStart(2, '0')}`,
      })),
    },
  },
  { breaks: 'an importer whom nobody has seen', finds: ['PTY-008'], known: { earlier: [] } },
  {
    breaks: 'an importer back after years',
    finds: ['PTY-008A'],
    known: { earlier: [{ reference: 'O1', day: '2023-05-05' }] },
  },
  {
    breaks: 'another broker for the first time',
    finds: ['PTY-008B'],
    given: { 'declarant.id': 'D3' },
    known: { lists: [register('brokers', 'D1', 'D3')] },
  },
  {
    breaks: 'exempt goods all of a sudden',
    finds: ['ORG-012'],
    known: {
      others: many(25, (index) => ({
        reference: `X${index}`,
        day: `2026-02-${String(index + 1).padStart(2, '0')}`,
        exempt: true,
        given: both({ 'item.cif': 90_000 }),
      })),
    },
  },
  {
    breaks: 'into the warehouse all of a sudden',
    finds: ['PRC-013'],
    known: {
      others: many(25, (index) => ({
        reference: `X${index}`,
        day: `2026-02-${String(index + 1).padStart(2, '0')}`,
        given: both({ 'item.procedure': '7100', 'item.cif': 90_000 }),
      })),
    },
  },

  // Related declarations
  {
    breaks: 'the invoice at another value elsewhere',
    finds: ['PTY-004'],
    known: {
      others: [
        {
          reference: 'R1',
          day: '2026-02-28',
          given: { items: [{ 'item.documentReferences': ['INV-9'], 'item.cif': 900 }, {}] },
        },
      ],
    },
  },
  {
    breaks: 'the same goods of the same bill twice',
    finds: ['PTY-005'],
    also: ['CGO-008'],
    known: {
      others: [{ reference: 'R1', day: '2026-02-28', given: { 'declaration.billOfLading': 'BL-77' } }],
    },
  },
  {
    breaks: 'the container at another office',
    finds: ['CGO-003'],
    known: {
      others: [
        {
          reference: 'R1',
          day: '2026-03-01',
          given: { 'declaration.office': 'XX002', 'containers.numbers': ['MSCU6639870'] },
        },
      ],
    },
  },
  {
    breaks: 'a certificate that others used',
    finds: ['ORG-005'],
    given: { 'item.documentCodes': ['N380', 'N954'], 'item.documentReferences': ['INV-9', 'EUR-1'] },
    known: {
      others: [
        {
          reference: 'R1',
          day: '2026-02-28',
          given: {
            items: [
              { 'item.documentCodes': ['N380', 'N954'], 'item.documentReferences': ['INV-8', 'EUR-1'] },
              {},
            ],
          },
        },
      ],
    },
  },
  {
    breaks: 'six importers at one address',
    finds: ['PTY-009'],
    given: { 'consignee.address': '1 Quay' },
    known: {
      others: many(6, (index) => ({
        reference: `R${index}`,
        day: '2026-02-20',
        given: { 'consignee.id': `K${index}`, 'consignee.address': '1 Quay' },
      })),
    },
  },
  {
    breaks: 'a local reference used two hours before',
    finds: ['FMT-008'],
    given: { 'declaration.country': 'GB' },
    known: {
      others: [
        {
          reference: 'R1',
          day: '2026-03-02',
          given: { 'declaration.localReference': 'LRN-1', 'declaration.lodgedAt': '2026-03-02T05:00:00Z' },
        },
      ],
    },
  },

  // Accounts and cargo
  {
    breaks: 'more out of the warehouse than went in',
    finds: ['PRC-004'],
    also: ['PRC-011'],
    given: outOfWarehouse(),
    known: { others: [entry()] },
  },
  {
    breaks: 'more spirits out of the warehouse than went in',
    finds: ['PRC-004A'],
    also: ['PRC-011'],
    given: outOfWarehouse({ 'item.hs': '22083000' }),
    known: {
      others: [entry({}, { 'item.hs': '22083000' })],
      records: [['tariff-line', { hs: '22083000', units: ['NAR'] }]],
    },
  },
  {
    breaks: 'other goods out than in',
    finds: ['PRC-003A'],
    also: ['CLS-002A', 'CLS-009'],

    given: outOfWarehouse({ 'item.netMass': 40 }),
    known: { others: [entry({}, { 'item.hs': '64041100' })] },
  },
  {
    breaks: 'another specification out than in',
    finds: ['PRC-009'],
    also: ['CLS-002A', 'CLS-009'],

    given: outOfWarehouse({ 'item.netMass': 40, 'item.precisions': ['A1'] }),
    known: { others: [entry({}, { 'item.precisions': ['B2'] })] },
  },
  {
    breaks: 'worth half of what went in',
    finds: ['PRC-011'],
    also: ['CLS-002A', 'CLS-009'],
    given: outOfWarehouse({ 'item.netMass': 40 }),
    known: { others: [entry({}, { 'item.cif': 20_000 })] },
  },
  {
    breaks: 'in the warehouse for four months where three are allowed',
    finds: ['PRC-005'],
    also: ['VAL-013C', 'PRC-001'],
    given: {
      'declaration.generalProcedure': '7',
      'parameter.warehouseDays': 90,
      ...both({ 'item.procedure': '7100' }),
    },
  },
  {
    breaks: 'admitted for a time that is over',
    finds: ['PRC-006'],
    also: ['PRC-001'],
    given: {
      'declaration.generalProcedure': '5',
      'parameter.temporaryDays': 90,
      ...both({ 'item.procedure': '5300' }),
    },
  },
  {
    breaks: 'into the warehouse without a guarantee',
    finds: ['PRC-008'],
    also: ['VAL-013C', 'PRC-001'],
    given: {
      'declaration.generalProcedure': '7',
      'parameter.guaranteeRequired': true,
      ...both({ 'item.procedure': '7100' }),
    },
  },
  {
    breaks: 'more secured than the guarantee holds',
    finds: ['PRC-008A'],
    given: { 'guarantee.reference': 'G-1', 'guarantee.amount': 20_000 },
  },
  {
    breaks: 'a bill that no manifest holds',
    finds: ['CGO-007'],
    given: {
      'declaration.billOfLading': 'BL-0',
      items: [{ 'item.billOfLading': 'BL-0' }, { 'item.billOfLading': 'BL-0' }],
    },
  },
  {
    breaks: 'a bill of somebody else',
    finds: ['CGO-007A'],
    also: ['PTY-008', 'PTY-011'],
    given: { 'consignee.id': 'C7' },
    known: { lists: [register('traders', 'C1', 'C7')] },
  },
  {
    breaks: 'more packages than the bill has',
    finds: ['CGO-008'],
    also: ['CGO-011'],

    known: {
      records: [
        [
          'bill',
          {
            office: 'XX001',
            voyage: 'V1',
            departure: '2026-02-10',
            bill: 'BL-77',
            consignee: 'C1',
            packages: 12,
            grossMass: 330,
            location: 'QUAY1',
            from: '2026-02-11',
          },
        ],
      ],
    },
  },
  {
    breaks: 'heavier than its bill',
    finds: ['CLS-007'],
    also: ['CGO-011'],
    known: {
      records: [
        [
          'bill',
          {
            office: 'XX001',
            voyage: 'V1',
            departure: '2026-02-10',
            bill: 'BL-77',
            consignee: 'C1',
            packages: 30,
            grossMass: 180,
            location: 'QUAY1',
            from: '2026-02-11',
          },
        ],
      ],
    },
  },
  {
    breaks: 'at another place than the cargo system says',
    finds: ['CGO-017'],
    given: { 'transport.location': 'SHED9' },
  },
  {
    breaks: 'a manifest whose bills are fewer than its summary',
    finds: ['CGO-011'],
    known: {
      records: [
        [
          'manifest',
          {
            office: 'XX001',
            voyage: 'V1',
            departure: '2026-02-10',
            bills: 3,
            packages: 90,
            grossMass: 990,
            from: '2026-02-11',
          },
        ],
      ],
    },
  },
  {
    breaks: 'a bill changed after arrival',
    finds: ['CGO-010'],
    known: {
      records: [
        [
          'bill',
          {
            office: 'XX001',
            voyage: 'V1',
            departure: '2026-02-10',
            bill: 'BL-77',
            consignee: 'C1',
            packages: 30,
            grossMass: 331,
            location: 'QUAY1',
          },
          '2026-03-05',
        ],
      ],
    },
  },
  {
    breaks: 'heavier than its container carries',
    finds: ['CLS-010'],
    given: { 'containers.types': ['22G1'], 'containers.heaviest': 60_000 },
  },

  // Officers and systems
  {
    breaks: 'released by an account that had ended',
    finds: ['SYS-001'],
    trail: placed('RELEASE'),
    known: { records: [['account', { user: 'o-release', to: '2025-12-31' }]] },
  },
  {
    breaks: 'released without the right',
    finds: ['CON-004'],
    trail: after(placed('RELEASE'), change('RELEASE', { officer: 'o-other' })),
  },
  {
    breaks: 'released by one who is not on the roster',
    finds: ['CON-014A'],
    trail: (steps) => steps.map((one) => ({ ...one, office: 'XX001' })),
    known: {
      records: ['o-gate', 'o-exam', 'o-assess', 'o-bank'].flatMap((user) =>
        ['2026-03-02', '2026-03-03'].map(
          (day): Kept => ['duty', { user, office: 'XX001', day, from: day, to: day }],
        ),
      ),
    },
  },
  {
    breaks: 'one account at two terminals',
    finds: ['SYS-002'],
    known: {
      records: ['T1', 'T2'].map(
        (terminal): Kept => [
          'session',
          { user: 'o-assess', terminal, from: '2026-03-02T12:00:00Z', to: '2026-03-02T14:00:00Z' },
        ],
      ),
    },
  },
  {
    breaks: 'a criterion changed for three hours',
    finds: ['SYS-003'],
    known: {
      records: [
        criterion('2026-01-01', 'HS 8517', 'o-7'),
        criterion('2026-03-02T07:00:00Z', 'HS 8518', 'o-8'),
        criterion('2026-03-02T10:00:00Z', 'HS 8517', 'o-8'),
      ],
    },
  },
  {
    breaks: 'a criterion written by who inspects',
    finds: ['SYS-004'],
    known: { records: [criterion('2026-01-01', 'HS 8517', 'o-exam')] },
  },
  {
    breaks: 'the random rate set to nothing',
    finds: ['SYS-005'],
    known: {
      records: [
        ['parameter', { office: '*', name: 'randomRate', value: 0.02, from: '2026-01-01' }],
        ['parameter', { office: '*', name: 'randomRate', value: 0, from: '2026-02-25' }],
      ],
    },
  },
  {
    breaks: 'changed with no event that explains it',
    finds: ['SYS-006'],
    trail: after(without('ASSESS'), without('PAY'), without('RELEASE'), without('EXIT')),
    also: ['CON-018A'],
    known: { version: 2 },
  },
  {
    breaks: 'an administrator who releases',
    finds: ['SYS-007'],
    known: { records: [['right', { user: 'o-release', right: 'admin' }]] },
  },
  {
    breaks: 'three numbers missing before this one',
    finds: ['SYS-009'],
    known: {
      others: [
        {
          reference: 'N1',
          day: '2026-03-02',
          given: { 'declaration.registrationNumber': '1038', 'declaration.registeredOn': '2026-03-02' },
        },
      ],
    },
  },
  {
    breaks: 'more declarations at the source than here',
    finds: ['SYS-010'],
    known: {
      records: [
        [
          'control-total',
          {
            feed: 'declaration',
            office: 'XX001',
            day: '2026-03-02',
            from: '2026-03-02',
            to: '2026-03-02',
            count: 5,
          },
        ],
      ],
    },
  },
  {
    breaks: 'twelve sent down within a minute',
    finds: ['CON-007'],
    trail: change('REROUTE', { cause: 'discretionary-down', reason: 'holiday' }),
    known: {
      others: many(12, (index) => ({
        reference: `B${index}`,
        day: '2026-03-02',
        events: [{ kind: 'REROUTE', day: '2026-03-02', officer: 'o-exam', cause: 'discretionary-down' }],
      })),
    },
  },
  {
    breaks: 'the act of six others word by word',
    finds: ['CON-012'],
    known: {
      others: many(6, (index) => ({
        reference: `B${index}`,
        day: '2026-02-20',
        events: [{ kind: 'INSPECT', day: '2026-02-20', officer: 'o-exam', reason: act }],
      })),
    },
  },
  {
    breaks: 'an examiner who never finds',
    finds: ['CON-011'],
    known: {
      others: many(120, (index) => ({
        reference: `B${index}`,
        day: '2026-02-20',
        outcomes: [{ result: 'conform', officer: 'o-exam' }],
      })),
    },
  },
  {
    breaks: 'sent up and nothing found',
    finds: ['CON-006'],
    trail: plus(
      step('REROUTE', '02T09:00', 'o-other', { from: 'yellow', to: 'red', cause: 'up', reason: 'x' }),
    ),
    known: { outcomes: [{ control: 'physical', result: 'conform' }] },
  },
  {
    breaks: 'an audit finds what the control passed',
    finds: ['CON-022'],
    known: {
      outcomes: [
        { control: 'physical', result: 'conform' },
        { control: 'post-clearance', result: 'value' },
      ],
    },
  },
  {
    breaks: 'value raised and no tax',
    finds: ['VAL-017'],
    trail: plus(step('AMEND', '02T12:30', 'o-other', { taxBefore: euros(3_200_00), tax: euros(3_200_00) })),
    known: { outcomes: [{ control: 'documents', result: 'value' }] },
  },
  {
    breaks: 'reclassified to less tax',
    finds: ['CLS-011'],
    trail: plus(step('AMEND', '02T12:30', 'o-other', { taxBefore: euros(3_200_00), tax: euros(2_900_00) })),
    known: { outcomes: [{ control: 'documents', result: 'hs' }] },
  },
];
