/** Every projected row of declarations that retention removes, or removed while they were being folded. */
import { type Collections, declarations } from '../check/collections.ts';
import { readWhere } from '../store/pages.ts';
import type { Store } from '../store/port.ts';
import { tables } from './fold.ts';
import { takenAnew } from './taken.ts';
import { entryNames, takings } from './taking.ts';

/** The clearance row last: where it stands, others may. */
const projected = ['finding', 'act', 'clearance_item', 'clearance'] as const;

const of = (column: string, values: readonly string[]) => ({ column, op: 'in', value: values }) as const;

/** In no transaction: who is cut short does it again. */
export async function withdraw(store: Store, references: readonly string[]): Promise<void> {
  for (const name of projected)
    await store.collection(tables[name].spec).purge(of('declaration', references));
  for (const spec of [takings, takenAnew]) await store.collection(spec).purge(of('declaration', references));
  await store.collection(entryNames).purge(of('reference', references));
}

/** Withdraws those of the references whose declaration is not here any more. */
export async function withdrawGone(store: Store, references: readonly string[]): Promise<void> {
  const left = await readWhere(
    store.collection<Collections['declaration']>(declarations),
    'reference',
    references,
  );
  const here = new Set(left.map(({ reference }) => reference));
  const gone = references.filter((reference) => !here.has(reference));
  if (gone.length > 0) await withdraw(store, gone);
}
