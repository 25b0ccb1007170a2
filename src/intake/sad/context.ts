/** What the SAD mappers share: the country profile under which a message is read, and the parts that recur in it. */
import { currencyCode } from '../../declaration/codes.ts';
import type { CountryProfile } from '../../declaration/country-profile.ts';
import { parseDay } from '../../declaration/dates.ts';
import type { Charge, Party } from '../../declaration/declaration.ts';
import { codeOf, decimalOf, filled, moneyOfText, textOf } from '../fields.ts';
import { child, type XmlElement } from '../xml.ts';

export interface SadContext {
  profile: CountryProfile;
  /** Currency of the invoice, XXX where the message names none. */
  invoiceCurrency: string;
}

/** A day in the profile's order; a text that is no day stays untaken and so comes under `extra`. */
export function dayOf(leaf: XmlElement | undefined, context: SadContext): string | undefined {
  const text = leaf?.text.trim() ?? '';
  if (text === '') return undefined;
  const day = parseDay(text, context.profile.dateOrder);
  if (day !== undefined) leaf!.taken = true;
  return day;
}

/** ASYCUDA prints name and address in one text: the first line is the name. */
export function nameAndAddress(leaf: XmlElement | undefined): Pick<Party, 'name' | 'address'> {
  const lines = textOf(leaf)?.split('\n') ?? [];
  const [name, ...address] = lines.map((line) => line.trim()).filter((line) => line !== '');
  return { name, address: address.length === 0 ? undefined : address.join('\n') };
}

/** Exporter, Consignee, Financial, Principal and Declarant have the same members under a prefix. */
export const partyOf = (element: XmlElement | undefined, prefix: string): Party | undefined =>
  filled({
    id: codeOf(child(element, `${prefix}code`)),
    ...nameAndAddress(child(element, `${prefix}name`)),
    representative: textOf(child(element, `${prefix}representative`)),
  });

/** A group of the valuation note. A foreign amount whose currency is not named is of currency XXX. */
export function chargeOf(element: XmlElement | undefined, context: SadContext): Charge | undefined {
  if (element === undefined) return undefined;
  const leaf = child(element, 'currency_code');
  const currency = currencyCode(leaf?.text.trim() || undefined);
  if (leaf !== undefined && currency !== undefined) leaf.taken = true;
  return filled({
    national: moneyOfText(child(element, 'amount_national_currency'), context.profile.currency),
    foreign: moneyOfText(child(element, 'amount_foreign_currency'), currency ?? 'XXX'),
    rate: decimalOf(child(element, 'currency_rate')),
  });
}

const chargeNames = {
  invoice: 'invoice',
  externalFreight: 'external_freight',
  internalFreight: 'internal_freight',
  insurance: 'insurance',
  otherCosts: 'other_cost',
  deductions: 'deduction',
} as const;

/** All groups of the valuation note: `Gs_…` in the header, `item_…` and `Item_Invoice` in an item. */
export function chargesOf(
  element: XmlElement | undefined,
  prefix: 'gs_' | 'item_',
  context: SadContext,
): Record<keyof typeof chargeNames, Charge | undefined> {
  const charge = (name: string) => chargeOf(child(element, prefix + name), context);
  return {
    invoice: charge(chargeNames.invoice),
    externalFreight: charge(chargeNames.externalFreight),
    internalFreight: charge(chargeNames.internalFreight),
    insurance: charge(chargeNames.insurance),
    otherCosts: charge(chargeNames.otherCosts),
    deductions: charge(chargeNames.deductions),
  };
}
