/**
 * What each declaration takes of goods that an earlier one put under suspense: a row for each item and entry that it names,
 * kept so that the entry's own row can tell when its duty ceased to hang (discharge.ts). No table of figures.
 */
import { namesOf, namesOfPrevious, plain } from '../evidence/links.ts';
import { accountOf } from '../facts/ledger/account.ts';
import { contentHash } from '../ground/canonical.ts';
import { readWhere } from '../store/pages.ts';
import type { CollectionSpec, Document, Store } from '../store/port.ts';
import { isSuspended } from './amounts.ts';
import { cancellation, type FoldContext, type History, standing } from './history.ts';
import { dayOfHistory } from './place.ts';
import { queueTaken } from './taken.ts';
import type { TakingRow } from './taking-row.ts';

export const takings: CollectionSpec = {
  name: 'taking',
  schema: 1,
  columns: { declaration: { type: 'text' }, entry: { type: 'text' } },
  indexes: [['declaration'], ['entry']],
};

/** By each name of a declaration under suspense, its reference: which row to tell anew when something is taken of it. */
export const entryNames: CollectionSpec = {
  name: 'entry_name',
  schema: 1,
  columns: { reference: { type: 'text' } },
  indexes: [['reference']],
};
interface EntryName extends Document {
  reference: string;
}

const namesOfEntry = (history: History): string[] => [
  ...new Set([plain(history.reference), ...namesOf(standing(history).declaration)]),
];

/** A cancelled declaration takes nothing. */
export function takingsOf(history: History): TakingRow[] {
  if (cancellation(history) !== undefined) return [];
  const { declaration } = standing(history);
  if (declaration.previous === undefined && declaration.items.every(({ previous }) => previous === undefined))
    return [];
  const day = dayOfHistory(history);
  return accountOf(declaration, namesOfPrevious).takings.flatMap(
    ({ names, item, hs, procedure, amounts }, place) =>
      names.map((entry, name) => ({
        id: `${history.reference}#${place}.${name}`,
        declaration: history.reference,
        taking: `${history.reference}#${place}`,
        entry,
        day,
        amounts,
        ...(item === undefined ? {} : { item }),
        ...(hs === undefined ? {} : { hs }),
        ...(procedure === undefined ? {} : { procedure }),
      })),
  );
}

/**
 * Writes what these declarations take. Answers the entries of which something else is taken than before.
 * @param step under which their names are queued (taken.ts)
 * @param tookBefore whether a declaration's row says that it took something
 */
export async function noteTakings(
  store: Store,
  step: string,
  histories: readonly History[],
  tookBefore: (reference: string) => boolean,
): Promise<string[]> {
  const collection = store.collection<TakingRow>(takings);
  const now = new Map(histories.flatMap(takingsOf).map((row) => [row.id, row]));
  const past = histories.map(({ reference }) => reference).filter(tookBefore);
  const before = new Map(
    (await readWhere(collection, 'declaration', past)).map((row) => [row.id, row] as const),
  );
  const gone = [...before.values()].filter(({ id }) => !now.has(id));
  const fresh = [...now.values()].filter((row) => {
    const known = before.get(row.id);
    return known === undefined || contentHash(known) !== contentHash(row);
  });
  const changed = [...gone, ...fresh, ...fresh.flatMap(({ id }) => before.get(id) ?? [])];
  if (changed.length === 0) return [];
  await queueTaken(store, step, changed);
  if (gone.length > 0) await collection.delete(gone.map(({ id }) => id));
  if (fresh.length > 0) await collection.put(fresh);
  return entriesCalled(
    store,
    changed.map(({ entry }) => entry),
  );
}

/** References of the entries that are here, by any of their names. */
export async function entriesCalled(store: Store, names: readonly string[]): Promise<string[]> {
  if (names.length === 0) return [];
  const entries = await store.collection<EntryName>(entryNames).getMany([...new Set(names)]);
  return [...new Set([...entries.values()].map(({ doc }) => doc.reference))];
}

/** Of these declarations, those that take goods of an entry which is still there. */
export async function entriesKept(store: Store, references: readonly string[]): Promise<Set<string>> {
  const rows = await readWhere(store.collection<TakingRow>(takings), 'declaration', references);
  if (rows.length === 0) return new Set();
  const names = [...new Set(rows.map(({ entry }) => entry))];
  const known = await store.collection<EntryName>(entryNames).getMany(names);
  return new Set(
    rows
      .filter(({ declaration, entry }) => {
        const reference = known.get(entry)?.doc.reference;
        return reference !== undefined && reference !== declaration;
      })
      .map(({ declaration }) => declaration),
  );
}

/**
 * What was taken of those of the declarations that are under suspense. Names are written before takings are read, and takings before
 * names are read: of two runners who fold an entry and what takes of it at once, one sees the other.
 */
export async function followUpsOf(
  store: Store,
  histories: readonly History[],
  context: FoldContext,
): Promise<ReadonlyMap<string, TakingRow[]>> {
  const referenceOf = new Map<string, string>();
  for (const history of histories) {
    const { items } = standing(history).declaration;
    if (!items.some(({ procedure }) => isSuspended(procedure, context))) continue;
    for (const name of namesOfEntry(history)) referenceOf.set(name, history.reference);
  }
  const result = new Map<string, TakingRow[]>();
  if (referenceOf.size === 0) return result;
  await store
    .collection<EntryName>(entryNames)
    .put([...referenceOf].map(([id, reference]) => ({ id, reference })));
  const rows = await readWhere(store.collection<TakingRow>(takings), 'entry', [...referenceOf.keys()]);
  for (const row of rows) {
    const reference = referenceOf.get(row.entry)!;
    const known = result.get(reference);
    if (known === undefined) result.set(reference, [row]);
    else known.push(row);
  }
  return result;
}
