/**
 * What an administration knows beside the clean declaration, in memory and complete: tariff, rates, manifest, accounts of
 * officers, and a year of earlier declarations of the same people and goods. Mutations change one thing of it.
 */
import type { Collections } from '../../src/check/collections.ts';
import { accountResolver } from '../../src/evidence/account-facts.ts';
import { openAccounts } from '../../src/evidence/accounts.ts';
import { computeBaselines } from '../../src/evidence/baselines/compute.ts';
import { baselineResolver } from '../../src/evidence/baselines/resolver.ts';
import { historyResolver } from '../../src/evidence/history.ts';
import { plain } from '../../src/evidence/links.ts';
import { listBook, shippedLists } from '../../src/evidence/lists/shipped.ts';
import { openMemory } from '../../src/evidence/memory.ts';
import { procedureOf, readProcedures } from '../../src/evidence/procedures.ts';
import { relatedResolver } from '../../src/evidence/related.ts';
import { systemResolver } from '../../src/evidence/system.ts';
import { tariffResolver } from '../../src/evidence/tariff.ts';
import { changed, type Given } from '../../src/facts/change.ts';
import type { ListFile } from '../../src/facts/list/model.ts';
import type { FactSources } from '../../src/facts/sources.ts';
import type { ControlOutcome } from '../../src/facts/subject.ts';
import { openBook } from '../../src/sources/reference/book.ts';
import { referenceDocument } from '../../src/sources/reference/store.ts';
import { nationalTariff } from '../../src/sources/tariff/country.ts';
import type { CollectionSpec, Document, Store } from '../../src/store/port.ts';
import { cleanDeclaration } from '../facts/clean.ts';

/** Another declaration that is here already. */
export interface Other {
  reference: string;
  /** Day of it, and on which it was recorded. */
  day: string;
  given?: Given;
  /** Nothing was payable. */
  exempt?: true;
  events?: { kind: string; day: string; [member: string]: unknown }[];
  outcomes?: { result: string; [member: string]: unknown }[];
}

/** A record of a kind, and the day on which it was told; long ago where absent. */
export type Kept = [kind: string, record: Record<string, unknown>, told?: string];

export interface Known {
  /** Beside the year of earlier declarations. */
  others?: Other[];
  /** In place of it. */
  earlier?: Other[];
  /** Beside the base's, or, of the same key, after them. */
  records?: Kept[];
  /** In place of those of the same id. */
  lists?: ListFile[];
  outcomes?: Partial<ControlOutcome>[];
  /** Of the declaration itself. */
  version?: number;
  /** Up to when everything is known to be complete. */
  completeTo?: string;
}

/** Before everything. */
const since = '2020-01-01';
const officers = ['o-gate', 'o-exam', 'o-assess', 'o-bank', 'o-release', 'o-scan', 'o-other'];

/** Codes of the tariff that measures reach, by area of protection, with the document that each asks for. */
export const measured: Readonly<Record<string, { hs: string; document?: string }>> = {
  cites: { hs: '01061900', document: 'C400' },
  waste: { hs: '26204000', document: 'C670' },
  ozone: { hs: '29034100', document: 'L100' },
  precursor: { hs: '29242300' },
  'dual-use': { hs: '84014000' },
  arms: { hs: '93020000' },
  medicine: { hs: '30049000' },
  food: { hs: '02013000' },
  plant: { hs: '06021000', document: 'C085' },
  other: { hs: '90221200', document: 'C640' },
};

const codes = ['85171300', '61091000', ...Object.values(measured).map(({ hs }) => hs)];
const voyage = { office: 'XX001', voyage: 'V1', departure: '2026-02-10' };

const base: Kept[] = [
  ...codes.map((hs): Kept => ['tariff-line', { hs, units: ['NAR'], precisions: ['A1'] }]),
  ...codes.flatMap((hs): Kept[] =>
    [
      ['DUT', 0.1],
      ['EXC', 0],
      ['VAT', 0.2],
    ].map(([tax, rate]): Kept => ['tariff-rate', { hs, tax, rate }]),
  ),
  ['tariff-rate', { hs: '85171300', tax: 'DUT', rate: 0, preference: '300', origin: 'CN' }],
  ...Object.entries(measured).map(
    ([area, { hs, document }]): Kept => [
      'tariff-measure',
      { hs, measure: area, area, ...(document === undefined ? {} : { documents: [document] }) },
    ],
  ),
  ['exchange-rate', { currency: 'USD', rate: 0.5 }],
  ['manifest', { ...voyage, bills: 1, packages: 30, grossMass: 330 }],
  ['arrival', { ...voyage, at: '2026-03-01' }],
  ['bill', { ...voyage, bill: 'BL-77', consignee: 'C1', packages: 30, grossMass: 330, location: 'QUAY1' }],
  ...officers.map((user): Kept => ['account', { user }]),
  ...officers.map((user): Kept => ['post', { user, office: 'XX001' }]),
  ['right', { user: 'o-release', right: 'RELEASE' }],
  ['guarantee', { reference: 'G-1', amount: { amount: 10_000_00, currency: 'EUR' } }],
];

const days = (from: string, more: number): string =>
  new Date(Date.parse(`${from}T00:00:00Z`) + more * 86_400_000).toISOString().slice(0, 10);

/** A week apart, alike and never the same. */
const year: Other[] = Array.from({ length: 36 }, (_, index) => {
  const [a, b, c] = [
    1 + ((index % 7) - 3) * 0.03,
    1 + ((index % 5) - 2) * 0.03,
    1 + ((index % 3) - 1) * 0.03,
  ];
  const item = (of: number): Given => ({
    'item.netMass': 100 * of * a,
    'item.grossMass': 110 * of * b,
    'item.cif': 5000 * c,
    'item.statisticalValue': 5000 * c,
    'item.taxTotal': 1600 * a,
    'item.externalFreight': 450 * b,
    'item.insurance': 50 * a,
  });
  return { reference: `E${index}`, day: days('2025-06-02', index * 7), given: { items: [item(1), item(2)] } };
});

function declarationOf({ reference, day, given = {}, exempt }: Other) {
  const { declaration } = changed(cleanDeclaration(), {
    'declaration.acceptedAt': day,
    'declaration.lodgedAt': `${day}T08:00:00Z`,
    'declaration.registrationNumber': null,
    'declaration.registeredOn': null,
    'declaration.localReference': `L-${reference}`,
    'declaration.billOfLading': `B-${reference}`,
    'containers.numbers': null,
    ...given,
  });
  const unlike = !('items' in given && JSON.stringify(given).includes('item.documentReferences'));
  for (const item of declaration.items) {
    if (!JSON.stringify(given).includes('item.containers')) delete item.containers;
    if (item.billOfLading === 'BL-77' && !JSON.stringify(given).includes('BL-77'))
      item.billOfLading = `B-${reference}`;
    if (exempt) for (const line of item.taxes ?? []) line.payable = false;
    if (unlike) item.documents = [{ code: 'N380', reference: `INV-${reference}` }];
  }
  return declaration;
}

const stamp = (day: string) => `${day}T12:00:00.000Z`;

function documentsOf(others: readonly Other[]) {
  const declarations = others.map((other): Collections['declaration'] => {
    const declaration = declarationOf(other);
    return {
      id: `${other.reference}#1`,
      reference: other.reference,
      version: 1,
      provisional: false,
      content: other.reference,
      office: declaration.office ?? null,
      flow: declaration.flow,
      declarant: declaration.declarant?.id ?? null,
      consignee: declaration.consignee?.id ?? null,
      consignor: declaration.consignor?.id ?? null,
      occurredAt: declaration.lodgedAt ?? stamp(other.day),
      recordedAt: stamp(other.day),
      declaration,
    };
  });
  const told = (other: Other, kind: string, day: string) => ({
    declaration: other.reference,
    at: stamp(day),
    local: stamp(day),
    enteredAt: null,
    officer: null,
    recordedAt: stamp(day),
    id: `${other.reference} ${kind} ${day}`,
  });
  return {
    declaration: declarations,
    event: others.flatMap((other) =>
      (other.events ?? []).map(({ day, ...event }) => ({ ...told(other, event.kind, day), ...event })),
    ),
    outcome: others.flatMap((other) =>
      (other.outcomes ?? []).map((outcome, index) => ({
        ...told(other, `outcome ${index}`, other.day),
        control: 'physical',
        status: 'final',
        ...outcome,
      })),
    ),
  };
}

/** As much of a store as the memory asks for. */
function storeOf(documents: Readonly<Record<string, readonly Document[]>>): Store {
  const collection = ({ name }: CollectionSpec) => {
    const docs = documents[name] ?? [];
    return {
      since: async (cursor: number, limit: number) =>
        docs
          .slice(cursor, cursor + limit)
          .map((doc, index) => ({ doc, version: 1, seq: cursor + index + 1 })),
      getMany: async (ids: readonly string[]) =>
        new Map(
          docs.filter(({ id }) => ids.includes(id)).map((doc) => [doc.id, { doc, version: 1, seq: 1 }]),
        ),
    };
  };
  return { collection } as unknown as Store;
}

const bare = (text: string): string => plain(text).replace(/[^\p{L}\p{N}]/gu, '');
const procedure = procedureOf(readProcedures());

/** Where facts come from, for one mutation. */
export async function administration(known: Known, registers: readonly ListFile[]): Promise<FactSources> {
  const { others = [], earlier = year, records = [], lists: own = [], completeTo = '2026-06-30' } = known;
  const store = storeOf(documentsOf([...earlier, ...others]));
  const memory = openMemory(store);
  const replaced = new Set(own.map(({ id }) => id));
  const lists = listBook([...shippedLists(), ...registers.filter(({ id }) => !replaced.has(id)), ...own]);
  const book = openBook(
    [...base, ...records].map(([kind, record, told], index) =>
      referenceDocument(
        { kind, record: { from: since, ...record } },
        new Date(Date.parse(`${told ?? since}T00:00:00Z`) + index).toISOString(),
      ),
    ),
  );
  const bills = {
    keys: (reference: string) =>
      [
        ...new Set(
          book
            .all('bill')
            .map(({ office, voyage: of, departure, bill }) => [office, of, departure, bill].join('|')),
        ),
      ].filter((key) => bare(key.split('|')[3]!) === reference),
  };
  const national = nationalTariff('XX', book);
  const { version, groups } = await computeBaselines(memory, '2026-03-01T00:00:00.000Z', 365);
  const baselines = {
    version: version.id,
    book: new Map(groups.map(({ group, measures }) => [group, measures])) as never,
  };
  const complete = Date.parse(`${completeTo}T00:00:00Z`);
  return {
    procedure,
    lists: () => lists,
    completeTo: () => complete,
    calendar: () => ({
      timeZone: 'UTC',
      week: Array.from({ length: 6 }, () => [[360, 1200] as const]),
    }),
    families: {
      tariff: tariffResolver(() => national),
      system: systemResolver(() => book, memory),
      ledger: accountResolver({ bookAt: () => book, bills, memory, accounts: openAccounts(store) }),
      history: historyResolver(memory, () => 100),
      related: relatedResolver(memory, () => 100),
      baseline: baselineResolver(async () => baselines),
    },
  };
}
