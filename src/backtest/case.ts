/**
 * A declaration from history as the rules see it: its facts, and the facts with parameters as far as the file tells them
 * (trail and outcomes that came along, the shipped procedures; no store). The way is that of a live check.
 */
import { randomBytes } from 'node:crypto';
import { utc } from '../check/trail.ts';
import { countryIds, countryProfile } from '../declaration/country-profile.ts';
import type { Declaration } from '../declaration/declaration.ts';
import type { Outcome, TrailEvent } from '../declaration/trail.ts';
import { listBook, shippedLists } from '../evidence/lists/shipped.ts';
import { procedureOf, readProcedures } from '../evidence/procedures.ts';
import type { SheetMaker } from '../facts/lean.ts';
import type { FactSheet, FactValue } from '../facts/model.ts';
import { resolveCalls } from '../facts/resolve.ts';
import { type FactContext, factContext, factSheet } from '../facts/sheet.ts';
import type { FactSources } from '../facts/sources.ts';
import type { Calls, ControlOutcome, TrailStep } from '../facts/subject.ts';
import { wordsInFile } from './words.ts';

/** What a file or the store says of one declaration. */
export interface HistoryRecord {
  reference: string;
  /** The first, where a file tells of one alone. */
  version?: number;
  declaration: Declaration;
  trail: readonly TrailEvent[];
  outcomes: readonly Outcome[];
  /** When it was last looked at, as far as the store tells: what was recorded later is not seen. Now, where absent. */
  recordedAt?: string;
  /** Facts with parameters that were resolved where the store is. */
  resolved?: Resolved;
}

export interface Resolved {
  calls: Record<string, FactValue>;
  itemCalls: Record<string, FactValue>[];
}

export interface Case extends HistoryRecord {
  sheet: FactSheet;
}

const shipped = (): FactSources => {
  const lists = listBook(shippedLists());
  return { procedure: procedureOf(readProcedures()), lists: () => lists };
};

export type Cases = (records: readonly HistoryRecord[]) => Promise<Case[]>;

const passing = (): string => `O-${randomBytes(5).toString('hex')}`;

/** `from` and `to` of an assignment name people, of other events lanes and values. */
const namesOf = (
  kind: TrailEvent['kind'],
  from: string | undefined,
  to: string | undefined,
  officer: (account: string) => string,
): Pick<TrailStep, 'from' | 'to'> => {
  const shown = kind === 'ASSIGN' ? officer : (value: string) => value;
  return {
    ...(from === undefined ? {} : { from: shown(from) }),
    ...(to === undefined ? {} : { to: shown(to) }),
  };
};

/**
 * @param country profile for declarations that name none; nothing is claimed about them where absent
 * @param makeSheet whole sheets where absent
 * @param surrogate of an account, the same for the whole run; a random one where absent
 * @param sources of facts; what is shipped alone where absent
 */
export function casesFor(
  calls: Calls,
  country?: string,
  makeSheet: SheetMaker = factSheet,
  surrogate: (account: string) => string = passing,
  sources?: FactSources,
): Cases {
  const contexts = new Map<string, FactContext>();
  const profiles = new Set(countryIds());
  const contextOf = (id: string | undefined): FactContext => {
    const name = id !== undefined && profiles.has(id) ? id : 'ZZ';
    const context = contexts.get(name) ?? factContext(countryProfile(name).parameters);
    contexts.set(name, context);
    return context;
  };
  const surrogates = new Map<string, string>();
  /** Messages show officers as they do in a live check, never by account. */
  const officer = (account: string): string => {
    const known = surrogates.get(account) ?? surrogate(account);
    surrogates.set(account, known);
    return known;
  };
  const stepOf = (
    { user, at, enteredAt, endedAt, from, to, ...event }: TrailEvent,
    place: number,
  ): TrailStep => ({
    ...event,
    ...namesOf(event.kind, from, to, officer),
    id: event.id ?? String(place),
    at: utc(at),
    local: at,
    enteredAt: enteredAt === undefined ? null : utc(enteredAt),
    ...(endedAt === undefined ? {} : { endedAt: utc(endedAt) }),
    officer: user === undefined ? null : officer(user),
  });
  const controlOf = ({ user, at, enteredAt: _, ...outcome }: Outcome, place: number): ControlOutcome => ({
    ...outcome,
    id: String(place),
    at: utc(at),
    local: at,
    officer: user === undefined ? null : officer(user),
  });
  const needsCalls = calls.declaration.length + calls.item.length > 0;
  // Procedures and lists are read where a rule asks for them: each thread of a backtest begins with this.
  const known = needsCalls ? (sources ?? shipped()) : undefined;

  return async (records) => {
    const cases = records.map(
      (record): Case => ({
        ...record,
        sheet: makeSheet(record.declaration, contextOf(record.declaration.country ?? country)),
      }),
    );
    if (known === undefined) return cases;
    for (const { sheet, resolved } of cases) Object.assign(sheet, resolved);
    const open = cases.filter(({ resolved }) => resolved === undefined);
    if (open.length === 0) return cases;
    const now = new Date().toISOString();
    const subjects = open.map(
      ({ reference, version = 1, declaration, trail, outcomes, recordedAt = now, sheet }) => ({
        reference,
        version,
        declaration,
        trail: trail.map(stepOf),
        outcomes: wordsInFile(outcomes).map(controlOf),
        recordedAt,
        sheet,
      }),
    );
    await resolveCalls(subjects, calls, known);
    return cases;
  };
}
