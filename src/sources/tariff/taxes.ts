/**
 * What is due on an item, worked out from the country's formulas and either the tariff's rates or those that its own tax
 * lines print. Pure. A tax whose figures are not all there is missing, and so is every total over it.
 */
import type { Declaration, Item, TaxLine } from '../../declaration/declaration.ts';
import { tariffDayOf } from '../../declaration/form.ts';
import { type Money, major, moneyOf } from '../../declaration/money.ts';
import { frameOf } from '../../engine/slots.ts';
import type { FactValue } from '../../facts/model.ts';
import type { TariffBook, TariffRate } from './book.ts';
import type { CompiledTax, CompiledTaxes } from './formulas.ts';

export interface WorkedTax {
  code: string;
  /** National major units, or a quantity where the tax is by quantity alone. */
  base: number;
  /** Fraction of one; absent where the tax is by quantity alone. */
  rate?: number;
  amount: Money;
  payable: boolean;
  /** National major units that the result may differ by. */
  tolerance: number;
  /** True where costs that no declaration states may raise it: what is above it is no mistake. */
  least: boolean;
}

export interface Worked {
  lines: WorkedTax[];
  /** Sum of what is payable; undefined where a tax is missing. */
  payable?: Money;
  /** Taxes that could not be worked out, with what was missing. */
  missing: { code: string; what: string }[];
}

interface Rates {
  rate: number;
  specific: number;
  unit: string | undefined;
  combine: TariffRate['combine'];
  suspended: boolean;
}

/** By the tariff in force on the declaration's day. Undefined where the item's code is not in it. */
export function recomputeTaxes(
  { taxes, profile }: CompiledTaxes,
  tariff: TariffBook,
  declaration: Declaration,
  item: Item,
): Worked | undefined {
  const day = tariffDayOf(declaration);
  if (item.hs === undefined || day === undefined) return undefined;
  const found = tariff.lookup(
    {
      hs: item.hs,
      precisions: item.precisions,
      origin: item.preferentialOrigin ?? item.origin ?? declaration.countries?.origin,
      procedure: item.procedure,
      preference: item.preference,
      flow: declaration.flow,
    },
    day,
  );
  if (found === undefined) return undefined;
  const relevant = taxes.filter(({ code }) => found.rates.has(code));
  return work(relevant, profile.currency, declaration, item, ({ code }) => {
    const rate = found.rates.get(code)!;
    return {
      rate: rate.rate ?? 0,
      specific: rate.specific ?? 0,
      unit: rate.unit,
      combine: rate.combine,
      suspended: rate.suspended ?? false,
    };
  });
}

/** By the rates that the item's own lines print: tells whether they agree with themselves and with the formulas. */
export function reproduceTaxes(compiled: CompiledTaxes, declaration: Declaration, item: Item): Worked {
  const lines = new Map(
    (item.taxes ?? []).flatMap((line) => (line.code === undefined ? [] : [[line.code, line]])),
  );
  const relevant = compiled.taxes.filter(({ code }) => lines.has(code));
  const worked = work(relevant, compiled.profile.currency, declaration, item, ({ code }) =>
    printed(lines.get(code)!),
  );
  for (const code of lines.keys())
    if (!relevant.some((tax) => tax.code === code))
      worked.missing.push({ code, what: `profile ${compiled.profile.id} has no formula` });
  if (worked.missing.length > 0) delete worked.payable;
  return worked;
}

function printed(line: TaxLine): Rates | undefined {
  const { rate, rateKind } = line;
  const suspended = line.payable === false;
  if (rate === undefined || rateKind === undefined || rateKind === 'unknown') return undefined;
  if (rateKind === 'specific')
    return { rate: 0, specific: rate, unit: line.baseUnit, combine: 'sum', suspended };
  const fraction = rateKind === 'percent' ? Number((rate / 100).toPrecision(15)) : rate;
  return { rate: fraction, specific: 0, unit: undefined, combine: 'sum', suspended };
}

function work(
  taxes: readonly CompiledTax[],
  currency: string,
  declaration: Declaration,
  item: Item,
  ratesOf: (tax: CompiledTax) => Rates | undefined,
): Worked {
  const values = valuesOf(declaration, item);
  const worked: Worked = { lines: [], missing: [] };
  const frame = frameOf({ header: {}, items: [values] }, 0);
  const national = declaration.currency ?? currency;
  // A tax that does not apply adds nothing to the base of another.
  for (const code of new Set(taxes.flatMap((tax) => tax.after))) values[`tax.${code}`] = 0;
  let sum = 0;
  for (const tax of taxes) {
    const miss = (what: string) => {
      worked.missing.push({ code: tax.code, what });
      values[`tax.${tax.code}`] = undefined;
    };
    const rates = ratesOf(tax);
    if (rates === undefined) {
      miss('its rate is not known');
      continue;
    }
    values.rate = rates.rate;
    values.specific = rates.specific;
    values.quantity = quantityIn(item, rates.unit);
    const base = tax.base(frame);
    if (typeof base !== 'number') {
      miss('its base');
      continue;
    }
    values.base = base;
    values.due = dueOf(rates, base, values.quantity);
    const full = tax.amount(frame);
    const relief = tax.relief === undefined ? 0 : tax.relief(frame);
    if (typeof full !== 'number' || typeof relief !== 'number') {
      miss(
        rates.specific > 0 && values.quantity === undefined
          ? `its quantity in ${rates.unit ?? 'kg'}`
          : 'a value of its formula',
      );
      continue;
    }
    const amount = moneyOf(round15(full * (1 - relief)), national);
    if (amount === undefined) {
      miss('an amount that is too large');
      continue;
    }
    values[`tax.${tax.code}`] = major(amount);
    const payable = !rates.suspended && (tax.payable === undefined || tax.payable(frame) !== false);
    if (payable) sum += amount.amount;
    worked.lines.push({
      code: tax.code,
      base: rates.rate === 0 && rates.specific > 0 ? (values.quantity as number) : base,
      ...(rates.rate === 0 && rates.specific > 0 ? {} : { rate: rates.rate }),
      amount,
      payable,
      tolerance: tax.tolerance,
      least: tax.least,
    });
  }
  if (worked.missing.length === 0) worked.payable = { amount: sum, currency: national };
  return worked;
}

/** A product of doubles such as 55.15 × 0.1 is brought back to the decimals it stands for before it is rounded. */
const round15 = (value: number): number => Number(value.toPrecision(15));

function dueOf(rates: Rates, base: number, quantity: FactValue): number | undefined {
  const byValue = base * rates.rate;
  if (rates.specific === 0) return byValue;
  if (typeof quantity !== 'number') return undefined;
  const byQuantity = quantity * rates.specific;
  if (rates.combine === 'greater') return Math.max(byValue, byQuantity);
  if (rates.combine === 'lesser') return Math.min(byValue, byQuantity);
  return byValue + byQuantity;
}

/** Kilograms net where no unit is named; else the supplementary unit of that code. */
function quantityIn(item: Item, unit: string | undefined): number | undefined {
  if (unit === undefined || unit === 'KGM' || unit === 'KG') return item.netMass;
  return item.supplementaryUnits?.find(({ code }) => code === unit)?.quantity;
}

function valuesOf(declaration: Declaration, item: Item): Record<string, FactValue> {
  const money = (value: Money | undefined) => (value === undefined ? undefined : major(value));
  return {
    'item.cif': money(item.cif ?? item.statisticalValue),
    'item.fob': money(item.valuation?.invoice?.national ?? item.statisticalValue),
    'item.statisticalValue': money(item.statisticalValue),
    'item.price': money(item.price),
    'item.netMass': item.netMass,
    'item.grossMass': item.grossMass,
    'item.packages': item.packages?.reduce((total, { count }) => total + (count ?? 0), 0),
    'item.quantity': item.supplementaryUnits?.[0]?.quantity,
    'item.hs': item.hs,
    'item.origin': item.origin,
    'item.procedure': item.procedure,
    'item.nationalProcedure': item.nationalProcedure,
    'item.preference': item.preference,
    'declaration.flow': declaration.flow,
  };
}
