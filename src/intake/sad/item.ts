/** One `Item` of an ASYCUDA SAD to an item of the canonical model. Items carry no number: it is their position. */
import { countryCode } from '../../declaration/codes.ts';
import { rateKindOf } from '../../declaration/country-profile.ts';
import type { Document, Item, PreviousDeclaration, TaxLine } from '../../declaration/declaration.ts';
import {
  codeOf,
  decimalOf,
  filled,
  flagOf,
  integerOf,
  moneyOfText,
  nonEmpty,
  shortCode,
  textOf,
} from '../fields.ts';
import { at, child, children, harvest, type XmlElement } from '../xml.ts';
import { chargesOf, dayOf, type SadContext } from './context.ts';

/** Commodity code as digits where it is one: some exports print points and blanks. */
const hsOf = (leaf: XmlElement | undefined): string | undefined => codeOf(leaf)?.replace(/[\s.]/g, '');

function precisionsOf(hs: XmlElement | undefined): string[] | undefined {
  const all = [1, 2, 3, 4].map((place) => codeOf(child(hs, `precision_${place}`)) ?? '');
  while (all.at(-1) === '') all.pop();
  return all.length === 0 ? undefined : all;
}

function taxLineOf(line: XmlElement, context: SadContext): TaxLine | undefined {
  const code = codeOf(child(line, 'duty_tax_code'));
  const mode = child(line, 'duty_tax_mp');
  const rate = decimalOf(child(line, 'duty_tax_rate'));
  // MP 1 is payable, 0 suspended; other modes of payment are national and stay under `extra`.
  const payable = /^\s*[01]?\s*$/.test(mode?.text ?? '') ? flagOf(mode) : undefined;
  return filled({
    code,
    base: decimalOf(child(line, 'duty_tax_base')),
    rate,
    rateKind: rate === undefined ? undefined : rateKindOf(context.profile, code),
    amount: moneyOfText(child(line, 'duty_tax_amount'), context.profile.currency),
    method: codeOf(child(line, 'duty_tax_type_of_calculation')),
    payable,
    extra: harvest(line),
  });
}

function documentOf(element: XmlElement, context: SadContext): Document | undefined {
  const part = (name: string) => child(element, `attached_document_${name}`);
  return filled({
    code: codeOf(part('code')),
    name: textOf(part('name')),
    reference: shortCode(part('reference')),
    date: dayOf(part('date'), context),
    rule: codeOf(part('from_rule')),
    extra: harvest(element),
  });
}

/** A `Prev_decl`: the registered declaration and item that this item discharges, and how much of it. */
export function previousOf(element: XmlElement, context: SadContext): PreviousDeclaration | undefined {
  const part = (name: string) => child(element, `prev_decl_${name}`);
  return filled({
    office: codeOf(part('office_code')),
    year: codeOf(part('reg_year')),
    serial: codeOf(part('reg_serial')),
    number: codeOf(part('reg_number')),
    item: integerOf(part('item_number')),
    hs: hsOf(part('hs_code')),
    origin: countryCode(codeOf(part('country_origin'))),
    netMass: decimalOf(part('weight')),
    quantity: decimalOf(part('supp_quantity')),
    packages: decimalOf(part('number_packages')),
    netMassWrittenOff: decimalOf(part('weight_written_off')),
    quantityWrittenOff: decimalOf(part('supp_quantity_written_off')),
    packagesWrittenOff: decimalOf(part('number_packages_written_off')),
    valueWrittenOff: moneyOfText(part('ref_value_written_off'), context.profile.currency),
    extra: harvest(element),
  });
}

/** `discharged`: the `Prev_decl` groups that name this item; `containers`: the numbers of those that carry it. */
export function itemOf(
  element: XmlElement,
  number: number,
  context: SadContext,
  discharged: PreviousDeclaration[],
  containers: string[],
): Item {
  const tariff = child(element, 'tarification');
  const goods = child(element, 'goods_description');
  const before = child(element, 'previous_doc');
  const value = child(element, 'valuation_item');
  const taxation = child(element, 'taxation');
  const packages = child(element, 'packages');
  const { currency } = context.profile;
  const charges = chargesOf(value, 'item_', context);

  const marks = nonEmpty([
    textOf(child(packages, 'marks1_of_packages')),
    textOf(child(packages, 'marks2_of_packages')),
  ]);
  const packaging = filled({
    count: decimalOf(child(packages, 'number_of_packages')),
    kind: codeOf(child(packages, 'kind_of_packages_code')),
    marks: marks?.join('\n'),
  });
  const boxForty = filled({ reference: shortCode(child(before, 'previous_document_reference')) });
  const units = children(tariff, 'supplementary_unit').map((unit) =>
    filled({
      code: codeOf(child(unit, 'suppplementary_unit_code')),
      quantity: decimalOf(child(unit, 'suppplementary_unit_quantity')),
    }),
  );

  return {
    number,
    ...filled<Omit<Item, 'number'>>({
      hs: hsOf(at(tariff, 'hscode/commodity_code')),
      precisions: precisionsOf(child(tariff, 'hscode')),
      description: textOf(child(goods, 'description_of_goods')),
      commercialDescription: textOf(child(goods, 'commercial_description')),
      origin: countryCode(codeOf(child(goods, 'country_of_origin_code'))),
      preference: codeOf(child(tariff, 'preference_code')),
      quota: codeOf(child(tariff, 'quota_code')) ?? codeOf(at(tariff, 'quota/quotacode')),
      procedure: codeOf(child(tariff, 'extended_customs_procedure')),
      nationalProcedure: codeOf(child(tariff, 'national_customs_procedure')),
      previous: nonEmpty([...discharged, boxForty]),
      grossMass: decimalOf(at(value, 'weight_itm/gross_weight_itm')),
      netMass: decimalOf(at(value, 'weight_itm/net_weight_itm')),
      supplementaryUnits: nonEmpty(units),
      packages: nonEmpty([packaging]),
      price: moneyOfText(
        child(tariff, 'item_price'),
        charges.invoice?.foreign?.currency ?? context.invoiceCurrency,
      ),
      cif: moneyOfText(child(value, 'total_cif_itm'), currency),
      statisticalValue: moneyOfText(child(value, 'statistical_value'), currency),
      valuationMethod: codeOf(child(tariff, 'valuation_method_code')),
      valuation: filled(charges),
      adjustment: decimalOf(child(value, 'rate_of_adjustement')),
      taxes: nonEmpty(children(taxation, 'taxation_line').map((line) => taxLineOf(line, context))),
      taxTotal: moneyOfText(child(taxation, 'item_taxes_amount'), currency),
      taxGuaranteed: moneyOfText(child(taxation, 'item_taxes_guaranted_amount'), currency),
      documents: nonEmpty(
        children(element, 'attached_documents').map((document) => documentOf(document, context)),
      ),
      containers: containers.length === 0 ? undefined : containers,
      billOfLading: shortCode(child(before, 'summary_declaration')),
      marketValuer: shortCode(at(value, 'market_valuer/basis_description')),
      extra: harvest(element),
    }),
  };
}
