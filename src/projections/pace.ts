/**
 * How fast projections go. Callers who wait for their checks come first: while there are any, the folds rest nine times as
 * long as they worked, so that they take a tenth of the machine, and less and less the further they have fallen behind;
 * a minute behind they rest no more. When nobody has called for a moment they go on at once. So figures lag by seconds
 * in a rush, and catch up after it.
 */
import { setTimeout } from 'node:timers/promises';
import type { Runner } from '../ground/runner.ts';

export interface Pace {
  /** Somebody wrote, and may go on writing. */
  wrote(): void;
  /** Waits as long as is due after so many milliseconds of work. */
  rest(workedMs: number): Promise<void>;
  /** Milliseconds since the oldest write that is not folded yet; 0 when all is folded. */
  lagMs(): number;
  /** What was recorded before that instant (milliseconds since 1970) is folded. */
  folded(before: number): void;
  /**
   * Resolves when what was recorded before the call is folded, whatever is written meanwhile.
   * @param signal aborted by who waits no longer; it never resolves then
   */
  reached(signal?: AbortSignal): Promise<void>;
  /** How many wait for that. */
  waiting(): number;
  /** No rests until released: somebody waits for the rows. */
  hurry(): () => void;
  /** Whether somebody does. */
  hurried(): boolean;
}

const share = 1 / 10;
const restlessMs = 60_000;
/** Without a write for so long nobody is in the way. */
const quietMs = 200;
const lookMs = 50;

export function openPace(now: () => number = Date.now): Pace {
  let lastWrite = Number.NEGATIVE_INFINITY;
  /** Of the oldest write that is not folded. */
  let behindSince: number | undefined;
  let hurried = 0;
  let waiting: { for: number; resolve: () => void }[] = [];
  // A clock that was set back must not look like a future that is waited for.
  const lagMs = () => (behindSince === undefined ? 0 : Math.max(0, now() - behindSince));
  const since = (instant: number): number => {
    const passed = now() - instant;
    return passed < 0 ? Number.POSITIVE_INFINITY : passed;
  };
  return {
    wrote() {
      lastWrite = now();
      behindSince ??= lastWrite;
    },
    lagMs,
    folded(before) {
      behindSince = lastWrite >= before ? before : undefined;
      const isReached = (one: { for: number }): boolean => one.for <= before || one.for > now();
      for (const one of waiting) if (isReached(one)) one.resolve();
      waiting = waiting.filter((one) => !isReached(one));
    },
    reached: (signal) =>
      new Promise((resolve) => {
        const one = { for: now(), resolve };
        waiting.push(one);
        signal?.addEventListener('abort', () => {
          waiting = waiting.filter((other) => other !== one);
        });
      }),
    waiting: () => waiting.length,
    async rest(workedMs) {
      const began = now();
      const due = () => workedMs * (1 / share - 1) * Math.max(0, 1 - lagMs() / restlessMs);
      // At the least one turn of the event loop goes to the others.
      await setTimeout(0);
      while (hurried === 0 && since(lastWrite) < quietMs && since(began) < due()) await setTimeout(lookMs);
    },
    hurried: () => hurried > 0,
    hurry() {
      hurried += 1;
      return () => {
        hurried -= 1;
      };
    },
  };
}

/**
 * Waits until what was written before the call is folded, at the pace of whoever calls meanwhile; or until folding failed. To
 * wait for `follow` to come to rest would be to wait for as long as anybody writes.
 */
export async function caughtUp(pace: Pace, follow: Runner): Promise<void> {
  const done = new AbortController();
  const reached = pace.reached(done.signal);
  follow.poke();
  try {
    await Promise.race([reached, follow.settle()]);
  } finally {
    done.abort();
  }
}
