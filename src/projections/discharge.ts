/**
 * When a suspense regime ended, and what duty still hangs on it. Transit ends where the goods leave it. What was put into
 * a warehouse or admitted for a time ends when later declarations have taken all of it, item by item; leaving the port for
 * the warehouse ends nothing. What a follow-up does not say counts as nothing taken.
 */
import { accountOf, discharges, type Entry, entryFor, type LedgerMeasure } from '../facts/ledger/account.ts';
import { type Amounts, itemDuty } from './amounts.ts';
import { dayOf } from './calendar.ts';
import { type FoldContext, type History, last, standing } from './history.ts';
import type { TakingRow } from './taking-row.ts';

export interface Discharge {
  /** Null while something is left. */
  day: string | null;
  /** Duty on what is left; once all is taken, on what was left before the last follow-up. Minor units. */
  balance: number;
}

/** In this order: the first that entry and follow-ups all state. A lot of bulk is one package in every part. */
const measures: readonly LedgerMeasure[] = ['netMass', 'quantity', 'packages'];
/** Masses are rounded part by part: a share as small as this is nothing left. */
const rounding = 0.005;

export function dischargeOf(
  history: History,
  { suspended, currency }: Pick<Amounts, 'suspended' | 'currency'>,
  context: FoldContext,
): Discharge {
  if (suspended <= 0) return { day: null, balance: 0 };
  const { declaration } = standing(history);
  const exit = last(history, 'EXIT');
  const moved =
    declaration.flow === 'transit' || declaration.items.every(({ procedure }) => procedure?.startsWith('8'));
  if (exit !== undefined && (moved || exit.result === 'discharged'))
    return { day: dayOf(exit.local), balance: suspended };
  const { entries } = accountOf(declaration, () => []);
  const parts = declaration.items.flatMap((item) => {
    const duty = itemDuty(item, currency, context).suspended;
    if (duty === 0) return [];
    const entry = entries.find((each) => each.item === item.number);
    return [{ duty, entry, taken: takenOf(entry, entries, history.followUps) }];
  });
  const days = parts.flatMap(({ taken }) => taken.map(({ day }) => day)).sort();
  const final = days.at(-1);
  const balance = (before?: string): number =>
    parts.reduce((sum, { duty, entry, taken }) => {
      const counted = before === undefined ? taken : taken.filter(({ day }) => day < before);
      return sum + duty * leftOf(entry, counted);
    }, 0);
  if (final === undefined || balance() > 0) return { day: null, balance: Math.round(balance()) };
  // The last of the follow-ups that something was still left for; what came after took what was gone.
  const day = days.findLast((each) => balance(each) > 0)!;
  return { day, balance: Math.round(balance(day)) };
}

/** Each taking once, though it may be known under two names of the entry. */
function takenOf(
  entry: Entry | undefined,
  entries: readonly Entry[],
  followUps: readonly TakingRow[],
): TakingRow[] {
  if (entry === undefined) return [];
  const taken = new Map<string, TakingRow>();
  for (const row of followUps)
    if (entryFor(entries, row) === entry && discharges(row.procedure, entry)) taken.set(row.taking, row);
  return [...taken.values()];
}

function leftOf(entry: Entry | undefined, taken: readonly TakingRow[]): number {
  const measure = measures.find(
    (each) => (entry?.amounts[each] ?? 0) > 0 && taken.every(({ amounts }) => amounts[each] !== undefined),
  );
  if (measure === undefined) return 1;
  const sum = taken.reduce((all, { amounts }) => all + amounts[measure]!, 0);
  const left = 1 - sum / entry!.amounts[measure]!;
  return left <= rounding ? 0 : left;
}
