/** The declaration's own facts: declared ones and those computed over its items, in one literal. */
import type { Declaration } from '../../declaration/declaration.ts';
import { dayOf, formOf } from '../../declaration/form.ts';
import type { FactValue } from '../model.ts';
import { foreign, national, scaleOf, settled, sumOf } from './amounts.ts';
import { incoterm } from './incoterms.ts';
import { isFreightContainer, wrongCheckDigit } from './iso6346.ts';
import { pluck } from './item.ts';
import { bulkKinds, unpackedKinds } from './packages.ts';

type Sheet = Record<string, FactValue>;

/**
 * @param parameters what the country sets, the same for all its declarations: read through the sheet, and not copied
 * into it (a record that has grown to so many members is slow to make and to read)
 */
export function headerSheet(
  d: Declaration,
  items: readonly Sheet[],
  currency: string | undefined,
  parameters: Readonly<Sheet>,
): Sheet {
  const { valuation, totals, transport, terms, transit, guarantee, countries, warehouse } = d;
  const containers = containerNumbers(d);
  const invalid = containers.filter(wrongCheckDigit);
  const absent = absentNumbers(d);
  const generalProcedures = distinct(items, 'item.generalProcedure');
  const priceCurrencies = distinct(items, 'item.priceCurrency');
  const negative = negativeAmounts(d, items, currency);
  const delivery = incoterm(terms?.incoterm);
  const invoiceCurrency = totals?.invoice?.currency;
  const priceMatches = priceCurrencies?.length === 1 && priceCurrencies[0] === invoiceCurrency;

  return {
    __proto__: parameters as never,
    'declaration.format': d.format,
    'declaration.country': d.country,
    'declaration.office': d.office,
    'declaration.flow': d.flow,
    'declaration.type': d.type,
    'declaration.generalProcedure': d.generalProcedure,
    'declaration.localReference': d.localReference,
    'declaration.mrn': d.mrn,
    'declaration.version': d.version,
    'declaration.registrationNumber': d.registration?.number,
    'declaration.registeredOn': d.registration?.date,
    'declaration.assessmentNumber': d.assessment?.number,
    'declaration.assessedOn': d.assessment?.date,
    'declaration.receiptNumber': d.receipt?.number,
    'declaration.paidOn': d.receipt?.date,
    'declaration.lodgedAt': d.lodgedAt,
    'declaration.acceptedAt': d.acceptedAt,
    'declaration.currency': d.currency,
    'declaration.manifest': d.manifest,
    'declaration.billOfLading': d.billOfLading,
    'declarant.id': d.declarant?.id,
    'declarant.name': d.declarant?.name,
    'declarant.address': d.declarant?.address,
    'declarant.country': d.declarant?.country,
    'declarant.representative': d.declarant?.representative,
    'consignee.id': d.consignee?.id,
    'consignee.name': d.consignee?.name,
    'consignee.address': d.consignee?.address,
    'consignee.country': d.consignee?.country,
    'consignor.id': d.consignor?.id,
    'consignor.name': d.consignor?.name,
    'consignor.address': d.consignor?.address,
    'consignor.country': d.consignor?.country,
    'financial.id': d.financial?.id,
    'financial.name': d.financial?.name,
    'financial.address': d.financial?.address,
    'financial.country': d.financial?.country,
    'countries.dispatch': countries?.dispatch,
    'countries.destination': countries?.destination,
    'countries.trading': countries?.trading,
    'countries.firstDestination': countries?.firstDestination,
    'countries.origin': countries?.origin,
    'transport.arrivalIdentity': transport?.arrival?.identity,
    'transport.arrivalIdentityType': transport?.arrival?.identityType,
    'transport.arrivalMode': transport?.arrival?.mode,
    'transport.borderIdentity': transport?.border?.identity,
    'transport.borderIdentityType': transport?.border?.identityType,
    'transport.borderMode': transport?.border?.mode,
    'transport.borderRegistration': transport?.border?.nationality,
    'transport.inlandMode': transport?.inlandMode,
    'transport.containerised': transport?.containerised,
    'transport.loadingPlace': transport?.loadingPlace,
    'transport.loadingCountry': transport?.loadingCountry,
    'transport.location': transport?.location,
    'transport.borderOffice': transport?.borderOffice,
    'transport.exitOffice': transport?.exitOffice,
    'containers.numbers': pluck(d.containers, 'number'),
    'seals.numbers': d.seals,
    'seals.declared': d.sealCount,
    'terms.incoterm': terms?.incoterm,
    'terms.place': terms?.place,
    'terms.payment': terms?.payment,
    'terms.paymentMode': terms?.paymentMode,
    'terms.deferment': terms?.deferment,
    'totals.items': totals?.items,
    'totals.packages': totals?.packages,
    'totals.grossMass': totals?.grossMass,
    'totals.netMass': totals?.netMass,
    'totals.invoice': foreign(totals?.invoice),
    'totals.invoiceCurrency': invoiceCurrency,
    'totals.taxes': national(totals?.taxes, currency),
    'totals.globalTaxes': national(totals?.globalTaxes, currency),
    'totals.manualTaxes': national(totals?.manualTaxes, currency),
    'totals.guaranteed': national(totals?.guaranteed, currency),
    'warehouse.id': warehouse?.id,
    'warehouse.delay': warehouse?.delay,
    'warehouse.type': warehouse?.type,
    'transit.principal.id': transit?.principal?.id,
    'transit.principal.name': transit?.principal?.name,
    'transit.principal.address': transit?.principal?.address,
    'transit.principal.country': transit?.principal?.country,
    'transit.destinationOffice': transit?.destinationOffice,
    'transit.destinationCountry': transit?.destinationCountry,
    'transit.offices': transit?.offices,
    'transit.timeLimit': transit?.timeLimit,
    'transit.arrivalEstimate': transit?.arrivalEstimate,
    'transit.controlResult': transit?.controlResult,
    'guarantee.type': guarantee?.type,
    'guarantee.reference': guarantee?.reference,
    'guarantee.amount': national(guarantee?.amount, currency),
    'documents.codes': pluck(d.documents, 'code'),
    'documents.references': pluck(d.documents, 'reference'),

    'valuation.invoice': national(valuation?.invoice?.national, currency),
    'valuation.invoiceForeign': foreign(valuation?.invoice?.foreign),
    'valuation.invoiceCurrency': valuation?.invoice?.foreign?.currency,
    'valuation.invoiceRate': valuation?.invoice?.rate,
    'valuation.externalFreight': national(valuation?.externalFreight?.national, currency),
    'valuation.externalFreightForeign': foreign(valuation?.externalFreight?.foreign),
    'valuation.externalFreightCurrency': valuation?.externalFreight?.foreign?.currency,
    'valuation.externalFreightRate': valuation?.externalFreight?.rate,
    'valuation.internalFreight': national(valuation?.internalFreight?.national, currency),
    'valuation.internalFreightForeign': foreign(valuation?.internalFreight?.foreign),
    'valuation.internalFreightCurrency': valuation?.internalFreight?.foreign?.currency,
    'valuation.internalFreightRate': valuation?.internalFreight?.rate,
    'valuation.insurance': national(valuation?.insurance?.national, currency),
    'valuation.insuranceForeign': foreign(valuation?.insurance?.foreign),
    'valuation.insuranceCurrency': valuation?.insurance?.foreign?.currency,
    'valuation.insuranceRate': valuation?.insurance?.rate,
    'valuation.otherCosts': national(valuation?.otherCosts?.national, currency),
    'valuation.otherCostsForeign': foreign(valuation?.otherCosts?.foreign),
    'valuation.otherCostsCurrency': valuation?.otherCosts?.foreign?.currency,
    'valuation.otherCostsRate': valuation?.otherCosts?.rate,
    'valuation.deductions': national(valuation?.deductions?.national, currency),
    'valuation.deductionsForeign': foreign(valuation?.deductions?.foreign),
    'valuation.deductionsCurrency': valuation?.deductions?.foreign?.currency,
    'valuation.deductionsRate': valuation?.deductions?.rate,
    'valuation.cif': national(valuation?.cif, currency),
    'valuation.fob': national(valuation?.fob, currency),
    'valuation.totalCosts': national(valuation?.totalCosts, currency),

    'declaration.date': dayOf(d),
    'declaration.form': formOf(d),
    'items.count': d.items.length,
    'items.absentNumbers': absent,
    'items.sumPackages': sumOf(items, 'item.packages'),
    'items.sumPackagesAndPieces': packagesAndPieces(d),
    'items.sumPackagesShared': packagesShared(d),
    'items.packagesRounding': packagesRounding(items),
    'items.packagesWithoutCount': countMissing(items, 'item.packages'),
    'items.sumGrossMass': sumOf(items, 'item.grossMass'),
    'items.knownGrossMass': sumOfKnown(items, 'item.grossMass'),
    'items.sumNetMass': sumOf(items, 'item.netMass'),
    'items.sumCif': sumOf(items, 'item.cif'),
    'items.sumPrice': priceMatches ? sumOf(items, 'item.price') : undefined,
    'items.sumStatisticalValue': sumOf(items, 'item.statisticalValue'),
    'items.sumTaxTotal': sumOf(items, 'item.taxTotal'),
    'items.sumTaxesPayable': sumOf(items, 'item.taxesPayable'),
    'items.sumInvoice': sumOf(items, 'item.invoice'),
    'items.sumExternalFreight': sumOf(items, 'item.externalFreight'),
    'items.sumInsurance': sumOf(items, 'item.insurance'),
    'items.requestedProcedures': distinct(items, 'item.requestedProcedure'),
    'items.generalProcedures': generalProcedures,
    'items.hsCodes': distinct(items, 'item.hs'),
    'items.valuationMethods': distinct(items, 'item.valuationMethod'),
    'items.adjustments': adjustments(d),
    'items.priceCurrencies': priceCurrencies,
    'items.roundPriceShare': roundPriceShare(items),
    'amounts.negative': negative,
    'amounts.negativePrices': items.flatMap((item) =>
      Number(item['item.price']) < 0 ? [`item.price#${item['item.number']}`] : [],
    ),
    'containers.count': containers.length,
    'containers.types': containerTypes(d),
    'containers.heaviest': heaviest(d),
    'containers.invalidNumbers': invalid,
    'containers.freight': containers.filter(isFreightContainer),
    'seals.count': d.seals?.length,
    'seals.repeatedCount': repeats(d.seals),
    'transit.repeatedOffices': repeats(transit?.offices),
    'transport.borderIdentityMode': transport?.border?.identityType?.slice(0, 1),
    'valuation.invoiceUnit': invoiceUnit(d),
    'terms.freightIncluded': delivery?.freight,
    'terms.insuranceIncluded': delivery?.insurance,
    'documents.allCodes': allCodes(d),
  };
}

const repeats = (list: readonly string[] | undefined): number | undefined =>
  list === undefined ? undefined : list.length - new Set(list).size;

/** Missing where no item has a value; an item without one is left out. */
function distinct(items: readonly Sheet[], fact: string): string[] | undefined {
  const seen: string[] = [];
  for (const item of items) {
    const value = item[fact];
    if (typeof value === 'string' && !seen.includes(value)) seen.push(value);
  }
  return seen.length === 0 ? undefined : seen;
}

function countMissing(items: readonly Sheet[], fact: string): number {
  let missing = 0;
  for (const item of items) if (item[fact] === undefined) missing++;
  return missing;
}

function sumOfKnown(items: readonly Sheet[], fact: string): number | undefined {
  let sum: number | undefined;
  for (const item of items) {
    const value = item[fact];
    if (typeof value === 'number') sum = (sum ?? 0) + value;
  }
  return sum === undefined ? undefined : settled(sum);
}

function absentNumbers(d: Declaration): number[] {
  const borne = new Set<number>();
  for (const item of d.items) borne.add(item.number);
  const absent: number[] = [];
  for (let number = 1; number <= d.items.length; number++) if (!borne.has(number)) absent.push(number);
  return absent;
}

function containerNumbers(d: Declaration): string[] {
  const numbers = new Set<string>();
  for (const container of d.containers ?? []) if (container.number) numbers.add(container.number);
  for (const item of d.items) for (const number of item.containers ?? []) if (number) numbers.add(number);
  return [...numbers];
}

/** Shares such as 0.06 of a carton are rounded by themselves: each may be off by half of its last decimal. */
function packagesRounding(items: readonly Sheet[]): number {
  let decimals = 0;
  for (const item of items) {
    const value = item['item.packages'];
    if (typeof value === 'number') decimals = Math.max(decimals, String(value).split('.')[1]?.length ?? 0);
  }
  return decimals === 0 ? 0 : settled(0.5 * 10 ** -decimals * items.length);
}

function roundPriceShare(items: readonly Sheet[]): number | undefined {
  const prices = items.map((item) => item['item.price']).filter((price) => typeof price === 'number');
  if (prices.length === 0) return undefined;
  return prices.filter((price) => price > 0 && price % 100 === 0).length / prices.length;
}

function containerTypes(d: Declaration): string[] | undefined {
  const types = new Set(d.containers?.flatMap(({ type }) => (type === undefined ? [] : [type])));
  return types.size === 0 ? undefined : [...types];
}

function heaviest(d: Declaration): number | undefined {
  const masses = d.containers?.flatMap(({ grossMass }) => (grossMass === undefined ? [] : [grossMass])) ?? [];
  return masses.length === 0 ? undefined : Math.max(...masses);
}

function packagesAndPieces(d: Declaration): number | undefined {
  let sum = 0;
  for (const item of d.items) {
    if (item.packages === undefined || item.packages.length === 0) return undefined;
    for (const line of item.packages) {
      const part =
        line.kind !== undefined && bulkKinds.has(line.kind)
          ? 1
          : line.kind !== undefined && unpackedKinds.has(line.kind)
            ? (line.pieces ?? line.count)
            : line.count;
      if (part === undefined) return undefined;
      sum += part;
    }
  }
  return settled(sum);
}

/** Missing where a line does not say how many, or has no marks to tell it from another. */
function packagesShared(d: Declaration): number | undefined {
  const lines = new Map<string, number>();
  for (const item of d.items) {
    if (item.packages === undefined || item.packages.length === 0) return undefined;
    for (const { count, kind, marks } of item.packages) {
      if (count === undefined || marks === undefined) return undefined;
      lines.set(`${marks}|${kind ?? ''}|${count}`, count);
    }
  }
  return settled([...lines.values()].reduce((sum, count) => sum + count, 0));
}

/** Missing where no item states one. */
function adjustments(d: Declaration): number[] | undefined {
  const rates = new Set(d.items.flatMap(({ adjustment }) => adjustment ?? []));
  return rates.size === 0 ? undefined : [...rates];
}

function invoiceUnit(d: Declaration): number | undefined {
  const currency = d.valuation?.invoice?.foreign?.currency ?? d.totals?.invoice?.currency;
  return currency === undefined ? undefined : 1 / scaleOf(currency);
}

function allCodes(d: Declaration): string[] {
  const codes = new Set<string>();
  for (const document of d.documents ?? []) if (document.code) codes.add(document.code);
  for (const item of d.items)
    for (const document of item.documents ?? []) if (document.code) codes.add(document.code);
  return [...codes];
}

/**
 * Facts that can't lawfully be below zero. An adjustment is a rate and may be; taxes may be, where a correction repays;
 * a price may be, where an invoice writes a discount as a line of its own.
 */
const neverNegative = [
  'item.grossMass',
  'item.netMass',
  'item.quantity',
  'item.packages',
  'item.cif',
  'item.statisticalValue',
] as const;

function negativeAmounts(d: Declaration, items: readonly Sheet[], currency: string | undefined): string[] {
  const found: string[] = [];
  const look = (name: string, value: FactValue): void => {
    if (typeof value === 'number' && value < 0) found.push(name);
  };
  look('totals.items', d.totals?.items);
  look('totals.packages', d.totals?.packages);
  look('totals.grossMass', d.totals?.grossMass);
  look('totals.netMass', d.totals?.netMass);
  look('valuation.externalFreight', national(d.valuation?.externalFreight?.national, currency));
  look('valuation.insurance', national(d.valuation?.insurance?.national, currency));
  look('valuation.cif', national(d.valuation?.cif, currency));
  for (const item of items)
    for (const fact of neverNegative) {
      const value = item[fact];
      if (typeof value === 'number' && value < 0) found.push(`${fact}#${item['item.number']}`);
    }
  return found;
}
