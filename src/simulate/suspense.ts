/** Goods under suspense: what was put into a warehouse or admitted temporarily, and how it is taken out again, written off line by line until nothing is left. */
import type { Case, Goods, SuspenseEntry } from './case.ts';
import { dayOf } from './clock.ts';
import { suspenseDays } from './papers.ts';

/** Opens an entry for a released declaration, with the days on which the goods will leave, all before the limit. */
export function addToLedger(ledger: SuspenseEntry[], c: Case, end: number): void {
  if ((c.regime !== 'warehouse' && c.regime !== 'temporary') || c.stays === true) return;
  const released = c.steps.find((step) => step.kind === 'RELEASE')?.at;
  if (released === undefined) return;
  const first = dayOf(released) + 2;
  const limit = dayOf(c.registeredAt) + suspenseDays[c.regime];
  const last = limit - 3;
  if (first > end || first >= last) return;
  const parts = c.regime === 'temporary' ? 1 : c.random.integer(1, 4);
  const withdrawals = Array.from({ length: parts }, () => c.random.integer(first, last)).sort(
    (a, b) => a - b,
  );
  const { goods } = c.versions[c.versions.length - 1]!;
  ledger.push({
    office: c.office,
    registration: c.registration,
    trader: c.trader,
    broker: c.broker,
    shipment: c.shipment,
    regime: c.regime,
    limit,
    withdrawals: [...new Set(withdrawals)],
    lines: goods.map((item, i) => ({
      item: i + 1,
      goods: item,
      net: item.net,
      quantity: item.quantity,
      packages: item.packages,
    })),
  });
}

/** The entries from which goods are taken out today; those with nothing left to come are closed. */
export function dueWithdrawals(ledger: SuspenseEntry[], dayIndex: number): SuspenseEntry[] {
  const due: SuspenseEntry[] = [];
  for (let i = ledger.length - 1; i >= 0; i--) {
    const entry = ledger[i]!;
    if (entry.withdrawals.length === 0) {
      ledger[i] = ledger[ledger.length - 1]!;
      ledger.pop();
    } else if (entry.withdrawals[0]! <= dayIndex) {
      due.push(entry);
    }
  }
  return due.sort((a, b) => a.office.id.localeCompare(b.office.id) || order(a, b));
}

const order = (a: SuspenseEntry, b: SuspenseEntry): number =>
  Number(a.registration.number) - Number(b.registration.number);

const grams = (kilograms: number): number => Math.round(kilograms * 1000) / 1000;

/** Takes today's part out of the entry: an equal share of what is left by whole packages, and the rest on the last day. */
export function withdrawalOf(entry: SuspenseEntry, dayIndex: number): Goods[] {
  const rest = entry.withdrawals.filter((each) => each > dayIndex);
  entry.withdrawals = rest;
  const taken: Goods[] = [];
  for (const line of entry.lines) {
    if (line.packages === 0) continue;
    const packages = rest.length === 0 ? line.packages : Math.ceil(line.packages / (rest.length + 1));
    const share = packages / line.packages;
    const all = packages === line.packages;
    const quantity = all ? line.quantity : Math.floor(line.quantity * share);
    if (line.goods.line.unit !== undefined && quantity === 0) continue;
    const net = all ? grams(line.net) : grams(Math.floor(line.net * share * 1000) / 1000);
    const part = net / line.goods.net;
    line.packages -= packages;
    line.quantity -= quantity;
    line.net = grams(line.net - net);
    taken.push({
      ...line.goods,
      quantity,
      net,
      gross: grams(Math.max(net, line.goods.gross * part)),
      packages,
      price: Math.max(1, Math.round(line.goods.price * part)),
      writesOff: { entry, line: { ...line, goods: line.goods } },
    });
  }
  return taken;
}
