/**
 * Idempotency-Key: a caller's own name for one call. The same key and the same body are answered with the same check,
 * whatever was checked since; another body under the key is a conflict. The key is claimed before anything is done and
 * the check written beside it before the answer, so a crash between leaves a claim that the repeated call completes.
 */
import { createHash } from 'node:crypto';
import { CrosscheckError } from '../errors.ts';
import { contentHash } from '../ground/canonical.ts';
import type { CollectionSpec, Store } from '../store/port.ts';

export interface IdempotencyDocument {
  /** Hash of the caller and its key. */
  id: string;
  /** Hash of the body and of what it was read under. */
  body: string;
  /** UTC. */
  at: string;
  /** What was answered; absent while the first call is under way, or was cut off. */
  check?: string;
}

export const idempotencyKeys: CollectionSpec = {
  name: 'idempotency_key',
  schema: 1,
  columns: { at: { type: 'text' } },
  indexes: [['at']],
};

/** Days for which a key is remembered. */
export const keysKeptDays = 30;

export interface IdempotentCall {
  caller: string;
  key: string;
  body: Uint8Array;
  /** What beside the body decides how it is read. */
  under: Readonly<Record<string, unknown>>;
}

export interface Idempotency {
  /**
   * The check of before, where there was one; where there was none, or retention has removed it since, the call is to be done
   * and `done` told then. Throws CC_IDEMPOTENCY_CONFLICT.
   */
  begin(call: IdempotentCall, now: Date): Promise<{ check?: string; done(check: string): Promise<void> }>;
  /** Forgets keys whose time is over. */
  forget(now: Date): Promise<number>;
}

export function openIdempotency(store: Store): Idempotency {
  const keys = store.collection<IdempotencyDocument>(idempotencyKeys);
  return {
    async begin({ caller, key, body, under }, now) {
      const claim: IdempotencyDocument = {
        id: contentHash([caller, key]).slice(0, 32),
        body: createHash('sha256').update(contentHash(under)).update(body).digest('hex'),
        at: now.toISOString(),
      };
      const [isNew] = await keys.putNew([claim]);
      const known = isNew === true ? claim : ((await keys.get(claim.id))?.doc ?? claim);
      if (known.body !== claim.body) throw new CrosscheckError('CC_IDEMPOTENCY_CONFLICT', { key });
      return {
        ...(known.check === undefined ? {} : { check: known.check }),
        done: (check) => keys.put([{ ...claim, check }]),
      };
    },
    forget: (now) =>
      keys.purge({
        column: 'at',
        op: 'lt',
        value: new Date(now.getTime() - keysKeptDays * 86_400_000).toISOString(),
      }),
  };
}
