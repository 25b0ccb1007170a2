/**
 * Phases of measuring people, per office (DESIGN decision 14; customs-practice.md 1.5, 7.9). In the *descriptive* phase
 * officers appear under a second surrogate of their office and period, so that figures of two months cannot be joined to
 * a person, and every cell stands on at least five officers. In the *prescriptive* phase figures name surrogates that the
 * people collection can resolve, for those who may. Switched by two people; who did it is part of the record. A
 * prescriptive phase begins after the day of its confirmation: nobody is named for what was done before it was decided.
 */
import { createHmac, randomBytes } from 'node:crypto';
import { CrosscheckError } from '../errors.ts';
import { addDays, periodBefore } from '../projections/calendar.ts';
import { officeDay, officeDays } from '../projections/context.ts';
import type { CollectionSpec, Document, Store } from '../store/port.ts';
import type { Definition } from './definition.ts';
import { dimensions } from './dimensions.ts';
import { figures, type Source } from './figure.ts';
import type { FigureRow, FigureTable } from './figure-table.ts';
import type { FigureRequest } from './plan.ts';

export type Phase = 'descriptive' | 'prescriptive';

/** People below whom a cell could be told apart by a roster. */
export const fewestOfficers = 5;

export const phases: CollectionSpec = {
  name: 'phase',
  schema: 1,
  columns: { office: { type: 'text' }, from: { type: 'text' } },
  indexes: [['office', 'from']],
};

export interface PhaseDocument extends Document {
  office: string;
  phase: Phase;
  /** First day on which it holds. */
  from: string;
  proposedBy: string;
  /** Another person; until then nothing changes. */
  confirmedBy?: string;
  /** UTC instant; what was confirmed by an earlier release has none. */
  confirmedAt?: string;
  grounds: string;
}

/**
 * Whoever worked before a prescriptive phase was decided did so unnamed: it may begin tomorrow and not today, by the office's
 * own clock, which is that of the days on which people worked.
 * @param day of the decision, in the office
 */
const isTooEarly = ({ phase, from }: Pick<PhaseDocument, 'phase' | 'from'>, day: string): boolean =>
  phase === 'prescriptive' && from <= day;

/**
 * Proposes a phase for an office; another person must confirm it. A descriptive phase takes names away and may have any
 * first day, so a prescriptive one is put off by a descriptive one of the same day and a later prescriptive one.
 * @param at UTC instant. Throws CC_BAD_ARGUMENT where a prescriptive phase would not begin after its day, CC_CONFLICT
 *   where the same was confirmed before, or somebody else proposed it: what a second person reads and confirms is not to be
 *   another's words by then.
 */
export async function proposePhase(
  store: Store,
  proposal: Omit<PhaseDocument, 'id' | 'confirmedBy' | 'confirmedAt'>,
  at: string,
): Promise<string> {
  const day = await officeDay(store, proposal.office, at);
  if (isTooEarly(proposal, day)) {
    throw new CrosscheckError('CC_BAD_ARGUMENT', {
      name: 'from',
      problem: `a prescriptive phase begins after the day on which it is decided, and ${proposal.from} is not after ${day}`,
    });
  }
  // With the phase in it: who confirms an id confirms what it says, whatever was proposed anew meanwhile.
  const id = [proposal.office, proposal.from, proposal.phase].join('|');
  const collection = store.collection<PhaseDocument>(phases);
  const stored = await collection.get(id);
  if (stored?.doc.confirmedBy !== undefined) {
    throw new CrosscheckError('CC_CONFLICT', {
      what: 'phase',
      id,
      problem: 'it was confirmed; propose another day',
    });
  }
  if (stored !== undefined && stored.doc.proposedBy !== proposal.proposedBy) {
    throw new CrosscheckError('CC_CONFLICT', {
      what: 'phase',
      id,
      problem: `${stored.doc.proposedBy} proposed it; confirm that, or propose another day`,
    });
  }
  await collection.putIf({ id, ...proposal }, stored?.version ?? 0);
  return id;
}

/**
 * @param at UTC instant. Throws CC_CONFLICT where it is the proposer who confirms, or it was confirmed before, or a
 *   prescriptive phase has waited until its first day came.
 */
export async function confirmPhase(store: Store, id: string, by: string, at: string): Promise<PhaseDocument> {
  const collection = store.collection<PhaseDocument>(phases);
  const stored = await collection.get(id);
  if (stored === undefined) throw new CrosscheckError('CC_NOT_FOUND', { what: 'phase', id });
  const { doc, version } = stored;
  const refuse = (problem: string) => new CrosscheckError('CC_CONFLICT', { what: 'phase', id, problem });
  if (doc.proposedBy === by) throw refuse('a second person must confirm it');
  if (doc.confirmedBy !== undefined) throw refuse(`it was confirmed by ${doc.confirmedBy}`);
  if (isTooEarly(doc, await officeDay(store, doc.office, at)))
    throw refuse('its first day came before it was confirmed; propose a later one');
  const confirmed = { ...doc, confirmedBy: by, confirmedAt: at };
  await collection.putIf(confirmed, version);
  return confirmed;
}

/**
 * The phase of an office; *descriptive* where nothing was confirmed. `since` asks it of an earlier day up to now: what
 * was done while the office measured itself alone names nobody after it was switched either.
 */
export type PhaseOf = (office: string, since?: string) => Phase;

const orderOf = ({ from, confirmedAt = '' }: PhaseDocument): string => `${from} ${confirmedAt}`;

/**
 * Offices that are prescriptive, each by its own clock, with the first day from which it has been so without a break.
 * @param at UTC instant
 */
export async function prescriptiveSince(store: Store, at: string): Promise<ReadonlyMap<string, string>> {
  const { docs } = await store.collection<PhaseDocument>(phases).find({
    // Where it is tomorrow already.
    where: { column: 'from', op: 'le', value: addDays(at.slice(0, 10), 1) },
    sort: [{ column: 'from', direction: 'asc' }],
    limit: 10_000,
  });
  const prescriptive = new Map<string, string>();
  // Of two that begin on the same day the one that was confirmed later stands.
  const standing = docs
    .filter(({ confirmedBy }) => confirmedBy !== undefined)
    .sort((a, b) => (orderOf(a) < orderOf(b) ? -1 : 1));
  if (standing.length === 0) return prescriptive;
  const dayOf = await officeDays(store);
  for (const { office, phase, from } of standing) {
    if (from > dayOf(office, at)) continue;
    if (phase === 'descriptive') prescriptive.delete(office);
    else if (!prescriptive.has(office)) prescriptive.set(office, from);
  }
  return prescriptive;
}

/** Phases as they stand. @param at UTC instant */
export async function phasesAt(store: Store, at: string): Promise<PhaseOf> {
  const prescriptive = await prescriptiveSince(store, at);
  return (office, since) => {
    const from = prescriptive.get(office);
    return from !== undefined && (since === undefined || from <= since.slice(0, 10))
      ? 'prescriptive'
      : 'descriptive';
  };
}

/** A second surrogate: of the officer, for one office and period, under a key that readers of figures do not have. */
export const secondSurrogate = (key: string, office: string, period: string, officer: string): string =>
  `P-${createHmac('sha256', key).update([office, period, officer].join('\u001f')).digest('base64url').slice(0, 10)}`;

const isSecondSurrogate = (name: string | null | undefined): boolean => name?.startsWith('P-') === true;

interface KeyDocument extends Document {
  key: string;
}
const surrogateKeys: CollectionSpec = { name: 'surrogate_key', schema: 1, columns: {}, indexes: [] };

/** The key of second surrogates, made at first use; no answer of the service carries it. */
export async function surrogateKey(store: Store): Promise<string> {
  const collection = store.collection<KeyDocument>(surrogateKeys);
  const id = 'second surrogates';
  const known = await collection.get(id);
  if (known !== undefined) return known.doc.key;
  await collection.putNew([{ id, key: randomBytes(32).toString('base64url') }]);
  return (await collection.get(id))!.doc.key;
}

/** Phases that were proposed or hold, the latest last. */
export async function listPhases(store: Store): Promise<PhaseDocument[]> {
  const { docs } = await store.collection<PhaseDocument>(phases).find({
    sort: [
      { column: 'office', direction: 'asc' },
      { column: 'from', direction: 'asc' },
    ],
    limit: 10_000,
  });
  return docs;
}

/** Whether a request tells officers apart, or asks for some of them. */
export const namesOfficers = (request: Pick<FigureRequest, 'by' | 'where'>): boolean =>
  [...(request.by ?? []), ...namesIn(request.where ?? [])].some(
    (name) => dimensions[name]?.kind === 'people',
  );

const namesIn = (where: readonly string[]): string[] =>
  where.flatMap((text) => text.match(/[a-z]\w*(?=\s*(?:=|!=|in\b|not\b|is\b|begins\b))/gi) ?? []);

export interface Viewpoint {
  phaseOf: PhaseOf;
  /** Key of the second surrogates; held apart from those who read figures. */
  key: string;
}

/** A table of rows by key, whatever stands in them. */
interface Keyed<R> {
  by: string[];
  rows: R[];
}
type KeyedRow = Pick<FigureRow, 'key'>;

/** Figures as a reader may see them in each office's phase; what lies behind a veiled row is not told. */
export const figuresInPhase = (
  source: Source,
  definition: Definition,
  request: FigureRequest,
  today: string,
  view: Viewpoint,
): Promise<FigureTable> =>
  inPhase<FigureRow, FigureTable>(
    definition,
    request,
    view,
    (asked) => figures(source, definition, asked, today),
    (row) => ({
      ...row,
      figures: Object.fromEntries(
        Object.entries(row.figures).map(([id, figure]) => [
          id,
          { ...figure, behind: { table: figure.behind.table, where: { or: [] }, withheld: true } },
        ]),
      ),
    }),
  );

/**
 * A table as a reader may see it in each office's phase. One that tells officers apart is told by office; rows of an
 * office in the descriptive phase carry second surrogates, in their own order, without what `strip` takes from them, and
 * only where at least five officers of that office stand in the same group of rows, filters included. Asking for one
 * officer by name is refused there.
 */
export async function inPhase<R extends KeyedRow, T extends Keyed<R>>(
  definition: Definition,
  request: FigureRequest,
  view: Viewpoint,
  tell: (request: FigureRequest) => Promise<T>,
  strip: (row: R) => R,
): Promise<T> {
  const by = request.by ?? definition.by ?? [];
  if (!namesOfficers({ ...request, by })) return tell(request);
  const [, single] =
    /^office\s*=\s*"?([^"]+?)"?$/.exec(request.where?.find((text) => /^office\s*=/.test(text)) ?? '') ?? [];
  const whole = single === undefined && !by.includes('office') ? ['office', ...by] : [...by];
  if (whole.length > 2) {
    throw new CrosscheckError('CC_OFFICE_NEEDED', { indicator: definition.id });
  }
  // Top tables lose their order with their names, so what is shown first tells nothing.
  const table = await tell({ ...request, by: whole });
  const period = `${request.from ?? ''}/${request.to ?? ''}`;
  const officeOf = (row: KeyedRow): string => single ?? row.key.office ?? '';
  const filtered = namesIn(request.where ?? []).some((name) => dimensions[name]?.kind === 'people');
  const open: R[] = [];
  const veiled: R[] = [];
  const since = firstDayOf({ ...request, by });
  for (const row of table.rows)
    (view.phaseOf(officeOf(row), since) === 'prescriptive' ? open : veiled).push(row);
  if (filtered && veiled.length > 0)
    throw new CrosscheckError('CC_PHASE_DESCRIPTIVE', { indicator: definition.id });
  return { ...table, rows: [...open, ...veil(veiled, table.by, officeOf, period, view.key).map(strip)] };
}

/**
 * A table that was frozen, for whoever reads it now: an office that has gone back to measuring itself alone names nobody in it
 * any more. Rows that were frozen under second surrogates stay as they are.
 */
export function frozenInPhase(table: FigureTable, { phaseOf, key }: Viewpoint): FigureTable {
  const people = table.by.filter((name) => dimensions[name]?.kind === 'people');
  const { from, to } = table.period;
  const officeOf = (row: KeyedRow): string => row.key.office ?? '';
  const isNamed = (row: KeyedRow): boolean => people.some((name) => !isSecondSurrogate(row.key[name]));
  const closed = (row: KeyedRow): boolean =>
    people.length > 0 && isNamed(row) && phaseOf(officeOf(row), from ?? '') !== 'prescriptive';
  if (!table.rows.some(closed)) return table;
  const veiled = veil(table.rows.filter(closed), table.by, officeOf, `${from ?? ''}/${to ?? ''}`, key);
  return { ...table, rows: [...table.rows.filter((row) => !closed(row)), ...veiled] };
}

/** The first day that figures are of, those beside them included: without one they are of all time. */
const firstDayOf = ({ from = '', to = from, previousYear, by = [] }: FigureRequest): string =>
  from === '' || previousYear !== true ? from : periodBefore({ from, to }, by).from;

function veil<R extends KeyedRow>(
  rows: readonly R[],
  by: readonly string[],
  officeOf: (row: KeyedRow) => string,
  period: string,
  key: string,
): R[] {
  const people = by.filter((name) => dimensions[name]?.kind === 'people');
  const group = (row: R): string =>
    JSON.stringify([
      officeOf(row),
      ...by.filter((name) => !people.includes(name)).map((name) => row.key[name]),
    ]);
  const size = new Map<string, number>();
  const named = rows.filter((row) => people.every((name) => row.key[name] !== null));
  for (const row of named) size.set(group(row), (size.get(group(row)) ?? 0) + 1);
  const hidden = (row: R): R => ({
    ...row,
    key: Object.fromEntries(
      Object.entries(row.key).map(([name, value]) => [
        name,
        people.includes(name) && value !== null ? secondSurrogate(key, officeOf(row), period, value) : value,
      ]),
    ),
  });
  const keyOf = (row: R): string => JSON.stringify(Object.values(row.key));
  return named
    .filter((row) => size.get(group(row))! >= fewestOfficers)
    .map(hidden)
    .sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
}
