/**
 * ASYCUDA World's SAD XML to the canonical model. Names of elements are matched without regard to capitals, because
 * versions differ (`Gs_External_freight`, `Free_Text_1`, `Date_of_Exit`); their misspellings are the format.
 *
 * The stamps of registration, assessment and receipt are days without a clock. They fill the declaration's fields and
 * make no trail events: an event put at midnight would be out of office hours and break every duration. Export release
 * has day and time, so it is an EXIT event.
 */
import { countryCode, currencyCode } from '../../declaration/codes.ts';
import { type CountryProfile, countryIds, countryProfile } from '../../declaration/country-profile.ts';
import type { Container, Declaration, Document, PreviousDeclaration } from '../../declaration/declaration.ts';
import type { TrailEvent } from '../../declaration/trail.ts';
import { CrosscheckError } from '../../errors.ts';
import { instantIn } from '../../ground/zones.ts';
import { codeOf, decimalOf, filled, flagOf, integerOf, moneyOfText, shortCode, textOf } from '../fields.ts';
import { at, child, children, harvest, type XmlElement } from '../xml.ts';
import { chargesOf, dayOf, partyOf, type SadContext } from './context.ts';
import { itemOf, previousOf } from './item.ts';

/**
 * Paths that are read by nobody and kept nowhere, each for a reason; everything else that no mapper takes is found
 * again under `extra`.
 */
export const ignoredPaths: Readonly<Record<string, string>> = {
  'transit/officer_name':
    'the name of an officer: people enter no store but as surrogates (DESIGN decision 14)',
};

const sadFlows: Readonly<Record<string, Declaration['flow']>> = { I: 'import', E: 'export', T: 'transit' };

/** Transit is told by the regime: general procedure 8, or a type of declaration that begins with T. */
function flowOf(
  root: XmlElement,
  type: string | undefined,
  general: string | undefined,
): Declaration['flow'] {
  const leaf = at(root, 'property/sad_flow');
  const letter = codeOf(leaf)?.toUpperCase();
  if (general === '8' || type?.startsWith('T')) return 'transit';
  const flow = (letter && sadFlows[letter]) ?? (type && sadFlows[type[0]!]);
  if (flow) return flow;
  throw new CrosscheckError(
    'CC_FIELD_UNREADABLE',
    {
      path: 'Sad_flow',
      value: JSON.stringify(letter ?? ''),
      expected: 'I, E or T, and the type of declaration does not tell the flow either',
    },
    { line: (leaf ?? root).line, column: (leaf ?? root).column },
  );
}

/**
 * The country that a message tells of itself: the office's code begins with a country's letters and the goods come into
 * or leave that very country. One hint alone is not believed; no other hint is.
 */
function countryOf(root: XmlElement): string {
  const office = at(root, 'identification/office_segment/customs_clearance_office_code')?.text.trim() ?? '';
  const own = office.slice(0, 2).toUpperCase();
  const general = child(root, 'general_information');
  const sides = ['country/destination/destination_country_code', 'country/export/export_country_code'];
  const named = sides.map((path) => countryCode(at(general, path)?.text.trim()));
  return named.includes(own) && countryIds().includes(own) ? own : 'ZZ';
}

const stampOf = (element: XmlElement | undefined, context: SadContext) =>
  filled({
    serial: codeOf(child(element, 'serial_number')),
    number: codeOf(child(element, 'number')),
    date: dayOf(child(element, 'date'), context),
  });

/** Declarants count anew each year; where the message names the year, it is part of the reference. */
function localReferenceOf(reference: XmlElement | undefined): string | undefined {
  const number = codeOf(child(reference, 'number'));
  if (number === undefined) return undefined;
  const year = codeOf(child(reference, 'year'));
  return year === undefined ? number : `${year}/${number}`;
}

function containerOf(element: XmlElement): Container | undefined {
  return filled({
    number: codeOf(child(element, 'container_identity'))?.replace(/\s/g, ''),
    type: codeOf(child(element, 'container_type')),
    load: codeOf(child(element, 'empty_full_indicator')),
    item: integerOf(child(element, 'item_number')),
    packages: decimalOf(child(element, 'packages_number')),
    grossMass: decimalOf(child(element, 'gross_weight')),
  });
}

/** An invoice of a supplier: `Suppliers_documents` in some versions, `Supplier_documents` with fewer members in others. */
function invoiceOf(element: XmlElement, context: SadContext): Document | undefined {
  const part = (name: string) => child(element, `suppliers_document_${name}`);
  return filled({
    code: codeOf(part('type_code')),
    reference: shortCode(part('invoice_nbr')),
    date: dayOf(part('date'), context),
    extra: harvest(element),
  });
}

/** Goods left the country: day and time together are an instant, one of them alone is not. */
function exitEvents(root: XmlElement, context: SadContext, office: string | undefined): TrailEvent[] {
  const release = child(root, 'export_release');
  const day = child(release, 'date_of_exit');
  const time = child(release, 'time_of_exit');
  const on = dayOf(day, context);
  const instant = on && time ? instantIn(context.profile.timeZone, on, time.text) : undefined;
  if (instant === undefined) {
    if (day !== undefined) day.taken = false;
    return [];
  }
  time!.taken = true;
  return [{ kind: 'EXIT', at: instant, ...(office === undefined ? {} : { office }) }];
}

function ignore(root: XmlElement): void {
  for (const path of Object.keys(ignoredPaths)) {
    const leaf = at(root, path);
    if (leaf !== undefined) leaf.taken = true;
  }
}

/** `country`: the profile to read under, where the caller knows it. Throws CC_FIELD_UNREADABLE with line and column. */
export function sadDeclaration(
  root: XmlElement,
  country: string | undefined,
): { declaration: Declaration; trail: TrailEvent[] } {
  const profile: CountryProfile = countryProfile(country ?? countryOf(root));
  const { currency } = profile;
  const valuation = child(root, 'valuation');
  const invoiceCurrency = currencyCode(at(valuation, 'gs_invoice/currency_code')?.text.trim()) ?? 'XXX';
  const context: SadContext = { profile, invoiceCurrency };

  const identification = child(root, 'identification');
  const general = child(root, 'general_information');
  const transport = child(root, 'transport');
  const means = child(transport, 'means_of_transport');
  const financial = child(root, 'financial');
  const transit = child(root, 'transit');
  const totals = at(root, 'property/nbers');

  const type = codeOf(at(identification, 'type/type_of_declaration'));
  const generalProcedure = codeOf(at(identification, 'type/declaration_gen_procedure_code'));
  const registration = stampOf(child(identification, 'registration'), context);
  const exitOffice = codeOf(at(root, 'export_release/actual_office_of_exit_code'));
  const trail = exitEvents(root, context, exitOffice);
  const sealIdentity = codeOf(at(transit, 'seals/identity'));

  const items = children(root, 'item');
  const containers = children(root, 'container')
    .map(containerOf)
    .filter((found) => found !== undefined);
  const { byItem, unplaced } = dischargesOf(root, items.length, context);

  ignore(root);
  const declaration: Declaration = {
    format: 'asycuda-sad',
    country: profile.id,
    flow: flowOf(root, type, generalProcedure),
    currency,
    ...filled<Partial<Declaration>>({
      office: codeOf(at(identification, 'office_segment/customs_clearance_office_code')),
      officeName: textOf(at(identification, 'office_segment/customs_clearance_office_name')),
      type,
      generalProcedure,
      localReference: localReferenceOf(at(root, 'declarant/reference')),
      registration,
      assessment: stampOf(child(identification, 'assessment'), context),
      receipt: stampOf(child(identification, 'receipt'), context),
      acceptedAt: registration?.date ?? dayOf(at(root, 'property/date_of_declaration'), context),
      manifest: codeOf(child(identification, 'manifest_reference_number')),
      declarant: partyOf(child(root, 'declarant'), 'declarant_'),
      consignee: partyOf(at(root, 'traders/consignee'), 'consignee_'),
      consignor: partyOf(at(root, 'traders/exporter'), 'exporter_'),
      financial: partyOf(at(root, 'traders/financial'), 'financial_'),
      countries: filled({
        dispatch: countryCode(codeOf(at(general, 'country/export/export_country_code'))),
        destination: countryCode(codeOf(at(general, 'country/destination/destination_country_code'))),
        trading: countryCode(codeOf(at(general, 'country/trading_country'))),
        firstDestination: countryCode(codeOf(at(general, 'country/country_first_destination'))),
        origin: codeOf(at(general, 'country/country_of_origin_name')),
      }),
      transport: filled({
        arrival: filled({
          identity: codeOf(at(means, 'departure_arrival_information/identity')),
          nationality: countryCode(codeOf(at(means, 'departure_arrival_information/nationality'))),
          mode: codeOf(at(means, 'departure_arrival_information/mode')),
        }),
        border: filled({
          identity: codeOf(at(means, 'border_information/identity')),
          nationality: countryCode(codeOf(at(means, 'border_information/nationality'))),
          mode: codeOf(at(means, 'border_information/mode')),
        }),
        inlandMode: codeOf(child(means, 'inland_mode_of_transport')),
        containerised: flagOf(child(transport, 'container_flag')),
        loadingPlace: codeOf(at(transport, 'place_of_loading/code')),
        loadingCountry: countryCode(codeOf(at(transport, 'place_of_loading/country'))),
        location: codeOf(child(transport, 'location_of_goods')),
        borderOffice: codeOf(at(transport, 'border_office/code')),
        exitOffice,
      }),
      containers: containers.length === 0 ? undefined : containers,
      seals: sealIdentity === undefined ? undefined : [sealIdentity],
      sealCount: integerOf(at(transit, 'seals/number')),
      terms: filled({
        incoterm: codeOf(at(transport, 'delivery_terms/code')),
        place: textOf(at(transport, 'delivery_terms/place')),
        payment: codeOf(at(financial, 'terms/code')),
        paymentMode: codeOf(child(financial, 'mode_of_payment')),
        deferment: codeOf(child(financial, 'deffered_payment_reference')),
      }),
      valuation: filled({
        ...chargesOf(valuation, 'gs_', context),
        cif: moneyOfText(child(valuation, 'total_cif'), currency),
        totalCosts: moneyOfText(child(valuation, 'total_cost'), currency),
      }),
      totals: filled({
        items: integerOf(child(totals, 'total_number_of_items')),
        packages: decimalOf(child(totals, 'total_number_of_packages')),
        // The system's own sum first; what the declarant typed apart stays under `extra`.
        grossMass:
          decimalOf(at(valuation, 'total/total_weight')) ?? decimalOf(at(valuation, 'weight/gross_weight')),
        invoice: moneyOfText(at(valuation, 'total/total_invoice'), invoiceCurrency),
        taxes: moneyOfText(at(financial, 'amounts/totals_taxes'), currency),
        globalTaxes: moneyOfText(at(financial, 'amounts/global_taxes'), currency),
        manualTaxes: moneyOfText(at(financial, 'amounts/total_manual_taxes'), currency),
      }),
      warehouse: filled({
        id: codeOf(at(root, 'warehouse/identification')),
        delay: integerOf(at(root, 'warehouse/delay')),
      }),
      transit: filled({
        principal: partyOf(child(transit, 'principal'), ''),
        destinationOffice: codeOf(at(transit, 'destination/office')),
        destinationCountry: countryCode(codeOf(at(transit, 'destination/country'))),
        timeLimit: dayOf(child(transit, 'time_limit'), context),
        controlResult: codeOf(child(transit, 'result_of_control')),
      }),
      guarantee: filled({
        reference: codeOf(at(financial, 'guarantee/name')),
        amount: moneyOfText(at(financial, 'guarantee/amount'), currency),
        date: dayOf(at(financial, 'guarantee/date'), context),
      }),
      documents: documentsOf(root, context),
      previous: unplaced.length === 0 ? undefined : unplaced,
    }),
    items: items.map((item, index) =>
      itemOf(item, index + 1, context, byItem.get(index + 1) ?? [], carriers(containers, index + 1)),
    ),
  };
  const extra = harvest(root);
  return { declaration: extra === undefined ? declaration : { ...declaration, extra }, trail };
}

const carriers = (containers: readonly Container[], item: number): string[] =>
  containers.flatMap(({ item: of, number }) => (of === item && number !== undefined ? [number] : []));

function documentsOf(root: XmlElement, context: SadContext): Document[] | undefined {
  const found = [...children(root, 'suppliers_documents'), ...children(root, 'supplier_documents')]
    .map((element) => invoiceOf(element, context))
    .filter((document) => document !== undefined);
  return found.length === 0 ? undefined : found;
}

/** `Prev_decl` groups by the item that they say they belong to; a group that names no item of the message stays with the header. */
function dischargesOf(root: XmlElement, items: number, context: SadContext) {
  const byItem = new Map<number, PreviousDeclaration[]>();
  const unplaced: PreviousDeclaration[] = [];
  for (const element of children(root, 'prev_decl')) {
    const named = child(element, 'prev_decl_current_item');
    const current = integerOf(named) ?? 0;
    const placed = current >= 1 && current <= items;
    // A number that names no item is left for `extra`.
    if (named !== undefined) named.taken = placed;
    const previous = previousOf(element, context);
    if (previous === undefined) continue;
    if (placed) byItem.set(current, [...(byItem.get(current) ?? []), previous]);
    else unplaced.push(previous);
  }
  return { byItem, unplaced };
}
