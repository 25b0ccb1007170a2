/**
 * What is done once a month: the month before is frozen when its figures have settled, every indicator by its own
 * grouping and both pair tables; after a time in which no service ran, the months between as well. Looked at every quarter
 * of an hour; what is frozen already stays, so replicas and restarts do no harm.
 */
import { anchor } from '../audit/anchor.ts';
import { demandSureClock } from '../audit/sure-clock.ts';
import type { Definition } from '../indicators/definition.ts';
import type { Source } from '../indicators/figure.ts';
import { freezeDue, settledOnDay } from '../indicators/frozen.ts';
import { type Edition, editions } from '../indicators/snapshot.ts';
import { addDays } from '../projections/calendar.ts';
import type { Store } from '../store/port.ts';

const everyMs = 15 * 60_000;

/** The month to be frozen on a day; undefined before figures have settled. */
export function monthDue(today: string): string | undefined {
  if (Number(today.slice(8, 10)) < settledOnDay) return undefined;
  return addDays(`${today.slice(0, 7)}-01`, -1).slice(0, 7);
}

/** Months that a service makes up for after it stood still; those before them are history, and frozen by hand. */
const mostMissed = 12;

/**
 * The months to be frozen on a day, the oldest first: the one that is due, and those since the newest of which there is an
 * edition. That one as well, since its freezing may have been cut off.
 */
export async function monthsDue(store: Store, today: string): Promise<string[]> {
  const due = monthDue(today);
  if (due === undefined) return [];
  const { docs } = await store.collection<Edition>(editions).find({
    where: { column: 'period', op: 'le', value: due },
    sort: [{ column: 'period', direction: 'desc' }],
    limit: 1,
  });
  const newest = docs[0]?.period ?? due;
  const months = [due];
  while (months[0]! > newest && months.length <= mostMissed)
    months.unshift(addDays(`${months[0]!}-01`, -1).slice(0, 7));
  return months;
}

export interface Monthly {
  store: Store;
  figures: Source;
  /** Resolves when figures know what was written before the call. */
  projected(): Promise<void>;
  definitions: readonly Definition[];
  now(): Date;
  onError(error: unknown): void;
}

/** Answers how to stop: an indicator that is being frozen is finished first, the others are left to another look. */
export function monthly({
  store,
  figures,
  projected,
  definitions,
  now,
  onError,
}: Monthly): () => Promise<void> {
  let running: Promise<void> | undefined;
  const done = new Set<string>();
  const stopping = new AbortController();
  const { signal } = stopping;
  const stopped = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason));
  });
  stopped.catch(() => undefined);
  const look = async (): Promise<void> => {
    try {
      const periods = await monthsDue(store, now().toISOString().slice(0, 10));
      if (periods.every((period) => done.has(period))) return;
      await anchor(store, now());
      await demandSureClock(store, now());
      // In a rush figures may be long in coming.
      await Promise.race([projected(), stopped]);
      const frozenAt = now().toISOString();
      for (const period of periods) {
        if (done.has(period)) continue;
        const made = await freezeDue(store, figures, definitions, { period, frozenAt }, signal);
        // Of the month before something may still come where nothing is here yet.
        if (made !== undefined || period !== periods.at(-1)) done.add(period);
      }
    } catch (error) {
      // The store is away, or the clock may have leapt: a later look does it.
      if (!signal.aborted) onError(error);
    }
  };
  const start = (): void => {
    running ??= look().finally(() => {
      running = undefined;
    });
  };
  const timer = setInterval(start, everyMs).unref();
  // Not while the service starts: checks come first.
  const first = setTimeout(start, 60_000).unref();
  return async () => {
    clearInterval(timer);
    clearTimeout(first);
    stopping.abort();
    await running;
  };
}
