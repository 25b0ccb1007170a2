/** Folders that somebody names to be written into: made with those above them, or refused in words, at once. */
import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { openSpool } from '../../src/check/spool.ts';
import { folderToWrite, makeFolder } from '../../src/ground/folder.ts';
import { openSeal } from '../../src/ground/seal.ts';
import { restore } from '../../src/store/duckdb/backup.ts';
import { openDuckdb } from '../../src/store/duckdb/store.ts';

const root = mkdtempSync(join(tmpdir(), 'crosscheck-folder-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

it('is made with those above it, for its owner alone where that is asked for, and again without a word', () => {
  const folder = join(root, 'a', 'b', 'c');
  makeFolder(folder, 0o700);
  makeFolder(folder);
  expect([statSync(folder).isDirectory(), statSync(folder).mode & 0o777]).toEqual([true, 0o700]);
});

it('that would lie in a file, or is one, is told with that file', () => {
  const file = join(root, 'file');
  writeFileSync(file, '');
  for (const folder of [file, join(file, 'x', 'y')])
    expect(() => folderToWrite(folder)).toThrow(`cannot read ${folder}: ${file} is a file, no folder`);
});

// A system without it has no such place either.
it.skipIf(!existsSync('/proc/self'))(
  'where the system will have none, is refused by whoever asks',
  async () => {
    const refused = {
      code: 'CC_FILE_UNREADABLE',
      message: expect.stringContaining('lets none be made there'),
    };
    await expect(openDuckdb('/proc/none')).rejects.toMatchObject(refused);
    await expect(openDuckdb('/proc/none/below')).rejects.toMatchObject(refused);
    const seal = openSeal([Buffer.alloc(32)], 'spool');
    await expect(openSpool({ folder: '/proc/none', seal })).rejects.toMatchObject(refused);
    const store = await openDuckdb(join(root, 'store'));
    try {
      await expect(store.backup!('/proc/none')).rejects.toMatchObject({ code: 'CC_BACKUP_FAILED' });
      await store.backup!(join(root, 'backup'));
    } finally {
      await store.close();
    }
    await expect(restore(join(root, 'backup'), '/proc/none')).rejects.toMatchObject(refused);
    // One that is there, and in which nothing can be made, has no store to be restored.
    await expect(openDuckdb('/proc')).rejects.toMatchObject({
      code: 'CC_FILE_UNREADABLE',
      message: expect.stringContaining('/proc: it holds no store, and none can be made there'),
    });
  },
);
