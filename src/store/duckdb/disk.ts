/**
 * Free space under the store. DuckDB gives the database up when a checkpoint finds the disk full (nothing is lost, but the
 * process must start again), so writing and checkpoints stop before that and go on by themselves when there is space.
 */
import { statfs } from 'node:fs/promises';

/** Bytes of free disk below which nothing is written. */
export const diskReserve = 128 * 2 ** 20;

/** Milliseconds for which an answer holds: less than the reserve is written in them, by others too where there is little left. */
const fresh = (free: number, reserve: number): number => (free > 8 * reserve ? 1_000 : 50);

/** Files that must still find a place, where the file system tells how many do: segments of the journal, and what DuckDB spills. */
const fileReserve = 64;

/** Answers whether so many bytes fit beside the reserve. */
export type Room = (bytes?: number) => Promise<boolean>;

export function roomIn(folder: string, reserve: number): Room {
  let asked = Number.NEGATIVE_INFINITY;
  let free = 0;
  return async (bytes = 0) => {
    if (performance.now() - asked > fresh(free, reserve)) {
      const { bavail, bsize, files, ffree } = await statfs(folder);
      free = files > 0 && ffree < fileReserve ? 0 : bavail * bsize;
      asked = performance.now();
    }
    return free - bytes > reserve;
  };
}
