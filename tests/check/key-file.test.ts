/** The key of the draw beside the store: made once, and never one that anybody could guess. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { masterSecret } from '../../src/check/draw-keys.ts';
import { sealKeys } from '../../src/ground/seal.ts';

let folder: string;
beforeEach(() => {
  vi.stubEnv('CROSSCHECK_SECRET', undefined);
  vi.stubEnv('CROSSCHECK_SEAL_KEY', undefined);
  folder = mkdtempSync(join(tmpdir(), 'crosscheck-'));
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

it('is made once, for its owner alone', () => {
  const made = masterSecret(folder)!;
  expect(made).toHaveLength(32);
  expect(masterSecret(folder)).toEqual(made);
  expect(statSync(join(folder, 'secret.key')).mode & 0o777).toBe(0o600);
});

it.each(['', Buffer.alloc(8, 1).toString('base64')])(
  'is refused and left as it is where it is too short: %j',
  (text) => {
    writeFileSync(join(folder, 'secret.key'), text);
    expect(() => masterSecret(folder)).toThrow(
      expect.objectContaining({
        code: 'CC_BAD_ARGUMENT',
        params: expect.objectContaining({ name: join(folder, 'secret.key') }),
      }),
    );
    expect(readFileSync(join(folder, 'secret.key'), 'utf8')).toBe(text);
  },
);

it('is told where a file of a key cannot be read', () => {
  for (const name of ['secret.key', 'seal.key']) mkdirSync(join(folder, name));
  const unreadable = expect.objectContaining({ code: 'CC_FILE_UNREADABLE' });
  expect(() => masterSecret(folder)).toThrow(unreadable);
  expect(() => sealKeys(folder)).toThrow(unreadable);
});
