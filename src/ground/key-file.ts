/** Files that hold a key beside the store: readable to their owner alone, made once, and on the disk before anything rests on them. */
import { readFileSync, writeFileSync } from 'node:fs';
import { CrosscheckError } from '../errors.ts';
import { refusalIn } from './system-error.ts';

/** Throws as node:fs where it is there. */
export const makeKeyFile = (file: string, text: string): void =>
  writeFileSync(file, text, { mode: 0o600, flag: 'wx', flush: true });

/** Throws CC_FILE_UNREADABLE where it may not be read: another account started the service before, as a rule. */
export function readKeyFile(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (thrown) {
    const problem = refusalIn(thrown);
    if (problem === undefined) throw thrown;
    throw new CrosscheckError('CC_FILE_UNREADABLE', { file, problem }, {}, thrown);
  }
}
