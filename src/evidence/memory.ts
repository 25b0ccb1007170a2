/**
 * The memory in which history, related declarations and accounts are looked up: small rows made of what was written, each
 * with the instants from which and to which it was known. So a question as of an instant sees what was recorded before
 * it and nothing that came later, in a live check and in a backtest alike. It follows the store by `since` and keeps
 * nothing of its own: it is read again at each start, in the background (`follow`).
 *
 * What one check sees is what was recorded strictly before it, whether it is told live or again later: declarations that are
 * sent together see none of each other, those of a file that is imported all that stand before them (check/lodge.ts, `inOrder`).
 *
 * It holds as many days as are asked for (`keep`), which is as far back as any rule of the rulebook looks, and a season
 * more; of what is older the days on which people and goods were seen first and last. What retention removes from the
 * store is gone from here after `renew`. Both read the store anew beside what is in use, and take its place when done.
 */
import type { Store } from '../store/port.ts';
import { type Generation, openGeneration, type View } from './memory/generation.ts';
import type { Whose } from './memory/indexes.ts';
import { dayNumber } from './memory/traces.ts';

export type { View } from './memory/generation.ts';

export interface Memory extends View {
  /** Takes in what was written before the call. */
  follow(): Promise<void>;
  /** Documents taken in so far, and whether the first run through the store is over. */
  progress(): { taken: number; ready: boolean };
  /** What is in memory now; rows of two views are not the same, so who awaits between looks holds one. */
  view(): View;
  /**
   * Days back from now that are to be in memory; all where nobody says so. Takes effect at the next reading.
   * @param asked whose rows will be asked for
   */
  keep(days: number, asked: readonly Whose[]): void;
  /** Follows, and makes what answers need rather than leaving it to the first question. */
  warm(): Promise<void>;
  /** Reads anew where more than a season lies in memory beyond the days that are kept. */
  trim(now: Date): Promise<void>;
  /** Reads anew: what is no longer in the store is forgotten. */
  renew(now: Date): Promise<void>;
}

/** Days beyond those kept, before it is worth reading the store again. */
const season = 90;

export function openMemory(store: Store): Memory {
  let days = Number.POSITIVE_INFINITY;
  let asked: readonly Whose[] = [];
  let current: Generation = openGeneration(store);
  let renewing: Promise<void> | undefined;

  const beginOf = (now: Date): number => dayNumber(now.toISOString()) - days;

  /** An index of a million rows takes a second, so others have their turn between two. */
  async function warm(generation: Generation): Promise<void> {
    await generation.follow();
    for (const whose of asked) {
      generation.traces.prepare(whose);
      await new Promise(setImmediate);
    }
  }

  async function readAnew(now: Date): Promise<void> {
    const next = openGeneration(store, beginOf(now));
    await warm(next);
    current = next;
  }
  /** Who asks during a reading has removed something since it began, maybe: his comes after. */
  const renew = (now: Date): Promise<void> => {
    const mine = (renewing ?? Promise.resolve()).catch(() => undefined).then(() => readAnew(now));
    renewing = mine;
    return mine;
  };

  return {
    get names() {
      return current.names;
    },
    get traces() {
      return current.traces;
    },
    get conduct() {
      return current.conduct;
    },
    linked: (by, key, asOf) => current.linked(by, key, asOf),
    linkCount: (by, key) => current.linkCount(by, key),
    links: (by, key, from) => current.links(by, key, from),
    cancelled: (reference, asOf) => current.cancelled(reference, asOf),
    ended: (reference, asOf) => current.ended(reference, asOf),
    seenBefore: (columns, values) => current.seenBefore(columns, values),
    follow: () => current.follow(),
    progress: () => current.progress(),
    view: () => current,
    warm: () => warm(current),
    keep(wanted, whose) {
      days = wanted;
      asked = whose;
    },
    async trim(now) {
      if (Number.isFinite(days) && current.oldest() < beginOf(now) - season) await renew(now);
    },
    renew,
  };
}
