/** Instants for the records of a file that is told in its order (./lodge.ts, `inOrder`): each sees those before it. */
import { setTimeout } from 'node:timers/promises';
import type { Desk } from './desk.ts';

export interface FileOrder {
  /**
   * UTC instants, a millisecond apart and none given out before. Never dated back: what was recorded a moment ago is known
   * to all of them.
   */
  instants(count: number): string[];
  /** What comes next is not told at an instant before. A millisecond is less than a check takes, so there is hardly anything to wait for. */
  reached(count: number): Promise<void>;
}

export function openFileOrder(desk: Pick<Desk, 'now'>): FileOrder {
  /** The last instant that was given out. */
  let last = 0;
  return {
    instants(count) {
      const first = Math.max(last + 1, desk.now().getTime());
      last = first + count - 1;
      return Array.from({ length: count }, (_, i) => new Date(first + i).toISOString());
    },
    async reached(count) {
      const ahead = Math.min(count, last - desk.now().getTime());
      if (ahead > 0) await setTimeout(ahead);
    },
  };
}
