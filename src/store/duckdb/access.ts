/**
 * Whether this account may use what the store has in its folder. DuckDB tells the first path that it was refused; who runs the
 * service has to know that it is a permission, whose, and what to do.
 */
import { accessSync, constants, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { refusalIn } from '../../ground/system-error.ts';
import { databaseFile } from './backup.ts';

const { R_OK, W_OK, X_OK } = constants;

/** What a start opens, replays, puts back or removes. */
const ours = /^crosscheck\.(duckdb(\.(wal|before|mending|lines).*)?|journal\.\d{10})$/;

const account = process.getuid === undefined ? 'the account of this process' : `user ${process.getuid()}`;

/** What the system refuses a path with, in words with what to do. */
function refused(path: string, modes: number, name: string): string | undefined {
  try {
    accessSync(path, modes);
    return undefined;
  } catch (thrown) {
    const { code } = thrown as NodeJS.ErrnoException;
    if (code === 'EACCES' || code === 'EPERM')
      return `${account} may not read and write ${name}: give it to that account (chown, chmod)`;
    const refusal = refusalIn(thrown);
    return refusal === undefined ? undefined : `${name}: ${refusal}`;
  }
}

/** What keeps the store that is in the folder from being opened; undefined where nothing of this kind does. */
export function amissIn(folder: string): string | undefined {
  const closed = refused(folder, R_OK | X_OK, 'its folder');
  if (closed !== undefined) return closed;
  const names = readdirSync(folder).filter((name) => ours.test(name));
  // Where no store is, making one tells.
  if (!names.includes(databaseFile)) return undefined;
  const locked = refused(folder, W_OK, 'its folder');
  if (locked !== undefined) return locked;
  for (const name of names) {
    const path = join(folder, name);
    if (statSync(path, { throwIfNoEntry: false })?.isDirectory() === true)
      return `${name} is a folder, and no file of this program`;
    const amiss = refused(path, R_OK | W_OK, name);
    if (amiss !== undefined) return amiss;
  }
  return undefined;
}
