/**
 * What a webhook says: the same answer that a caller of the subscription's audience gets by GET, so nothing leaves this
 * way that the caller could not read. Made when it is sent, not when it was written: what was closed to the audience in
 * between stays closed.
 */

import type { OutcomeDocument } from '../../check/collections.ts';
import * as specs from '../../check/collections.ts';
import type { CheckDocument } from '../../check/document.ts';
import { openHoles } from '../../check/holes.ts';
import type { Store } from '../../store/port.ts';
import { answerFor } from '../answer.ts';
import type { Caller, InForce } from '../caller.ts';
import { officerView, shownCheck, shownOutcome } from '../officers.ts';
import type { WebhookKind } from './model.ts';

/** The body as Standard Webhooks has it. */
export interface WebhookEvent {
  type: WebhookKind;
  /** When it happened, UTC. */
  timestamp: string;
  data: unknown;
}

export interface Contents {
  /** The event as the caller may read it; undefined where what it tells of is gone. */
  eventFor(
    caller: Caller,
    kind: WebhookKind,
    object: string,
    createdAt: string,
  ): Promise<WebhookEvent | undefined>;
}

/** @param standing what is in force: what an answer tells the officer to do, and who may read which rule. */
export function openContents(store: Store, standing: () => InForce | undefined = () => undefined): Contents {
  const checks = store.collection<CheckDocument>(specs.checks);
  const outcomes = store.collection<OutcomeDocument>(specs.outcomes);
  const holes = openHoles(store);

  const told = async (caller: Caller, check: CheckDocument) => {
    const lacking = await holes.read([check.holes]);
    const answer = answerFor(caller, { check, notEvaluated: lacking.get(check.holes) ?? [] }, standing());
    return shownCheck(await officerView(store, caller), answer, check);
  };

  return {
    async eventFor(caller, kind, object, createdAt) {
      if (kind === 'ping') return { type: kind, timestamp: createdAt, data: { id: object } };
      if (kind === 'outcome.recorded') {
        const stored = await outcomes.get(object);
        if (stored === undefined) return undefined;
        const view = await officerView(store, caller);
        const data = shownOutcome(view, stored.doc, { caller, rules: standing()?.rules ?? [] });
        return { type: kind, timestamp: stored.doc.recordedAt, data };
      }
      const stored = await checks.get(object);
      if (stored === undefined) return undefined;
      return { type: kind, timestamp: stored.doc.recordedAt, data: await told(caller, stored.doc) };
    },
  };
}
