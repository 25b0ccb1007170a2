/**
 * Facts on accounts of suspense entries, guarantees and licences, as they stood just before the check with this declaration
 * included. What is not known is never counted against anybody: an entry that is not here, or an amount that is not
 * declared, leaves the fact missing. A table of facts.
 */
import type { LedgerMeasure } from '../facts/ledger/account.ts';
import type { FactCall, FactValue } from '../facts/model.ts';
import type { FactSources } from '../facts/sources.ts';
import { localTime } from '../ground/zones.ts';
import type { ReferenceBook } from '../sources/reference/book.ts';
import type { AccountsAt } from './accounts.ts';
import type { Ledger } from './ledger.ts';
import { onlyEntry, openShare, remaining, valuePerKg } from './ledger-entries.ts';
import { guarantee } from './ledger-guarantee.ts';
import { licence, licenceFaults } from './ledger-licences.ts';
import { dayNumber } from './memory/traces.ts';
import type { View } from './memory.ts';
import { zoneOf } from './offices.ts';

/** Of whom it is asked, the same for all calls. */
interface Asked {
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

const textMembers = ['hs', 'origin', 'consignee', 'precision', 'procedure'] as const;

const shareOf = (found: { left: number; of: number } | undefined): FactValue =>
  found === undefined || found.of <= 0 ? undefined : found.left / found.of;

type Answer<Of> = (of: Of, call: FactCall) => FactValue;

const licenceOf = ({ ledger, index, sources, accounts }: OfItem, call: FactCall) =>
  licence(ledger, index, call, sources, accounts);

const remainingOf = ({ ledger, index, accounts }: OfItem, call: FactCall) =>
  remaining(ledger, index, String(call.params.measure) as LedgerMeasure, accounts);

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

const answers: Readonly<Record<string, Answer<OfDeclaration>>> = {
  'ledger.open': ({ ledger, accounts }) =>
    ledger.own.entries.length === 0 ? undefined : openShare(ledger.own, ledger, accounts),
  'ledger.age': ({ ledger, sources, book }) => age(ledger, sources, book),
  'ledger.guarantee': ({ ledger, memory, book, accounts, sources }) =>
    guarantee(ledger, memory, book, accounts, sources),
};

const itemAnswers: Readonly<Record<string, Answer<OfItem>>> = {
  'item.ledger.remaining': (of, call) => remainingOf(of, call)?.left,
  'item.ledger.remainingShare': (of, call) => shareOf(remainingOf(of, call)),
  'item.ledger.text': ({ ledger, index, accounts }, call) => {
    const member = textMembers.find((one) => one === call.params.member);
    return member === undefined ? undefined : onlyEntry(ledger, index, accounts)?.[member];
  },
  'item.ledger.valuePerKg': ({ ledger, index, accounts }) =>
    valuePerKg(onlyEntry(ledger, index, accounts), ledger.subject.declaration),
  'item.ledger.licence': (of, call) => licenceOf(of, call)?.left,
  'item.ledger.licenceShare': (of, call) => shareOf(licenceOf(of, call)),
  'item.ledger.licenceFaults': ({ ledger, index, sources }, call) =>
    licenceFaults(ledger, index, call, sources),
};

export const ledgerFact: Answer<OfDeclaration> = (of, call) => answers[call.fact]?.(of, call);
export const itemLedgerFact: Answer<OfItem> = (of, call) => itemAnswers[call.fact]?.(of, call);
