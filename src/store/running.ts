/**
 * `running.json` beside the embedded store's file: who holds it and where its service listens, so that a command that
 * finds the store taken goes through that service. Written by the service, believed only while its process lives.
 */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Running {
  pid: number;
  /** Base address of the service, such as http://127.0.0.1:3000. */
  url: string;
  /** Lets a command on this machine in; the file is readable to its owner alone. */
  token?: string;
}

const fileName = 'running.json';

/** Tells what the process's beginning was: process numbers are used again, in containers at once. */
function beginningOf(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The command's name, in parentheses, may hold spaces; the start time is field 22.
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? null;
  } catch {
    return null;
  }
}

function lives(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (thrown) {
    return (thrown as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Announces this process; the answer takes the announcement back. */
export function announceRunning(folder: string, running: Omit<Running, 'pid'>): () => void {
  const file = join(folder, fileName);
  const content = { pid: process.pid, beginning: beginningOf(process.pid), ...running };
  rmSync(file, { force: true });
  writeFileSync(file, `${JSON.stringify(content)}\n`, { mode: 0o600 });
  return () => {
    try {
      // Where the folder was replaced it may be another's by now.
      if (readRunning(folder)?.pid === process.pid) rmSync(file, { force: true });
    } catch {
      // On a disk that takes nothing any more it stays, and is believed while this process lives.
    }
  };
}

/** The service that holds the folder's store, or undefined: none was announced, or what was is gone. */
export function readRunning(folder: string): Running | undefined {
  try {
    const { pid, url, token, beginning } = JSON.parse(readFileSync(join(folder, fileName), 'utf8'));
    if (typeof pid !== 'number' || typeof url !== 'string' || !lives(pid)) return undefined;
    if (typeof beginning === 'string' && beginningOf(pid) !== null && beginningOf(pid) !== beginning)
      return undefined;
    return typeof token === 'string' ? { pid, url, token } : { pid, url };
  } catch {
    return undefined;
  }
}
