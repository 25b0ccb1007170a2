/** A folder with those above it. Node's own recursive mkdir never ends where the system will have none, as below /proc. */
import { existsSync, mkdirSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { CrosscheckError } from '../errors.ts';

const isFolder = (path: string): boolean => existsSync(path) && statSync(path).isDirectory();

/** Throws what the system refuses it with. */
export function makeFolder(path: string, mode?: number): void {
  const folder = resolve(path);
  if (isFolder(folder)) return;
  const above = dirname(folder);
  if (above !== folder) makeFolder(above, mode);
  try {
    mkdirSync(folder, { mode });
  } catch (thrown) {
    // Somebody else made it at the same moment.
    if (!isFolder(folder)) throw thrown;
  }
}

const problems: Readonly<Record<string, string>> = {
  EACCES: 'there is no such folder, and no permission to make it',
  EPERM: 'there is no such folder, and no permission to make it',
  EROFS: 'there is no such folder, and what it would lie on can only be read',
  ENOSPC: 'there is no such folder, and the disk is full',
  ENOENT: 'there is no such folder, and the system lets none be made there',
};

/** Throws CC_FILE_UNREADABLE, in words, for a folder that somebody named to be written into. */
export function folderToWrite(file: string, mode?: number): void {
  try {
    makeFolder(file, mode);
  } catch (thrown) {
    const { code = '', message, path } = thrown as NodeJS.ErrnoException;
    const problem = code === 'EEXIST' ? `${path} is a file, no folder` : (problems[code] ?? message);
    throw new CrosscheckError('CC_FILE_UNREADABLE', { file, problem }, {}, thrown);
  }
}
