/** What the WCO mappers share: dates in format 304, amounts with their currency, masses with their unit, parties. */
import { currencyCode } from '../../declaration/codes.ts';
import type { CountryProfile } from '../../declaration/country-profile.ts';
import { dayOf, isInstant } from '../../declaration/dates.ts';
import type { Party } from '../../declaration/declaration.ts';
import type { Money } from '../../declaration/money.ts';
import { CrosscheckError } from '../../errors.ts';
import { instantIn } from '../../ground/zones.ts';
import { codeOf, decimalOf, filled, moneyOfText, textOf } from '../fields.ts';
import { at, child, children, type XmlElement } from '../xml.ts';

const stamp = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)?(Z|[+-]\d\d(?::?\d\d)?)?$/;

/**
 * The instant in an element such as `IssueDateTime`: `20250731112200+01` (UN/EDIFACT 2379, code 304). Without an offset
 * it is the clock of the country. A text in another form stays untaken and so comes under `extra`.
 */
export function instantOf(element: XmlElement | undefined, profile: CountryProfile): string | undefined {
  // The prefix of DateTimeString got lost in some files, and with its colon (`pDateTimeString`).
  const leaf = element?.children.find(({ key }) => key.endsWith('datetimestring'));
  const found = stamp.exec(leaf?.text.trim() ?? '');
  if (found === null) return undefined;
  const [, year, month, day, hour, minute, second = '00', offset] = found;
  const on = dayOf(Number(year), Number(month), Number(day));
  if (on === undefined || Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return undefined;
  const clock = `${hour}:${minute}:${second}`;
  const digits = offset?.slice(1).replace(':', '').padEnd(4, '0') ?? '';
  const instant =
    offset === undefined
      ? instantIn(profile.timeZone, on, clock)
      : `${on}T${clock}${offset === 'Z' ? 'Z' : `${offset[0]}${digits.slice(0, 2)}:${digits.slice(2)}`}`;
  if (instant === undefined || !isInstant(instant)) return undefined;
  leaf!.taken = true;
  return instant;
}

/** An amount in the currency of its attribute, else the national one. */
export function amountOf(leaf: XmlElement | undefined, profile: CountryProfile): Money | undefined {
  const named = currencyCode(leaf?.attributes.get('currencyID')?.trim() || undefined);
  return moneyOfText(leaf, named ?? profile.currency);
}

/** Kilograms in a unit of mass, UN Recommendation 20. */
const kilograms: ReadonlyMap<string, number> = new Map([
  ['KGM', 1],
  ['GRM', 0.001],
  ['TNE', 1000],
  ['LBR', 0.45359237],
]);

/** A mass in kg; a unit that is not one of mass is an error, since the figure would mean something else. */
export function massOf(leaf: XmlElement | undefined): number | undefined {
  const value = decimalOf(leaf);
  const unit = leaf?.attributes.get('unitCode')?.trim() || 'KGM';
  const factor = kilograms.get(unit);
  if (value === undefined || factor === 1) return value;
  if (factor === undefined) {
    throw new CrosscheckError(
      'CC_FIELD_UNREADABLE',
      { path: `${leaf!.name}/@unitCode`, value: JSON.stringify(unit), expected: 'a unit of mass' },
      { line: leaf!.line, column: leaf!.column },
    );
  }
  return value * factor;
}

/** Lines of the address from street to country, one below the other; the country has a member of its own too. */
export function partyOf(element: XmlElement | undefined): Party | undefined {
  const address = child(element, 'address');
  const lines = [
    ...children(address, 'line').map(textOf),
    textOf(child(address, 'postcodeid')),
    textOf(child(address, 'cityname')),
  ].filter((line) => line !== undefined);
  return filled({
    id: codeOf(child(element, 'id')),
    name: textOf(child(element, 'name')),
    address: lines.length === 0 ? undefined : lines.join('\n'),
    country: codeOf(at(address, 'countrycode')),
  });
}
