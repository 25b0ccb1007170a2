/**
 * Events and outcomes that waited under another name of a declaration that has come: they become its own, with the ids
 * they would have had, so that what is sent again is known. Told under two names, they are told once.
 */
import type { EventDocument, OutcomeDocument } from './collections.ts';
import { addTo, betterTold, type Trails } from './registry.ts';
import { eventAtHome, outcomeAtHome } from './trail.ts';

interface Come<T> {
  lists: Map<string, T[]>;
  /** To be written. */
  moved: T[];
  /** Ids under which they lay, to be deleted once the others are written. */
  left: string[];
}

export interface Homecoming {
  trails: Trails;
  events: Pick<Come<EventDocument>, 'moved' | 'left'>;
  outcomes: Pick<Come<OutcomeDocument>, 'moved' | 'left'>;
}

/**
 * @param called what was found under any name
 * @param home reference by name
 * @param offices by reference; an outcome that waited learns its office
 */
export function comeHome(
  called: Trails,
  home: ReadonlyMap<string, string>,
  offices: ReadonlyMap<string, string | null>,
): Homecoming {
  const events = come(called.events, (doc) => eventAtHome(doc, home.get(doc.declaration)!));
  const outcomes = come(called.outcomes, (doc) => {
    const reference = home.get(doc.declaration)!;
    return outcomeAtHome(doc, reference, offices.get(reference) ?? null);
  });
  return { trails: { events: events.lists, outcomes: outcomes.lists }, events, outcomes };
}

function come<T extends { id: string; declaration: string; recordedAt: string }>(
  called: ReadonlyMap<string, T[]>,
  atHome: (doc: T) => T,
): Come<T> {
  const lists = new Map<string, T[]>();
  const moved = new Map<string, T>();
  const left: string[] = [];
  const told = [...called.values()].flat().sort((a, b) => (a.recordedAt < b.recordedAt ? -1 : 1));
  for (const doc of told) {
    const own = atHome(doc);
    if (own.id !== doc.id) left.push(doc.id);
    const isNew = addTo(lists, [own]).size > 0;
    const changed = isNew ? (own === doc ? [] : [own]) : betterTold(lists, [own]);
    for (const each of changed) moved.set(each.id, each);
  }
  return { lists, moved: [...moved.values()], left };
}
