/** Ids of events and outcomes that their source does not number. */
import type { Money } from '../declaration/money.ts';
import type { Outcome, TrailEvent } from '../declaration/trail.ts';
import { sha256 } from '../ground/canonical.ts';

/**
 * Ids by what happened, not by what is told of it: the same event read from another form of the trail, or again when
 * more is known of its cause, is the same. Accounts are left out, so that no id leads back to a person.
 */
export function identifyAll<T extends { id?: string }>(
  list: readonly T[],
  textOf: (value: T) => string,
): void {
  const seen = new Map<string, number>();
  for (const value of list) {
    if (value.id !== undefined) continue;
    const text = textOf(value);
    const count = seen.get(text) ?? 0;
    seen.set(text, count + 1);
    value.id = sha256(count === 0 ? text : `${text}|${count}`).slice(0, 24);
  }
}

const amountText = (money: Money | undefined): string =>
  money === undefined ? '' : `${money.amount}${money.currency}`;

/** What an event says of itself, told and assumed things left out; new members of the model change no id of old events. */
export const eventText = (event: TrailEvent): string =>
  [
    event.kind,
    event.at,
    event.role,
    event.office,
    event.section,
    event.kind === 'ASSIGN' ? '' : event.to,
    event.criterion,
    event.reason,
    event.control,
    event.result,
    event.agency,
    event.item,
    event.version,
    event.endedAt,
    amountText(event.tax),
    amountText(event.fine),
  ].join('|');

export const outcomeText = (outcome: Outcome): string =>
  [
    outcome.control,
    outcome.result,
    outcome.status,
    outcome.at,
    outcome.item,
    amountText(outcome.duty),
    amountText(outcome.fine),
    outcome.seizure,
    outcome.rule,
    outcome.reason,
  ].join('|');
