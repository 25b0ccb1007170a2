/** One `GovernmentAgencyGoodsItem` of a WCO declaration to an item of the canonical model. */
import { type CountryProfile, rateKindOf } from '../../declaration/country-profile.ts';
import type {
  Document,
  Item,
  Packages,
  PreviousDeclaration,
  TaxLine,
} from '../../declaration/declaration.ts';
import { codeOf, decimalOf, filled, integerOf, nonEmpty, shortCode, textOf } from '../fields.ts';
import { at, child, children, harvest, type XmlElement } from '../xml.ts';
import { amountOf, instantOf, massOf, partyOf } from './context.ts';

/** Documents are of a category and a type, which together are the code of the tariff: `Y` and `929` are `Y929`. */
export function documentOf(element: XmlElement, profile: CountryProfile): Document | undefined {
  const category = codeOf(child(element, 'categorycode')) ?? '';
  const type = codeOf(child(element, 'typecode')) ?? '';
  return filled({
    code: category + type || undefined,
    name: textOf(child(element, 'name')),
    reference: shortCode(child(element, 'id')),
    date: instantOf(child(element, 'effectivedatetime'), profile)?.slice(0, 10),
    status: codeOf(child(element, 'lpcoexemptioncode')),
    quantity: decimalOf(at(element, 'writeoff/quantityquantity')),
    extra: harvest(element),
  });
}

/** A previous document is of a category (Z, Y, X) and a type; the type tells what it is and the category stays under `extra`. */
export const previousOf = (element: XmlElement): PreviousDeclaration | undefined =>
  filled({
    type: codeOf(child(element, 'typecode')),
    reference: shortCode(child(element, 'id')),
    item: integerOf(child(element, 'linenumeric')),
    extra: harvest(element),
  });

function taxLineOf(element: XmlElement, profile: CountryProfile): TaxLine | undefined {
  const code = codeOf(child(element, 'typecode'));
  const payment = child(element, 'payment');
  const rate = decimalOf(child(element, 'taxratenumeric'));
  const quantity = child(element, 'specifictaxbasequantity');
  const base = amountOf(child(element, 'advaloremtaxbaseamount'), profile);
  const specific = decimalOf(quantity);
  return filled({
    code,
    base: base === undefined ? specific : Number(child(element, 'advaloremtaxbaseamount')!.text),
    baseUnit: base === undefined ? quantity?.attributes.get('unitCode') : undefined,
    rate,
    rateKind: rate === undefined ? undefined : rateKindOf(profile, code),
    amount: amountOf(child(payment, 'taxassessedamount') ?? child(payment, 'paymentamount'), profile),
    method: codeOf(child(payment, 'methodcode')),
    extra: harvest(element),
  });
}

function packagesOf(element: XmlElement): Packages | undefined {
  // Their number among themselves is their position.
  codeOf(child(element, 'sequencenumeric'));
  return filled({
    count: decimalOf(child(element, 'quantityquantity')),
    kind: codeOf(child(element, 'typecode')),
    marks: textOf(child(element, 'marksnumbersid')),
  });
}

/** The classifications of a commodity by their list: tariff stem, TARIC ending, additional codes. */
function classificationOf(
  commodity: XmlElement | undefined,
): Pick<Item, 'hs' | 'precisions' | 'additionalCodes'> {
  const of = (...lists: string[]): string[] =>
    children(commodity, 'classification').flatMap((element) => {
      const list = child(element, 'identificationtypecode');
      if (!lists.includes(list?.text.trim() ?? '')) return [];
      return [codeOf(list) && codeOf(child(element, 'id'))].filter((id) => id !== undefined);
    });
  const [hs, ...others] = of('TSP');
  const additional = [...others, ...of('TRA', 'GN')];
  return { hs, precisions: nonEmpty(of('TRC')), additionalCodes: nonEmpty(additional) };
}

/** The first procedure has a previous one: together the four digits. The others are additional procedures. */
function proceduresOf(
  element: XmlElement,
): Pick<Item, 'procedure' | 'nationalProcedure' | 'additionalProcedures'> {
  const all = children(element, 'governmentprocedure');
  const main = all.find((procedure) => child(procedure, 'previouscode') !== undefined) ?? all[0];
  const additional = all
    .filter((procedure) => procedure !== main)
    .map((procedure) => codeOf(child(procedure, 'currentcode')))
    .filter((code) => code !== undefined);
  const requested = codeOf(child(main, 'currentcode'));
  const procedure = (requested ?? '') + (codeOf(child(main, 'previouscode')) ?? '');
  return {
    procedure: procedure || undefined,
    nationalProcedure: additional[0],
    additionalProcedures: nonEmpty(additional),
  };
}

/** Origin is of type 1, preferential origin of type 2; a type of neither stays under `extra`. */
function originsOf(element: XmlElement): Pick<Item, 'origin' | 'preferentialOrigin'> {
  const of = (type: string): string | undefined => {
    const found = children(element, 'origin').find(
      (origin) => (child(origin, 'typecode')?.text.trim() || '1') === type,
    );
    codeOf(child(found, 'typecode'));
    return codeOf(child(found, 'countrycode'));
  };
  return { origin: of('1'), preferentialOrigin: of('2') };
}

export function itemOf(element: XmlElement, position: number, profile: CountryProfile): Item {
  const commodity = child(element, 'commodity');
  const measure = child(commodity, 'goodsmeasure');
  const taxes = children(commodity, 'dutytaxfee');
  const tariffQuantity = child(measure, 'tariffquantity');
  const value = child(element, 'customsvaluation');
  const freight = amountOf(child(value, 'freightchargeamount'), profile);
  return {
    number: integerOf(child(element, 'sequencenumeric')) || position,
    ...filled<Omit<Item, 'number'>>({
      ...classificationOf(commodity),
      description: textOf(child(commodity, 'description')),
      ...originsOf(element),
      dispatch: codeOf(at(element, 'exportcountry/id')),
      preference: taxes.map((tax) => codeOf(child(tax, 'dutyregimecode'))).find((code) => code !== undefined),
      quota: taxes.map((tax) => codeOf(child(tax, 'quotaorderid'))).find((code) => code !== undefined),
      ...proceduresOf(element),
      previous: nonEmpty(children(element, 'previousdocument').map(previousOf)),
      grossMass: massOf(child(measure, 'grossmassmeasure')),
      netMass: massOf(child(measure, 'netnetweightmeasure')),
      supplementaryUnits: nonEmpty([
        filled({ code: tariffQuantity?.attributes.get('unitCode'), quantity: decimalOf(tariffQuantity) }),
      ]),
      packages: nonEmpty(children(element, 'packaging').map(packagesOf)),
      price: amountOf(at(commodity, 'invoiceline/itemchargeamount'), profile),
      cif: amountOf(child(element, 'customsvalueamount'), profile),
      statisticalValue: amountOf(child(element, 'statisticalvalueamount'), profile),
      valuationMethod: codeOf(child(value, 'methodcode')),
      valuation: freight === undefined ? undefined : { externalFreight: { foreign: freight } },
      taxes: nonEmpty(taxes.map((tax) => taxLineOf(tax, profile))),
      documents: nonEmpty(
        children(element, 'additionaldocument').map((document) => documentOf(document, profile)),
      ),
      consignee: partyOf(child(element, 'consignee')),
      consignor: partyOf(child(element, 'exporter')) ?? partyOf(child(element, 'consignor')),
      containers: nonEmpty(
        children(commodity, 'transportequipment').map((equipment) => codeOf(child(equipment, 'id'))),
      ),
      extra: harvest(element),
    }),
  };
}
