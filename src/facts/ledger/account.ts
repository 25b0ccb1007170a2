/**
 * What one declaration does to accounts: what it enters under suspense, what it takes of earlier entries, of licences and
 * of a guarantee. Pure; small enough to keep for many declarations.
 */
import type { Declaration, Item, PreviousDeclaration } from '../../declaration/declaration.ts';
import { nationalCurrency } from '../computed/amounts.ts';

export const ledgerMeasures = ['packages', 'netMass', 'quantity', 'value'] as const;
export type LedgerMeasure = (typeof ledgerMeasures)[number];
/** Grams, minor units of the national currency, numbers of packages and units; missing where not declared. */
export type Amounts = Partial<Record<LedgerMeasure, number>>;

export interface Entry {
  /** Item number. */
  item: number;
  hs?: string | undefined;
  origin?: string | undefined;
  consignee?: string | undefined;
  precision?: string | undefined;
  procedure?: string | undefined;
  currency?: string | undefined;
  amounts: Amounts;
}

export interface Taking {
  /** Position of the item that takes. */
  index: number;
  /** Names of the entry, as this declaration calls it. */
  names: string[];
  /** Item of the entry, where it is named. */
  item?: number | undefined;
  hs?: string | undefined;
  procedure?: string | undefined;
  amounts: Amounts;
  currency?: string | undefined;
}

export interface Account {
  entries: Entry[];
  takings: Taking[];
  /** Documents of items that may be licences. */
  licences: LicenceUse[];
  /** Taxes secured, minor units of the national currency. */
  secured?: number | undefined;
}

export interface LicenceUse {
  index: number;
  code: string;
  reference: string;
  /** Written off as the declaration says. */
  quantity?: number | undefined;
  netMass?: number | undefined;
  units: readonly { code?: string | undefined; quantity?: number | undefined }[];
}

const grams = (kilograms: number | undefined): number | undefined =>
  kilograms === undefined ? undefined : Math.round(kilograms * 1000);

const packagesOf = ({ packages }: Item): number | undefined => {
  const counts = packages?.flatMap(({ count }) => (count === undefined ? [] : [count]));
  return counts === undefined || counts.length === 0 ? undefined : counts.reduce((sum, one) => sum + one, 0);
};

const filled = (amounts: Record<LedgerMeasure, number | undefined>): Amounts =>
  Object.fromEntries(Object.entries(amounts).filter(([, amount]) => amount !== undefined));

const amountsOf = (item: Item, currency: string | undefined): Amounts => {
  const value = item.cif ?? item.statisticalValue;
  return filled({
    packages: packagesOf(item),
    netMass: grams(item.netMass),
    quantity: item.supplementaryUnits?.[0]?.quantity,
    value: value === undefined || value.currency !== currency ? undefined : value.amount,
  });
};

const writtenOff = (previous: PreviousDeclaration, currency: string | undefined): Amounts =>
  filled({
    packages: previous.packagesWrittenOff,
    netMass: grams(previous.netMassWrittenOff),
    quantity: previous.quantityWrittenOff,
    value: previous.valueWrittenOff?.currency === currency ? previous.valueWrittenOff?.amount : undefined,
  });

/** By registration where one is given so, else by reference: box 40 repeats in words what the write-off says in figures. */
function namedEntries(previous: readonly PreviousDeclaration[]): readonly PreviousDeclaration[] {
  const registered = previous.filter(({ number }) => number !== undefined);
  return registered.length > 0 ? registered : previous.filter(({ reference }) => reference !== undefined);
}

/** Requested procedures under which goods are owed for: exportation for a time, admission for a time, warehouse, transit. */
export const isSuspense = (procedure: string | undefined): boolean =>
  procedure !== undefined && /^[2578]/.test(procedure);

/** @param namesOf names under which a previous declaration is called. */
export function accountOf(
  declaration: Declaration,
  namesOf: (previous: PreviousDeclaration, office: string | undefined) => string[],
): Account {
  const currency = nationalCurrency(declaration);
  const { office, items, guarantee, totals } = declaration;
  const entries: Entry[] = [];
  const takings: Taking[] = [];
  const licences: LicenceUse[] = [];
  for (const [index, item] of items.entries()) {
    if (isSuspense(item.procedure)) {
      entries.push({
        item: item.number,
        hs: item.hs,
        origin: item.origin,
        consignee: item.consignee?.id ?? declaration.consignee?.id,
        precision: item.precisions?.find((one) => one !== ''),
        procedure: item.procedure,
        currency,
        amounts: amountsOf(item, currency),
      });
    }
    const called = namedEntries(item.previous ?? (items.length === 1 ? (declaration.previous ?? []) : []));
    for (const previous of called) {
      const names = namesOf(previous, office);
      if (names.length === 0) continue;
      // The item as a whole discharges the one entry it names; of several, each says its part.
      const own = called.length === 1 ? amountsOf(item, currency) : {};
      const part = { ...own, ...writtenOff(previous, currency) };
      const { hs, procedure } = item;
      takings.push({ index, names, item: previous.item, hs, procedure, amounts: part, currency });
    }
    for (const { code, reference, quantity } of item.documents ?? [])
      if (code !== undefined && reference !== undefined)
        licences.push({
          index,
          code,
          reference,
          quantity,
          netMass: item.netMass,
          units: item.supplementaryUnits ?? [],
        });
  }
  const taxes = items.map(({ taxGuaranteed }) => taxGuaranteed);
  const summed = taxes.every((one) => one?.currency === currency && one !== undefined)
    ? taxes.reduce((sum, one) => sum + one!.amount, 0)
    : undefined;
  const stated = [guarantee?.amount, totals?.guaranteed].find(
    (one) => one !== undefined && one.currency === currency,
  );
  return {
    entries,
    takings,
    licences,
    secured: guarantee?.reference === undefined ? undefined : (stated?.amount ?? summed),
  };
}

/** The entry that a taking means: by item number, else the only one, else the only one of its commodity code. */
export function entryFor(entries: readonly Entry[], taking: Pick<Taking, 'item' | 'hs'>): Entry | undefined {
  if (taking.item !== undefined) return entries.find(({ item }) => item === taking.item);
  if (entries.length === 1) return entries[0];
  const same = entries.filter(({ hs }) => hs !== undefined && hs === taking.hs);
  return same.length === 1 ? same[0] : undefined;
}

/**
 * Whether an item that names this entry discharges it: what it says of the previous procedure is what the entry was
 * requested under. A summary or simplified declaration that is named as well is no account.
 */
export const discharges = (procedure: string | undefined, entry: Entry): boolean =>
  procedure !== undefined && procedure.length >= 4 && procedure.slice(2, 4) === entry.procedure?.slice(0, 2);
