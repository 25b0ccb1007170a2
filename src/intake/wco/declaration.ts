/**
 * A WCO Data Model 3.6 declaration, as UK CDS writes it, to the canonical model: function code 9, an original. What
 * amends or cancels one, and what the system answers, is no declaration: see answer.ts.
 */
import { type CountryProfile, countryIds, countryProfile } from '../../declaration/country-profile.ts';
import type { Container, Declaration, Document } from '../../declaration/declaration.ts';
import { CrosscheckError } from '../../errors.ts';
import { codeOf, decimalOf, filled, flagOf, integerOf, nonEmpty, textOf } from '../fields.ts';
import { at, child, children, harvest, type XmlElement } from '../xml.ts';
import { amountOf, instantOf, massOf, partyOf } from './context.ts';
import { documentOf, itemOf, previousOf } from './item.ts';

/**
 * Under which profile a message is read: what the caller says, else the country that its metadata name, else the one in
 * its MRN (`19GB…`), else none.
 */
export function profileOf(
  metadata: XmlElement | undefined,
  message: XmlElement,
  country: string | undefined,
): CountryProfile {
  const responsible = metadata?.children.find(({ key }) => key.endsWith('responsiblecountrycode'));
  const mrn = child(message, 'id') ?? at(message, 'declaration/id') ?? firstOf(message, 'mrn', 'id');
  const named = [responsible?.text.trim(), /^\d\d([A-Z]{2})/.exec(mrn?.text.trim() ?? '')?.[1]];
  const known = countryIds();
  return countryProfile(country ?? named.find((id) => id !== undefined && known.includes(id)) ?? 'ZZ');
}

/** The first element of one of these names, wherever it is. */
function firstOf(element: XmlElement, ...keys: string[]): XmlElement | undefined {
  for (const inner of element.children) {
    const found = keys.includes(inner.key) ? inner : firstOf(inner, ...keys);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** `CO…` declarations move goods between fiscal territories of one union: an office of exit makes them exports. */
function flowOf(declaration: XmlElement, type: string | undefined): Declaration['flow'] {
  const kind = type?.slice(0, 2).toUpperCase();
  if (kind === 'IM') return 'import';
  if (kind === 'EX') return 'export';
  if (kind === 'TR' || kind?.startsWith('T')) return 'transit';
  if (kind === 'CO') return child(declaration, 'exitoffice') === undefined ? 'import' : 'export';
  throw new CrosscheckError(
    'CC_FIELD_UNREADABLE',
    {
      path: 'TypeCode',
      value: JSON.stringify(type ?? ''),
      expected: 'a type that begins with IM, EX, CO or T',
    },
    { line: declaration.line, column: declaration.column },
  );
}

/** As CDS writes it in one: country, type, qualifier and name. */
function locationOf(location: XmlElement | undefined): string | undefined {
  const parts = [
    codeOf(at(location, 'address/countrycode')),
    codeOf(child(location, 'typecode')),
    codeOf(at(location, 'address/typecode')),
    codeOf(child(location, 'name')),
  ];
  return parts.join('') || undefined;
}

function containerOf(equipment: XmlElement): Container | undefined {
  codeOf(child(equipment, 'sequencenumeric'));
  const seals = children(equipment, 'seal').map((seal) => {
    codeOf(child(seal, 'sequencenumeric'));
    return codeOf(child(seal, 'id'));
  });
  return filled({ number: codeOf(child(equipment, 'id')), seals: nonEmpty(seals) });
}

/** An authorisation that its holder relies on: the category is its kind. */
const authorisationOf = (element: XmlElement): Document | undefined =>
  filled({ code: codeOf(child(element, 'categorycode')), holder: codeOf(child(element, 'id')) });

const meansOf = (element: XmlElement | undefined) =>
  filled({
    identity: codeOf(child(element, 'id')),
    identityType: codeOf(child(element, 'identificationtypecode')),
    nationality: codeOf(child(element, 'registrationnationalitycode')),
  });

/** Throws CC_FIELD_UNREADABLE with line and column. */
export function wcoDeclaration(element: XmlElement, profile: CountryProfile): Declaration {
  const shipment = child(element, 'goodsshipment');
  const consignment = child(shipment, 'consignment');
  const border = child(element, 'bordertransportmeans');
  const inland = child(consignment, 'arrivaltransportmeans') ?? child(consignment, 'departuretransportmeans');
  const terms = child(shipment, 'tradeterms');
  const [guarantee] = children(element, 'obligationguarantee');
  const header = children(element, 'additionaldocument').map((document) => documentOf(document, profile));
  const deferment = header.find((document) => document?.code === '1DAN');
  const type = codeOf(child(element, 'typecode'));
  const flow = flowOf(element, type);
  const importer = child(shipment, 'importer');
  const items = children(shipment, 'governmentagencygoodsitem').map((item, index) =>
    itemOf(item, index + 1, profile),
  );
  const invoice = amountOf(child(element, 'invoiceamount'), profile);
  const freight = amountOf(at(shipment, 'customsvaluation/freightchargeamount'), profile);
  const rate = decimalOf(at(element, 'currencyexchange/ratenumeric'));
  const inlandMeans = meansOf(inland);
  const borderMeans = filled({ ...meansOf(border), mode: codeOf(child(border, 'modecode')) });
  // The declared acceptance is a day in the model; its clock stays under `extra`.
  const acceptance = child(element, 'acceptancedatetime');
  const acceptedAt = instantOf(acceptance, profile)?.slice(0, 10);
  for (const leaf of acceptance?.children ?? []) leaf.taken = false;
  codeOf(child(element, 'functioncode'));

  return {
    format: 'wco-dm',
    country: profile.id,
    flow,
    currency: profile.currency,
    ...filled<Partial<Declaration>>({
      office: codeOf(child(element, 'declarationofficeid')),
      type,
      generalProcedure: items[0]?.procedure?.slice(0, 1),
      localReference: codeOf(child(element, 'functionalreferenceid')),
      mrn: codeOf(child(element, 'id')),
      lodgedAt: instantOf(child(element, 'issuedatetime'), profile),
      acceptedAt,
      declarant: filled({
        ...partyOf(child(element, 'declarant')),
        representative: textOf(at(element, 'agent/id')),
      }),
      consignee: partyOf(importer ?? child(shipment, 'consignee')),
      consignor: partyOf(child(element, 'exporter')) ?? partyOf(child(shipment, 'consignor')),
      countries: filled({
        dispatch: codeOf(at(shipment, 'exportcountry/id')),
        destination: codeOf(at(shipment, 'destination/countrycode')),
      }),
      transport: filled({
        arrival: inlandMeans,
        border: borderMeans,
        inlandMode: codeOf(child(inland, 'modecode')),
        containerised: flagOf(child(consignment, 'containercode')),
        loadingPlace: codeOf(at(consignment, 'loadinglocation/id')),
        location: locationOf(child(consignment, 'goodslocation')),
        exitOffice: codeOf(at(element, 'exitoffice/id')),
      }),
      containers: nonEmpty(children(consignment, 'transportequipment').map(containerOf)),
      terms: filled({
        incoterm: codeOf(child(terms, 'conditioncode')),
        place: codeOf(child(terms, 'locationid')) ?? textOf(child(terms, 'locationname')),
        deferment: deferment?.reference,
      }),
      valuation: filled({
        invoice: filled({ foreign: invoice, rate }),
        externalFreight: freight === undefined ? undefined : { foreign: freight },
      }),
      totals: filled({
        items: integerOf(child(element, 'goodsitemquantity')),
        packages: decimalOf(child(element, 'totalpackagequantity')),
        grossMass: massOf(child(element, 'totalgrossmassmeasure')),
        invoice,
      }),
      warehouse: filled({
        id: codeOf(at(shipment, 'warehouse/id')),
        type: codeOf(at(shipment, 'warehouse/typecode')),
      }),
      guarantee: filled({
        type: codeOf(child(guarantee, 'securitydetailscode')),
        reference: codeOf(child(guarantee, 'referenceid')) ?? codeOf(child(guarantee, 'id')),
        amount: amountOf(child(guarantee, 'amountamount'), profile),
      }),
      documents: nonEmpty([...header, ...children(element, 'authorisationholder').map(authorisationOf)]),
      previous: nonEmpty(children(shipment, 'previousdocument').map(previousOf)),
    }),
    items,
    ...filled({ extra: harvest(element) }),
  };
}
