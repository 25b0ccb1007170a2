/**
 * Declarations and trails that are unusual and lawful: whatever the catalogue says of them, it must not be an error, nor
 * a word on anybody's conduct. `warns` are findings that ask for an explanation which such a declaration has.
 */
import type { Declaration, Item } from '../../src/declaration/declaration.ts';
import type { TrailStep } from '../../src/facts/subject.ts';
import { cleanDeclaration } from '../facts/clean.ts';
import type { Kept, Known } from './administration.ts';
import { after, change, euros, plus, register, step, without } from './mutations.ts';

export interface Lawful {
  is: string;
  declaration?: (clean: Declaration) => Declaration;
  trail?: (steps: TrailStep[]) => TrailStep[];
  known?: Known;
  warns?: string[];
}

/** Of the country: what it allows beside home use. */
export const allowed = [
  register('procedure-combinations', 'IM|4000', 'IM|6123', 'IM|7100', 'IM|5300', 'EX|1000', 'EX|3171'),
  register(
    'additional-procedures',
    ...['4000', '6123', '7100', '5300', '1000', '3171'].map((code) => `${code}|000`),
  ),
];

const money = (amount: number, currency: string) => ({ amount, currency });
const none = () => [];

const everyItem =
  (more: (item: Item, index: number) => Partial<Item>) =>
  (clean: Declaration): Declaration => ({
    ...clean,
    items: clean.items.map((item, index) => ({ ...item, ...more(item, index) })),
  });
const untaxed = everyItem(() => ({ taxes: undefined, taxTotal: undefined }) as Partial<Item>);
const header =
  (more: Partial<Declaration>) =>
  (clean: Declaration): Declaration => ({ ...clean, ...more });
const all =
  (...changes: ((clean: Declaration) => Declaration)[]) =>
  (clean: Declaration): Declaration =>
    changes.reduce((left, next) => next(left), clean);
const drop =
  (...members: (keyof Declaration)[]) =>
  (clean: Declaration): Declaration => {
    const left = structuredClone(clean);
    for (const member of members) delete left[member];
    return left;
  };
/** All money in another national currency with other decimals, the invoice in the same one. */
function inCurrency(currency: string, digits: number) {
  return (clean: Declaration): Declaration => {
    const convert = (value: unknown): unknown => {
      if (Array.isArray(value)) return value.map(convert);
      if (typeof value !== 'object' || value === null) return value;
      const found = value as Record<string, unknown>;
      if (found.currency === 'EUR' && typeof found.amount === 'number')
        return { currency, amount: Math.round((found.amount * 10 ** digits) / 100) };
      return Object.fromEntries(Object.entries(found).map(([key, one]) => [key, convert(one)]));
    };
    return { ...(convert(clean) as Declaration), currency };
  };
}

/** Many items of the first one's kind, the totals with them. */
function items(count: number): (clean: Declaration) => Declaration {
  return (clean) => {
    const [first] = cleanDeclaration().items;
    const charge = (amount: number) => ({
      national: euros(amount * count),
      foreign: money(amount * 2 * count, 'USD'),
      rate: 0.5,
    });
    return {
      ...clean,
      items: Array.from({ length: count }, (_, index) => ({ ...structuredClone(first!), number: index + 1 })),
      containers: [{ number: 'MSCU6639870', packages: 10 * count, grossMass: 110 * count }],
      valuation: {
        invoice: charge(4_500_00),
        externalFreight: charge(450_00),
        internalFreight: charge(0),
        insurance: charge(50_00),
        otherCosts: charge(0),
        deductions: charge(0),
        cif: euros(5_000_00 * count),
      },
      totals: {
        items: count,
        packages: 10 * count,
        grossMass: 110 * count,
        netMass: 100 * count,
        invoice: money(9_000_00 * count, 'USD'),
        taxes: euros(1_600_00 * count),
        globalTaxes: euros(0),
      },
    };
  };
}

const exported = all(
  header({
    flow: 'export',
    type: 'EX',
    generalProcedure: '1',
    consignee: { name: 'Buyer abroad', country: 'CN' },
    consignor: { id: 'C1', name: 'Maker here', country: 'XX' },
    countries: { dispatch: 'XX', destination: 'CN' },
    totals: { items: 2, packages: 30, grossMass: 330, netMass: 300, invoice: money(18_000_00, 'USD') },
  }),
  drop('billOfLading', 'valuation'),
  everyItem((item) => ({ procedure: '1000', origin: 'XX', statisticalValue: item.statisticalValue! })),
  untaxed,
  everyItem(() => ({ cif: undefined, valuation: undefined, billOfLading: undefined }) as Partial<Item>),
);
const exportTrail = (...more: TrailStep[]): TrailStep[] => [
  step('LODGE', '02T07:15', 'o-broker', { role: 'declarant' }),
  step('REGISTER', '02T08:00', 'o-broker', { role: 'declarant' }),
  step('LANE', '02T08:01', 'o-system', { role: 'system', to: 'green', cause: 'criterion' }),
  step('RELEASE', '02T08:02', 'o-system', { role: 'system' }),
  ...more,
];

const green: (steps: TrailStep[]) => TrailStep[] = after(
  without('INSPECT'),
  without('REROUTE'),
  without('ASSIGN'),
  change('LANE', { to: 'green', cause: 'criterion' }),
);

const act = (at: string, officer: string, more: Partial<TrailStep> = {}) =>
  step('INSPECT', at, officer, {
    role: 'examiner',
    control: 'physical',
    result: 'conform',
    endedAt: `2026-03-${at.slice(0, 3)}${String(Number(at.slice(3, 5)) + 1).padStart(2, '0')}:30:00.000Z`,
    reason: `Seen by ${officer} at ${at}, boxes counted one by one.`,
    ...more,
  });

/** Steps of which the source wrote the day alone. */
const dayOnly = (steps: TrailStep[]): TrailStep[] =>
  steps.map((one) => {
    const { enteredAt, endedAt, ...left } = one;
    return { ...left, at: `${one.at.slice(0, 10)}T00:00:00.000Z`, local: `${one.at.slice(0, 10)}T00:00:00Z` };
  });

/** The same instants on the clock of an office five hours west of Greenwich. */
const west = (steps: TrailStep[]): TrailStep[] =>
  steps.map((one) => ({
    ...one,
    local: `${new Date(Date.parse(one.at) - 5 * 3_600_000).toISOString().slice(0, 19)}-05:00`,
  }));

export const lawful: Lawful[] = [
  // Declarations
  { is: 'one item', declaration: items(1) },
  { is: 'ninety-nine items', declaration: items(99) },
  {
    is: 'a message with nothing but what must be there',
    declaration: ({ format, country, office, flow, consignee, items: [item] }) => ({
      format,
      country: country!,
      office: office!,
      flow,
      consignee: { name: consignee!.name! },
      items: [{ number: 1, hs: item!.hs!, description: item!.description! }],
    }),
    trail: none,
  },
  { is: 'an export released by the system', declaration: exported, trail: () => exportTrail() },
  {
    is: 'an export declared after the goods had left',
    declaration: exported,
    trail: () => [step('EXIT', '01T22:00', 'o-gate'), ...exportTrail()],
  },
  {
    is: 're-export of goods out of a warehouse',
    declaration: all(
      exported,
      header({ type: 'EX', generalProcedure: '3' }),
      everyItem(() => ({ procedure: '3171', origin: 'CN', previous: [{ reference: 'MRN-W9' }] })),
    ),
    trail: () => exportTrail(step('EXIT', '03T08:00', 'o-gate')),
  },
  {
    is: 'returned goods, its own again',
    declaration: all(
      header({
        generalProcedure: '6',
        consignor: { id: 'C1', name: 'Importer One', country: 'CN' },
        totals: { ...cleanDeclaration().totals, taxes: euros(0) },
      }),
      everyItem(() => ({
        procedure: '6123',
        origin: 'XX',
        taxes: [],
        taxTotal: euros(0),
        previous: [{ reference: 'MRN-EX-1' }],
      })),
    ),
  },
  {
    is: 'transit of goods named by six digits, without values',
    declaration: all(
      header({
        flow: 'transit',
        type: 'T1',
        generalProcedure: '8',
        countries: { dispatch: 'CN', destination: 'CH' },
        transit: { principal: { id: 'C1' }, destinationOffice: 'XX009', timeLimit: '2026-03-20' },
        guarantee: { type: '1', reference: 'G-1', amount: euros(2_000_00) },
        totals: { items: 2, packages: 30, grossMass: 330 },
      }),
      drop('valuation', 'terms', 'currency'),
      untaxed,
      everyItem(
        ({ hs }) =>
          ({
            hs: hs!.slice(0, 6),
            procedure: undefined,
            cif: undefined,
            price: undefined,
            statisticalValue: undefined,
            supplementaryUnits: undefined,
            netMass: undefined,
          }) as Partial<Item>,
      ),
    ),
    trail: () => [
      step('LODGE', '02T07:15', 'o-broker', { role: 'declarant' }),
      step('REGISTER', '02T08:00', 'o-broker', { role: 'declarant' }),
      step('LANE', '02T08:01', 'o-system', { role: 'system', to: 'green' }),
      step('GUARANTEE', '02T08:02', 'o-system', { role: 'system' }),
      step('RELEASE', '02T09:00', 'o-release', { role: 'releaser' }),
      step('EXIT', '05T09:00', 'o-other'),
    ],
  },
  {
    is: 'into a warehouse, duties suspended',
    declaration: all(
      header({
        generalProcedure: '7',
        warehouse: { id: 'WH1', delay: 365 },
        totals: { ...cleanDeclaration().totals, taxes: euros(0) },
        guarantee: { reference: 'G-1', amount: euros(3_200_00) },
      }),
      everyItem(({ taxes }) => ({
        procedure: '7100',
        taxes: taxes!.map((line) => ({ ...line, payable: false })),
      })),
    ),
    trail: without('PAY'),
  },
  {
    is: 'bulk, which has no number of packages',
    declaration: all(
      everyItem((_, index) => (index === 0 ? { packages: [{ kind: 'VL' }] } : {})),
      header({ totals: { ...cleanDeclaration().totals, packages: 21 } }),
    ),
  },
  {
    is: 'bulk that the total leaves out',
    declaration: all(
      everyItem((_, index) => (index === 0 ? { packages: [{ kind: 'VR', count: 0 }] } : {})),
      header({ totals: { ...cleanDeclaration().totals, packages: 20 } }),
    ),
  },
  {
    is: 'unpacked goods, counted in pieces',
    declaration: all(
      everyItem((_, index) => (index === 0 ? { packages: [{ kind: 'NE', pieces: 4 }] } : {})),
      header({ totals: { ...cleanDeclaration().totals, packages: 24 } }),
    ),
  },
  {
    is: 'two items in the same packages',
    declaration: all(
      everyItem((_, index) => ({
        packages: [{ count: index === 0 ? 30 : 0, kind: 'CT', marks: 'MARKS 1' }],
      })),
    ),
  },
  {
    is: 'samples without a price, valued by another method',
    declaration: all(
      everyItem((item, index) => (index === 0 ? { price: money(0, 'USD'), valuationMethod: '6' } : item)),
      header({
        totals: { ...cleanDeclaration().totals, invoice: money(9_000_00, 'USD') },
        valuation: {
          ...cleanDeclaration().valuation,
          invoice: { national: euros(4_500_00), foreign: money(9_000_00, 'USD'), rate: 0.5 },
        },
      }),
      everyItem((item, index) => (index === 0 ? { ...item, valuation: {} } : item)),
    ),
  },
  {
    is: 'two invoices in two currencies, converted at two rates',
    declaration: all(
      everyItem((_, index) => (index === 0 ? { price: money(720_000, 'JPY') } : {})),
      header({
        totals: { ...drop()(cleanDeclaration()).totals, invoice: undefined } as never,
        valuation: {
          ...cleanDeclaration().valuation,
          invoice: { national: euros(9_000_00) },
        },
      }),
    ),
  },
  { is: 'a national currency without decimals', declaration: inCurrency('JPY', 0) },
  { is: 'a national currency of three decimals', declaration: inCurrency('KWD', 3) },
  {
    is: 'a group consignment: a consignee for each item',
    declaration: all(
      everyItem((_, index) => ({ consignee: { id: index === 0 ? 'C1' : 'C9', name: 'One of the group' } })),
    ),
  },
  {
    is: 'a discount as a line below zero',
    declaration: all(everyItem((_, index) => ({ price: money(index === 0 ? 19_000_00 : -1_000_00, 'USD') }))),
  },
  {
    is: 'gross mass to the kilogram, net mass exactly',
    declaration: all(
      everyItem((item, index) => (index === 0 ? { grossMass: 110, netMass: 110.4 } : item)),
      header({ totals: { ...cleanDeclaration().totals, netMass: 310.4 } }),
    ),
  },
  {
    is: 'goods of a few grams, gross mass rounded up to a kilogram',
    declaration: everyItem((item, index) => (index === 0 ? { ...item, netMass: 0.012 } : item)),
  },
  {
    is: 'household effects under a chapter of the country',
    declaration: all(
      header({
        consignor: { id: 'C1', name: 'Importer One' },
        totals: { ...cleanDeclaration().totals, taxes: euros(0) },
      }),
      everyItem(() => ({
        hs: '99030000',
        description: 'Household effects of a removal',
        taxes: [],
        taxTotal: euros(0),
      })),
    ),
  },
  {
    is: 'a parcel declared by six digits',
    declaration: everyItem(({ hs }) => ({ hs: hs!.slice(0, 6), supplementaryUnits: [] })),
  },
  {
    is: 'admitted for a time, a share of the duty by month',
    declaration: all(
      header({ generalProcedure: '5', totals: { ...cleanDeclaration().totals, taxes: euros(66_00) } }),
      everyItem(() => ({
        procedure: '5300',
        taxes: [
          {
            code: 'CUD',
            base: 5_000,
            rate: 0.1,
            rateKind: 'fraction' as const,
            amount: euros(33_00),
            payable: true,
          },
        ],
        taxTotal: euros(33_00),
      })),
    ),
  },
  {
    is: 'lodged late in the evening in the west: the next day in Greenwich',
    declaration: header({
      lodgedAt: '2026-03-01T23:40:00-05:00',
      acceptedAt: '2026-03-01',
      registration: { serial: 'C', number: '1042', date: '2026-03-01' },
    }),
    trail: west,
  },
  {
    is: 'no Incoterm, no freight of its own: a price that holds everything',
    declaration: all(
      drop('terms'),
      (clean) => ({
        ...clean,
        valuation: {
          invoice: { national: euros(10_000_00), foreign: money(20_000_00, 'USD'), rate: 0.5 },
          cif: euros(10_000_00),
        },
        totals: { ...clean.totals, invoice: money(20_000_00, 'USD') },
      }),
      everyItem(() => ({
        price: money(10_000_00, 'USD'),
        valuation: { invoice: { national: euros(5_000_00) } },
      })),
    ),
  },
  {
    is: 'taxes written item by item, the totals left at nothing',
    declaration: header({
      totals: { items: 2, packages: 30, grossMass: 330, netMass: 300, invoice: money(18_000_00, 'USD') },
    }),
  },
  {
    is: 'net mass to the gram, gross mass to a tenth of a kilogram',
    declaration: all(
      everyItem((item, index) => (index === 0 ? { grossMass: 110.1, netMass: 110.144 } : item)),
      header({ totals: { ...cleanDeclaration().totals, grossMass: 330.1, netMass: 310.144 } }),
    ),
  },
  {
    is: 'goods of two items packed together, the packages written on each',
    declaration: all(everyItem(() => ({ packages: [{ count: 30, kind: 'CT', marks: 'MARKS 1' }] }))),
  },
  {
    is: 'an item of the source taken out by an amendment, the other keeps its number',
    declaration: all(
      items(2),
      everyItem((_, index) => ({ number: index === 0 ? 1 : 3 })),
      header({ version: 2 }),
    ),
    known: { version: 2 },
  },
  {
    is: 'an item whose value is adjusted by a rate',
    declaration: all(
      header({ totals: { ...cleanDeclaration().totals, taxes: euros(3_520_00) } }),
      everyItem((_, index) =>
        index === 0
          ? {
              adjustment: 1.2,
              cif: euros(6_000_00),
              statisticalValue: euros(6_000_00),
              taxes: [
                {
                  code: 'CUD',
                  base: 6_000,
                  rate: 0.1,
                  rateKind: 'fraction' as const,
                  amount: euros(600_00),
                  payable: true,
                },
                {
                  code: 'VAT',
                  base: 6_600,
                  rate: 20,
                  rateKind: 'percent' as const,
                  amount: euros(1_320_00),
                  payable: true,
                },
              ],
              taxTotal: euros(1_920_00),
            }
          : {},
      ),
    ),
  },
  {
    is: 'yen of an invoice, each worth a hundred of the national unit, rounded on every item',
    declaration: all(inCurrency('IDR', 2), (clean) => ({
      ...clean,
      valuation: {
        ...clean.valuation,
        invoice: { national: money(9_000_00, 'IDR'), foreign: money(86, 'JPY'), rate: 105 },
        cif: money(10_150_00, 'IDR'),
      },
      totals: { ...clean.totals, invoice: money(86, 'JPY') },
      items: clean.items.map((item) => ({ ...item, price: money(43, 'JPY') })),
    })),
  },
  {
    is: 'the supplier invoices the freight in his total, on no item',
    declaration: header({ totals: { ...cleanDeclaration().totals, invoice: money(19_800_00, 'USD') } }),
  },
  {
    is: 'converted at the rate of the day on which it was lodged, accepted after the next was fixed',
    declaration: header({ lodgedAt: '2026-02-27T16:00:00+01:00' }),
    known: { records: [['exchange-rate', { currency: 'USD', rate: 0.52, from: '2026-03-01' }]] },
  },
  {
    is: 'half of the duty forgiven to one who holds the relief',
    declaration: all(
      everyItem(() => ({
        nationalProcedure: '110',
        taxes: [
          {
            code: 'CUD',
            base: 5_000,
            rate: 0.1,
            rateKind: 'fraction' as const,
            amount: euros(250_00),
            payable: true,
          },
          {
            code: 'VAT',
            base: 5_250,
            rate: 20,
            rateKind: 'percent' as const,
            amount: euros(1_050_00),
            payable: true,
          },
        ],
        taxTotal: euros(1_300_00),
      })),
      header({ totals: { ...cleanDeclaration().totals, taxes: euros(2_600_00) } }),
    ),
    known: {
      lists: [
        register('additional-procedures', '4000|110'),
        register('exempting-procedures', '110'),
        register('exemption-holders', 'C1|110'),
      ],
    },
  },
  {
    is: 'an embassy pays nothing on goods that its forwarder receives',
    declaration: all(
      header({
        financial: { id: 'EMB1', name: 'Embassy' },
        totals: { ...cleanDeclaration().totals, taxes: euros(0) },
      }),
      everyItem(() => ({ nationalProcedure: 'E10', taxes: [], taxTotal: euros(0) })),
    ),
    known: {
      lists: [
        register('additional-procedures', '4000|E10'),
        register('exempting-procedures', 'E10'),
        register('exemption-holders', 'EMB1|E10'),
      ],
    },
  },
  {
    is: 'one tax payable, one guaranteed, one suspended by the tariff',
    declaration: all(
      everyItem(({ taxes }) => ({
        taxes: [
          { ...taxes![0]!, payable: false },
          {
            code: 'EXC',
            base: 5_500,
            rate: 0.04,
            rateKind: 'fraction' as const,
            amount: euros(220_00),
            payable: false,
          },
          {
            code: 'VAT',
            base: 5_720,
            rate: 20,
            rateKind: 'percent' as const,
            amount: euros(1_144_00),
            payable: true,
          },
        ],
        taxGuaranteed: euros(220_00),
        taxTotal: euros(1_364_00),
      })),
      header({
        totals: { ...cleanDeclaration().totals, taxes: euros(2_728_00) },
        guarantee: { reference: 'G-1', amount: euros(440_00) },
      }),
    ),
    known: {
      records: ['85171300', '61091000'].flatMap((hs): Kept[] => [
        ['tariff-rate', { hs, tax: 'DUT', rate: 0.1, procedure: '4000', suspended: true }],
        ['tariff-rate', { hs, tax: 'EXC', rate: 0.04, procedure: '4000' }],
      ]),
    },
  },
  {
    is: 'a preference of a customs union for goods of any origin',
    declaration: all(
      header({ countries: { dispatch: 'TR', destination: 'XX', trading: 'TR' } }),
      everyItem(() => ({ preference: '400' })),
    ),
  },
  {
    is: 'a preference for a group whose members nobody has loaded',
    declaration: everyItem((item, index) => (index === 0 ? { preference: '200' } : item)),
    known: {
      records: [['tariff-rate', { hs: '85', tax: 'DUT', rate: 0, preference: '200', origin: 'GSP' }]],
    },
  },
  {
    is: 'the last digits of the tariff line written as a precision',
    declaration: everyItem((item, index) => (index === 0 ? { hs: '85171400', precisions: ['10'] } : item)),
    known: {
      records: [
        ['tariff-line', { hs: '8517140010', units: ['NAR'] }],
        ...['DUT', 'EXC', 'VAT'].map(
          (tax): Kept => [
            'tariff-rate',
            { hs: '8517140010', tax, rate: tax === 'DUT' ? 0.1 : tax === 'VAT' ? 0.2 : 0 },
          ],
        ),
      ],
    },
  },
  {
    is: 'codes and numbers that lost their leading noughts in a spreadsheet',
    declaration: all(
      header({ consignee: { id: '12345', name: 'Importer One', country: 'XX' } }),
      everyItem((item, index) => (index === 0 ? { hs: '8051022', description: 'Oranges, fresh' } : item)),
    ),
    known: {
      lists: [register('traders', '0012345')],
      records: [['tariff-line', { hs: '08051022', units: ['NAR'] }]],
    },
  },
  {
    is: 'pieces counted in a unit of the country',
    declaration: everyItem(({ supplementaryUnits }) => ({
      supplementaryUnits: supplementaryUnits!.map((unit) => ({ ...unit, code: 'PCS' })),
    })),
  },
  {
    is: 'a document whose code is written with a hyphen',
    declaration: everyItem((item) => ({
      hs: '90221200',
      description: 'Tomographs',
      documents: [...item.documents!, { code: 'c-640', reference: 'P-1' }],
    })),
  },
  {
    is: 'a simplified declaration, documents and units to follow',
    declaration: all(
      header({ type: 'IMC' }),
      everyItem(() => ({ hs: '90221200', description: 'Tomographs', supplementaryUnits: [] })),
    ),
    known: { lists: [register('procedure-combinations', 'IMC|4000')] },
  },
  {
    is: 'a supplementary declaration under a tariff that has changed since the release',
    declaration: all(
      drop('acceptedAt'),
      header({
        type: 'IMY',
        lodgedAt: '2026-03-10T08:00:00+01:00',
        registration: { serial: 'C', number: '1042', date: '2026-03-10' },
      }),
    ),
    trail: (steps) =>
      steps.map((one) =>
        ['LODGE', 'REGISTER', 'LANE', 'ASSIGN', 'INSPECT', 'REROUTE', 'ASSESS', 'PAY'].includes(one.kind)
          ? {
              ...one,
              at: one.at.replace('-02T', '-10T'),
              local: one.local.replace('-02T', '-10T'),
              ...(one.endedAt ? { endedAt: one.endedAt.replace('-02T', '-10T') } : {}),
              ...(one.enteredAt ? { enteredAt: one.enteredAt.replace('-02T', '-10T') } : {}),
            }
          : one,
      ),
    known: {
      lists: [
        register('procedure-combinations', 'IMY|4000'),
        { ...register('traders'), entries: [{ key: 'C1', to: '2026-03-05' }] },
        { ...register('suspensions'), entries: [{ key: 'C1', from: '2026-03-05' }] },
      ],
      records: [
        ['tariff-line', { hs: '85171300', units: ['NAR', 'LTR'], from: '2026-03-05' }],
        ['tariff-rate', { hs: '85171300', tax: 'DUT', rate: 0.3, from: '2026-03-05' }],
        ['exchange-rate', { currency: 'USD', rate: 0.7, from: '2026-03-05' }],
      ],
    },
    warns: ['CON-017'],
  },
  {
    is: 'a trailer and an air pallet among the equipment of goods out of containers',
    declaration: all(
      (clean) => ({
        ...clean,
        transport: { ...clean.transport, containerised: false },
        containers: [{ number: 'TRL-4411' }, { number: 'PMC12345EK' }],
      }),
      everyItem(() => ({ containers: ['PMC12345EK'] })),
    ),
  },
  {
    is: 'a gift from one private person to another, under a passport',
    declaration: header({
      consignee: { id: 'P-7700123', name: 'A. Nephew', country: 'XX' },
      consignor: { name: 'An Aunt', country: 'CN' },
    }),
    warns: ['PTY-002A'],
  },
  {
    is: 'a part of a shipment, the other part declared last week under the same invoice',
    known: {
      others: [
        {
          reference: 'P1',
          day: '2026-02-25',
          given: {
            items: [
              { 'item.documentCodes': ['N380'], 'item.documentReferences': ['INV-9'], 'item.netMass': 70 },
              null,
            ],
          },
        },
      ],
    },
  },
  {
    is: 'transit of goods in free circulation, to another country',
    declaration: all(
      header({
        flow: 'transit',
        type: 'T2',
        generalProcedure: '8',
        countries: { dispatch: 'XX', destination: 'CH' },
        transit: { principal: { id: 'C1' }, destinationOffice: 'CH001', timeLimit: '2026-03-20' },
        guarantee: { type: '0', reference: 'G-1' },
        totals: { items: 2, packages: 30, grossMass: 330 },
      }),
      drop('valuation', 'terms', 'currency'),
      untaxed,
      everyItem(
        () =>
          ({
            origin: 'XX',
            procedure: undefined,
            cif: undefined,
            price: undefined,
            statisticalValue: undefined,
            supplementaryUnits: undefined,
          }) as Partial<Item>,
      ),
    ),
    trail: () => exportTrail(step('EXIT', '03T08:00', 'o-gate')),
  },
  {
    is: 'a medicine for the patient who takes it',
    declaration: everyItem(() => ({ hs: '30049000', description: 'Medicaments, in doses' })),
    known: { lists: [register('pharmaceutical-licences', 'C9')] },
    warns: ['PRO-008'],
  },
  {
    is: 'whisky brought to drinking strength in the warehouse',
    declaration: everyItem((item, index) =>
      index === 0
        ? {
            hs: '22083000',
            description: 'Whisky',
            procedure: '4071',
            previous: [{ reference: 'MRN-W1' }],
            grossMass: 60,
            netMass: 55,
          }
        : item,
    ),
    known: {
      others: [
        {
          reference: 'W1',
          day: '2026-02-02',
          given: {
            'declaration.mrn': 'MRN-W1',
            'declaration.generalProcedure': '7',
            items: [{ 'item.hs': '22083000', 'item.procedure': '7100', 'item.netMass': 40 }, null],
          },
        },
      ],
      lists: [
        register('procedure-combinations', 'IM|4000', 'IM|4071'),
        register('additional-procedures', '4000|000', '4071|000'),
      ],
      records: [['tariff-line', { hs: '22083000', units: ['NAR'] }]],
    },
    warns: ['PRC-004A'],
  },
  {
    is: 'what was paid too much, repaid by a correction',
    declaration: all(
      everyItem(() => ({
        taxes: [
          {
            code: 'CUD',
            base: 5_000,
            rate: 0.1,
            rateKind: 'fraction' as const,
            amount: euros(-500_00),
            payable: true,
          },
        ],
        taxTotal: euros(-500_00),
        nationalProcedure: '000',
      })),
      header({ version: 2, totals: { ...cleanDeclaration().totals, taxes: euros(-1_000_00) } }),
    ),
    known: { version: 2 },
  },

  // Trails
  { is: 'no trail at all', trail: none },
  {
    is: 'released at once on a request of its own, declared in full ten days later, and an extract that joins both',
    trail: (steps) => [
      step('RELEASE', '02T06:30', 'o-release', { role: 'releaser' }),
      step('EXIT', '02T06:45', 'o-gate'),
      ...steps.filter(({ kind }) => kind !== 'RELEASE' && kind !== 'EXIT'),
    ],
    warns: ['CON-017'],
  },
  {
    is: 'the same, in an extract that has no lodgements',
    trail: (steps) => [
      step('RELEASE', '02T06:30', 'o-release', { role: 'releaser' }),
      ...steps.filter(({ kind }) => kind !== 'RELEASE' && kind !== 'EXIT' && kind !== 'LODGE'),
    ],
    warns: ['CON-017'],
  },
  {
    is: 'green and self-assessed: nobody acted but the declarant and the system',
    trail: () => [
      step('LODGE', '02T07:15', 'o-broker', { role: 'declarant' }),
      step('REGISTER', '02T07:15', 'o-broker', { role: 'declarant' }),
      step('LANE', '02T07:15', 'o-system', { role: 'system', to: 'green' }),
      step('ASSESS', '02T07:16', 'o-broker', { role: 'declarant' }),
      step('PAY', '02T07:17', 'o-broker', { role: 'declarant' }),
      step('RELEASE', '02T07:17', 'o-system', { role: 'system' }),
      step('EXIT', '02T09:00', 'o-gate'),
    ],
  },
  {
    is: 'withdrawn by the declarant who had assessed it himself',
    trail: () => [
      step('LODGE', '02T07:15', 'o-broker', { role: 'declarant' }),
      step('REGISTER', '02T07:15', 'o-broker', { role: 'declarant' }),
      step('LANE', '02T07:15', 'o-system', { role: 'system', to: 'green' }),
      step('ASSESS', '02T07:16', 'o-broker', { role: 'declarant' }),
      step('CANCEL', '02T09:00', 'o-broker', { role: 'declarant', reason: 'Lodged twice by mistake.' }),
    ],
  },
  {
    is: 'assessed, and cancelled for want of payment, by the system',
    trail: after(
      green,
      without('PAY'),
      without('RELEASE'),
      without('EXIT'),
      change('ASSESS', { officer: 'o-system', role: 'system' }),
      plus(step('CANCEL', '31T23:59', 'o-system', { role: 'system', reason: 'Not paid in time.' })),
    ),
    warns: ['CON-015'],
  },
  { is: 'no officer named on any step', trail: (steps) => steps.map(({ officer, ...left }) => left) },
  { is: 'days without hours', trail: dayOnly },
  { is: 'an office in the west', trail: west },
  {
    is: 'the account of the examiner ended on the day on which he acted, late in the west',
    trail: (steps) =>
      west(
        steps.map((one) =>
          one.kind === 'INSPECT'
            ? { ...one, at: '2026-03-03T01:30:00.000Z', endedAt: '2026-03-03T02:30:00.000Z', enteredAt: null }
            : one.kind === 'LANE' ||
                one.kind === 'ASSIGN' ||
                one.kind === 'LODGE' ||
                one.kind === 'REGISTER' ||
                one.kind === 'ARRIVE'
              ? one
              : one.kind === 'REROUTE'
                ? { ...one, at: '2026-03-03T02:40:00.000Z' }
                : { ...one, at: one.at.replace('-02T', '-03T') },
        ),
      ).filter(({ kind }) => kind !== 'EXIT'),
    known: { records: [['account', { user: 'o-exam', to: '2026-03-02' }]] },
    warns: ['CON-014'],
  },
  {
    is: 'inspected three times, by two',
    trail: plus(act('02T12:10', 'o-other'), act('02T13:30', 'o-exam', { control: 'documents' })),
  },
  {
    is: 'opened again after its release by the audit, and inspected then',
    trail: after(
      green,
      plus(
        step('PCA', '20T09:00', 'o-other', { result: 'value' }),
        step('REOPEN', '20T10:00', 'o-other', { reason: 'Value to be assessed again.' }),
        step('REROUTE', '20T10:05', 'o-other', {
          from: 'green',
          to: 'red',
          cause: 'up',
          reason: 'Goods at the premises.',
        }),
        act('21T10:00', 'o-exam'),
        step('REROUTE', '21T12:00', 'o-exam', { from: 'red', to: 'green', cause: 'control-closed' }),
        step('ASSESS', '23T09:00', 'o-assess', { role: 'assessor' }),
        step('PAY', '23T10:00', 'o-bank', { role: 'cashier' }),
        step('RELEASE', '23T12:00', 'o-release', { role: 'releaser' }),
      ),
    ),
  },
  {
    is: 'chosen for audit once released, without any lane before',
    trail: after(
      green,
      without('LANE'),
      plus(step('LANE', '10T09:00', 'o-system', { role: 'system', to: 'blue', cause: 'random' })),
    ),
  },
  {
    is: 'recalled after its release: selected by force, and inspected at the premises',
    trail: after(
      green,
      plus(
        step('LANE', '10T09:00', 'o-system', { role: 'system', to: 'red', cause: 'forced' }),
        act('11T09:00', 'o-exam'),
      ),
    ),
  },
  {
    is: 'one item released before the other was inspected',
    trail: plus(step('RELEASE', '02T09:00', 'o-release', { role: 'releaser', item: 1 })),
  },
  {
    is: 'a guarantee in place of payment, paid at the end of the month',
    trail: after(
      without('PAY'),
      plus(
        step('GUARANTEE', '02T14:00', 'o-bank', { role: 'cashier' }),
        step('PAY', '31T10:00', 'o-bank', { role: 'cashier' }),
      ),
    ),
  },
  {
    is: 'paid before it was assessed',
    trail: change('PAY', { at: '2026-03-02T07:40:00.000Z', local: '2026-03-02T07:40:00Z' }),
  },
  {
    is: 'everything settled before the ship came in',
    trail: (steps) => [
      ...steps
        .filter(({ kind }) => kind !== 'ARRIVE' && kind !== 'EXIT')
        .map((one) => (one.kind === 'RELEASE' ? { ...one, at: '2026-03-04T09:00:00.000Z' } : one)),
      step('ARRIVE', '04T06:00', 'o-gate', { seals: ['A1'] }),
      step('EXIT', '04T12:00', 'o-gate'),
    ],
  },
  {
    is: 'held by an agency and freed by it',
    trail: plus(
      step('HOLD', '02T09:00', 'o-food', { agency: 'FOOD', role: 'agency' }),
      step('UNHOLD', '02T12:30', 'o-food', { agency: 'FOOD', role: 'agency' }),
    ),
  },
  {
    is: 'freed by the same agency, written otherwise',
    trail: plus(
      step('HOLD', '02T09:00', 'o-food', { agency: 'Food Safety', role: 'agency' }),
      step('UNHOLD', '02T12:30', 'o-food', { agency: 'FOOD  SAFETY ', role: 'agency' }),
    ),
  },
  {
    is: 'a hold that was typed in after the release',
    trail: plus(
      step('HOLD', '02T14:30', 'o-food', {
        agency: 'FOOD',
        role: 'agency',
        enteredAt: '2026-03-02T15:20:00.000Z',
      }),
    ),
  },
  {
    is: 'a hold after the release, at the gate',
    trail: plus(step('HOLD', '02T17:00', 'o-food', { agency: 'FOOD', role: 'agency' })),
  },
  {
    is: 'two agencies hold, each frees its own',
    trail: plus(
      step('HOLD', '02T09:00', 'o-food', { agency: 'FOOD', role: 'agency' }),
      step('HOLD', '02T09:10', 'o-vet', { agency: 'VET', role: 'agency' }),
      step('UNHOLD', '02T12:30', 'o-vet', { agency: 'VET', role: 'agency' }),
      step('UNHOLD', '02T12:40', 'o-food', { agency: 'FOOD', role: 'agency' }),
    ),
  },
  {
    is: 'one item held, the other released',
    trail: after(
      without('RELEASE'),
      without('EXIT'),
      plus(
        step('HOLD', '02T09:00', 'o-food', { agency: 'FOOD', role: 'agency', item: 2 }),
        step('RELEASE', '02T15:00', 'o-release', { role: 'releaser', item: 1 }),
      ),
    ),
  },
  {
    is: 'forced to documents, and assessed on them',
    trail: after(without('INSPECT'), without('REROUTE'), change('LANE', { cause: 'forced', to: 'yellow' })),
  },
  {
    is: 'forced to red, and controlled by the agency that had asked for it',
    trail: after(
      without('INSPECT'),
      change('LANE', { cause: 'forced' }),
      change('REROUTE', { cause: 'supervisor', reason: 'Controlled by the food agency.' }),
      plus(
        step('HOLD', '02T09:00', 'o-food', { agency: 'FOOD', role: 'agency' }),
        step('UNHOLD', '02T11:30', 'o-food', { agency: 'FOOD', role: 'agency' }),
      ),
    ),
  },
  {
    is: 'selected anew after an amendment, and green then',
    trail: after(
      without('INSPECT'),
      without('REROUTE'),
      plus(
        step('AMEND', '02T09:00', 'o-broker', { role: 'declarant', reason: 'Code corrected.' }),
        step('LANE', '02T09:01', 'o-system', { role: 'system', to: 'green', cause: 'criterion' }),
      ),
    ),
  },
  {
    is: 'sent from red to documents by a supervisor with a reason, and examined so',
    trail: (steps) =>
      steps.map((one) =>
        one.kind === 'REROUTE'
          ? step('REROUTE', '02T09:00', 'o-other', {
              from: 'red',
              to: 'yellow',
              cause: 'supervisor',
              reason: 'Perishable goods.',
            })
          : one.kind === 'INSPECT'
            ? { ...one, control: 'documents' as const }
            : one,
      ),
  },
  {
    is: 'sent up, released, and sent down again by a clock that runs behind',
    trail: after(
      without('INSPECT'),
      change('REROUTE', {
        at: '2026-03-02T15:00:40.000Z',
        cause: 'supervisor',
        reason: 'Controlled last week.',
      }),
    ),
  },
  {
    is: 'red, and cancelled at the wish of the declarant before any control',
    trail: after(
      without('INSPECT'),
      without('REROUTE'),
      without('ASSESS'),
      without('PAY'),
      without('RELEASE'),
      without('EXIT'),
      plus(step('CANCEL', '02T09:00', 'o-broker', { role: 'declarant', reason: 'Goods not shipped.' })),
    ),
    warns: ['CON-015'],
  },
  {
    is: 'the system was down: everything typed in the next day',
    trail: (steps) => steps.map((one) => ({ ...one, enteredAt: '2026-03-03T08:00:00.000Z' })),
  },
  {
    is: 'a correction taken back on appeal',
    trail: plus(
      step('AMEND', '03T10:00', 'o-assess', {
        tax: euros(4_000_00),
        taxBefore: euros(3_200_00),
        reason: 'Value raised.',
      }),
      step('APPEAL', '05T10:00', 'o-broker', { role: 'declarant' }),
      step('AMEND', '20T10:00', 'o-other', {
        tax: euros(3_200_00),
        taxBefore: euros(4_000_00),
        reason: 'Appeal upheld.',
      }),
    ),
  },
  {
    is: 'scanned, and closed on the image',
    trail: (steps) =>
      steps.map((one) =>
        one.kind === 'INSPECT'
          ? step('SCAN', '02T10:00', 'o-scan', { role: 'examiner', control: 'scan', result: 'clear' })
          : one,
      ),
  },
  {
    is: 'an examination that asked the declarant a question',
    trail: plus(
      step('QUERY', '02T10:30', 'o-exam', { role: 'examiner', reason: 'Which model?' }),
      step('ANSWER', '02T11:00', 'o-broker', { role: 'declarant' }),
    ),
  },
  {
    is: 'a member of a programme, examined all the same',
    trail: change('LANE', { cause: 'programme' }),
    known: { lists: [register('aeo', 'C1')] },
  },
];
