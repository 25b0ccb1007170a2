/** One item as rules see it: its declared facts and those computed from it, in one literal, so that all items share a shape. */
import type { Declaration, Item } from '../../declaration/declaration.ts';
import { dayOf } from '../../declaration/form.ts';
import type { FactValue } from '../model.ts';
import { foreign, national, quotient, settled } from './amounts.ts';
import { bulkKinds, unpackedKinds } from './packages.ts';

/** The named member of every entry that has it; missing where the list itself is. */
export function pluck<T>(list: readonly T[] | undefined, member: keyof T): string[] | undefined {
  if (list === undefined) return undefined;
  const values: string[] = [];
  for (const entry of list) {
    const value = entry[member];
    if (typeof value === 'string') values.push(value);
  }
  return values;
}

const head = (text: string | undefined, digits: number): string | undefined =>
  text === undefined || text.length < digits ? undefined : text.slice(0, digits);

const total = (list: NonNullable<Item['packages']> | undefined): number | undefined => {
  if (list === undefined) return undefined;
  let sum: number | undefined;
  for (const line of list) if (line.count !== undefined) sum = (sum ?? 0) + line.count;
  return sum === undefined ? undefined : settled(sum);
};

interface TaxSums {
  payable: number | undefined;
  suspended: number | undefined;
  gap: number | undefined;
}

const noTaxes: TaxSums = { payable: undefined, suspended: undefined, gap: undefined };

function taxSums(item: Item, currency: string | undefined): TaxSums {
  const lines = item.taxes;
  if (lines === undefined || lines.length === 0) return noTaxes;
  let payable: number | undefined = 0;
  let suspended: number | undefined = 0;
  let gap: number | undefined;
  for (const line of lines) {
    const amount = national(line.amount, currency);
    if (amount === undefined || line.payable === undefined) {
      payable = undefined;
      suspended = undefined;
    } else if (line.payable) payable = payable === undefined ? undefined : payable + amount;
    else suspended = suspended === undefined ? undefined : suspended + amount;
    const part = line.rateKind === 'fraction' ? 1 : line.rateKind === 'percent' ? 0.01 : undefined;
    if (part === undefined || amount === undefined || line.base === undefined || line.rate === undefined)
      continue;
    // What is repaid may be written below zero beside a base above it.
    if (line.baseUnit !== undefined || amount < 0) continue;
    gap = Math.max(gap ?? 0, Math.abs(amount - line.base * line.rate * part));
  }
  return {
    payable: payable === undefined ? undefined : settled(payable),
    suspended: suspended === undefined ? undefined : settled(suspended),
    gap: gap === undefined ? undefined : settled(gap),
  };
}

export function itemSheet(
  item: Item,
  position: number,
  declaration: Declaration,
  currency: string | undefined,
  documentCodes: string[] | undefined,
): Record<string, FactValue> {
  const { hs, procedure, netMass, grossMass, valuation } = item;
  const cif = national(item.cif, currency);
  const statistical = national(item.statisticalValue, currency);
  const value = cif ?? statistical;
  const packages = total(item.packages);
  const first = item.packages?.[0];
  const unit = item.supplementaryUnits?.[0];
  const previous = item.previous?.[0];
  const codes = pluck(item.documents, 'code');
  const taxTotal = national(item.taxTotal, currency);
  const taxes = taxSums(item, currency);
  const fourDigits = procedure?.length === 4 ? procedure : undefined;
  const bulk = item.packages?.filter(({ kind }) => kind !== undefined && bulkKinds.has(kind));

  return {
    'item.number': item.number,
    'item.hs': hs,
    'item.precisions': item.precisions,
    'item.additionalCodes': item.additionalCodes,
    'item.description': item.description,
    'item.commercialDescription': item.commercialDescription,
    'item.origin': item.origin,
    'item.preferentialOrigin': item.preferentialOrigin,
    'item.dispatch': item.dispatch,
    'item.preference': item.preference,
    'item.quota': item.quota,
    'item.procedure': procedure,
    'item.nationalProcedure': item.nationalProcedure,
    'item.additionalProcedures': item.additionalProcedures,
    'item.previousType': previous?.type,
    'item.previousReference': previous?.reference,
    'item.previousNumber': previous?.number,
    'item.previousHs': previous?.hs,
    'item.grossMass': grossMass,
    'item.netMass': netMass,
    'item.unit': unit?.code,
    'item.quantity': unit?.quantity,
    'item.units': pluck(item.supplementaryUnits, 'code'),
    'item.packages': packages,
    'item.packageKinds': pluck(item.packages, 'kind'),
    'item.marks': first?.marks,
    'item.pieces': first?.pieces,
    'item.price': foreign(item.price),
    'item.priceCurrency': item.price?.currency,
    'item.cif': cif,
    'item.statisticalValue': statistical,
    'item.valuationMethod': item.valuationMethod,
    'item.adjustment': item.adjustment,
    'item.taxTotal': taxTotal,
    'item.taxGuaranteed': national(item.taxGuaranteed, currency),
    'item.taxCodes': pluck(item.taxes, 'code'),
    'item.documentCodes': codes,
    'item.documentReferences': pluck(item.documents, 'reference'),
    'item.consigneeId': item.consignee?.id,
    'item.consignorId': item.consignor?.id,
    'item.containers': item.containers,
    'item.billOfLading': item.billOfLading,

    'item.invoice': national(valuation?.invoice?.national, currency),
    'item.externalFreight': national(valuation?.externalFreight?.national, currency),
    'item.internalFreight': national(valuation?.internalFreight?.national, currency),
    'item.insurance': national(valuation?.insurance?.national, currency),
    'item.otherCosts': national(valuation?.otherCosts?.national, currency),
    'item.deductions': national(valuation?.deductions?.national, currency),

    'item.position': position,
    'item.hs2': head(hs, 2),
    'item.hs4': head(hs, 4),
    'item.hs6': head(hs, 6),
    'item.hsLength': hs?.length,
    'item.generalProcedure': head(procedure, 1),
    'item.requestedProcedure': fourDigits?.slice(0, 2),
    'item.previousProcedure': fourDigits?.slice(2),
    'item.previousCount': item.previous?.length ?? declaration.previous?.length ?? 0,
    'item.documentsDatedLater': datedLater(item, declaration),
    'item.documentCount': item.documents?.length ?? 0,
    'item.allDocumentCodes':
      documentCodes === undefined
        ? codes
        : codes === undefined
          ? documentCodes
          : [...codes, ...documentCodes],
    'item.kgPerUnit': quotient(netMass, unit?.quantity),
    'item.unitValue': quotient(value, unit?.quantity),
    'item.valuePerKg': quotient(value, netMass),
    'item.valuePerGrossKg': quotient(value, grossMass),
    'item.netToGross': quotient(netMass, grossMass),
    'item.taxToValue': quotient(taxTotal, cif),
    'item.taxesPayable': taxes.payable,
    'item.taxesSuspended': taxes.suspended,
    'item.taxLineGap': taxes.gap,
    'item.packageLines': item.packages?.length ?? 0,
    'item.bulkLines': bulk?.length,
    'item.unpackedLines': item.packages?.filter(({ kind }) => kind !== undefined && unpackedKinds.has(kind))
      .length,
    'item.bulkPackages': bulk?.reduce((sum, { count }) => sum + (count ?? 0), 0),
    'item.zeroPackageSharesMarks': packages === 0 ? sharesMarks(item, declaration) : undefined,
  };
}

function datedLater(item: Item, declaration: Declaration): string[] | undefined {
  const day = dayOf(declaration);
  if (day === undefined || item.documents === undefined) return undefined;
  return item.documents.flatMap(({ code, date }) =>
    code !== undefined && date !== undefined && date > day ? [code] : [],
  );
}

/** Whether another item bears the same marks and has packages; missing where this one has no marks to compare. */
function sharesMarks(item: Item, declaration: Declaration): boolean | undefined {
  const marks = item.packages?.find((line) => line.marks !== undefined)?.marks;
  if (marks === undefined) return undefined;
  return declaration.items.some(
    (other) =>
      other !== item && (other.packages ?? []).some((line) => line.marks === marks && (line.count ?? 0) > 0),
  );
}
