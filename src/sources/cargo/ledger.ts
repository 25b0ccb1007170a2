/**
 * Bills of lading and what was taken of them: declarations write packages and mass off, degroupage breaks a master bill
 * into house bills, and what remains says whether somebody took more than there was, or nobody came. Pure.
 */
import type { Declaration } from '../../declaration/declaration.ts';
import type { ReferenceRecord } from '../reference/book.ts';

export type Bill = ReferenceRecord<'bill'>;
export type Manifest = ReferenceRecord<'manifest'>;

export interface WriteOff {
  bill: string;
  /** Reference of the declaration. */
  declaration: string;
  item?: number;
  packages: number;
  grossMass: number;
}

/** What one declaration takes of bills: by item where items name them, else as a whole. Cancelled ones take nothing. */
export function writeOffs(reference: string, declaration: Declaration, cancelled = false): WriteOff[] {
  if (cancelled) return [];
  const ofItems = declaration.items.flatMap((item): WriteOff[] => {
    const bill = item.billOfLading;
    if (bill === undefined) return [];
    const packages = (item.packages ?? []).reduce((sum, { count }) => sum + (count ?? 0), 0);
    return [{ bill, declaration: reference, item: item.number, packages, grossMass: item.grossMass ?? 0 }];
  });
  if (ofItems.length > 0 || declaration.billOfLading === undefined) return ofItems;
  const { totals, items, billOfLading } = declaration;
  const summed = (of: (item: (typeof items)[number]) => number) =>
    items.reduce((sum, item) => sum + of(item), 0);
  return [
    {
      bill: billOfLading,
      declaration: reference,
      packages:
        totals?.packages ??
        summed((item) => (item.packages ?? []).reduce((sum, { count }) => sum + (count ?? 0), 0)),
      grossMass: totals?.grossMass ?? summed((item) => item.grossMass ?? 0),
    },
  ];
}

export interface Balance {
  bill: Bill;
  /** House bills into which it was broken. */
  houses: string[];
  writeOffs: WriteOff[];
  /** What is left after house bills and declarations; below zero where more was taken. Undefined where the bill says nothing. */
  packages: number | undefined;
  grossMass: number | undefined;
}

/** Grams are counted as integers: sums of many decimals would drift. */
const grams = (kilograms: number): number => Math.round(kilograms * 1000);

/** By reference of the bill. A bill that is in two manifests of an office counts once, with its last word. */
export function balances(bills: readonly Bill[], taken: readonly WriteOff[]): Map<string, Balance> {
  const byReference = new Map<string, Balance>();
  for (const bill of bills)
    byReference.set(bill.bill, {
      bill,
      houses: [],
      writeOffs: [],
      packages: bill.packages,
      grossMass: bill.grossMass,
    });
  const take = (balance: Balance, packages: number, mass: number) => {
    if (balance.packages !== undefined) balance.packages -= packages;
    if (balance.grossMass !== undefined) balance.grossMass = (grams(balance.grossMass) - grams(mass)) / 1000;
  };
  for (const { bill } of [...byReference.values()]) {
    const master = bill.master === undefined ? undefined : byReference.get(bill.master);
    if (master === undefined || master.bill === bill) continue;
    master.houses.push(bill.bill);
    take(master, bill.packages ?? 0, bill.grossMass ?? 0);
  }
  for (const writeOff of taken) {
    const balance = byReference.get(writeOff.bill);
    if (balance === undefined) continue;
    balance.writeOffs.push(writeOff);
    take(balance, writeOff.packages, writeOff.grossMass);
  }
  return byReference;
}

export interface CargoGap {
  what: 'bills' | 'packages' | 'grossMass';
  /** As the summary of the manifest, or the master bill, says. */
  said: number;
  found: number;
}

/** The summary of a manifest against its bills; house bills are inside their masters and are not counted again. */
export function manifestGaps(manifest: Manifest, bills: readonly Bill[]): CargoGap[] {
  const references = new Set(bills.map(({ bill }) => bill));
  const own = bills.filter(({ master }) => master === undefined || !references.has(master));
  return gaps(
    { bills: manifest.bills, packages: manifest.packages, grossMass: manifest.grossMass },
    { bills: own.length, ...sums(own) },
  );
}

/** A master bill against the house bills it was broken into; nothing where it was not. */
export function degroupageGaps(master: Bill, houses: readonly Bill[]): CargoGap[] {
  if (houses.length === 0) return [];
  return gaps({ packages: master.packages, grossMass: master.grossMass }, sums(houses));
}

const sums = (bills: readonly Bill[]) => ({
  packages: bills.reduce((sum, { packages }) => sum + (packages ?? 0), 0),
  grossMass: bills.reduce((sum, { grossMass }) => sum + grams(grossMass ?? 0), 0) / 1000,
});

function gaps(
  said: Partial<Record<CargoGap['what'], number | undefined>>,
  found: Partial<Record<CargoGap['what'], number>>,
): CargoGap[] {
  return (['bills', 'packages', 'grossMass'] as const).flatMap((what) => {
    const [one, other] = [said[what], found[what]];
    return one === undefined || other === undefined || one === other
      ? []
      : [{ what, said: one, found: other }];
  });
}

/** Members in which two words on the same bill differ. */
export const changedMembers = (before: Bill, after: Bill): string[] =>
  [...new Set([...Object.keys(before), ...Object.keys(after)])]
    .filter(
      (name) => JSON.stringify(before[name as keyof Bill]) !== JSON.stringify(after[name as keyof Bill]),
    )
    .sort();
