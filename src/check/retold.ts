/**
 * Events and outcomes that come again by themselves, apart from their declaration: what is told better now than when
 * they were first received, merged as betterTold does it for those that come with their declaration.
 */
import type { Collection } from '../store/port.ts';
import type { EventDocument, OutcomeDocument } from './collections.ts';
import { addTo, betterTold, type Registry, type Trails } from './registry.ts';

export interface Retold {
  events: EventDocument[];
  outcomes: OutcomeDocument[];
}

/** Of documents that are here already by their ids, those of which more or something else is told now. */
export async function retold(
  { events, outcomes }: Pick<Registry, 'events' | 'outcomes'>,
  repeated: Retold,
): Promise<Retold> {
  const [better, told] = await Promise.all([
    retoldIn(events, repeated.events),
    retoldIn(outcomes, repeated.outcomes),
  ]);
  return { events: better, outcomes: told };
}

async function retoldIn<T extends { id: string; declaration: string; recordedAt: string }>(
  collection: Collection<T>,
  repeated: readonly T[],
): Promise<T[]> {
  if (repeated.length === 0) return [];
  const stored = await collection.getMany([...new Set(repeated.map(({ id }) => id))]);
  const lists = new Map<string, T[]>();
  addTo(
    lists,
    [...stored.values()].map(({ doc }) => doc),
  );
  // Told twice in one call, the last word is the one that holds all that was said.
  return [...new Map(betterTold(lists, repeated).map((doc) => [doc.id, doc])).values()];
}

/** Puts them into the trails that are examined; answers what is to be written. */
export const takeOver = (trails: Trails, { events, outcomes }: Retold): Retold => ({
  events: betterTold(trails.events, events),
  outcomes: betterTold(trails.outcomes, outcomes),
});

/** Writes what is told better. */
export async function keepRetold(
  { events, outcomes }: Pick<Registry, 'events' | 'outcomes'>,
  told: Retold,
): Promise<void> {
  await Promise.all([events.put(told.events), outcomes.put(told.outcomes)]);
}
