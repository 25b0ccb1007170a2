/**
 * What a webhook says: the same answer that a caller of the subscription's audience gets by GET, so nothing leaves this
 * way that the caller could not read. Made when it is sent, not when it was written: what was closed to the audience in
 * between stays closed.
 */

import type { OutcomeDocument } from '../../check/collections.ts';
import * as specs from '../../check/collections.ts';
import type { CheckDocument } from '../../check/document.ts';
import { openHoles } from '../../check/holes.ts';
import { contentHash } from '../../ground/canonical.ts';
import type { Profile } from '../../selectivity/model.ts';
import type { Store } from '../../store/port.ts';
import { answerFor, type Caller } from '../caller.ts';
import { officerView, shownOutcome } from '../officers.ts';
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
  /** Of checks that replace another, those in which the caller reads a difference. */
  differing(caller: Caller, checks: readonly CheckDocument[]): Promise<ReadonlySet<string>>;
}

/** @param profile in force, for what an answer tells the officer to do. */
export function openContents(store: Store, profile: () => Profile | undefined = () => undefined): Contents {
  const checks = store.collection<CheckDocument>(specs.checks);
  const outcomes = store.collection<OutcomeDocument>(specs.outcomes);
  const holes = openHoles(store);

  const told = async (caller: Caller, check: CheckDocument) => {
    const lacking = await holes.read([check.holes]);
    return answerFor(caller, { check, notEvaluated: lacking.get(check.holes) ?? [] }, profile());
  };

  /** What a check says, without what differs between any two: which it is, why its lane stands, under which rules, who was told before. */
  const said = (caller: Caller, check: CheckDocument): string => {
    const answer = answerFor(caller, { check, notEvaluated: [] });
    const { id, recordedAt, supersedes, told: _, reason, reasons, rulebook, profile: __, ...rest } = answer;
    return contentHash(rest);
  };

  return {
    async eventFor(caller, kind, object, createdAt) {
      if (kind === 'ping') return { type: kind, timestamp: createdAt, data: { id: object } };
      if (kind === 'outcome.recorded') {
        const stored = await outcomes.get(object);
        if (stored === undefined) return undefined;
        const data = shownOutcome(await officerView(store, caller), stored.doc);
        return { type: kind, timestamp: stored.doc.recordedAt, data };
      }
      const stored = await checks.get(object);
      if (stored === undefined) return undefined;
      return { type: kind, timestamp: stored.doc.recordedAt, data: await told(caller, stored.doc) };
    },

    async differing(caller, replacing) {
      const earlier = await checks.getMany(replacing.flatMap(({ supersedes }) => supersedes ?? []));
      const different = replacing.filter((check) => {
        const before = earlier.get(check.supersedes ?? '');
        return before === undefined || said(caller, before.doc) !== said(caller, check);
      });
      return new Set(different.map(({ id }) => id));
    },
  };
}
