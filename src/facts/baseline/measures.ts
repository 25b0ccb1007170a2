/** Measures of an item and the robust centre and spread of many: medians, so that a few wild values move nothing. */
import type { Item } from '../../declaration/declaration.ts';
import type { Money } from '../../declaration/money.ts';
import { national, quotient } from '../computed/amounts.ts';
import type { Measure } from './definitions.ts';

export type Measures = Partial<Record<Measure, number>>;

/** Amounts in national major units; a measure with a missing part or a value of 0 or less is missing. */
export function measuresOf(item: Item, currency: string | undefined): Measures {
  const money = (amount: Money | undefined) => national(amount, currency);
  const value = money(item.cif) ?? money(item.statisticalValue);
  const quantity = item.supplementaryUnits?.[0]?.quantity;
  const invoice = money(item.valuation?.invoice?.national);
  const measures: Measures = {};
  const keep = (name: Measure, one: number | undefined): void => {
    if (one !== undefined && Number.isFinite(one) && one > 0) measures[name] = one;
  };
  keep('unitValue', quotient(value, quantity));
  keep('valuePerKg', quotient(value, item.netMass));
  keep('valuePerGrossKg', quotient(value, item.grossMass));
  keep('taxToValue', quotient(money(item.taxTotal), value));
  keep('netToGross', quotient(item.netMass, item.grossMass));
  keep('kgPerUnit', quotient(item.netMass, quantity));
  keep('freightToInvoice', quotient(money(item.valuation?.externalFreight?.national), invoice));
  keep('insuranceToInvoice', quotient(money(item.valuation?.insurance?.national), invoice));
  return measures;
}

/** Fewer comparable items than this say nothing. */
export const enough = 30;

export interface Baseline {
  count: number;
  median: number;
  /** Of logarithms: 1.4826 times the median absolute deviation, which is a standard deviation where values are normal. */
  spread: number;
  minimum: number;
  maximum: number;
  p05: number;
  p95: number;
}

/** Quantile of sorted values, between neighbours in proportion. */
function quantile(sorted: readonly number[], share: number): number {
  const place = (sorted.length - 1) * share;
  const below = Math.floor(place);
  const low = sorted[below]!;
  return low + ((sorted[below + 1] ?? low) - low) * (place - below);
}

/** Values must be above 0; undefined without any. */
export function baselineOf(values: readonly number[]): Baseline | undefined {
  if (values.length === 0) return undefined;
  const sorted = values.toSorted((a, b) => a - b);
  const logs = sorted.map(Math.log);
  const centre = quantile(logs, 0.5);
  const deviations = logs.map((log) => Math.abs(log - centre)).sort((a, b) => a - b);
  return {
    count: sorted.length,
    median: Math.exp(centre),
    spread: 1.4826 * quantile(deviations, 0.5),
    minimum: sorted[0]!,
    maximum: sorted.at(-1)!,
    p05: quantile(sorted, 0.05),
    p95: quantile(sorted, 0.95),
  };
}
