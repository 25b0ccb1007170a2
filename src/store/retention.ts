/**
 * How long documents are kept: per collection a column that holds an instant or a day, and a number of days. What is
 * older goes; a document without a value there stays, for nobody can tell its age. Law says what must be kept and for
 * how long, so nothing is removed unless a policy names it (docs/operations.md).
 */
import { badArgument, typeOf } from './columns.ts';
import type { CollectionSpec, Store } from './port.ts';

export interface Keep {
  collection: CollectionSpec;
  /** A column of text in ISO form, UTC. */
  column: string;
  /** At least 1. */
  days: number;
}

export interface Removed {
  collection: string;
  /** Everything before this day is gone, `YYYY-MM-DD` UTC. */
  before: string;
  documents: number;
}

const day = 86_400_000;

/** Policies are checked before the first document goes. Projections of what was removed are to be named as well. */
export async function applyRetention(store: Store, policies: readonly Keep[], now: Date): Promise<Removed[]> {
  for (const { collection, column, days } of policies) {
    if (typeOf(collection, column) !== 'text')
      throw badArgument(
        `${collection.name}.${column}`,
        'ages are told from a column of text that holds an instant',
      );
    if (!Number.isInteger(days) || days < 1)
      throw badArgument(`${collection.name}.days`, `${days} is not a whole number of days, at least 1`);
  }
  const removed: Removed[] = [];
  for (const { collection, column, days } of policies) {
    // By whole days, so that two runs on one day remove the same.
    const before = new Date(now.getTime() - days * day).toISOString().slice(0, 10);
    const documents = await store.collection(collection).purge({ column, op: 'lt', value: before });
    removed.push({ collection: collection.name, before, documents });
  }
  return removed;
}
