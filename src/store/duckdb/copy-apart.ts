/**
 * Copies the database's file in a process of its own. The lock by which no other process opens the store is this process's
 * and is of the kind that ends when *any* descriptor of the file is closed (POSIX, fcntl): who opens and closes it here, as
 * copying does, leaves the store open to everybody while we go on writing to it.
 */
import { spawn } from 'node:child_process';
import { constants } from 'node:fs';

/** Where the file system can, the copy shares the blocks and takes no time. */
const script = `
const [from, to] = process.argv.slice(1);
try { require('node:fs').copyFileSync(from, to, ${constants.COPYFILE_FICLONE}); }
catch (thrown) { process.stderr.write(JSON.stringify({ code: thrown.code, message: thrown.message })); process.exitCode = 1; }`;

/** Throws what the file system says, with its code. */
export async function copyApart(from: string, to: string): Promise<void> {
  // In a group of its own: what a terminal sends to the service, which ends in order, must not cut the copy.
  const child = spawn(process.execPath, ['-e', script, from, to], {
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
