/**
 * From goods to a declaration in the canonical model. Everything that follows from something else is worked out here
 * and nowhere else: CIF from its parts, item amounts that add up to the header's, taxes from rates, totals from items.
 */
import type { Declaration, Document, Item, TaxLine } from '../declaration/declaration.ts';
import type { Money } from '../declaration/money.ts';
import type { Case, Goods, Regime } from './case.ts';
import { dateText, dayOf, instantText, yearOf } from './clock.ts';
import { country, nationalCurrency, preference } from './tariff.ts';
import { exempt } from './traders.ts';

/** Days that goods may stay, by suspense regime. */
export const suspenseDays = { warehouse: 180, temporary: 120 } as const;

interface RegimeCodes {
  type: string;
  general: string;
  /** Serial letter of the registration. */
  serial: string;
  /** Whether duties are paid, suspended against a guarantee, or not due. */
  duties: 'paid' | 'suspended' | 'none';
}

export const regimes: Readonly<Record<Regime, RegimeCodes>> = {
  home: { type: 'IM', general: '4', serial: 'C', duties: 'paid' },
  warehouse: { type: 'IM', general: '7', serial: 'C', duties: 'suspended' },
  temporary: { type: 'IM', general: '5', serial: 'C', duties: 'suspended' },
  'ex-warehouse': { type: 'IM', general: '4', serial: 'W', duties: 'paid' },
  're-export': { type: 'EX', general: '3', serial: 'R', duties: 'none' },
  transit: { type: 'IM', general: '8', serial: 'T', duties: 'suspended' },
  export: { type: 'EX', general: '1', serial: 'E', duties: 'none' },
};

const procedureOf = (regime: Regime, goods: Goods): string => {
  const previous = goods.writesOff?.entry.regime;
  if (previous !== undefined) {
    return `${regimes[regime].general}0${previous === 'warehouse' ? '71' : '50'}`;
  }
  return { home: '4000', warehouse: '7100', temporary: '5000', transit: '8000', export: '1000' }[
    regime as 'home' | 'warehouse' | 'temporary' | 'transit' | 'export'
  ];
};

const national = (amount: number): Money => ({ amount, currency: nationalCurrency });

/** Shares of a whole in proportion to the weights, as whole numbers that add up to it (largest remainder). */
export function apportion(whole: number, weights: readonly number[]): number[] {
  const sum = weights.reduce((total, weight) => total + weight, 0);
  const exact = weights.map((weight) => (sum === 0 ? whole / weights.length : (whole * weight) / sum));
  const shares = exact.map(Math.floor);
  const missing = whole - shares.reduce((total, share) => total + share, 0);
  const order = exact.map((_, i) => i).sort((a, b) => exact[b]! - shares[b]! - (exact[a]! - shares[a]!));
  for (let i = 0; i < missing; i++) shares[order[i]!]!++;
  return shares;
}

const sum3 = (values: readonly number[]): number =>
  Math.round(values.reduce((total, value) => total + value * 1000, 0)) / 1000;

/** Duties on one item, in units of the national currency. */
export function taxesOf(
  goods: Goods,
  cif: number,
  duties: RegimeCodes['duties'],
  relieved: boolean,
): TaxLine[] {
  if (duties === 'none') return [];
  const payable = duties === 'paid' && !relieved;
  const line = (code: string, base: number, rate: number): TaxLine => ({
    code,
    base,
    rate,
    rateKind: 'fraction',
    amount: national(Math.round(base * rate)),
    method: payable ? '1' : '0',
    payable,
  });
  const duty = line('DUT', cif, goods.certificate === undefined ? goods.line.duty : 0);
  const lines = [duty];
  let base = cif + duty.amount!.amount;
  if (goods.line.excise !== undefined) {
    const excise = line('EXC', base, goods.line.excise);
    lines.push(excise);
    base += excise.amount!.amount;
  }
  lines.push(line('VAT', base, goods.line.vat));
  return lines;
}

function documentsOf(c: Case, goods: Goods): Document[] {
  const documents: Document[] = [];
  if (goods.certificate !== undefined) {
    documents.push({
      code: preference.document,
      name: 'Certificate of origin',
      reference: goods.certificate.reference,
      date: dateText(goods.certificate.issued),
    });
  }
  if (goods.line.licence !== undefined && c.flow === 'import') {
    documents.push({
      code: goods.line.licence.document,
      name: `Permit of ${goods.line.licence.agency}`,
      reference: `${goods.line.licence.agency}-${c.trader.id}-${goods.line.hs}-${yearOf(dayOf(c.registeredAt))}`,
      date: `${yearOf(dayOf(c.registeredAt))}-01-02`,
      holder: c.trader.id,
    });
  }
  return documents;
}

/** The declaration of these goods as it stands in this version. */
export function drawUp(c: Case, goods: readonly Goods[], version: number): Declaration {
  const { shipment, office, trader, rate } = c;
  const codes = regimes[c.regime];
  const acceptedAt = dateText(dayOf(c.registeredAt));
  const invoice = goods.reduce((sum, item) => sum + item.price, 0);
  const foreign = (amount: number): Money => ({ amount, currency: shipment.currency });
  const converted = (amount: number): number => Math.round((amount / 100) * rate);
  const charge = (amount: number) => ({
    national: national(converted(amount)),
    foreign: foreign(amount),
    rate,
  });
  const exported = c.flow === 'export';
  // Nothing is left open: what does not apply is declared as nothing.
  const parts = exported
    ? { invoice: charge(invoice), internalFreight: charge(0), deductions: charge(0) }
    : {
        invoice: charge(invoice),
        externalFreight: charge(shipment.freight),
        internalFreight: charge(0),
        insurance: charge(shipment.insurance),
        otherCosts: charge(shipment.otherCosts),
        deductions: charge(0),
      };
  const prices = goods.map((item) => item.price);
  // Every part is shared out by price, so that each adds up again; an item's CIF is the sum of its own shares.
  const shares = Object.entries(parts).map(
    ([name, part]) => [name, apportion(part.national.amount, prices)] as const,
  );
  const total = Object.values(parts).reduce((sum, part) => sum + part.national.amount, 0);
  const values = goods.map((_, i) => shares.reduce((sum, [, share]) => sum + share[i]!, 0));
  const relieved = exempt(trader) && c.regime === 'home';

  const items: Item[] = goods.map((item, i) => {
    const taxes = taxesOf(item, values[i]!, codes.duties, relieved);
    const due = taxes.reduce((sum, tax) => sum + tax.amount!.amount, 0);
    const documents = documentsOf(c, item);
    const source = item.writesOff;
    return {
      number: i + 1,
      hs: item.line.hs,
      description: item.line.description,
      commercialDescription: `${item.line.description}, ${shipment.supplier.name}`,
      origin: item.origin,
      ...(item.certificate === undefined ? {} : { preference: preference.code }),
      procedure: procedureOf(c.regime, item),
      nationalProcedure: relieved ? 'E10' : '000',
      grossMass: item.gross,
      netMass: item.net,
      ...(item.line.unit === undefined
        ? {}
        : { supplementaryUnits: [{ code: item.line.unit, quantity: item.quantity }] }),
      packages: [{ count: item.packages, kind: item.line.pack.kind, marks: `${trader.id} ${i + 1}` }],
      price: foreign(item.price),
      ...(exported ? {} : { cif: national(values[i]!) }),
      statisticalValue: national(values[i]!),
      valuationMethod: '1',
      valuation: Object.fromEntries(shares.map(([name, share]) => [name, { national: national(share[i]!) }])),
      ...(taxes.length === 0
        ? {}
        : {
            taxes,
            taxTotal: national(codes.duties === 'paid' && !relieved ? due : 0),
            ...(codes.duties === 'suspended' ? { taxGuaranteed: national(due) } : {}),
          }),
      ...(documents.length === 0 ? {} : { documents }),
      ...(source === undefined
        ? {}
        : {
            previous: [
              {
                type: 'IM',
                reference: `${source.entry.registration.serial}${source.entry.registration.number}`,
                office: source.entry.office.id,
                year: source.entry.registration.year,
                serial: source.entry.registration.serial,
                number: source.entry.registration.number,
                item: source.line.item,
                hs: source.line.goods.line.hs,
                origin: source.line.goods.origin,
                netMass: source.line.goods.net,
                quantity: source.line.goods.quantity,
                packages: source.line.goods.packages,
                netMassWrittenOff: item.net,
                quantityWrittenOff: item.quantity,
                packagesWrittenOff: item.packages,
              },
            ],
          }),
      billOfLading: shipment.bill,
    };
  });

  const totalOf = (pick: (item: Item) => Money | undefined): number =>
    items.reduce((sum, item) => sum + (pick(item)?.amount ?? 0), 0);
  const guaranteed = totalOf((item) => item.taxGuaranteed);
  const reference = `${c.registration.serial}${c.registration.number}`;
  const origins = new Set(goods.map((item) => item.origin));
  const place = exported ? shipment.supplier.country : country;
  const identityType = { '1': '11', '3': '30', '4': '40' }[office.mode];
  const means = {
    identity: shipment.voyage.identity,
    identityType,
    nationality: shipment.voyage.nationality,
    mode: office.mode,
  };
  const importer = { id: trader.id, name: trader.name, address: trader.address, country };
  const partner = {
    id: shipment.supplier.id,
    name: shipment.supplier.name,
    country: shipment.supplier.country,
  };
  return {
    format: 'simulated',
    country,
    office: office.id,
    officeName: office.name,
    flow: c.flow,
    type: codes.type,
    generalProcedure: codes.general,
    localReference: c.localReference,
    registration: { serial: c.registration.serial, number: c.registration.number, date: acceptedAt },
    version,
    lodgedAt: instantText(c.lodgedAt, office.offset),
    acceptedAt,
    currency: nationalCurrency,
    ...(shipment.manifest === undefined ? {} : { manifest: shipment.manifest }),
    billOfLading: shipment.bill,
    declarant: { id: c.broker.id, name: c.broker.name, country },
    consignee: exported ? partner : importer,
    consignor: exported ? importer : partner,
    countries: {
      dispatch: exported ? country : shipment.dispatch,
      destination: place,
      trading: shipment.supplier.country,
      origin: origins.size === 1 ? goods[0]!.origin : 'MANY',
    },
    transport: {
      arrival: means,
      border: means,
      containerised: shipment.containers.length > 0,
      loadingPlace: shipment.loadingPlace,
      loadingCountry: shipment.loadingPlace.slice(0, 2),
      location: `${office.id}-YARD`,
      borderOffice: office.id,
    },
    ...(shipment.containers.length === 0
      ? {}
      : {
          containers: shipment.containers.map((number, i) => ({
            number,
            type: '42G1',
            load: 'full',
            seals: [shipment.seals[i]!],
          })),
          seals: shipment.seals,
          sealCount: shipment.seals.length,
        }),
    terms: { incoterm: shipment.incoterm, place: shipment.loadingPlace, paymentMode: 'cash' },
    valuation: exported
      ? { ...parts, fob: national(total) }
      : { ...parts, cif: national(total), totalCosts: national(total - parts.invoice.national.amount) },
    totals: {
      items: items.length,
      packages: goods.reduce((sum, item) => sum + item.packages, 0),
      grossMass: sum3(goods.map((item) => item.gross)),
      netMass: sum3(goods.map((item) => item.net)),
      invoice: foreign(invoice),
      taxes: national(totalOf((item) => item.taxTotal)),
      globalTaxes: national(0),
      ...(codes.duties === 'suspended' ? { guaranteed: national(guaranteed) } : {}),
    },
    ...(c.regime === 'warehouse'
      ? { warehouse: { id: `W${office.id}1`, delay: suspenseDays.warehouse, type: 'public' } }
      : {}),
    ...(c.regime === 'transit'
      ? {
          transit: {
            principal: { id: c.broker.id, name: c.broker.name, country },
            destinationOffice: `${office.id}X`,
            destinationCountry: 'ML',
            timeLimit: dateText(dayOf(c.registeredAt) + 10),
            arrivalEstimate: dateText(dayOf(c.registeredAt) + 4),
          },
        }
      : {}),
    ...(codes.duties === 'suspended'
      ? {
          guarantee: {
            type: '1',
            reference: `G-${trader.id}-${reference}`,
            amount: national(guaranteed),
            date: acceptedAt,
          },
        }
      : {}),
    documents: [
      {
        code: '380',
        name: 'Commercial invoice',
        reference: shipment.invoice.reference,
        date: dateText(shipment.invoice.issued),
      },
      {
        code: { '1': '705', '3': '730', '4': '740' }[office.mode],
        name: 'Transport document',
        reference: shipment.bill,
        date: dateText(Math.max(shipment.invoice.issued, dayOf(shipment.voyage.manifestAt) - 1)),
      },
    ],
    items,
  };
}

/** What would be due on these goods at home use: their stake, whoever pays it and when. To a unit or two of what `drawUp` finds, which rounds each part. */
export function stakeOf(c: Case, goods: readonly Goods[]): number {
  const { freight, insurance, otherCosts } = c.shipment;
  const invoice = goods.reduce((sum, item) => sum + item.price, 0);
  const whole = Math.round(((invoice + freight + insurance + otherCosts) / 100) * c.rate);
  const values = apportion(
    whole,
    goods.map((item) => item.price),
  );
  let sum = 0;
  goods.forEach((item, i) => {
    for (const tax of taxesOf(item, values[i]!, 'paid', false)) sum += tax.amount!.amount;
  });
  return sum;
}
