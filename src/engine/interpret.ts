/** The rulebook run by closures: the engine where code generation is forbidden, and what the generated code is held to. */
import type { FactSheet } from '../facts/model.ts';
import { type AppliesIndex, hasBit, type Selection } from './applies.ts';
import { type Detect, type Detection, failed, notEvaluated } from './detection.ts';
import type { Plan } from './plan.ts';
import { frameOf } from './slots.ts';

export function interpreted(plans: readonly Plan[], index: AppliesIndex): Detect {
  const onDeclaration = plans.filter(({ scope }) => scope === 'declaration');
  const onItem = plans.filter(({ scope }) => scope === 'item');
  return (sheet) => {
    const detection: Detection = { hits: [], notEvaluated: [] };
    const selection = index.isTrivial ? undefined : index.select(sheet);
    for (const plan of onDeclaration) consider(plan, index, selection, sheet, -1, detection);
    if (onItem.length > 0)
      for (let i = 0; i < sheet.items.length; i++)
        for (const plan of onItem) consider(plan, index, selection, sheet, i, detection);
    return detection;
  };
}

function consider(
  plan: Plan,
  index: AppliesIndex,
  selection: Selection | undefined,
  sheet: FactSheet,
  item: number,
  detection: Detection,
): void {
  const group = index.groupOf[plan.place]!;
  const applies = selection === undefined ? true : appliesTo(selection, group, item);
  if (applies === false) return;
  if (applies === null)
    detection.notEvaluated.push(notEvaluated(plan, sheet, item, index.missing(group, sheet, item)));
  else runRule(plan, sheet, item, detection);
}

/** One rule on the declaration or on one item, its failures kept to itself. */
export function runRule(plan: Plan, sheet: FactSheet, item: number, detection: Detection): void {
  try {
    const frame = frameOf(sheet, item);
    const truth = plan.ask(frame);
    if (truth === true) detection.hits.push({ place: plan.place, index: item });
    else if (truth === undefined)
      detection.notEvaluated.push(notEvaluated(plan, sheet, item, plan.missing(frame)));
  } catch (thrown) {
    detection.notEvaluated.push(failed(plan, sheet, item, thrown));
  }
}

/** Whether a group's rules apply to the declaration (-1) or an item; null where a fact for it is missing. */
export function appliesTo(selection: Selection, group: number, item: number): boolean | null {
  const yes = item < 0 ? selection.yes : (selection.items?.[item] ?? selection.yes);
  if (hasBit(yes, group)) return true;
  const undecided =
    item < 0 || selection.items === undefined ? selection.undecided : selection.undecidedItems?.[item];
  return undecided !== undefined && hasBit(undecided, group) ? null : false;
}
