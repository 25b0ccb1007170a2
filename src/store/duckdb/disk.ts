/**
 * Free space under the store. DuckDB gives the database up when a checkpoint finds the disk full (nothing is lost, but the
 * process must start again), so writing and checkpoints stop before that and go on by themselves when there is space.
 */
import { statfs } from 'node:fs/promises';

/** Bytes of free disk below which nothing is written. */
export const diskReserve = 128 * 2 ** 20;

/** Milliseconds for which an answer holds; less than a reserve's worth is written in them. */
const fresh = 1_000;

/** Answers whether so many bytes fit beside the reserve. */
export type Room = (bytes?: number) => Promise<boolean>;

export function roomIn(folder: string, reserve: number): Room {
  let asked = Number.NEGATIVE_INFINITY;
  let free = 0;
  return async (bytes = 0) => {
    if (performance.now() - asked > fresh) {
      const { bavail, bsize } = await statfs(folder);
      free = bavail * bsize;
      asked = performance.now();
    }
    return free - bytes > reserve;
  };
}
