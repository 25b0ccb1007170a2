/**
 * What is looked at to tell how accounts of suspense entries, guarantees and licences stand: rows of versions that a declaration
 * names, or that name the same, found in memory before anything is read. What is told of them is in ledger-facts.ts.
 */
import type { FactSources } from '../facts/sources.ts';
import type { FactSubject } from '../facts/subject.ts';
import { type AccountsAt, type Booked, bookedOf } from './accounts.ts';
import { plain } from './links.ts';
import { noName } from './memory/names.ts';
import type { View } from './memory.ts';

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
