/**
 * A clean declaration with a clean trail, and what can be wrong with them: each mutation breaks one invariant and names the
 * rules that must find it. `also` are findings that follow by arithmetic from the same change.
 */
import type { ListFile } from '../../src/facts/list/model.ts';
import type { TrailStep } from '../../src/facts/subject.ts';
import type { Known } from './administration.ts';

export interface Mutation {
  breaks: string;
  finds: string[];
  /** A change of the declaration, as in the examples of rules. */
  given?: Record<string, unknown>;
  trail?: (steps: TrailStep[]) => TrailStep[];
  also?: string[];
  /** What the administration knows beside it, otherwise than in ./administration.ts. */
  known?: Known;
}

export const step = (
  kind: TrailStep['kind'],
  at: string,
  officer: string,
  more: Partial<TrailStep> = {},
): TrailStep => ({
  id: `${kind} ${at}`,
  kind,
  at: `2026-03-${at}:00.000Z`,
  local: `2026-03-${at}:00Z`,
  officer,
  ...more,
});

/** Monday 2 March 2026 and the days after: lodged, selected for inspection, inspected, assessed, paid, released, gone. */
export const cleanTrail: TrailStep[] = [
  step('ARRIVE', '02T06:00', 'o-gate', { seals: ['A1'] }),
  step('LODGE', '02T07:15', 'o-broker', { role: 'declarant' }),
  step('REGISTER', '02T08:00', 'o-broker', { role: 'declarant' }),
  step('LANE', '02T08:01', 'o-system', { role: 'system', to: 'red', cause: 'criterion', criterion: 'C1' }),
  step('ASSIGN', '02T08:02', 'o-system', { role: 'system', to: 'o-exam', cause: 'engine' }),
  step('INSPECT', '02T10:00', 'o-exam', {
    role: 'examiner',
    control: 'physical',
    result: 'conform',
    endedAt: '2026-03-02T11:30:00.000Z',
    enteredAt: '2026-03-02T11:40:00.000Z',
    reason: 'Opened boxes 1 to 4, counted, described as declared.',
  }),
  step('REROUTE', '02T12:00', 'o-exam', { from: 'red', to: 'green', cause: 'control-closed' }),
  step('ASSESS', '02T13:00', 'o-assess', { role: 'assessor' }),
  step('PAY', '02T14:00', 'o-bank', { role: 'cashier' }),
  step('RELEASE', '02T15:00', 'o-release', { role: 'releaser' }),
  step('EXIT', '03T09:00', 'o-gate'),
];

export const without = (kind: TrailStep['kind']) => (steps: TrailStep[]) =>
  steps.filter((one) => one.kind !== kind);
export const plus =
  (...more: TrailStep[]) =>
  (steps: TrailStep[]) => [...steps, ...more];
export const change = (kind: TrailStep['kind'], more: Partial<TrailStep>) => (steps: TrailStep[]) =>
  steps.map((one) => (one.kind === kind ? { ...one, ...more } : one));
export const after =
  (...changes: ((steps: TrailStep[]) => TrailStep[])[]) =>
  (steps: TrailStep[]) =>
    changes.reduce((left, next) => next(left), steps);
export const euros = (amount: number) => ({ amount, currency: 'EUR' });

export const register = (id: string, ...keys: string[]): ListFile => ({
  id,
  title: { en: id, fr: id },
  kind: 'authorisations',
  match: 'exact',
  owner: 'test',
  origin: 'test',
  complete: true,
  entries: keys.map((key) => ({ key })),
});

/** Registers in which everybody of the clean declaration stands. */
export const registers: ListFile[] = [
  register('traders', 'C1'),
  register('brokers', 'D1'),
  register('aeo', 'C9'),
  register('suspensions', 'X9'),
  register('procedure-combinations', 'IM|4000', 'IM|4071'),
  register('additional-procedures', '4000|000', '4071|000'),
  register('agreement-members', 'EFTA|CH'),
  register('trader-activities', 'C1|85', 'C1|61', 'C1|22', 'C1|39', 'C1|64'),
  { ...register('end-users'), match: 'name', entries: [{ key: 'E1', name: 'Zarkon Missile Works' }] },
  { ...register('seizure-patterns'), complete: false, entries: [{ key: 'CN|AE|8517', grade: 'B2' }] },
  {
    ...register('verified-mass'),
    complete: false,
    entries: [{ key: 'MSCU6639870', values: { goods: 331 } }],
  },
];

export const mutations: Mutation[] = [
  { breaks: 'net mass above gross mass', finds: ['FMT-001'], given: { 'item.netMass': 130 } },
  { breaks: 'items heavier than the total', finds: ['FMT-002'], given: { 'totals.grossMass': 300 } },
  { breaks: 'one item more in the total', finds: ['FMT-003'], given: { 'totals.items': 3 } },
  { breaks: 'an item number twice', finds: ['FMT-004'], given: { items: [{}, { 'item.number': 1 }] } },
  { breaks: 'a nought too many in the packages', finds: ['FMT-005'], given: { 'totals.packages': 300 } },
  {
    breaks: 'no packages, and none to share',
    finds: ['FMT-006'],
    given: { 'totals.packages': 20, 'item.packages': 0 },
  },
  {
    breaks: 'forty packages of bulk',
    finds: ['FMT-007'],
    also: ['CGO-008'],
    given: { 'item.packageKinds': ['VL'], 'item.packages': 40, 'totals.packages': 60 },
  },
  {
    breaks: 'items under two general procedures on one form',
    finds: ['FMT-009'],
    given: { 'declaration.format': 'asycuda-sad', items: [{}, { 'item.procedure': '7100' }] },
    also: ['PRC-001', 'PRC-002', 'ORG-010', 'PRC-008', 'VAL-013C'],
  },
  {
    breaks: 'a negative price',
    finds: ['FMT-010A'],
    given: { items: [{ 'item.price': -9000 }, { 'item.price': 27_000 }] },
  },
  {
    breaks: 'nobody the goods are for',
    finds: ['FMT-012'],
    given: { 'consignee.id': null, 'consignee.name': null },
  },
  {
    breaks: 'released before it was registered',
    finds: ['FMT-014'],
    trail: change('RELEASE', { at: '2026-03-02T07:30:00.000Z' }),
    also: ['CON-001', 'CON-017'],
  },
  { breaks: 'no commodity code', finds: ['FMT-015'], given: { 'item.hs': null } },
  {
    breaks: 'dispatched from a country that is none',
    finds: ['FMT-016'],
    given: { 'countries.dispatch': 'OO' },
  },
  { breaks: 'origin in a country that is none', finds: ['FMT-016A'], given: { 'item.origin': 'OO' } },
  {
    breaks: 'invoice in a currency that is none',
    finds: ['FMT-016B'],
    given: {
      'totals.invoiceCurrency': 'QQQ',
      items: [{ 'item.priceCurrency': 'QQQ' }, { 'item.priceCurrency': 'QQQ' }],
    },
  },
  { breaks: 'delivery terms that are none', finds: ['FMT-016C'], given: { 'terms.incoterm': 'FBO' } },
  {
    breaks: 'freight left out of the customs value',
    finds: ['VAL-001', 'VAL-003'],
    given: { 'valuation.cif': 9100 },
  },
  {
    breaks: 'customs value of an item raised alone',
    finds: ['VAL-003'],
    also: ['VAL-011', 'VAL-011A', 'VAL-013C'],
    given: { 'item.cif': 6000, 'item.statisticalValue': 6000 },
  },
  { breaks: 'invoice total twice its items', finds: ['VAL-003A'], given: { 'totals.invoice': 36_000 } },
  {
    breaks: 'freight lost in the apportioning',
    finds: ['VAL-003B'],
    also: ['VAL-012'],
    given: { 'item.externalFreight': 100 },
  },
  {
    breaks: 'converted at half the rate',
    finds: ['VAL-004'],
    also: ['VAL-004A'],
    given: { 'valuation.invoiceRate': 0.25 },
  },
  {
    breaks: 'FOB, and no freight',
    finds: ['VAL-006'],
    also: ['VAL-013C'],
    given: {
      'valuation.externalFreight': 0,
      'valuation.cif': 9100,
      items: [
        { 'item.externalFreight': 0, 'item.cif': 4550 },
        { 'item.externalFreight': 0, 'item.cif': 4550 },
      ],
    },
  },
  {
    breaks: 'CIF, and insurance on the whole invoice',
    finds: ['VAL-006A'],
    given: { 'terms.incoterm': 'CIF' },
  },
  {
    breaks: 'not insured',
    finds: ['VAL-008'],
    also: ['VAL-013C'],
    given: {
      'valuation.insurance': 0,
      'valuation.cif': 9900,
      items: [
        { 'item.insurance': 0, 'item.cif': 4950 },
        { 'item.insurance': 0, 'item.cif': 4950 },
      ],
    },
  },
  { breaks: 'a tax line of half its base', finds: ['VAL-013'], given: { 'item.taxLineGap': 250 } },
  {
    breaks: 'taxes of an item above its lines',
    finds: ['VAL-013A'],
    also: ['VAL-013C'],
    given: { 'item.taxTotal': 2600, 'totals.taxes': 4200 },
  },
  { breaks: 'total taxes of half', finds: ['VAL-013B'], given: { 'totals.taxes': 1600 } },
  { breaks: 'a unit without quantity', finds: ['CLS-002'], given: { 'item.quantity': 0 } },
  {
    breaks: 'goods described as various',
    finds: ['CLS-003'],
    given: { 'item.description': 'Various goods' },
  },
  {
    breaks: 'shoes among telephones',
    finds: ['CLS-004'],
    given: { 'item.description': 'Sports shoes for men' },
  },
  {
    breaks: 'weighed at the gate: a third more',
    finds: ['CLS-008'],
    also: ['CLS-007'],
    given: { 'totals.grossMass': 450 },
  },
  {
    breaks: 'origin outside the agreement of the preference',
    finds: ['ORG-003'],
    also: ['ORG-001'],
    given: { 'item.preference': 'EFTA' },
  },
  {
    breaks: 'an additional procedure out of the matrix',
    finds: ['ORG-010'],
    given: { 'item.nationalProcedure': 'F99' },
  },
  {
    breaks: 'a procedure that the type does not know',
    finds: ['PRC-001'],
    given: { 'item.procedure': '4051', 'item.previousReference': 'E-1' },
    also: ['ORG-010'],
  },
  {
    breaks: 'form of another general procedure',
    finds: ['PRC-002'],
    given: { 'declaration.generalProcedure': '7' },
  },
  { breaks: 'out of warehouse from nowhere', finds: ['PRC-003'], given: { 'item.procedure': '4071' } },
  {
    breaks: 'a wrong digit in a container number',
    finds: ['CGO-001'],
    given: { 'containers.numbers': ['MSCU6639871'] },
  },
  {
    breaks: 'containerised, and no container',
    finds: ['CGO-002'],
    given: { 'containers.numbers': null, items: [{ 'item.containers': null }, { 'item.containers': null }] },
  },
  {
    breaks: 'containers of goods that are in none',
    finds: ['CGO-002A'],
    given: { 'transport.containerised': false },
  },
  {
    breaks: 'a seal that is not named',
    finds: ['CGO-004'],
    given: { 'seals.declared': 2, 'seals.numbers': ['A1'] },
  },
  {
    breaks: 'other seals on arrival',
    finds: ['CGO-005'],
    given: { 'seals.declared': 1, 'seals.numbers': ['B7'] },
  },
  {
    breaks: 'a flight number on a ship',
    finds: ['CGO-006'],
    given: { 'transport.borderIdentityType': '40' },
  },
  {
    breaks: 'an IMO number of five digits',
    finds: ['CGO-006A'],
    given: { 'transport.borderIdentity': '12345' },
  },
  {
    breaks: 'loaded in a third country',
    finds: ['CGO-016'],
    given: { 'countries.dispatch': 'AE', 'transport.loadingCountry': 'TR' },
    also: ['PRO-010'],
  },
  { breaks: 'imported from itself', finds: ['CGO-018'], given: { 'countries.dispatch': 'XX' } },
  { breaks: 'sold to itself', finds: ['PTY-001'], given: { 'consignor.id': 'C1' } },
  {
    breaks: 'a trader out of the register',
    finds: ['PTY-002A'],
    given: { 'consignee.id': 'C8' },
    also: ['CGO-007A', 'PTY-008', 'PTY-011'],
  },
  {
    breaks: 'a trader whose registration ended last year',
    finds: ['PTY-002'],
    known: { lists: [{ ...register('traders'), entries: [{ key: 'C1', to: '2025-12-31' }] }] },
  },
  {
    breaks: 'a broker out of the register',
    finds: ['PTY-003'],
    also: ['PTY-008B'],
    given: { 'declarant.id': 'D8' },
  },
  {
    breaks: 'a suspended importer',
    finds: ['PTY-003A'],
    given: { 'consignee.id': 'X9' },
    also: ['CGO-007A', 'PTY-008', 'PTY-002A', 'PTY-011'],
  },
  { breaks: 'an invoice of next month', finds: ['PTY-007'], given: { 'item.documentsDatedLater': ['N380'] } },
  {
    breaks: 'goods foreign to the business',
    finds: ['PTY-011'],
    also: ['FMT-016D'],
    given: { 'item.hs': '40111000', 'item.description': 'Pneumatic tyres, new' },
  },
  {
    breaks: 'a supplier like a listed end user',
    finds: ['PRO-006A'],
    given: { 'consignor.name': 'ZARKON MISSILES WORKS LTD' },
  },
  {
    breaks: 'route and goods of a seizure',
    finds: ['PRO-010'],
    given: { 'countries.dispatch': 'AE', 'transport.loadingCountry': 'AE' },
  },
  {
    breaks: 'ivory without papers',
    finds: ['PRO-002A'],
    given: { 'item.description': 'Carved ivory figures' },
  },
  { breaks: 'red, and no inspection', finds: ['CON-001'], trail: without('INSPECT'), also: ['CON-013'] },
  {
    breaks: 'inspected after release',
    finds: ['CON-001'],
    trail: change('INSPECT', {
      at: '2026-03-02T16:00:00.000Z',
      endedAt: '2026-03-02T17:00:00.000Z',
      enteredAt: '2026-03-02T17:00:00.000Z',
    }),
  },
  {
    breaks: 'a scan asked for, and none made',
    finds: ['CON-002'],
    trail: after(without('INSPECT'), without('REROUTE'), change('LANE', { to: 'orange' })),
  },
  {
    breaks: 'advice of the scan ignored',
    finds: ['CON-003'],
    trail: after(
      without('INSPECT'),
      without('REROUTE'),
      change('LANE', { to: 'orange' }),
      plus(step('SCAN', '02T09:00', 'o-scan', { result: 'suspect' })),
    ),
  },
  {
    breaks: 'sent to green without a reason, before any control',
    finds: ['CON-005'],
    trail: after(without('INSPECT'), change('REROUTE', { cause: 'discretionary-down' })),
  },
  {
    breaks: 'assigned himself',
    finds: ['CON-008'],
    trail: change('ASSIGN', { cause: 'self', officer: 'o-exam', role: 'assigner' }),
    also: ['CON-013'],
  },
  {
    breaks: 'inspected in two minutes',
    finds: ['CON-010'],
    trail: change('INSPECT', { endedAt: '2026-03-02T10:02:00.000Z' }),
  },
  {
    breaks: 'the act a minute after the lane',
    finds: ['CON-010A'],
    trail: change('INSPECT', { at: '2026-03-02T08:02:00.000Z' }),
  },
  {
    breaks: 'assessed and cancelled by one',
    finds: ['CON-013', 'CON-015'],
    trail: after(without('RELEASE'), without('EXIT'), plus(step('CANCEL', '02T16:00', 'o-assess'))),
  },
  {
    breaks: 'released at night',
    finds: ['CON-014'],
    trail: change('RELEASE', { at: '2026-03-02T23:30:00.000Z' }),
  },
  {
    breaks: 'amended to less tax after assessment',
    finds: ['CON-016'],
    trail: plus(step('AMEND', '02T13:30', 'o-other', { taxBefore: euros(3_200_00), tax: euros(2_200_00) })),
  },
  { breaks: 'released unpaid', finds: ['CON-017'], trail: without('PAY'), also: ['CON-017A'] },
  {
    breaks: 'waiting for assessment for a week',
    finds: ['CON-018'],
    trail: after(
      without('RELEASE'),
      without('EXIT'),
      without('PAY'),
      change('ASSESS', { at: '2026-03-10T13:00:00.000Z' }),
    ),
    also: ['CON-017A'],
  },
  {
    breaks: 'a correction taken back by another',
    finds: ['CON-020'],
    trail: plus(
      step('AMEND', '02T11:00', 'o-one', { taxBefore: euros(3_200_00), tax: euros(4_200_00) }),
      step('AMEND', '02T12:30', 'o-two', { taxBefore: euros(4_200_00), tax: euros(3_200_00) }),
    ),
  },
  {
    breaks: 'an offence without a fine',
    finds: ['CON-021'],
    trail: plus(step('OFFENCE', '02T12:30', 'o-exam', { fine: euros(0) })),
  },
  {
    breaks: 'a benefit of a programme for a stranger',
    finds: ['CON-023'],
    trail: change('LANE', { cause: 'programme' }),
  },
  {
    breaks: 'left until the clock ran out',
    finds: ['CON-025'],
    trail: after(
      without('INSPECT'),
      change('LANE', { to: 'yellow' }),
      change('REROUTE', { from: 'yellow', to: 'blue', cause: 'timeout' }),
    ),
  },
  {
    breaks: 'typed in four days later',
    finds: ['SYS-008'],
    trail: change('INSPECT', { enteredAt: '2026-03-06T10:00:00.000Z' }),
  },
  {
    breaks: 'a forced control skipped',
    finds: ['PRO-012'],
    trail: after(
      without('INSPECT'),
      change('LANE', { cause: 'forced' }),
      change('REROUTE', { cause: 'discretionary-down', reason: 'No examiner was free.' }),
    ),
  },
  {
    breaks: 'released on hold',
    finds: ['PRO-013'],
    trail: plus(step('HOLD', '02T09:00', 'o-food', { agency: 'FOOD' })),
  },
  {
    breaks: 'a hold lifted in the name of another',
    finds: ['PRO-013A', 'PRO-013'],
    trail: plus(
      step('HOLD', '02T09:00', 'o-food', { agency: 'FOOD' }),
      step('UNHOLD', '02T09:30', 'o-plant', { agency: 'PLANT' }),
    ),
  },
  {
    breaks: 'party changed three hours before release',
    finds: ['PTY-012'],
    trail: plus(step('AMEND', '02T12:30', 'o-other', { cause: 'consignee' })),
  },
  {
    breaks: 'extended three times',
    finds: ['PRC-007'],
    trail: plus(
      ...['04', '05', '06'].map((day) => step('AMEND', `${day}T10:00`, 'o-other', { cause: 'extension' })),
    ),
  },
  // Declared
  {
    breaks: 'a customs value below zero',
    finds: ['FMT-010'],
    given: { items: [{ 'item.cif': -5000 }, {}] },
    also: ['VAL-003', 'VAL-013C'],
  },
  {
    breaks: 'the consignee by header and by item',
    finds: ['FMT-011'],
    given: {
      'declaration.format': 'wco-dm',
      items: [{ 'item.consigneeId': 'C1' }, { 'item.consigneeId': 'C1' }],
    },
  },
  {
    breaks: 'export value without its inland freight',
    finds: ['VAL-002'],
    given: {
      'declaration.flow': 'export',
      'declaration.type': 'EX',
      'declaration.generalProcedure': '1',
      'valuation.internalFreight': 500,
      'valuation.fob': 7000,
      items: [{ 'item.procedure': '1000' }, { 'item.procedure': '1000' }],
    },
    also: ['PRC-001', 'ORG-010'],
  },
  {
    breaks: 'two currencies on one UK declaration',
    finds: ['VAL-005'],
    given: {
      'declaration.country': 'GB',
      'declaration.format': 'wco-dm',
      items: [{}, { 'item.priceCurrency': 'EUR' }],
    },
  },
  {
    breaks: 'by air and no air freight',
    finds: ['VAL-007'],
    also: ['VAL-003B'],
    given: {
      'declaration.format': 'wco-dm',
      'transport.borderMode': '4',
      'transport.borderIdentityType': '40',
      'item.externalFreight': 0,
    },
  },
  { breaks: 'just under the threshold', finds: ['VAL-014'], given: { 'parameter.valueThreshold': 10_100 } },
  {
    breaks: 'a preference without its proof',
    finds: ['ORG-002'],
    given: { 'item.preference': '300', 'parameter.originProofDocuments': ['N954'] },
    also: ['ORG-003', 'VAL-013C'],
  },
  {
    breaks: 'a quota under a preference that has none',
    finds: ['ORG-004'],
    given: { 'declaration.country': 'GB', 'item.quota': '051234', 'item.preference': '100' },
  },
  {
    breaks: 'a proof of origin of next month',
    finds: ['ORG-006'],
    given: { 'item.documentsDatedLater': ['N954'], 'parameter.originProofDocuments': ['N954'] },
  },
  {
    breaks: 'a preference by way of a third country',
    finds: ['ORG-007'],
    given: {
      'item.preference': '300',
      'countries.dispatch': 'AE',
      'parameter.originProofDocuments': ['N380'],
      'parameter.directTransportDocuments': ['N720'],
    },
    also: ['ORG-003', 'PRO-010', 'VAL-013C'],
  },
  { breaks: 'one office of transit twice', finds: ['CGO-012'], given: { 'transit.repeatedOffices': 1 } },
  {
    breaks: 'expected before it was declared',
    finds: ['CGO-012A'],
    given: { 'declaration.flow': 'transit', 'transit.arrivalEstimate': '2026-02-20' },
  },
  {
    breaks: 'a transit without the reference of its guarantee',
    finds: ['CGO-014'],
    given: { 'declaration.flow': 'transit', 'guarantee.type': '1' },
  },
  {
    breaks: 'faster than the road allows',
    finds: ['CGO-013'],
    given: { 'declaration.flow': 'transit', 'transit.destinationOffice': 'XX009' },
    trail: plus(step('ARRIVE', '02T16:00', 'o-gate')),
    known: {
      lists: [
        { ...register('transit-routes'), entries: [{ key: 'XX001|XX009', values: { minimumHours: 6 } }] },
      ],
    },
  },
  {
    breaks: 'a week on the way to the station',
    finds: ['CGO-015'],
    trail: plus(step('ARRIVE', '10T09:00', 'o-gate')),
    known: { lists: [{ ...register('station-times'), entries: [{ key: 'XX001', values: { hours: 10 } }] }] },
  },
  {
    breaks: 'a transit that nobody ended',
    finds: ['PRC-012'],
    given: { 'declaration.flow': 'transit' },
    trail: without('EXIT'),
  },
  {
    breaks: 'an export that nobody saw leave',
    finds: ['PRC-015'],
    given: { 'declaration.flow': 'export', 'parameter.exportExitDays': 60 },
    trail: without('EXIT'),
  },
  {
    breaks: 'lodged in advance and never arrived',
    finds: ['PRC-016'],
    trail: after(without('ARRIVE'), without('RELEASE'), without('EXIT')),
  },
  {
    breaks: 'waiting for assessment for a month',
    finds: ['CON-018A'],
    trail: after(without('RELEASE'), without('EXIT'), without('PAY'), without('ASSESS')),
  },
  {
    breaks: 'assessed, and not paid for months',
    finds: ['CON-017A'],
    trail: after(without('PAY'), without('RELEASE'), without('EXIT')),
  },
  {
    breaks: 'five items at round prices',
    finds: ['VAL-015'],
    given: {
      'totals.items': 5,
      'totals.packages': 90,
      'totals.grossMass': 990,
      'totals.netMass': 900,
      items: [{}, {}, {}, {}, {}],
    },
    also: ['VAL-003B', 'CLS-008', 'CGO-008', 'VAL-003', 'VAL-003A', 'VAL-013B'],
  },
];
