/** What keeps a declaration beyond its days: somebody still needs it. Each reason is counted and told. */
import type { DeclarationDocument, EventDocument, OutcomeDocument } from '../../check/collections.ts';
import { type MarkSheet, sheets } from '../../indicators/contracts/sheet.ts';
import { type Edition, editions } from '../../indicators/snapshot.ts';
import type { ClearanceRow } from '../../projections/clearance.ts';
import { readAll } from '../../store/pages.ts';
import type { Store } from '../../store/port.ts';

/** All that is known of one declaration. */
export interface Whole {
  reference: string;
  versions: readonly DeclarationDocument[];
  trail: readonly EventDocument[];
  outcomes: readonly OutcomeDocument[];
  clearance: ClearanceRow | undefined;
  /** Whether a declaration of which it takes goods out of suspense is still here. */
  entryKept: boolean;
}

export const holdReasons = [
  'active',
  'open',
  'under suspense',
  'entry kept',
  'disputed',
  'frozen figures',
  'open mark sheet',
] as const;
export type HoldReason = (typeof holdReasons)[number];
export type Hold = (whole: Whole) => HoldReason | undefined;

/** Steps after which nothing more is to come of a declaration. */
const ends = new Set(['RELEASE', 'EXIT', 'CANCEL']);
/** What is not settled may be asked for again. */
const unsettled = new Set(['provisional', 'appealed']);

/** A period is a month or a year; a day lies in it if it begins with it. */
const within = (periods: ReadonlySet<string>, day: string | null | undefined): boolean =>
  typeof day === 'string' && (periods.has(day.slice(0, 7)) || periods.has(day.slice(0, 4)));

/** The holds as they stand now. */
export async function holdsOf(store: Store): Promise<Hold> {
  const frozen = new Set((await readAll(store.collection<Edition>(editions))).map(({ period }) => period));
  const measured = new Set(
    (await readAll(store.collection<MarkSheet>(sheets)))
      .filter(({ status }) => status !== 'issued')
      .map(({ period }) => period),
  );
  return ({ trail, outcomes, clearance, entryKept }) => {
    if (!trail.some(({ kind }) => ends.has(kind))) return 'open';
    const cancelled = trail.some(({ kind }) => kind === 'CANCEL');
    if (!cancelled && clearance?.suspense === 1 && !clearance.dischargedDay) return 'under suspense';
    // Without it the entry would look as if its goods had never been taken out, and its importer as if he were late.
    if (entryKept) return 'entry kept';
    // The newest word on each control is the one that counts.
    const newest = new Map(outcomes.map((outcome) => [`${outcome.control} ${outcome.rule ?? ''}`, outcome]));
    if ([...newest.values()].some(({ status }) => unsettled.has(status))) return 'disputed';
    if (within(frozen, clearance?.day)) return 'frozen figures';
    if (within(measured, clearance?.day)) return 'open mark sheet';
    return undefined;
  };
}
