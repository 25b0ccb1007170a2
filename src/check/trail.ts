/** Events and outcomes as they come in, to the documents that are stored: UTC instants, the office's clock kept, surrogates for accounts. */
import type { Outcome, TrailEvent } from '../declaration/trail.ts';
import { contentHash } from '../ground/canonical.ts';
import type { EventDocument, OutcomeDocument } from './collections.ts';
import { wordIn, wordOf } from './words.ts';

export const utc = (instant: string): string => new Date(instant).toISOString();

type Kind = 'E' | 'U';
type Given = Partial<Pick<TrailEvent, 'id' | 'user' | 'kind' | 'from' | 'to'>>;

/**
 * What tells it from others of its declaration: its own id where the source gives one, else its content. Accounts enter it
 * as surrogates: a hash that held the account could be found again by trying accounts, also after the person was erased.
 */
function markOf(given: Given, surrogates: ReadonlyMap<string, string>): string {
  if (given.id !== undefined) return given.id;
  const shown: Given = { ...given };
  for (const account of given.kind === 'ASSIGN' ? (['user', 'from', 'to'] as const) : (['user'] as const))
    if (given[account] !== undefined) shown[account] = surrogates.get(given[account])!;
  return contentHash(shown);
}

/** The same event twice is one event. */
const keyOf = (kind: Kind, declaration: string, mark: string): string =>
  `${kind}-${contentHash([declaration, mark]).slice(0, 32)}`;

/** Ids of one that its source does not number, as earlier releases made them: of its content with the accounts in it. */
const formerIds = (kind: Kind, declaration: string, given: Given): string[] =>
  given.id === undefined
    ? [
        keyOf(kind, declaration, contentHash(given)),
        `${kind}-${contentHash([declaration, given]).slice(0, 32)}`,
      ]
    : [];

/** Under which ids events may lie in a store that an earlier release wrote. */
export const formerEventIds = (declaration: string, event: TrailEvent): string[] =>
  formerIds('E', declaration, event as Given);
export const formerOutcomeIds = (declaration: string, outcome: Outcome): string[] =>
  outcome.id === undefined
    ? formerIds('U', declaration, outcome as Given)
    : [keyOf('U', declaration, outcome.id)];

/** What the store knows of it. */
export interface Standing {
  /** The declaration is not here yet, and its name may turn out to be another: the mark is kept to make the id anew. */
  waits?: boolean;
  /** Ids that are in the store; what lies under a former id is the same, and keeps it. */
  here?: ReadonlySet<string>;
  /** Outcomes that are in the store, by id. */
  words?: ReadonlyMap<string, OutcomeDocument>;
}

function identityOf(
  kind: Kind,
  declaration: string,
  given: Given,
  surrogates: ReadonlyMap<string, string>,
  { waits = false, here }: Standing,
) {
  const mark = markOf(given, surrogates);
  const former =
    here === undefined || here.size === 0
      ? undefined
      : formerIds(kind, declaration, given).find((id) => here.has(id));
  return { id: former ?? keyOf(kind, declaration, mark), declaration, ...(waits ? { mark } : {}) };
}

/**
 * What its source numbers may be told otherwise later: each word has an id of its own (./words.ts). An earlier release gave
 * all of them one, and kept the last alone: the same word is known under that, another one is new.
 */
function wordIdentity(
  declaration: string,
  outcome: Outcome,
  surrogates: ReadonlyMap<string, string>,
  standing: Standing,
) {
  const identity = identityOf('U', declaration, outcome as Given, surrogates, standing);
  if (outcome.id === undefined) return identity;
  const word = wordOf(outcome);
  const kept = standing.words?.get(identity.id);
  return kept !== undefined && wordOf(kept) === word ? identity : { ...identity, id: identity.id + word };
}

export function eventDocument(
  declaration: string,
  event: TrailEvent,
  surrogates: ReadonlyMap<string, string>,
  recordedAt: string,
  standing: Standing = {},
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
    ...identityOf('E', declaration, event as Given, surrogates, standing),
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
  standing: Standing = {},
): OutcomeDocument {
  const { id: _, user, at, enteredAt, ...rest } = outcome;
  return {
    ...rest,
    ...wordIdentity(declaration, outcome, surrogates, standing),
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
  const id = mark === undefined ? doc.id : keyOf(kind, declaration, mark) + wordIn(doc.id);
  return { ...(rest as T), id, declaration };
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
