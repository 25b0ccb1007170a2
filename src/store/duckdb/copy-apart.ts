/**
 * Copies the database's file in a process of its own. The lock by which no other process opens the store is this process's
 * and is of the kind that ends when *any* descriptor of the file is closed (POSIX, fcntl): who opens and closes it here, as
 * copying does, leaves the store open to everybody while we go on writing to it.
 */
import { spawn } from 'node:child_process';
import { constants } from 'node:fs';

/** The code of what is refused before a byte was copied. */
const noRoom = 'CC_NO_ROOM';

/**
 * Where the file system can, the copy shares the blocks and takes neither time nor room. Otherwise it is looked whether it
 * fits: one that fills the disk of the store keeps the store from writing until it has failed.
 */
const script = `
const { copyFileSync, statSync, statfsSync } = require('node:fs');
const { dirname } = require('node:path');
const [from, to, reserve] = process.argv.slice(1);
const shares = () => {
  try { copyFileSync(from, to, ${constants.COPYFILE_FICLONE_FORCE}); return true; }
  catch { return false; }
};
const demandRoom = () => {
  const folder = dirname(to);
  const { bavail, bsize } = statfsSync(folder);
  const kept = statSync(folder).dev === statSync(from).dev ? Number(reserve) : 0;
  const taken = statSync(from).size;
  if (taken > bavail * bsize - kept) throw Object.assign(
    new Error('it takes ' + taken + ' bytes of ' + bavail * bsize + ' that are free, ' + kept + ' of which the store keeps'),
    { code: '${noRoom}' });
};
try { if (!shares()) { demandRoom(); copyFileSync(from, to); } }
catch (thrown) { process.stderr.write(JSON.stringify({ code: thrown.code, message: thrown.message })); process.exitCode = 1; }`;

/**
 * Throws what the file system says, with its code.
 * @param reserve bytes that stay free on the disk of the file
 */
export async function copyApart(from: string, to: string, reserve: number): Promise<void> {
  // In a group of its own: what a terminal sends to the service, which ends in order, must not cut the copy.
  const child = spawn(process.execPath, ['-e', script, from, to, String(reserve)], {
    stdio: ['ignore', 'ignore', 'pipe'],
    detached: true,
  });
  let said = '';
  child.stderr.on('data', (chunk) => {
    said += chunk;
  });
  const ended = await new Promise<number | NodeJS.Signals | null>((resolve, reject) => {
    child.once('error', reject).once('close', (code, signal) => resolve(signal ?? code));
  });
  if (ended === 0) return;
  let told: { code?: string; message?: string } = {};
  try {
    told = JSON.parse(said);
  } catch {
    // It did not come to saying so.
  }
  throw Object.assign(new Error(told.message ?? `the copying process ended with ${ended}`), {
    code: told.code,
  });
}
