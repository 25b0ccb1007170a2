/** Facts on accounts and cargo for a batch: two reads of the store at most, however many declarations and rules there are. */
import type { Resolver } from '../facts/sources.ts';
import type { ReferenceBook } from '../sources/reference/book.ts';
import type { Accounts } from './accounts.ts';
import { type BillIndex, cargoFact, openCargo } from './cargo.ts';
import { firstVersions, openLedger, secondVersions } from './ledger.ts';
import { itemLedgerFact, ledgerFact } from './ledger-facts.ts';
import type { Memory } from './memory.ts';

export interface AccountParts {
  /** Reference records as they were known at a check of the instant. */
  bookAt(asOf: string): ReferenceBook;
  bills: BillIndex;
  /** Absent without a store: then only manifests are known. */
  memory?: Memory | undefined;
  accounts?: Accounts | undefined;
}

export function accountResolver({ bookAt, bills, memory: held, accounts: kept }: AccountParts): Resolver {
  return async (batch, calls, sources) => {
    await held?.follow();
    const memory = held?.view();
    const accounts = memory === undefined ? undefined : kept?.at(memory);
    const ofCargo = calls.declaration.filter(({ fact }) => fact.startsWith('cargo.'));
    const ofLedger = calls.declaration.filter(({ fact }) => fact.startsWith('ledger.'));
    const books = batch.map(({ recordedAt }) => bookAt(recordedAt));
    const cargo = batch.map((subject, at) =>
      ofCargo.length > 0 && books[at]!.has('bill')
        ? openCargo(subject, memory, books[at]!, bills)
        : undefined,
    );
    const ledgers =
      memory === undefined || accounts === undefined
        ? undefined
        : batch.map((subject) => openLedger(subject, memory, sources));
    if (memory !== undefined && accounts !== undefined) {
      await accounts.load([
        ...cargo.flatMap((one) => [...(one?.versions.values() ?? [])].flat()),
        ...(ledgers ?? []).flatMap(firstVersions),
      ]);
      await accounts.load((ledgers ?? []).flatMap((one) => secondVersions(one, memory, accounts)));
    }
    for (const [at, { sheet }] of batch.entries()) {
      const book = books[at]!;
      const own = cargo[at];
      if (own !== undefined && own.bills.length > 0)
        for (const call of ofCargo)
          sheet.calls![call.key] = cargoFact({ call, cargo: own, book, accounts, sources });
      const ledger = ledgers?.[at];
      if (ledger === undefined || memory === undefined || accounts === undefined) continue;
      const known = { ledger, memory, accounts, book, sources };
      for (const call of ofLedger) sheet.calls![call.key] = ledgerFact(known, call);
      for (const [index, values] of sheet.itemCalls!.entries()) {
        const ofItem = { index, ledger, accounts, sources };
        for (const call of calls.item) values[call.key] = itemLedgerFact(ofItem, call);
      }
    }
  };
}
