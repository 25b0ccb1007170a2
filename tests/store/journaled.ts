/** The embedded store with every collection journaled, so that what holds for one with tables alone is asked of it too. */
import type { Collection, CollectionSpec, Document, Store } from '../../src/store/port.ts';

export const journaled = (store: Store): Store => ({
  ...store,
  collection: <T extends Document>(spec: CollectionSpec): Collection<T> =>
    store.collection<T>({ ...spec, journaled: true }),
  prepare: (specs) => store.prepare(specs.map((spec) => ({ ...spec, journaled: true }))),
});
