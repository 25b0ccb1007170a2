/**
 * Facts on cargo: the bills of lading that a declaration names, as manifests have them and as declarations wrote them off
 * just before the check. A bill is looked for in the manifests of the office, then in those of all offices, by its
 * reference without spaces and punctuation; where it means more than one bill nothing is said.
 */
import type { Declaration } from '../declaration/declaration.ts';
import { dayOf } from '../declaration/form.ts';
import type { FactCall, FactValue } from '../facts/model.ts';
import type { FactSources } from '../facts/sources.ts';
import type { FactSubject } from '../facts/subject.ts';
import {
  type Bill,
  balances,
  changedMembers,
  type Manifest,
  manifestGaps,
  type WriteOff,
  writeOffs,
} from '../sources/cargo/ledger.ts';
import type { ReferenceBook } from '../sources/reference/book.ts';
import type { AccountsAt } from './accounts.ts';
import { plain } from './links.ts';
import type { View } from './memory.ts';

const bare = (text: string): string => plain(text).replace(/[^\p{L}\p{N}]/gu, '');

/** Bills by reference, without the marks that people leave out; made once for a book as it grows. */
export interface BillIndex {
  /** Keys of bills with this reference. */
  keys(reference: string): readonly string[];
}

interface Named {
  reference: string;
  /** Key in the book; undefined where no bill, or more than one, is meant. */
  key: string | undefined;
  bill: Bill | undefined;
  /** No manifest of any office holds it. */
  unknown: boolean;
}

export interface Cargo {
  subject: FactSubject;
  bills: readonly Named[];
  /** Versions of others that name the same bills. */
  versions: Map<string, number[]>;
}

/** What the declaration names, each once. */
export function billsOf({ billOfLading, items }: Declaration): string[] {
  const named = new Map<string, string>();
  for (const bill of [billOfLading, ...items.map((item) => item.billOfLading)])
    if (bill !== undefined && bill.trim() !== '') named.set(bare(bill), bill);
  return [...named.values()];
}

/** The newest bill of the reference whose voyage began by the day, in the office's own manifests first. */
function lookUp(reference: string, subject: FactSubject, book: ReferenceBook, index: BillIndex): Named {
  const { declaration, recordedAt } = subject;
  const day = dayOf(declaration) ?? recordedAt.slice(0, 10);
  const candidates = index.keys(bare(reference)).flatMap((key) => {
    const bill = book.history('bill', key).at(-1);
    return bill === undefined ? [] : [{ key, bill }];
  });
  const unknown = candidates.length === 0;
  const local = candidates.filter(({ bill }) => bill.office === declaration.office);
  const pool = (local.length > 0 ? local : candidates).filter(({ bill }) => bill.departure <= day);
  const newest = pool
    .map(({ bill }) => bill.departure)
    .sort()
    .at(-1);
  const found = pool.filter(({ bill }) => bill.departure === newest);
  const one = found.length === 1 ? found[0] : undefined;
  return { reference, key: one?.key, bill: one?.bill, unknown };
}

export function openCargo(
  subject: FactSubject,
  memory: View | undefined,
  book: ReferenceBook,
  index: BillIndex,
): Cargo {
  const bills = billsOf(subject.declaration).map((reference) => lookUp(reference, subject, book, index));
  const versions = new Map<string, number[]>();
  if (memory !== undefined) {
    const asOf = Date.parse(subject.recordedAt);
    const self = memory.names.find(subject.reference);
    const { reference } = memory.traces.versions;
    for (const { reference: bill } of bills)
      versions.set(
        bill,
        memory.linked('bill', plain(bill), asOf).filter((version) => reference.at(version) !== self),
      );
  }
  return { subject, bills, versions };
}

const manifestKey = ({ office, voyage, departure }: Bill): string => [office, voyage, departure].join('|');

const billsOfManifest = (book: ReferenceBook, { office, voyage, departure }: Bill): Bill[] =>
  book.keysBy('bill', { office, voyage, departure }).flatMap((key) => book.history('bill', key).at(-1) ?? []);

type Measure = 'packages' | 'grossMass';

interface Asked {
  cargo: Cargo;
  call: FactCall;
  book: ReferenceBook;
  accounts: AccountsAt | undefined;
  sources: FactSources;
}

const measureOf = ({ params }: FactCall): Measure => params.measure as Measure;

/** All of them, or nothing: a sum without a part would be another figure. */
function number({ cargo, call }: Asked): FactValue {
  const measure = measureOf(call);
  let sum = 0;
  for (const { bill } of cargo.bills) {
    const one = bill?.[measure];
    if (one === undefined) return undefined;
    sum += one;
  }
  return cargo.bills.length === 0 ? undefined : sum;
}

function remaining({ cargo, call, book, accounts }: Asked): FactValue {
  const measure = measureOf(call);
  const { subject, versions } = cargo;
  if (accounts === undefined) return undefined;
  const mine = writeOffs(subject.reference, subject.declaration);
  let least: number | undefined;
  for (const { reference, bill } of cargo.bills) {
    if (bill === undefined) return undefined;
    const same = (off: WriteOff): boolean => bare(off.bill) === bare(reference);
    const taken = [
      ...mine.filter(same),
      ...(versions.get(reference) ?? []).flatMap(
        (version) => accounts.of(version)?.writeOffs.filter(same) ?? [],
      ),
    ].map((off) => ({ ...off, bill: bill.bill }));
    const left = balances(billsOfManifest(book, bill), taken).get(bill.bill)?.[measure];
    if (left === undefined) return undefined;
    least = least === undefined ? left : Math.min(least, left);
  }
  return least;
}

/** A bill to order is of whoever holds it. */
const toOrder = /^(TO\s+)?(THE\s+)?ORDER\b/i;

/** A consignee that is only a name is compared with no identification. */
const consigneeOf = ({ consignee, consigneeName }: Bill): string | undefined =>
  consignee === undefined || consignee === consigneeName || toOrder.test(consignee) ? undefined : consignee;

const members: Readonly<Record<string, (bill: Bill) => string | undefined>> = {
  consignee: consigneeOf,
  location: ({ location }) => location,
  status: ({ status }) => status,
  loadingPlace: ({ loadingPlace }) => loadingPlace,
  description: ({ description }) => description,
};

/** What all bills say alike. */
function text({ cargo, call }: Asked): FactValue {
  const read = members[String(call.params.member)];
  const said = new Set(cargo.bills.map(({ bill }) => (bill === undefined ? undefined : read?.(bill))));
  return said.size === 1 ? [...said][0] : undefined;
}

function known({ cargo, sources }: Asked): FactValue {
  const { declaration, recordedAt } = cargo.subject;
  if (cargo.bills.length === 0) return undefined;
  if (cargo.bills.every(({ bill }) => bill !== undefined)) return true;
  if (!cargo.bills.some(({ unknown }) => unknown)) return undefined;
  const day = dayOf(declaration);
  const until = sources.completeTo?.(declaration, 'MANIFEST', recordedAt);
  return day !== undefined && until !== undefined && until >= Date.parse(`${day}T00:00:00Z`) + 86_400_000
    ? false
    : undefined;
}

/** When the means of transport arrived: as the office recorded it, else as the trail says. */
function arrivedAt({ subject }: Cargo, bill: Bill, book: ReferenceBook): number | undefined {
  const { office, voyage, departure } = bill;
  const recorded = book.history('arrival', [office, voyage, departure].join('|')).at(-1)?.at;
  const at = recorded ?? subject.trail.find(({ kind }) => kind === 'ARRIVE')?.at;
  if (at === undefined) return undefined;
  // A day without a time ends before it is said to be over.
  const instant = Date.parse(at.length === 10 ? `${at}T23:59:59Z` : at);
  return Number.isNaN(instant) ? undefined : instant;
}

function amendedAfterArrival({ cargo, book }: Asked): FactValue {
  const members = new Set<string>();
  for (const { key, bill } of cargo.bills) {
    if (key === undefined || bill === undefined) return undefined;
    const arrived = arrivedAt(cargo, bill, book);
    if (arrived === undefined) return undefined;
    const words = book.words('bill', key).filter(({ withdrawn }) => !withdrawn);
    // What was first heard of after the arrival may have been said before: only a change of what we had counts.
    for (const [at, word] of words.entries()) {
      const before = words[at - 1];
      if (before === undefined || Date.parse(before.recordedAt) > arrived) continue;
      if (Date.parse(word.recordedAt) <= arrived) continue;
      for (const member of changedMembers(before.record, word.record)) members.add(member);
    }
  }
  return cargo.bills.length === 0 ? undefined : [...members].sort();
}

function manifestGap({ cargo, book }: Asked): FactValue {
  const manifests = new Map<string, Bill>();
  for (const { bill } of cargo.bills) if (bill !== undefined) manifests.set(manifestKey(bill), bill);
  let largest: number | undefined;
  for (const [key, bill] of manifests) {
    const manifest: Manifest | undefined = book.history('manifest', key).at(-1);
    if (manifest === undefined) continue;
    const gaps = manifestGaps(manifest, billsOfManifest(book, bill)).map(({ said, found }) =>
      Math.abs(said - found),
    );
    largest = Math.max(largest ?? 0, ...gaps);
  }
  return largest;
}

const answers: Readonly<Record<string, (asked: Asked) => FactValue>> = {
  'cargo.number': number,
  'cargo.remaining': remaining,
  'cargo.text': text,
  'cargo.known': known,
  'cargo.amendedAfterArrival': amendedAfterArrival,
  'cargo.manifestGap': manifestGap,
};

export const cargoFact = (asked: Asked): FactValue => answers[asked.call.fact]?.(asked);
