/**
 * What history says of one declaration, apart from the rules: to which groups it belongs, and what a control of it
 * found. Only final outcomes count, and of one act the last word (DESIGN decision 15), as in the figures.
 */
import { createHmac } from 'node:crypto';
import type { HistoryRecord } from './case.ts';
import { wordsInFile } from './words.ts';

export const dimensions = ['office', 'flow', 'procedure', 'officer', 'month'] as const;
export type Dimension = (typeof dimensions)[number];

export interface Judged {
  /** The declaration's value in each dimension; `-` where it has none. */
  groups: Record<Dimension, string>;
  /** `YYYY-MM-DD`, by which working days are counted; undefined where the declaration has no date. */
  day: string | undefined;
  /** A control was concluded for good. */
  controlled: boolean;
  /** It found something. */
  irregular: boolean;
  /** The random draw chose the lane or the control, so it speaks for all declarations. */
  random: boolean;
  /** Somebody looked at the goods or the papers, whatever came of it. */
  examined: boolean;
  /** Duty and fines of final outcomes, in minor units by currency. */
  revenue: ReadonlyMap<string, number>;
}

const none = '-';
const nothing: ReadonlyMap<string, number> = new Map();

/**
 * Officers under a name that holds for one backtest only: a report goes from hand to hand, and accounts must not.
 * @param key random, the same for all workers of a run
 */
export function pseudonyms(key: Uint8Array): (account: string) => string {
  const known = new Map<string, string>();
  return (account) => {
    const there = known.get(account);
    if (there !== undefined) return there;
    const made = `O-${createHmac('sha256', key).update(account).digest('hex').slice(0, 8)}`;
    known.set(account, made);
    return made;
  };
}

/** Who had the declaration in hand: the last examiner or assessor, else the one it was assigned to. */
function officerOf(trail: HistoryRecord['trail']): string | undefined {
  let assigned: string | undefined;
  let acted: string | undefined;
  for (const event of trail) {
    if (event.kind === 'ASSIGN') assigned = event.to ?? event.user;
    else if (event.kind === 'INSPECT' || event.kind === 'ASSESS') acted = event.user ?? acted;
  }
  return acted ?? assigned;
}

/** The event that gave the first lane. */
function laneOf(trail: HistoryRecord['trail']): HistoryRecord['trail'][number] | undefined {
  let first: HistoryRecord['trail'][number] | undefined;
  for (const event of trail)
    if (event.kind === 'LANE' && event.to !== undefined)
      if (first === undefined || Date.parse(event.at) < Date.parse(first.at)) first = event;
  return first;
}

export function judge(
  { declaration, trail, outcomes }: Pick<HistoryRecord, 'declaration' | 'trail' | 'outcomes'>,
  pseudonym: (account: string) => string,
): Judged {
  const date =
    declaration.acceptedAt ?? declaration.registration?.date ?? declaration.lodgedAt ?? trail[0]?.at;
  const day = date?.slice(0, 10);
  const officer = officerOf(trail);
  let controlled = false;
  let irregular = false;
  let random = laneOf(trail)?.cause === 'random';
  let revenue: Map<string, number> | undefined;
  for (const { status, result, verdict, random: drawn, duty, fine } of wordsInFile(outcomes)) {
    if (status !== 'final') continue;
    controlled = true;
    irregular ||= result !== 'conform' && verdict !== 'refuted';
    random ||= drawn === true;
    for (const money of [duty, fine]) {
      if (money === undefined) continue;
      revenue ??= new Map();
      revenue.set(money.currency, (revenue.get(money.currency) ?? 0) + money.amount);
    }
  }
  return {
    groups: {
      office: declaration.office ?? none,
      flow: declaration.flow,
      procedure: declaration.items[0]?.procedure ?? none,
      officer: officer === undefined ? none : pseudonym(officer),
      month: day?.slice(0, 7) ?? none,
    },
    day,
    controlled,
    irregular,
    random,
    examined: outcomes.length > 0 || trail.some(({ kind }) => kind === 'INSPECT' || kind === 'SCAN'),
    revenue: revenue ?? nothing,
  };
}
