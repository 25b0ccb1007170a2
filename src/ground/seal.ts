/**
 * Sealing what must be kept and not be read: AES-256-GCM under a key that lies outside the store, bound to what it is about,
 * so that a sealed text cannot be put in another's place. Several keys may be given: the first seals, all of them open, so
 * that a key is changed by putting a new one first and taking the old one away once everything is sealed again.
 */
import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { CrosscheckError } from '../errors.ts';
import { folderToWrite } from './folder.ts';
import { makeKeyFile, readKeyFile } from './key-file.ts';

export interface Seal {
  /** @param about which record the text belongs to; it must be the same when it is opened */
  close(text: string, about: string): string;
  /** What was never sealed comes back as it is. CC_SEAL_BROKEN where no key opens it. */
  open(sealed: string, about: string): string;
  /** Whether it is sealed under the first key. */
  isCurrent(sealed: string): boolean;
}

/** Leaves texts as they are: where there is no key. */
export const noSeal: Seal = { close: (text) => text, open: (text) => text, isCurrent: () => true };

const prefix = 'sealed1.';
const keyBytes = 32;
const ivBytes = 12;
const tagBytes = 16;

interface Key {
  id: string;
  key: Buffer;
}

/** @param keys at least 32 bytes each; from each the key of one purpose is derived, so that none serves two */
export function openSeal(keys: readonly Uint8Array[], purpose: string): Seal {
  const derived = keys.map((master): Key => {
    const key = Buffer.from(hkdfSync('sha256', master, '', `crosscheck ${purpose}`, keyBytes));
    return { id: createHash('sha256').update(key).digest('hex').slice(0, 8), key };
  });
  const [first] = derived;
  if (first === undefined) return noSeal;
  return {
    close(text, about) {
      const iv = randomBytes(ivBytes);
      const cipher = createCipheriv('aes-256-gcm', first.key, iv).setAAD(Buffer.from(about));
      const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
      return `${prefix}${first.id}.${Buffer.concat([iv, cipher.getAuthTag(), body]).toString('base64url')}`;
    },
    open(sealed, about) {
      if (!sealed.startsWith(prefix)) return sealed;
      const [id, content = ''] = sealed.slice(prefix.length).split('.');
      const key = derived.find((one) => one.id === id)?.key;
      const broken = (problem: string, cause?: unknown) =>
        new CrosscheckError('CC_SEAL_BROKEN', { what: about, problem }, {}, cause);
      if (key === undefined) throw broken(`it is sealed under key ${id}, which is not here`);
      const bytes = Buffer.from(content, 'base64url');
      try {
        const cipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, ivBytes))
          .setAAD(Buffer.from(about))
          .setAuthTag(bytes.subarray(ivBytes, ivBytes + tagBytes));
        return Buffer.concat([cipher.update(bytes.subarray(ivBytes + tagBytes)), cipher.final()]).toString(
          'utf8',
        );
      } catch (cause) {
        throw broken('it was changed, or belongs to something else', cause);
      }
    },
    isCurrent: (sealed) => sealed.startsWith(`${prefix}${first.id}.`),
  };
}

/**
 * The keys: CROSSCHECK_SEAL_KEY (base64, with commas; the same on every replica), else the lines of seal.key beside the
 * embedded store, made the first time. None on MongoDB where none is given.
 */
export function sealKeys(folder: string | undefined): Uint8Array[] {
  const given = process.env.CROSSCHECK_SEAL_KEY;
  if (given !== undefined && given !== '')
    return given.split(',').map((key) => keyOf('CROSSCHECK_SEAL_KEY', key));
  if (folder === undefined) return [];
  const file = join(folder, 'seal.key');
  if (!existsSync(file)) {
    folderToWrite(folder);
    makeKeyFile(file, `${randomBytes(keyBytes).toString('base64')}\n`);
  }
  return readKeyFile(file)
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => keyOf(file, line));
}

function keyOf(name: string, text: string): Buffer {
  const key = Buffer.from(text.trim(), 'base64');
  if (key.length >= keyBytes) return key;
  throw new CrosscheckError('CC_BAD_ARGUMENT', {
    name,
    problem: `a key holds ${key.length} bytes, at least ${keyBytes} are needed, in base64`,
  });
}
