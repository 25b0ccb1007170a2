/**
 * Officers as a caller may see them, office by office (DESIGN decision 14): the one place that lists, trails and webhooks
 * go through. Who does not read conduct sees roles and no officer. Who does sees, in an office of the descriptive phase,
 * a second surrogate of office and month, by which nobody can be followed from month to month, and in an office of the
 * prescriptive phase the surrogate that is stored; the phase is that of the day on which the officer acted, so that a
 * switch names nobody for what was done before it (decision 57).
 */
import type { EventDocument, OutcomeDocument } from '../check/collections.ts';
import type { CheckDocument } from '../check/document.ts';
import { CrosscheckError } from '../errors.ts';
import { phasesAt, secondSurrogate, surrogateKey } from '../indicators/phase.ts';
import { addDays } from '../projections/calendar.ts';
import { type FindingRow, finding, findingOfficers } from '../projections/finding.ts';
import type { Rule } from '../rules/model.ts';
import type { ReferenceKind } from '../sources/reference/kind.ts';
import type { CollectionSpec, Store } from '../store/port.ts';
import { type Caller, readsOfficers, readsRule, rulesKeptFrom } from './caller.ts';

export interface OfficerView {
  /** What stands in an answer for an officer who acted in an office on a day; null where nobody is shown. */
  shown(officer: string | null | undefined, office: string | null | undefined, day: string): string | null;
  /** Whether officers of the office appear as they are stored, for all that was done from a day on. */
  open(office: string, since: string): boolean;
}

const asStored: OfficerView = { shown: (officer) => officer ?? null, open: () => true };
const nobody: OfficerView = { shown: () => null, open: () => false };

/** The machine's own session reads what is stored. */
export async function officerView(store: Store, caller: Caller, now = new Date()): Promise<OfficerView> {
  if (caller.role === 'local') return asStored;
  if (!readsOfficers(caller)) return nobody;
  const [phaseOf, key] = await Promise.all([phasesAt(store, now.toISOString()), surrogateKey(store)]);
  const open = (office: string, since: string): boolean => phaseOf(office, since) === 'prescriptive';
  return {
    open,
    shown(officer, office, day) {
      if (officer === null || officer === undefined) return null;
      // What belongs to no office is held back as an office in the descriptive phase would.
      const at = office ?? '';
      return open(at, day) ? officer : secondSurrogate(key, at, day.slice(0, 7), officer);
    },
  };
}

/** Who reads, and the rules in force, of which some are not for everybody to know. */
export interface RuleView {
  caller: Caller;
  rules: readonly Rule[];
}

/**
 * An event with its officer as shown; the names in an assignment are officers too, and a criterion may be a rule. Its id is
 * ours: it follows from what is shown and what is not, so that the one could be tried for the other.
 */
export function shownEvent(
  view: OfficerView,
  { mark: _, id: __, ...event }: EventDocument,
  office: string | null,
  { caller, rules }: RuleView,
): Omit<EventDocument, 'id'> {
  const at = event.office ?? office;
  // The office's own day: near midnight that of UTC is another.
  const shown = { ...event, officer: view.shown(event.officer, at, event.local) };
  if (event.criterion !== undefined && rulesKeptFrom(caller, rules).includes(event.criterion))
    delete shown.criterion;
  if (event.kind !== 'ASSIGN') return shown;
  for (const end of ['from', 'to'] as const) {
    const officer = view.shown(event[end], at, event.local);
    if (officer === null) delete shown[end];
    else shown[end] = officer;
  }
  return shown;
}

/** An outcome likewise, without its id; which rule it speaks of, and what it says of it, are for who reads that rule. */
export function shownOutcome(
  view: OfficerView,
  { mark: _, id: __, rule, verdict, ...outcome }: OutcomeDocument,
  { caller, rules }: RuleView,
): Omit<OutcomeDocument, 'id'> {
  const readable = rule === undefined || readsRule(caller, rule, rules);
  return {
    ...outcome,
    ...(rule === undefined || !readable ? {} : { rule }),
    ...(verdict === undefined || !readable ? {} : { verdict }),
    officer: view.shown(outcome.officer, outcome.office, outcome.local),
  };
}

const surrogates = /\bO-[0-9A-Z]{10}\b/g;

/** Of which check: the day is the check's, as that of a finding's row is its declaration's. */
type OfCheck = Pick<CheckDocument, 'office' | 'occurredAt'>;

/**
 * What is told of findings, with their officers as shown: those of kind conduct and system name them in their words and in the
 * values that were compared.
 */
export function shownFindings<T>(view: OfficerView, findings: T, { office, occurredAt }: OfCheck): T {
  const told = JSON.stringify(findings);
  const shown = told.replace(surrogates, (officer) => view.shown(officer, office, occurredAt) ?? officer);
  return shown === told ? findings : JSON.parse(shown);
}

/** A check with what it found as shown. */
export const shownCheck = <A extends { findings: readonly unknown[] }>(
  view: OfficerView,
  answer: A,
  check: OfCheck,
): A => {
  const findings = shownFindings(view, answer.findings, check);
  return findings === answer.findings ? answer : { ...answer, findings };
};

/** A reference record with who granted or changed it as shown; whom it is about is known to who asked for it by its key. */
export function shownRecord(
  view: OfficerView,
  record: Readonly<Record<string, unknown>>,
  { accounts, key }: Pick<ReferenceKind, 'accounts' | 'key'>,
): Readonly<Record<string, unknown>> {
  const shown: Record<string, unknown> = { ...record };
  for (const member of accounts as readonly string[]) {
    if (key.includes(member as never) || record[member] === undefined) continue;
    const office = typeof record.office === 'string' ? record.office : null;
    const officer = view.shown(String(record[member]), office, String(record.from));
    if (officer === null) delete shown[member];
    else shown[member] = officer;
  }
  return shown;
}

export function shownFinding(view: OfficerView, row: FindingRow): Partial<FindingRow> {
  const shown: Record<string, unknown> = {};
  for (const [column, value] of Object.entries(row)) {
    if (!findingOfficers.includes(column)) shown[column] = value;
    else {
      const officer = view.shown(value as string | null, row.office, row.day ?? '');
      if (officer !== null) shown[column] = officer;
    }
  }
  return shown as Partial<FindingRow>;
}

/** Columns that hold officers, by list. */
export const officerColumnsOf: Readonly<Record<string, readonly string[]>> = {
  [finding.spec.name]: findingOfficers,
  outcome: ['officer'],
};

/** The column by which a list is bounded in time, for the phase: the day of the declaration, the moment of the outcome. */
const dayColumnOf: Readonly<Record<string, string>> = { [finding.spec.name]: 'day', outcome: 'at' };

/**
 * A list must not be filtered or sorted by what the caller does not read: it would tell it all the same. Throws
 * CC_REQUEST_INVALID for who reads no officers, CC_PHASE_DESCRIPTIVE where the filter does not keep to offices of the
 * prescriptive phase and to the time since it began.
 */
export function demandOpenOffices(
  caller: Caller,
  view: OfficerView,
  spec: CollectionSpec,
  query: Readonly<Record<string, unknown>>,
): void {
  const columns = officerColumnsOf[spec.name] ?? [];
  const sorted = String(query.sort ?? '')
    .split(',')
    .map((part) => part.replace(/^-/, ''));
  const named = columns.find((column) =>
    [column, `${column}.from`, `${column}.to`].some(
      (name) => query[name] !== undefined || sorted.includes(name),
    ),
  );
  if (named === undefined || caller.role === 'local') return;
  if (!readsOfficers(caller)) {
    throw new CrosscheckError('CC_REQUEST_INVALID', {
      pointer: `/querystring/${named}`,
      problem: 'officers are not told to this role',
    });
  }
  const offices = query.office as readonly string[] | undefined;
  const bound = `${dayColumnOf[spec.name]}.from`;
  const since = earliestDay(String(query[bound] ?? ''));
  if (offices === undefined || !offices.every((office) => view.open(office, since)))
    throw new CrosscheckError('CC_PHASE_DESCRIPTIVE', {
      indicator: `the list by ${named}, unless office= and ${bound}= keep it to the prescriptive phase,`,
    });
}

/** An instant of UTC may be of the office's day before; a day is what it says, and what is neither bounds nothing. */
function earliestDay(bound: string): string {
  const day = bound.slice(0, 10);
  if (!/^\d{4}-\d\d-\d\d$/.test(day) || Number.isNaN(Date.parse(day))) return '';
  return bound.length > day.length ? addDays(day, -1) : day;
}
