/**
 * The keys of the draw (DESIGN decision 16). A day's key is derived from a master secret that lies outside the store;
 * its hash is written down before the day begins, and the key itself is told once the day is over. Whoever owns the
 * database can neither predict a draw nor change a commitment that was copied elsewhere.
 */
import { createHmac, randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { CrosscheckError } from '../errors.ts';
import { folderToWrite } from '../ground/folder.ts';
import { makeKeyFile, readKeyFile } from '../ground/key-file.ts';
import { commitmentOf, type DrawRecord, draw } from '../selectivity/draw.ts';
import type { CollectionSpec, Store } from '../store/port.ts';

export interface DrawKeyDocument {
  /** The day, `YYYY-MM-DD` UTC. */
  id: string;
  commitment: string;
  committedAt: string;
}

export const drawKeys: CollectionSpec = {
  name: 'draw_key',
  schema: 1,
  columns: { commitment: { type: 'text' }, committedAt: { type: 'text' } },
  indexes: [],
};

/** Days ahead for which commitments are published. */
const daysAhead = 7;
const secretBytes = 32;

export interface DrawKeys {
  draw(subject: string, day: string): DrawRecord;
  /** Writes the commitments of today and the days ahead that are not there yet. */
  commit(now: Date): Promise<void>;
  /** Whether what is drawn now is drawn under the key whose commitment is published; not so after a change of the secret. */
  isPublished(now: Date): Promise<boolean>;
  /** The key of a day that is over. Throws CC_KEY_NOT_REVEALED before. */
  reveal(day: string, now: Date): Buffer;
}

const dayOf = (now: Date, offset = 0): string =>
  new Date(now.getTime() + offset * 86_400_000).toISOString().slice(0, 10);

export function openDrawKeys(secret: Uint8Array, store?: Store): DrawKeys {
  const keyOf = (day: string): Buffer =>
    createHmac('sha256', secret).update(`crosscheck draw ${day}`).digest();
  let current: { day: string; key: Buffer } | undefined;
  return {
    draw(subject, day) {
      if (current?.day !== day) current = { day, key: keyOf(day) };
      return draw(current.key, day, subject);
    },
    async commit(now) {
      if (store === undefined) return;
      const days = Array.from({ length: daysAhead + 1 }, (_, offset) => dayOf(now, offset));
      await store
        .collection<DrawKeyDocument>(drawKeys)
        .putNew(
          days.map((id) => ({ id, commitment: commitmentOf(keyOf(id)), committedAt: now.toISOString() })),
        );
    },
    async isPublished(now) {
      const day = dayOf(now);
      const published = await store?.collection<DrawKeyDocument>(drawKeys).get(day);
      return published?.doc.commitment === commitmentOf(keyOf(day));
    },
    reveal(day, now) {
      if (day >= dayOf(now)) throw new CrosscheckError('CC_KEY_NOT_REVEALED', { day });
      return keyOf(day);
    },
  };
}

/**
 * The master secret: CROSSCHECK_SECRET (base64, at least 32 bytes; the same on every replica), else a file beside the
 * embedded store that only its owner reads, made the first time.
 */
export function masterSecret(folder: string | undefined): Uint8Array | undefined {
  const known = knownSecret(folder);
  if (known !== undefined || folder === undefined) return known;
  folderToWrite(folder);
  const made = randomBytes(secretBytes).toString('base64');
  makeKeyFile(secretFile(folder), made);
  return knownSecret(folder);
}

const secretFile = (folder: string): string => join(folder, 'secret.key');

/** The same, where there is one: who verifies what was drawn must not do it by a secret that nothing was drawn under. */
export function knownSecret(folder: string | undefined): Uint8Array | undefined {
  const given = process.env.CROSSCHECK_SECRET;
  if (given !== undefined) return secretOf('CROSSCHECK_SECRET', given);
  if (folder === undefined || !existsSync(secretFile(folder))) return undefined;
  return secretOf(secretFile(folder), readKeyFile(secretFile(folder)));
}

/** A file that a failure of power left empty is no secret: under none anybody could predict the draw. */
function secretOf(name: string, text: string): Uint8Array {
  const secret = Buffer.from(text, 'base64');
  if (secret.length >= secretBytes) return secret;
  throw new CrosscheckError('CC_BAD_ARGUMENT', {
    name,
    problem: `holds ${secret.length} bytes, at least ${secretBytes} are needed, in base64`,
  });
}
