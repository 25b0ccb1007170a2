/** The forty declarations as documents, from the short form of declarations.yaml. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import {
  type Collections,
  checks,
  type DeclarationDocument,
  declarations,
  type EventDocument,
  events,
  type OutcomeDocument,
  outcomes,
} from '../../../src/check/collections.ts';
import type { CheckDocument } from '../../../src/check/document.ts';
import { nothingAsked } from '../../../src/check/evidence.ts';
import type { Item } from '../../../src/declaration/declaration.ts';
import type { EventKind } from '../../../src/declaration/trail.ts';
import { fromRoot } from '../../../src/ground/paths.ts';
import type { FoldContext } from '../../../src/projections/history.ts';
import { defaultContext } from '../../../src/projections/history.ts';
import { project } from '../../../src/projections/project.ts';
import { openRoster } from '../../../src/projections/roster.ts';
import { workingTime } from '../../../src/projections/working-time.ts';
import { openBook } from '../../../src/sources/reference/book.ts';
import { referenceDocument } from '../../../src/sources/reference/store.ts';
import type { Store } from '../../../src/store/port.ts';
import { finding } from '../../projections/trail.ts';

interface Short {
  id: string;
  year?: number;
  office: string;
  declarant: string;
  importer: string;
  hs: string;
  origin: string;
  kg: number;
  value: number;
  duty: number;
  waived?: number;
  suspended?: number;
  procedure?: string;
  days?: number;
  trail: string[];
  outcomes?: string[];
  errors?: number;
  breaches?: number;
  /** Officers whom one finding of kind system names. */
  system?: string[];
  /** Kilograms that it takes of entries. */
  takes?: Record<string, number>;
}

export const fortyFolder = fromRoot('tests', 'indicators', 'forty');
const short = parse(readFileSync(join(fortyFolder, 'declarations.yaml'), 'utf8')) as Short[];

const euros = (amount: number) => ({ amount: amount * 100, currency: 'EUR' });
const utc = (local: string): string => new Date(local).toISOString();

/** `03-05 10:00 INSPECT carl control=documents` to its instants, kind, officer and the rest. */
function line(text: string, year: number) {
  const [day, clock, word, ...rest] = text.split(' ');
  const local = `${year}-${day}T${clock}:00+01:00`;
  const named = Object.fromEntries(rest.filter((part) => part.includes('=')).map((part) => part.split('=')));
  return { local, at: utc(local), word: word!, words: rest.filter((part) => !part.includes('=')), named };
}

function eventOf(declaration: string, text: string, index: number, year: number): EventDocument {
  const { local, at, word, words, named } = line(text, year);
  const { tax, before, fine, ...rest } = named;
  return {
    ...rest,
    id: `${declaration}-E${String(index).padStart(2, '0')}`,
    declaration,
    kind: word as EventKind,
    at,
    local,
    enteredAt: null,
    officer: words[0] ?? null,
    recordedAt: at,
    ...(tax === undefined ? {} : { tax: euros(Number(tax)) }),
    ...(before === undefined ? {} : { taxBefore: euros(Number(before)) }),
    ...(fine === undefined ? {} : { fine: euros(Number(fine)) }),
  };
}

function outcomeOf(
  declaration: string,
  office: string,
  text: string,
  index: number,
  year: number,
): OutcomeDocument {
  const { local, at, word, words, named } = line(text, year);
  const [result, officer, ...flags] = words;
  return {
    id: `${declaration}-U${index}`,
    declaration,
    office,
    control: word as OutcomeDocument['control'],
    result: result as OutcomeDocument['result'],
    status: (named.status ?? 'final') as OutcomeDocument['status'],
    at,
    local,
    enteredAt: null,
    officer: officer ?? null,
    recordedAt: at,
    ...(flags.includes('random') ? { random: true } : {}),
    ...(flags.includes('seizure') ? { seizure: true } : {}),
    ...(named.duty === undefined ? {} : { duty: euros(Number(named.duty)) }),
  };
}

function itemOf(each: Short): Item {
  const taxes = [
    { code: 'DUTY', amount: euros(each.duty), payable: true },
    ...(each.waived === undefined ? [] : [{ code: 'DUTY', amount: euros(each.waived), payable: false }]),
    ...(each.suspended === undefined
      ? []
      : [{ code: 'DUTY', amount: euros(each.suspended), payable: false }]),
  ];
  return {
    number: 1,
    hs: `${each.hs}00`,
    origin: each.origin,
    procedure: each.procedure ?? '4000',
    netMass: each.kg,
    cif: euros(each.value),
    taxes,
    ...(each.takes === undefined
      ? {}
      : {
          previous: Object.entries(each.takes).map(([reference, kg]) => ({
            reference,
            netMassWrittenOff: kg,
          })),
        }),
  };
}

const documents = short.map((each) => {
  const year = each.year ?? 2026;
  const trail = each.trail.map((text, i) => eventOf(each.id, text, i + 1, year));
  const registered = trail.find((event) => event.kind === 'REGISTER')!;
  const declaration: DeclarationDocument = {
    id: `${each.id}#1`,
    reference: each.id,
    version: 1,
    provisional: false,
    content: each.id,
    office: each.office,
    flow: 'import',
    declarant: each.declarant,
    consignee: each.importer,
    consignor: `S-${each.origin}`,
    occurredAt: registered.at,
    recordedAt: registered.at,
    declaration: {
      format: 'json',
      office: each.office,
      flow: 'import',
      type: 'IM',
      generalProcedure: (each.procedure ?? '4').slice(0, 1),
      currency: 'EUR',
      ...(each.days === undefined ? {} : { warehouse: { delay: each.days } }),
      items: [itemOf(each)],
    },
  };
  const findings = [
    ...Array.from({ length: each.errors ?? 0 }, (_, i) => finding(`VAL-00${i + 1}`)),
    ...Array.from({ length: each.breaches ?? 0 }, () => finding('RTE-001', { kind: 'conduct' })),
    ...(each.system === undefined
      ? []
      : [
          finding('SYS-002', {
            kind: 'system',
            class: 'warning',
            weight: 15,
            values: { officers: each.system },
          }),
        ]),
  ];
  const check: CheckDocument | undefined =
    each.errors === undefined
      ? undefined
      : {
          id: `${each.id}-C1`,
          schema: 1,
          key: `${each.id}#1@registration`,
          declaration: each.id,
          version: 1,
          content: each.id,
          office: each.office,
          flow: 'import',
          stage: 'registration',
          occurredAt: registered.at,
          recordedAt: registered.at,
          versions: { engine: '1', rulebook: '1', profile: '1', country: '1' },
          evidence: nothingAsked,
          score: 0,
          lane: 'green',
          reasons: [],
          ordinal: 0,
          findings,
          holes: '',
        };
  return {
    declaration,
    trail,
    outcomes: (each.outcomes ?? []).map((text, i) => outcomeOf(each.id, each.office, text, i + 1, year)),
    check,
  };
});

type Line = readonly [kind: string, record: Record<string, unknown>];
const port = 'PORT';
const onDuty = (day: string, from: string, to: string): Line => [
  'duty',
  { user: 'bert', office: port, day, from: `${day}T${from}:00+01:00`, to: `${day}T${to}:00+01:00` },
];
/**
 * PORT is open on weekdays from 8 to 17, from 2026 on, and closed on 18 March. Its roster has bert alone, and not on each day; on
 * 17 March he works until 13. Of the holiday it has the day, as it has others' days. AIR has neither.
 */
const working: readonly Line[] = [
  ...[1, 2, 3, 4, 5].map(
    (weekday): Line => [
      'calendar',
      { office: port, weekday, opens: '08:00', closes: '17:00', from: '2026-01-01' },
    ],
  ),
  ['holiday', { office: port, day: '2026-03-18', from: '2026-03-18', to: '2026-03-18' }],
  ...['03', '04', '06', '09', '10', '12', '13', '19'].map((day) =>
    onDuty(`2026-03-${day}`, '08:00', '17:00'),
  ),
  onDuty('2026-03-17', '08:00', '13:00'),
  ['duty', { user: 'bert', office: port, day: '2026-03-18', from: '2026-03-18', to: '2026-03-18' }],
];
const workingDocuments = working.map(([kind, record]) =>
  referenceDocument({ kind, record }, '2026-03-01T00:00:00.000Z'),
);
const roster = openRoster();
for (const document of workingDocuments) roster.add(document);

/** Importer M1 is in a programme on the first of April 2026 alone. */
export const fortyContext: FoldContext = {
  ...defaultContext,
  trusted: (party, day) => party === 'M1' && day === '2026-04-01',
  workOf: workingTime(openBook(workingDocuments), roster, undefined),
};

/** Writes the forty and projects them. */
export async function storeForty(store: Store): Promise<void> {
  await store
    .collection<Collections['declaration']>(declarations)
    .put(documents.map(({ declaration }) => declaration));
  await store.collection<Collections['event']>(events).put(documents.flatMap(({ trail }) => trail));
  await store
    .collection<Collections['outcome']>(outcomes)
    .put(documents.flatMap(({ outcomes: results }) => results));
  await store
    .collection<Collections['check']>(checks)
    .put(documents.flatMap(({ check }) => (check === undefined ? [] : [check])));
  await project(store, { context: fortyContext });
}
