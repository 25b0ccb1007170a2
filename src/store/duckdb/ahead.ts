/** Rows of one segment of the journal by collection and id: committed, and not in their tables yet. */
import type { Numbered } from './recent.ts';

export interface Ahead {
  add(collection: string, rows: readonly Numbered[]): void;
  of(collection: string): ReadonlyMap<string, Numbered>;
  collections(): readonly string[];
  rows(): number;
  /** Characters of JSON. */
  size(): number;
}

const none: ReadonlyMap<string, Numbered> = new Map();

export function openAhead(): Ahead {
  const held = new Map<string, Map<string, Numbered>>();
  let rows = 0;
  let size = 0;
  return {
    add(collection, added) {
      let ofCollection = held.get(collection);
      if (ofCollection === undefined) {
        ofCollection = new Map();
        held.set(collection, ofCollection);
      }
      for (const numbered of added) {
        ofCollection.set(numbered.row.id, numbered);
        size += numbered.row.json.length;
      }
      rows += added.length;
    },
    of: (collection) => held.get(collection) ?? none,
    collections: () => [...held.keys()],
    rows: () => rows,
    size: () => size,
  };
}
