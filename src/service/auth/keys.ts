/**
 * API keys for systems and scripts. A key is `ck_<id>_<secret>`; the secret has 256 random bits, so its plain SHA-256
 * is kept and nothing slower is needed. Keys are scoped to a role and to offices, expire, and are rotated by making a
 * successor: both are good until the old one's grace ends.
 */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { CrosscheckError } from '../../errors.ts';
import type { CollectionSpec, Store } from '../../store/port.ts';
import { type Caller, type CallerRole, callerRoles } from '../caller.ts';

export interface KeyDocument {
  id: string;
  label: string;
  role: CallerRole;
  offices?: string[];
  /** SHA-256 of the secret, hexadecimal. */
  hash: string;
  createdAt: string;
  createdBy: string;
  /** Id of the key whose place it took. */
  replaces?: string;
  expiresAt: string;
  revokedAt: string | null;
}

export const keys: CollectionSpec = {
  name: 'key',
  schema: 1,
  columns: {
    label: { type: 'text' },
    role: { type: 'text' },
    expiresAt: { type: 'text' },
    revokedAt: { type: 'text' },
  },
  indexes: [],
};

export interface KeyRequest {
  label: string;
  role: CallerRole;
  offices?: string[];
  /** Days from now; at most 400, so that no key outlives the memory of who holds it. */
  days: number;
}

const grantable: readonly CallerRole[] = callerRoles.filter((role) => role !== 'local');
const longestDays = 400;
/** How long a store is not asked again about a key; a revocation takes effect within it. */
const rememberedMs = 5_000;
/** Milliseconds for which a key that was good when the store was last asked stays good while that does not answer. */
const goodWithoutStoreMs = 15 * 60_000;

const hashOf = (secret: string): string => createHash('sha256').update(secret).digest('hex');
const daysFrom = (now: Date, days: number): string =>
  new Date(now.getTime() + days * 86_400_000).toISOString();

export interface Keys {
  /** The key's text is shown this once and never again. */
  create(request: KeyRequest, by: string, now: Date): Promise<{ key: string; document: KeyDocument }>;
  /** A successor with the same scope; the old key ends after `graceDays`. */
  rotate(
    id: string,
    graceDays: number,
    by: string,
    now: Date,
  ): Promise<{ key: string; document: KeyDocument }>;
  revoke(id: string, now: Date): Promise<KeyDocument>;
  list(): Promise<KeyDocument[]>;
  /** Whom a key stands for; undefined where it is unknown, expired or revoked. */
  verify(key: string, now: Date): Promise<Caller | undefined>;
}

/** @param steady milliseconds by a clock that is never set: what is remembered must not last because the day came again */
export function openKeys(store: Store, steady: () => number = () => performance.now()): Keys {
  const collection = store.collection<KeyDocument>(keys);
  /** With the id of the key that came first in its line. */
  type Known = { document: KeyDocument; first: string };
  const remembered = new Map<string, Known & { until: number }>();

  /** A key is never removed, so its line can be walked to where it began. */
  async function firstOf({ id, replaces }: KeyDocument): Promise<string> {
    if (replaces === undefined) return id;
    const before = (await collection.get(replaces))?.doc;
    return before === undefined ? replaces : firstOf(before);
  }

  async function find(id: string): Promise<Known | undefined> {
    const now = steady();
    const known = remembered.get(id);
    if (known !== undefined && known.until > now) return known;
    let found: Known | undefined;
    try {
      const document = (await collection.get(id))?.doc;
      if (document !== undefined) found = { document, first: await firstOf(document) };
    } catch (thrown) {
      // Nobody can revoke it in a store that is away, and its holder must be answered all the same.
      if (known !== undefined && known.until + goodWithoutStoreMs > now) return known;
      throw thrown;
    }
    // Unknown ids are not remembered: a flood of guesses must not fill the memory.
    if (found !== undefined) remembered.set(id, { ...found, until: now + rememberedMs });
    return found;
  }

  async function existing(id: string) {
    const stored = await collection.get(id);
    if (stored === undefined) throw new CrosscheckError('CC_NOT_FOUND', { what: 'key', id });
    return stored;
  }

  async function create(request: KeyRequest, by: string, now: Date, replaces?: string) {
    const refuse = (name: string, problem: string) =>
      new CrosscheckError('CC_BAD_ARGUMENT', { name, problem });
    if (!grantable.includes(request.role)) {
      throw refuse('role', `"${request.role}" is not one of ${grantable.join(', ')}`);
    }
    if (!(request.days > 0 && request.days <= longestDays)) {
      throw refuse('days', `a key lives from 1 to ${longestDays} days, not ${request.days}`);
    }
    if (request.label.trim() === '') throw refuse('label', 'say what the key is for');
    const id = randomBytes(9).toString('hex');
    const secret = randomBytes(32).toString('base64url');
    const document: KeyDocument = {
      id,
      label: request.label,
      role: request.role,
      ...(request.offices === undefined ? {} : { offices: request.offices }),
      hash: hashOf(secret),
      createdAt: now.toISOString(),
      createdBy: by,
      ...(replaces === undefined ? {} : { replaces }),
      expiresAt: daysFrom(now, request.days),
      revokedAt: null,
    };
    await collection.putIf(document, 0);
    return { key: `ck_${id}_${secret}`, document };
  }

  return {
    create: (request, by, now) => create(request, by, now),
    async rotate(id, graceDays, by, now) {
      const { doc, version } = await existing(id);
      // What was taken back, or has run out, is not to come back under another id.
      if (doc.revokedAt !== null || doc.expiresAt <= now.toISOString())
        throw new CrosscheckError('CC_BAD_ARGUMENT', {
          name: 'key',
          problem: `${id} is no longer good; make a new one`,
        });
      const lifetime = (Date.parse(doc.expiresAt) - Date.parse(doc.createdAt)) / 86_400_000;
      const successor = await create(
        {
          label: doc.label,
          role: doc.role,
          days: lifetime,
          ...(doc.offices === undefined ? {} : { offices: doc.offices }),
        },
        by,
        now,
        id,
      );
      const end = daysFrom(now, graceDays);
      if (end < doc.expiresAt) await collection.putIf({ ...doc, expiresAt: end }, version);
      remembered.delete(id);
      return successor;
    },
    async revoke(id, now) {
      const { doc, version } = await existing(id);
      const revoked = { ...doc, revokedAt: doc.revokedAt ?? now.toISOString() };
      await collection.putIf(revoked, version);
      remembered.delete(id);
      return revoked;
    },
    async list() {
      return (await collection.find({ limit: 10_000 })).docs;
    },
    async verify(key, now) {
      const parts = /^ck_([0-9a-f]{18})_([A-Za-z0-9_-]{43})$/.exec(key);
      if (parts === null) return undefined;
      const found = await find(parts[1]!);
      if (found === undefined) return undefined;
      const { document, first } = found;
      const given = Buffer.from(hashOf(parts[2]!), 'hex');
      if (!timingSafeEqual(given, Buffer.from(document.hash, 'hex'))) return undefined;
      if (document.revokedAt !== null || document.expiresAt <= now.toISOString()) return undefined;
      return {
        role: document.role,
        subject: `key:${document.id}`,
        ...(document.offices === undefined ? {} : { offices: document.offices }),
        ...(first === document.id ? {} : { holder: `key:${first}` }),
      };
    },
  };
}
