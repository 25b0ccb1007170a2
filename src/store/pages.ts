/** Everything of a collection, page by page. A page is what memory and one call of a store bear beside others. */
import type { Collection, Document, Filter, FindQuery } from './port.ts';

const pageSize = 10_000;

export async function* pages<T extends Document>(
  collection: Collection<T>,
  query: Pick<FindQuery, 'where' | 'sort'> = {},
  limit: number = pageSize,
): AsyncGenerator<T[]> {
  let cursor: string | undefined;
  do {
    const page = await collection.find({ ...query, limit, ...(cursor === undefined ? {} : { cursor }) });
    yield page.docs;
    cursor = page.next;
  } while (cursor !== undefined);
}

export async function readAll<T extends Document>(collection: Collection<T>, where?: Filter): Promise<T[]> {
  const found: T[] = [];
  for await (const docs of pages(collection, where === undefined ? {} : { where })) found.push(...docs);
  return found;
}

/** Every document whose column is one of the values; no values, no call. */
export const readWhere = <T extends Document>(
  collection: Collection<T>,
  column: string,
  values: readonly string[],
): Promise<T[]> =>
  values.length === 0 ? Promise.resolve([]) : readAll(collection, { column, op: 'in', value: values });
