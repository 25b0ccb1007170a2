/** The declarations behind a figure, page by page, in order of reference: as many as its n. */
import { type TableName, tables } from '../projections/fold.ts';
import type { Filter, Store } from '../store/port.ts';
import { and } from './where.ts';

export interface Behind {
  references: string[];
  /** The last reference of this page; absent on the last page. */
  next?: string;
}

export async function declarationsBehind(
  store: Store,
  link: { table: TableName; where: Filter | undefined },
  page: { after?: string; limit: number },
): Promise<Behind> {
  const after: Filter | undefined =
    page.after === undefined ? undefined : { column: 'declaration', op: 'gt', value: page.after };
  const where = and(link.where, after);
  const rows = await store.collection(tables[link.table].spec).aggregate({
    ...(where === undefined ? {} : { where }),
    groupBy: ['declaration'],
    measures: { rows: { count: true } },
    limit: page.limit + 1,
  });
  const references = rows.slice(0, page.limit).map((row) => String(row.key.declaration));
  const last = references.at(-1);
  return { references, ...(rows.length > page.limit && last !== undefined ? { next: last } : {}) };
}
