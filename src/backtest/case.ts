/**
 * A declaration from history as the rules see it: its facts, and the facts with parameters as far as the file tells them
 * (trail and outcomes that came along, the shipped procedures; no store). The way is that of a live check.
 */
import { passingPeople } from '../check/people.ts';
import { accountsOf, eventDocument, outcomeDocument } from '../check/trail.ts';
import { countryIds, countryProfile } from '../declaration/country-profile.ts';
import type { Declaration } from '../declaration/declaration.ts';
import type { Outcome, TrailEvent } from '../declaration/trail.ts';
import { procedureOf, readProcedures } from '../evidence/procedures.ts';
import type { SheetMaker } from '../facts/lean.ts';
import type { FactSheet } from '../facts/model.ts';
import { resolveCalls } from '../facts/resolve.ts';
import { type FactContext, factContext, factSheet } from '../facts/sheet.ts';
import type { FactSources } from '../facts/sources.ts';
import type { Calls } from '../facts/subject.ts';

/** What a file or the store says of one declaration. */
export interface HistoryRecord {
  reference: string;
  declaration: Declaration;
  trail: readonly TrailEvent[];
  outcomes: readonly Outcome[];
}

export interface Case extends HistoryRecord {
  sheet: FactSheet;
}

export type Cases = (records: readonly HistoryRecord[]) => Promise<Case[]>;

/**
 * @param country profile for declarations that name none; nothing is claimed about them where absent
 * @param makeSheet whole sheets where absent
 */
export function casesFor(calls: Calls, country?: string, makeSheet: SheetMaker = factSheet): Cases {
  const contexts = new Map<string, FactContext>();
  const known = new Set(countryIds());
  const contextOf = (id: string | undefined): FactContext => {
    const name = id !== undefined && known.has(id) ? id : 'ZZ';
    const context = contexts.get(name) ?? factContext(countryProfile(name).parameters);
    contexts.set(name, context);
    return context;
  };
  const sources: FactSources = { procedure: procedureOf(readProcedures()) };
  const people = passingPeople();
  const needsCalls = calls.declaration.length + calls.item.length > 0;

  return async (records) => {
    const cases = records.map(
      (record): Case => ({
        ...record,
        sheet: makeSheet(record.declaration, contextOf(record.declaration.country ?? country)),
      }),
    );
    if (!needsCalls) return cases;
    const surrogates = await people.surrogates(
      records.flatMap(({ trail, outcomes }) => accountsOf([...trail], [...outcomes])),
    );
    const recordedAt = new Date().toISOString();
    const subjects = cases.map(({ reference, declaration, trail, outcomes, sheet }) => ({
      reference,
      version: 1,
      declaration,
      trail: trail.map((event) => eventDocument(reference, event, surrogates, recordedAt)),
      outcomes: outcomes.map((outcome) =>
        outcomeDocument(reference, declaration.office ?? null, outcome, surrogates, recordedAt),
      ),
      recordedAt,
      sheet,
    }));
    await resolveCalls(subjects, calls, sources);
    return cases;
  };
}
