/**
 * Facts on accounts of suspense entries, guarantees and licences, as they stood just before the check with this declaration
 * included. What is not known is never counted against anybody: an entry that is not here, or an amount that is not
 * declared, leaves the fact missing.
 */
import type { Declaration } from '../declaration/declaration.ts';
import { nationalCurrency, scaleOf, settled } from '../facts/computed/amounts.ts';
import {
  discharges,
  type Entry,
  entryFor,
  type LedgerMeasure,
  type Taking,
} from '../facts/ledger/account.ts';
import type { List } from '../facts/list/book.ts';
import type { FactCall, FactValue } from '../facts/model.ts';
import type { FactSources } from '../facts/sources.ts';
import type { FactSubject } from '../facts/subject.ts';
import { localTime } from '../ground/zones.ts';
import type { ReferenceBook } from '../sources/reference/book.ts';
import { type AccountsAt, type Booked, bookedOf } from './accounts.ts';
import { plain } from './links.ts';
import { noName } from './memory/names.ts';
import { dayNumber } from './memory/traces.ts';
import type { View } from './memory.ts';
import { zoneOf } from './offices.ts';

/** What is looked at for one subject: rows of versions, found before anything is read. */
export interface Ledger {
  subject: FactSubject;
  own: Booked;
  asOf: number;
  /** Versions that a name means, the own left out. */
  named: Map<string, number[]>;
  /** Versions that take of what a name means. */
  takers: Map<string, number[]>;
  secured: number[];
  licensed: Map<string, number[]>;
}

type Found = Omit<Ledger, 'subject' | 'own' | 'asOf'>;

export const licenceList = 'licences';
/** A local day ends at most so much before the same day ends in UTC. */
const zoneMs = 14 * 3_600_000;

/** Number of milliseconds of the subject's check. */
const instant = ({ recordedAt }: FactSubject): number => Date.parse(recordedAt);

/** First step for a subject: what it names. Entries must be read before those who take of them can be asked for. */
export function openLedger(subject: FactSubject, memory: View, sources: FactSources): Ledger {
  const { declaration, reference } = subject;
  const own = bookedOf(reference, declaration);
  const asOf = instant(subject);
  const self = memory.names.find(reference);
  const others = (rows: number[]) =>
    rows.filter((version) => memory.traces.versions.reference.at(version) !== self);
  const found: Found = { named: new Map(), takers: new Map(), secured: [], licensed: new Map() };
  for (const { names } of own.takings)
    for (const name of names)
      if (!found.named.has(name)) found.named.set(name, others(versionsNamed(name, memory, asOf)));
  if (own.entries.length > 0)
    for (const name of own.names) found.takers.set(name, others(memory.linked('previous', name, asOf)));
  const guarantee = declaration.guarantee?.reference;
  // What has ended owes nothing: only the open entries of a shared guarantee are read.
  if (guarantee !== undefined)
    found.secured = others(memory.linked('guarantee', plain(guarantee), asOf)).filter(
      (version) => !memory.ended(memory.traces.versions.reference.at(version), asOf),
    );
  if (sources.lists?.(subject.recordedAt)?.get(licenceList) !== undefined)
    for (const { code, reference: number } of own.licences) {
      const key = `${plain(code)}|${plain(number)}`;
      if (!found.licensed.has(key)) found.licensed.set(key, others(memory.linked('document', key, asOf)));
    }
  return { subject, own, asOf, ...found };
}

/** By the reference under which it is kept here, else by what the system called it. */
function versionsNamed(name: string, memory: View, asOf: number): number[] {
  const reference = memory.names.find(name);
  const direct = reference === noName ? -1 : memory.traces.versionAt(reference, asOf);
  if (direct >= 0) return memory.cancelled(reference, asOf) ? [] : [direct];
  return memory.linked('name', name, asOf);
}

/** Versions to be read for the first step. */
export const firstVersions = ({ named, takers, secured, licensed }: Ledger): number[] => [
  ...[...named.values()].flat(),
  ...[...takers.values()].flat(),
  ...secured,
  ...[...licensed.values()].flat(),
];

/** Second step: who else takes of the entries that were found, and of the entries that the guarantee secures. */
export function secondVersions(ledger: Ledger, memory: View, accounts: AccountsAt): number[] {
  const { asOf, named, takers, secured } = ledger;
  const rows: number[] = [];
  for (const version of [...[...named.values()].flat(), ...secured])
    for (const name of accounts.of(version)?.names ?? []) {
      if (takers.has(name)) continue;
      const found = memory.linked('previous', name, asOf);
      takers.set(name, found);
      rows.push(...found);
    }
  return rows;
}

interface Held {
  booked: Booked;
  entry: Entry;
}

/** The one entry that a taking discharges; undefined where it is not known, or is none. */
function heldBy(taking: Taking, ledger: Ledger, accounts: AccountsAt): Held | undefined {
  for (const name of taking.names) {
    const versions = ledger.named.get(name) ?? [];
    if (versions.length !== 1) continue;
    const booked = accounts.of(versions[0]!);
    const entry = booked === undefined ? undefined : entryFor(booked.entries, taking);
    if (booked !== undefined && entry !== undefined && discharges(taking.procedure, entry))
      return { booked, entry };
  }
  return undefined;
}

/** What others took of an entry, in the measure; what they do not say counts as nothing. */
function takenByOthers(
  { booked, entry }: Held,
  measure: LedgerMeasure,
  ledger: Ledger,
  accounts: AccountsAt,
): number {
  const versions = new Set(booked.names.flatMap((name) => ledger.takers.get(name) ?? []));
  let sum = 0;
  for (const version of versions) {
    const other = accounts.of(version);
    if (other === undefined || other.reference === ledger.subject.reference) continue;
    for (const taking of other.takings)
      if (
        taking.names.some((name) => booked.names.includes(name)) &&
        entryFor(booked.entries, taking) === entry &&
        discharges(taking.procedure, entry) &&
        (measure !== 'value' || taking.currency === entry.currency)
      )
        sum += taking.amounts[measure] ?? 0;
  }
  return sum;
}

/** Grams and minor units back to kilograms and major units. */
const shown = (amount: number, measure: LedgerMeasure, currency: string | undefined): number =>
  measure === 'netMass'
    ? amount / 1000
    : measure === 'value'
      ? amount / scaleOf(currency ?? 'XXX')
      : settled(amount);

/** Of the entry of which least is left. */
function remaining(
  ledger: Ledger,
  index: number,
  measure: LedgerMeasure,
  accounts: AccountsAt,
): { left: number; of: number } | undefined {
  const { own } = ledger;
  let least: { left: number; of: number } | undefined;
  for (const taking of own.takings) {
    if (taking.index !== index) continue;
    const held = heldBy(taking, ledger, accounts);
    const entered = held?.entry.amounts[measure];
    if (held === undefined || entered === undefined) return undefined;
    if (measure === 'value' && taking.currency !== held.entry.currency) return undefined;
    let left = entered - takenByOthers(held, measure, ledger, accounts);
    // Items before this one took first: the one that goes too far is the one that is told.
    for (const earlier of own.takings) {
      if (earlier.index > index) continue;
      if (heldBy(earlier, ledger, accounts)?.entry !== held.entry) continue;
      const amount = earlier.amounts[measure];
      if (amount === undefined) return undefined;
      left -= amount;
    }
    const now = shown(left, measure, held.entry.currency);
    if (least === undefined || now < least.left)
      least = { left: now, of: shown(entered, measure, held.entry.currency) };
  }
  return least;
}

const onlyEntry = (ledger: Ledger, index: number, accounts: AccountsAt): Entry | undefined => {
  const held = ledger.own.takings
    .filter((taking) => taking.index === index)
    .map((taking) => heldBy(taking, ledger, accounts));
  return held.length === 1 ? held[0]?.entry : undefined;
};

const textMembers = ['hs', 'origin', 'consignee', 'precision', 'procedure'] as const;

function valuePerKg(entry: Entry | undefined, declaration: Declaration): FactValue {
  const { value, netMass } = entry?.amounts ?? {};
  if (value === undefined || netMass === undefined || netMass === 0) return undefined;
  if (entry!.currency !== nationalCurrency(declaration)) return undefined;
  return (value * 1000) / netMass / scaleOf(entry!.currency ?? 'XXX');
}

/** In the unit of the licence: as written off, else the mass or the supplementary quantity where the licence counts them. */
const usedOf = (use: Booked['licences'][number], unit: string | undefined): number | undefined =>
  use.quantity ??
  (unit === 'KGM'
    ? use.netMass
    : use.units.find(({ code }) => code !== undefined && code === unit)?.quantity);

interface Licence {
  key: string;
  hit: { values: Readonly<Record<string, unknown>>; from?: string | undefined; to?: string | undefined };
}

/** Licences of an item on the list, whatever day they are valid on. */
function licencesOf(ledger: Ledger, index: number, code: string, list: List): Licence[] {
  return ledger.own.licences.flatMap((use) => {
    if (use.index !== index || !use.code.startsWith(code)) return [];
    const key = `${plain(use.code)}|${plain(use.reference)}`;
    const entry = list.entry(key);
    return entry === undefined ? [] : [{ key, hit: { ...entry, values: entry.values ?? {} } }];
  });
}

/** Of the licence of which least is left. */
function licence({
  ledger,
  index,
  call,
  sources,
  accounts,
}: OfItem): { left: number; of: number } | undefined {
  const code = String(call.params.code);
  if (!ledger.own.licences.some((use) => use.index === index && use.code.startsWith(code))) return undefined;
  const list = sources.lists?.(ledger.subject.recordedAt)?.get(licenceList);
  if (list === undefined) return undefined;
  let least: { left: number; of: number } | undefined;
  for (const { key, hit } of licencesOf(ledger, index, code, list)) {
    const { quantity, unit } = hit.values;
    if (typeof quantity !== 'number') continue;
    const counted = typeof unit === 'string' ? unit : undefined;
    const usedBy = (uses: Booked['licences'], upTo: number): (number | undefined)[] =>
      uses
        .filter((use) => use.index <= upTo && `${plain(use.code)}|${plain(use.reference)}` === key)
        .map((use) => usedOf(use, counted));
    const mine = usedBy(ledger.own.licences, index);
    if (mine.some((one) => one === undefined)) continue;
    const others = (ledger.licensed.get(key) ?? []).flatMap((version) =>
      usedBy(accounts.of(version)?.licences ?? [], Number.POSITIVE_INFINITY),
    );
    const used = [...mine, ...others].reduce<number>((sum, one) => sum + (one ?? 0), 0);
    const left = settled(quantity - used);
    if (least === undefined || left < least.left) least = { left, of: quantity };
  }
  return least;
}

const shareOf = (found: { left: number; of: number } | undefined): FactValue =>
  found === undefined || found.of <= 0 ? undefined : found.left / found.of;

const remainingOf = ({ ledger, index, call, accounts }: OfItem) =>
  remaining(ledger, index, String(call.params.measure) as LedgerMeasure, accounts);

/** What of a licence does not fit: its days, its holder, its goods. */
function licenceFaults(ledger: Ledger, index: number, call: FactCall, sources: FactSources): FactValue {
  const { declaration, sheet, recordedAt } = ledger.subject;
  const list = sources.lists?.(recordedAt)?.get(licenceList);
  const day = sheet.header['declaration.date'];
  if (list === undefined || typeof day !== 'string') return undefined;
  const licences = licencesOf(ledger, index, String(call.params.code), list);
  if (licences.length === 0) return undefined;
  const item = declaration.items[index]!;
  const parties = [
    item.consignee?.id,
    declaration.consignee?.id,
    declaration.consignor?.id,
    declaration.declarant?.id,
  ];
  const faults = new Set<string>();
  for (const { hit } of licences) {
    const { holder, hs } = hit.values;
    if (hit.to !== undefined && day > hit.to) faults.add('expired');
    if (hit.from !== undefined && day < hit.from) faults.add('not valid yet');
    if (typeof holder === 'string' && !parties.includes(holder)) faults.add('holder');
    if (typeof hs === 'string' && item.hs !== undefined && !item.hs.startsWith(hs)) faults.add('hs');
  }
  return [...faults].sort();
}

/** Share of an entry's mass that nobody took; undefined where it has none. */
function openShare(booked: Booked, ledger: Ledger, accounts: AccountsAt): number | undefined {
  let largest: number | undefined;
  for (const entry of booked.entries) {
    const entered = entry.amounts.netMass;
    if (entered === undefined || entered === 0) return undefined;
    const taken = takenByOthers({ booked, entry }, 'netMass', ledger, accounts);
    const share = Math.max(0, entered - taken) / entered;
    largest = largest === undefined ? share : Math.max(largest, share);
  }
  return largest;
}

/** Up to when payments and ends of movements at an office are known to be complete. */
const endsKnownTo = (
  place: Pick<Declaration, 'office' | 'country'>,
  sources: FactSources,
  recordedAt: string,
): number =>
  Math.min(
    ...(['PAY', 'EXIT', 'ARRIVE'] as const).map(
      (kind) => sources.completeTo?.(place, kind, recordedAt) ?? Number.NEGATIVE_INFINITY,
    ),
  );

/**
 * Below zero only where every payment and end of what is still owed would be known by the day of this declaration: one
 * that has not arrived yet would free what it secured.
 */
function guarantee(
  ledger: Ledger,
  memory: View,
  book: ReferenceBook,
  accounts: AccountsAt,
  sources: FactSources,
): FactValue {
  const { subject, own, asOf } = ledger;
  const { declaration, sheet, recordedAt } = subject;
  const reference = declaration.guarantee?.reference;
  const currency = nationalCurrency(declaration);
  if (reference === undefined || own.secured === undefined) return undefined;
  const day = String(sheet.header['declaration.date'] ?? recordedAt);
  const amount = book.asOf('guarantee', reference, day)?.amount;
  if (amount === undefined || amount.currency !== currency) return undefined;
  const stillOwed = (booked: Booked, name: number): number => {
    if (memory.ended(name, asOf) || booked.secured === undefined) return 0;
    return booked.secured * (booked.entries.length === 0 ? 1 : (openShare(booked, ledger, accounts) ?? 1));
  };
  let balance = amount.amount - stillOwed(own, memory.names.find(subject.reference));
  let known = endsKnownTo(declaration, sources, recordedAt);
  const { versions } = memory.traces;
  for (const version of ledger.secured) {
    const other = accounts.of(version);
    const owed = other === undefined ? 0 : stillOwed(other, versions.reference.at(version));
    balance -= owed;
    const office = versions.office.at(version);
    if (owed > 0 && office !== noName)
      known = Math.min(
        known,
        endsKnownTo({ ...declaration, office: memory.names.text(office) }, sources, recordedAt),
      );
  }
  const dayIsOver = known >= Date.parse(`${day.slice(0, 10)}T00:00:00Z`) + 86_400_000 - zoneMs;
  return balance < 0 && !dayIsOver ? undefined : balance / scaleOf(currency ?? 'XXX');
}

/** Days from the entry to the last day, on the office's clock, of which declarations are known to be complete. */
function age({ subject }: Ledger, sources: FactSources, book: ReferenceBook): FactValue {
  const { declaration, sheet, recordedAt } = subject;
  const day = sheet.header['declaration.date'];
  const until = sources.completeTo?.(declaration, 'declaration', recordedAt);
  if (typeof day !== 'string' || until === undefined) return undefined;
  const known = Math.min(until, Date.parse(recordedAt));
  const zone = zoneOf(book, declaration.office, declaration.country, recordedAt);
  // A day is complete at the midnight that ends it, which is not the next day yet.
  return Math.max(0, dayNumber(localTime(known - 1, zone).day) - dayNumber(day));
}

interface Asked {
  call: FactCall;
  ledger: Ledger;
  accounts: AccountsAt;
  sources: FactSources;
}
interface OfDeclaration extends Asked {
  memory: View;
  book: ReferenceBook;
}
interface OfItem extends Asked {
  /** Position of the item. */
  index: number;
}

const answers: Readonly<Record<string, (asked: OfDeclaration) => FactValue>> = {
  'ledger.open': ({ ledger, accounts }) =>
    ledger.own.entries.length === 0 ? undefined : openShare(ledger.own, ledger, accounts),
  'ledger.age': ({ ledger, sources, book }) => age(ledger, sources, book),
  'ledger.guarantee': ({ ledger, memory, book, accounts, sources }) =>
    guarantee(ledger, memory, book, accounts, sources),
};

const itemAnswers: Readonly<Record<string, (asked: OfItem) => FactValue>> = {
  'item.ledger.remaining': (asked) => remainingOf(asked)?.left,
  'item.ledger.remainingShare': (asked) => shareOf(remainingOf(asked)),
  'item.ledger.text': ({ ledger, index, call, accounts }) => {
    const member = textMembers.find((one) => one === call.params.member);
    return member === undefined ? undefined : onlyEntry(ledger, index, accounts)?.[member];
  },
  'item.ledger.valuePerKg': ({ ledger, index, accounts }) =>
    valuePerKg(onlyEntry(ledger, index, accounts), ledger.subject.declaration),
  'item.ledger.licence': (asked) => licence(asked)?.left,
  'item.ledger.licenceShare': (asked) => shareOf(licence(asked)),
  'item.ledger.licenceFaults': ({ ledger, index, call, sources }) =>
    licenceFaults(ledger, index, call, sources),
};

export const ledgerFact = (asked: OfDeclaration): FactValue => answers[asked.call.fact]?.(asked);
export const itemLedgerFact = (asked: OfItem): FactValue => itemAnswers[asked.call.fact]?.(asked);
