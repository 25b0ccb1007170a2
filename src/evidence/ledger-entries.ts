/** Suspense entries: which one a declaration takes of, what others took of it, and what is left. */
import type { Declaration } from '../declaration/declaration.ts';
import { nationalCurrency, scaleOf, settled } from '../facts/computed/amounts.ts';
import {
  discharges,
  type Entry,
  entryFor,
  type LedgerMeasure,
  type Taking,
} from '../facts/ledger/account.ts';
import type { FactValue } from '../facts/model.ts';
import type { AccountsAt, Booked } from './accounts.ts';
import type { Ledger } from './ledger.ts';

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
export function remaining(
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

export const onlyEntry = (ledger: Ledger, index: number, accounts: AccountsAt): Entry | undefined => {
  const held = ledger.own.takings
    .filter((taking) => taking.index === index)
    .map((taking) => heldBy(taking, ledger, accounts));
  return held.length === 1 ? held[0]?.entry : undefined;
};

export function valuePerKg(entry: Entry | undefined, declaration: Declaration): FactValue {
  const { value, netMass } = entry?.amounts ?? {};
  if (value === undefined || netMass === undefined || netMass === 0) return undefined;
  if (entry!.currency !== nationalCurrency(declaration)) return undefined;
  return (value * 1000) / netMass / scaleOf(entry!.currency ?? 'XXX');
}

/** Share of an entry's mass that nobody took; undefined where it has none. */
export function openShare(booked: Booked, ledger: Ledger, accounts: AccountsAt): number | undefined {
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
