/** Events and outcomes as they come in, to the documents that are stored: UTC instants, the office's clock kept, surrogates for accounts. */
import type { Outcome, TrailEvent } from '../declaration/trail.ts';
import { contentHash } from '../ground/canonical.ts';
import type { EventDocument, OutcomeDocument } from './collections.ts';

export const utc = (instant: string): string => new Date(instant).toISOString();

/** By its own id where the source gives one, else by its content, so that the same event twice is one event. */
const keyOf = (kind: 'E' | 'U', declaration: string, given: { id?: string }): string =>
  `${kind}-${contentHash(given.id === undefined ? [declaration, given] : [declaration, given.id]).slice(0, 32)}`;

export function eventDocument(
  declaration: string,
  event: TrailEvent,
  surrogates: ReadonlyMap<string, string>,
  recordedAt: string,
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
    id: keyOf('E', declaration, event),
    declaration,
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
): OutcomeDocument {
  const { id: _, user, at, enteredAt, ...rest } = outcome;
  return {
    ...rest,
    id: keyOf('U', declaration, outcome),
    declaration,
    office,
    at: utc(at),
    local: at,
    enteredAt: enteredAt === undefined ? null : utc(enteredAt),
    officer: user === undefined ? null : surrogates.get(user)!,
    recordedAt,
  };
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
