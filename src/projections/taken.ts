/**
 * Entries under suspense of which something else is taken than before: for the daily look, which examines again what was
 * told of them when that was not known, and empties it. A row is written before the taking itself and has an id of its own,
 * so that neither a crash nor a look under way loses one; the step of the projections that wrote it is read again after a
 * crash, and finds by it which entries it did not come to fold. No table of figures.
 */
import { randomUUID } from 'node:crypto';
import { readWhere } from '../store/pages.ts';
import type { CollectionSpec, Document, Store } from '../store/port.ts';

interface TakenAnew extends Document {
  /** The declaration that takes something else than before. */
  declaration: string;
  /** A name of the entry, as it is called there. */
  entry: string;
  /** Where the cursors stood. */
  step: string;
}

export const takenAnew: CollectionSpec = {
  name: 'taken_anew',
  schema: 1,
  columns: { declaration: { type: 'text' }, step: { type: 'text' } },
  indexes: [['declaration'], ['step']],
};

const page = 1_000;

export async function queueTaken(
  store: Store,
  step: string,
  takings: readonly { declaration: string; entry: string }[],
): Promise<void> {
  const distinct = new Map(
    takings.map(({ declaration, entry }) => [`${declaration}|${entry}`, { declaration, entry, step }]),
  );
  const rows = [...distinct.values()].map((each) => ({ id: randomUUID(), ...each }));
  await store.collection<TakenAnew>(takenAnew).put(rows);
}

/** Names of entries that a step wrote before. */
export async function namesQueuedIn(store: Store, step: string): Promise<string[]> {
  const rows = await readWhere(store.collection<TakenAnew>(takenAnew), 'step', [step]);
  return rows.map(({ entry }) => entry);
}

/** Hands over the names of entries a page at a time; each leaves the queue once it is looked at. */
export async function lookAtTaken(
  store: Store,
  look: (names: readonly string[]) => Promise<void>,
): Promise<void> {
  const queue = store.collection<TakenAnew>(takenAnew);
  for (;;) {
    const { docs } = await queue.find({ limit: page });
    if (docs.length === 0) return;
    await look([...new Set(docs.map(({ entry }) => entry))]);
    await queue.delete(docs.map(({ id }) => id));
  }
}
