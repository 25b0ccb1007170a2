/**
 * The duty of one declaration through its life: declared, first assessed, final, paid, reversed; and what controls
 * changed of it. Minor units of the declaration's currency; amounts in another currency are left out, not converted.
 */
import type { DeclarationDocument, EventDocument } from '../check/collections.ts';
import type { Declaration, Item } from '../declaration/declaration.ts';
import type { Money } from '../declaration/money.ts';
import { all, type FoldContext, first, type History, standing } from './history.ts';

/** One change of the duty after registration. */
export interface DutyStep {
  at: string;
  before: number;
  after: number;
  /** Made by the declarant before anybody asked. */
  voluntary: boolean;
  /** Who brought it about: the officer of the last act or query before it, else who entered it. */
  instigator: string | null;
  afterAssessment: boolean;
  event: EventDocument | undefined;
}

export interface Amounts {
  currency: string | null;
  value: number | null;
  declared: number | null;
  firstAssessed: number | null;
  final: number | null;
  paid: number | null;
  reversed: number;
  /** Net change that controls brought and that still stands; 0 where none did. */
  correction: number;
  /** The duty before the first such change: what the declarant had owed by his own word. */
  beforeCorrection: number | null;
  waived: number;
  suspended: number;
  steps: DutyStep[];
}

export const currencyOf = (declaration: Declaration): string | null =>
  declaration.currency ??
  declaration.totals?.taxes?.currency ??
  declaration.items.find((item) => item.taxTotal)?.taxTotal?.currency ??
  declaration.valuation?.cif?.currency ??
  declaration.items.find((item) => item.cif ?? item.statisticalValue ?? item.price)?.cif?.currency ??
  null;

const inCurrency = (money: Money | undefined, currency: string | null): number | null =>
  money !== undefined && money.currency === currency ? money.amount : null;

const sumOf = (values: readonly (number | null)[]): number | null => {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0);
};

export const isSuspended = (procedure: string | undefined, context: FoldContext): boolean =>
  procedure !== undefined && context.suspense.some((begin) => procedure.startsWith(begin));

/** Duty of one item: payable, relieved (not suspended) and suspended. */
export function itemDuty(item: Item, currency: string | null, context: FoldContext) {
  const suspense = isSuspended(item.procedure, context);
  const lines = (item.taxes ?? []).map((line) => ({
    payable: line.payable !== false,
    amount: inCurrency(line.amount, currency),
  }));
  const notPayable = sumOf(lines.map((line) => (line.payable ? null : line.amount))) ?? 0;
  const guaranteed = inCurrency(item.taxGuaranteed, currency);
  const payable =
    sumOf(lines.map((line) => (line.payable ? line.amount : null))) ?? inCurrency(item.taxTotal, currency);
  return {
    payable: payable ?? (lines.length > 0 ? 0 : null),
    waived: suspense ? 0 : notPayable,
    suspended: suspense ? (guaranteed ?? notPayable) : 0,
  };
}

export const itemValue = (item: Item, currency: string | null): number | null =>
  inCurrency(item.statisticalValue, currency) ??
  inCurrency(item.cif, currency) ??
  inCurrency(item.price, currency);

/** Duty payable by a version: of its items, else its printed total. */
function dutyOf(version: DeclarationDocument, currency: string | null, context: FoldContext): number | null {
  const { declaration } = version;
  return (
    sumOf(declaration.items.map((item) => itemDuty(item, currency, context).payable)) ??
    inCurrency(declaration.totals?.taxes, currency)
  );
}

/** Events whose author asked something of the declaration; a change after one of them is no longer voluntary. */
const asking = new Set(['QUERY', 'INSPECT', 'SCAN', 'OFFENCE']);

export function foldAmounts(history: History, context: FoldContext): Amounts {
  const { declaration } = standing(history);
  const currency = currencyOf(declaration);
  const declaredByVersion = dutyOf(history.versions[0]!, currency, context);
  const changes = history.events.filter(
    (event) =>
      (event.kind === 'ASSESS' || event.kind === 'AMEND') && inCurrency(event.tax, currency) !== null,
  );
  const declared = declaredByVersion ?? inCurrency(changes[0]?.taxBefore, currency);
  const steps =
    changes.length > 0
      ? stepsOfEvents(history, changes, declared, currency, (version) => dutyOf(version, currency, context))
      : stepsOfVersions(history, currency, context);

  const assessed = first(history, 'ASSESS');
  const final =
    inCurrency(changes.at(-1)?.tax, currency) ?? dutyOf(standing(history), currency, context) ?? declared;
  const byControl = steps.filter((step) => !step.voluntary);
  const paid = all(history, 'PAY');
  const fits = declaration.items.map((item) => itemDuty(item, currency, context));
  return {
    currency,
    value:
      sumOf(declaration.items.map((item) => itemValue(item, currency))) ??
      inCurrency(declaration.valuation?.cif, currency),
    declared,
    firstAssessed: assessed === undefined ? null : (inCurrency(assessed.tax, currency) ?? declared),
    final,
    paid: paid.length === 0 ? null : (sumOf(paid.map((event) => inCurrency(event.tax, currency))) ?? final),
    reversed: steps
      .filter((step) => step.afterAssessment && step.after < step.before)
      .reduce((sum, step) => sum + step.before - step.after, 0),
    correction: byControl.reduce((sum, step) => sum + step.after - step.before, 0),
    beforeCorrection: byControl[0]?.before ?? null,
    waived: fits.reduce((sum, duty) => sum + duty.waived, 0),
    suspended: fits.reduce((sum, duty) => sum + duty.suspended, 0),
    steps,
  };
}

function stepsOfEvents(
  history: History,
  changes: readonly EventDocument[],
  declared: number | null,
  currency: string | null,
  dutyOfVersion: (version: DeclarationDocument) => number | null,
): DutyStep[] {
  const steps: DutyStep[] = [];
  let standingDuty = declared;
  let assessedBefore = false;
  for (const event of changes) {
    const after = inCurrency(event.tax, currency)!;
    const before = inCurrency(event.taxBefore, currency) ?? standingDuty;
    if (before !== null && before !== after) {
      const asked = askedBefore(history, event.at, event.id);
      steps.push({
        at: event.at,
        before,
        after,
        voluntary:
          asked === undefined &&
          (event.kind === 'AMEND'
            ? event.role === 'declarant'
            : event.taxBefore === undefined && amendedUnasked(history, event, after, dutyOfVersion)),
        instigator: asked?.officer ?? event.officer,
        afterAssessment: assessedBefore,
        event,
      });
    }
    standingDuty = after;
    if (event.kind === 'ASSESS') assessedBefore = true;
  }
  return steps;
}

/**
 * Whether an assessment only writes down what an amended version had declared: no control found anything before it, and no
 * officer's amendment speaks of that version.
 */
function amendedUnasked(
  { versions, events, outcomes }: History,
  assessment: EventDocument,
  duty: number,
  dutyOfVersion: (version: DeclarationDocument) => number | null,
): boolean {
  const amended = versions.slice(1).find((version) => dutyOfVersion(version) === duty);
  return (
    amended !== undefined &&
    !outcomes.some(({ result, at }) => result !== 'conform' && at <= assessment.at) &&
    !events.some(
      ({ kind, version, role }) => kind === 'AMEND' && version === amended.version && role !== 'declarant',
    )
  );
}

/** Where no event carries an amount, the versions tell what changed and when. */
function stepsOfVersions(history: History, currency: string | null, context: FoldContext): DutyStep[] {
  const assessedAt = first(history, 'ASSESS')?.at;
  const steps: DutyStep[] = [];
  for (let i = 1; i < history.versions.length; i++) {
    const version = history.versions[i]!;
    const before = dutyOf(history.versions[i - 1]!, currency, context);
    const after = dutyOf(version, currency, context);
    if (before === null || after === null || before === after) continue;
    const event = history.events.find((each) => each.kind === 'AMEND' && each.version === version.version);
    const at = event?.at ?? version.recordedAt;
    const asked = askedBefore(history, at, event?.id);
    steps.push({
      at,
      before,
      after,
      voluntary:
        asked === undefined && (event === undefined || event.role === 'declarant' || event.officer === null),
      instigator: asked?.officer ?? event?.officer ?? null,
      afterAssessment: assessedAt !== undefined && assessedAt < at,
      event,
    });
  }
  return steps;
}

const askedBefore = (history: History, at: string, id: string | undefined): EventDocument | undefined =>
  history.events.findLast((event) => asking.has(event.kind) && event.at <= at && event.id !== id);
