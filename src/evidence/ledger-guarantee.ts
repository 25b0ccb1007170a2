/** A guarantee's balance: its amount without what it still secures. */
import type { Declaration } from '../declaration/declaration.ts';
import { nationalCurrency, scaleOf } from '../facts/computed/amounts.ts';
import type { FactValue } from '../facts/model.ts';
import type { FactSources } from '../facts/sources.ts';
import type { ReferenceBook } from '../sources/reference/book.ts';
import type { AccountsAt, Booked } from './accounts.ts';
import type { Ledger } from './ledger.ts';
import { openShare } from './ledger-entries.ts';
import { noName } from './memory/names.ts';
import type { View } from './memory.ts';

/** A local day ends at most so much before the same day ends in UTC. */
const zoneMs = 14 * 3_600_000;

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
export function guarantee(
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
