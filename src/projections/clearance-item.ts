/** The fold of a declaration into rows of `clearance_item`: the goods, their value and duty, item by item. */
import { itemDuty, itemValue } from './amounts.ts';
import { binOf, digitsBinOf } from './bins.ts';
import type { Digest } from './digest.ts';
import { all, type FoldContext, type History, standing } from './history.ts';
import { officerColumns } from './officers.ts';
import { isFinal, isFinding } from './outcomes.ts';
import { goodsOf, placeColumns } from './place.ts';
import { integer, money, type Row, table, text } from './table.ts';

export const clearanceItem = table(
  'clearance_item',
  1,
  {
    ...placeColumns,
    ...officerColumns,
    instigator: text('who brought about the first change of duty by a control'),
    firstLane: text('lane that selectivity chose'),
    currency: text('currency of the amounts'),
    nationalProcedure: text('national procedure'),
    preference: text('preference'),
    item: integer('item number'),
    random: integer('1 where the random draw chose the lane or the control'),
    controlled: integer('1 where a final outcome of a control before release is known'),
    found: integer('1 where such a control found something on this item or on the whole declaration'),
    checked: integer('1 where the rules were run on it'),
    errors: integer('failures of class error and kind consistency on this item'),
    value: money('customs value'),
    netGrams: integer('net mass in grams'),
    unitBin: integer('bin of the declared value of a kilogram, in thousandths of the minor unit'),
    valueDigitsBin: integer('first two digits and magnitude of the customs value as it stands, in one bin'),
    tax: money('duty payable on the item as it stands'),
    taxDeclared: money('duty payable on the item as first declared'),
    correction: money('change of the item’s duty that controls brought, line by line between versions'),
    waived: money('duty relieved'),
    due: money('duty payable and relieved: what would be due without relief'),
    suspended: money('duty suspended'),
  },
  [['declaration'], ['hs', 'day'], ['chapter', 'day'], ['origin', 'day'], ['office', 'day']],
);
export type ClearanceItemRow = Row<typeof clearanceItem.columns>;

export function foldClearanceItems(
  history: History,
  { place, officers, amounts, lanes, found, instigator, random, failures }: Digest,
  context: FoldContext,
): ClearanceItemRow[] {
  const { declaration } = standing(history);
  const { currency } = amounts;
  const errors = failures.filter((each) => each.kind === 'consistency');
  const findings = history.outcomes.filter(
    (o) => o.control !== 'post-clearance' && isFinding(o) && isFinal(o),
  );
  const byControl = amounts.steps.some((step) => !step.voluntary) || all(history, 'AMEND').length === 0;
  const declared = new Map(history.versions[0]!.declaration.items.map((item) => [item.number, item]));
  return declaration.items.map((item) => {
    const duty = itemDuty(item, currency, context);
    const before = declared.get(item.number);
    const taxDeclared = before === undefined ? null : itemDuty(before, currency, context).payable;
    const value = itemValue(item, currency);
    const grams = item.netMass === undefined ? null : Math.round(item.netMass * 1000);
    const correction = duty.payable === null || taxDeclared === null ? 0 : duty.payable - taxDeclared;
    return {
      id: `${history.reference}#${item.number}`,
      ...place,
      ...goodsOf(item),
      ...officers,
      consignee: item.consignee?.id ?? place.consignee,
      consignor: item.consignor?.id ?? place.consignor,
      instigator,
      firstLane: lanes.first,
      currency,
      nationalProcedure: item.nationalProcedure ?? null,
      preference: item.preference ?? null,
      item: item.number,
      random: random ? 1 : 0,
      controlled: found.controls > 0 ? 1 : 0,
      found: findings.some((outcome) => outcome.item === undefined || outcome.item === item.number) ? 1 : 0,
      checked: history.checks.length > 0 ? 1 : 0,
      errors: errors.filter((each) => each.item === item.number).length,
      value,
      netGrams: grams,
      unitBin: value === null || !grams ? null : binOf(Math.round((value * 1_000_000) / grams)),
      valueDigitsBin: digitsBinOf(value),
      tax: duty.payable,
      taxDeclared,
      correction: byControl ? correction : 0,
      waived: duty.waived,
      due: duty.payable === null ? null : duty.payable + duty.waived,
      suspended: duty.suspended,
    };
  });
}
