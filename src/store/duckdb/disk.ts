/**
 * The disk under the store. DuckDB gives the database up when a checkpoint finds the disk full (nothing is lost, but the
 * process must start again), so writing and checkpoints stop before that and go on by themselves when there is space. And files
 * are opened, read and removed by their paths: where the folder was moved away and another stands in its place, that would be
 * somebody else's log and journal.
 */
import { statSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { CrosscheckError } from '../../errors.ts';

/** Bytes of free disk below which nothing is written. */
export const diskReserve = 128 * 2 ** 20;

/** Milliseconds for which an answer holds: less than the reserve is written in them, by others too where there is little left. */
const fresh = (free: number, reserve: number): number => (free > 8 * reserve ? 1_000 : 50);

/** Files that must still find a place, where the file system tells how many do: segments of the journal, and what DuckDB spills. */
const fileReserve = 64;

export interface Disk {
  /** Whether so many bytes fit beside the reserve. */
  room(bytes?: number): Promise<boolean>;
  /** Bytes of DuckDB's log. Throws where it may not be looked at. */
  logged(): number;
  /** Whether the file that was opened stands where it did. */
  inPlace(): boolean;
  /** Throws where it does not. */
  demandPlace(): void;
}

/** @param path of the database's file, which is there */
export function openDisk(path: string, reserve: number): Disk {
  const identity = (): string => {
    const { dev, ino } = statSync(path, { bigint: true });
    return `${dev} ${ino}`;
  };
  const opened = identity();
  /** What keeps the file that was opened from being reached where it stood, with what to do; undefined where nothing does. */
  const amiss = (): string | undefined => {
    try {
      if (identity() === opened) return undefined;
    } catch (thrown) {
      const { code } = thrown as NodeJS.ErrnoException;
      if (code === 'EACCES' || code === 'EPERM')
        return `its folder ${dirname(path)} may not be looked into any more: give the account of the service its permissions back`;
    }
    return 'its file is not where it was opened: put the folder back that was moved away, or restart the service';
  };
  const inPlace = (): boolean => amiss() === undefined;
  const demandPlace = (): void => {
    const problem = amiss();
    if (problem !== undefined) throw new CrosscheckError('CC_STORE_UNAVAILABLE', { problem });
  };
  let asked = Number.NEGATIVE_INFINITY;
  let free = 0;
  return {
    room: async (bytes = 0) => {
      if (performance.now() - asked > fresh(free, reserve)) {
        demandPlace();
        const { bavail, bsize, files, ffree } = await statfs(dirname(path));
        free = files > 0 && ffree < fileReserve ? 0 : bavail * bsize;
        asked = performance.now();
      }
      return free - bytes > reserve;
    },
    logged: () => statSync(`${path}.wal`, { throwIfNoEntry: false })?.size ?? 0,
    inPlace,
    demandPlace,
  };
}

/** What is told where there is no room. */
export const nearlyFull = (): CrosscheckError =>
  new CrosscheckError('CC_STORE_UNAVAILABLE', { problem: 'the disk is nearly full' });
