/**
 * Idempotency-Key: a caller's own name for one call. The same key and the same body are answered with the same check,
 * whatever was checked since; another body under the key is a conflict. The key is claimed before anything is done and
 * the check written beside it before the answer, so a crash between leaves a claim that the repeated call completes: by the
 * check that the first call came to, where it did, although a later version has been sent since.
 */
import { createHash } from 'node:crypto';
import { CrosscheckError } from '../errors.ts';
import { contentHash } from '../ground/canonical.ts';
import type { DeclarationRecord } from '../intake/record.ts';
import { readWhere } from '../store/pages.ts';
import type { CollectionSpec, Store } from '../store/port.ts';
import type { Registry } from './registry.ts';

export interface IdempotencyDocument {
  /** Hash of the caller, by the first of its API keys, and its key. */
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

export interface Begun {
  check?: string;
  /** When a call under this key began that has left no check, UTC: it is under way, or was cut off. */
  since?: string;
  done(check: string): Promise<void>;
}

export interface Idempotency {
  /**
   * The check of before, where there was one; where there was none, or retention has removed it since, the call is to be done
   * and `done` told then. Throws CC_IDEMPOTENCY_CONFLICT.
   */
  begin(call: IdempotentCall, now: Date): Promise<Begun>;
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
        ...(known === claim || known.check !== undefined ? {} : { since: known.at }),
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

/** The check that a call which began then came to before it was cut off; undefined where it came to none. */
export async function checkSince(
  registry: Registry,
  { identity }: Pick<DeclarationRecord, 'identity'>,
  since: string,
): Promise<string | undefined> {
  const known = await registry.known([identity.reference, ...identity.aliases]);
  const references = [...new Set([...known.values()].map(({ reference }) => reference))];
  const versions = [...(await registry.versions(references)).values()].flat();
  const made = versions.find(
    ({ content, recordedAt }) => content === identity.content && recordedAt >= since,
  );
  if (made === undefined) return undefined;
  const checks = await readWhere(registry.checks, 'declaration', [made.reference]);
  return checks.find(({ version, ordinal }) => version === made.version && ordinal === 0)?.id;
}
