/** Events and outcomes as they come in, to the documents that are stored: UTC instants, the office's clock kept, surrogates for accounts. */
import type { Outcome, TrailEvent } from '../declaration/trail.ts';
import { contentHash } from '../ground/canonical.ts';
import type { EventDocument, OutcomeDocument } from './collections.ts';

export const utc = (instant: string): string => new Date(instant).toISOString();

/** What tells it from others of its declaration: its own id where the source gives one, else its content. */
const markOf = (given: { id?: string }): string => given.id ?? contentHash(given);

/** The same event twice is one event. */
const keyOf = (kind: 'E' | 'U', declaration: string, mark: string): string =>
  `${kind}-${contentHash([declaration, mark]).slice(0, 32)}`;

/** Where the declaration is not here yet, its name may turn out to be another: the mark is kept to make the id anew. */
const identityOf = (kind: 'E' | 'U', declaration: string, given: { id?: string }, waits: boolean) => {
  const mark = markOf(given);
  return { id: keyOf(kind, declaration, mark), declaration, ...(waits ? { mark } : {}) };
};

export function eventDocument(
  declaration: string,
  event: TrailEvent,
  surrogates: ReadonlyMap<string, string>,
  recordedAt: string,
  waits = false,
): EventDocument {
  const { id: _, user, at, enteredAt, endedAt, ...rest } = event;
  return {
    ...rest,
    // `from` and `to` of an assignment name people.
    ...(event.kind === 'ASSIGN' && event.from !== undefined
      ? { from: surrogates.get(event.from) ?? event.from }
      : {}),
    ...(event.kind === 'ASSIGN' && event.to !== undefined
      ? { to: surrogates.get(event.to) ?? event.to }
      : {}),
    ...identityOf('E', declaration, event, waits),
    at: utc(at),
    local: at,
    enteredAt: enteredAt === undefined ? null : utc(enteredAt),
    ...(endedAt === undefined ? {} : { endedAt: utc(endedAt) }),
    officer: user === undefined ? null : surrogates.get(user)!,
    recordedAt,
  };
}

export function outcomeDocument(
  declaration: string,
  office: string | null,
  outcome: Outcome,
  surrogates: ReadonlyMap<string, string>,
  recordedAt: string,
  waits = false,
): OutcomeDocument {
  const { id: _, user, at, enteredAt, ...rest } = outcome;
  return {
    ...rest,
    ...identityOf('U', declaration, outcome, waits),
    office,
    at: utc(at),
    local: at,
    enteredAt: enteredAt === undefined ? null : utc(enteredAt),
    officer: user === undefined ? null : surrogates.get(user)!,
    recordedAt,
  };
}

/** What waited under another name, as it would have come in had the declaration been here: sent again, it is known. */
export const eventAtHome = (doc: EventDocument, declaration: string): EventDocument =>
  atHome('E', doc, declaration);

/** Likewise; its office is the declaration's. */
export const outcomeAtHome = (
  doc: OutcomeDocument,
  declaration: string,
  office: string | null,
): OutcomeDocument => {
  const home = atHome('U', doc, declaration);
  return home.office === null && office !== null ? { ...home, office } : home;
};

function atHome<T extends { id: string; declaration: string; mark?: string }>(
  kind: 'E' | 'U',
  doc: T,
  declaration: string,
): T {
  if (doc.declaration === declaration) return doc;
  const { mark, ...rest } = doc;
  return { ...(rest as T), id: mark === undefined ? doc.id : keyOf(kind, declaration, mark), declaration };
}

/** Every account that an event or outcome names. */
export function accountsOf(trail: readonly TrailEvent[], outcomes: readonly Outcome[]): string[] {
  const accounts: string[] = [];
  for (const event of trail) {
    if (event.user !== undefined) accounts.push(event.user);
    if (event.kind === 'ASSIGN') {
      if (event.from !== undefined) accounts.push(event.from);
      if (event.to !== undefined) accounts.push(event.to);
    }
  }
  for (const outcome of outcomes) if (outcome.user !== undefined) accounts.push(outcome.user);
  return accounts;
}
