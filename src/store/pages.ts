/** Everything of a collection, page by page. A page is what memory and one call of a store bear beside others. */
import type { Collection, Document, Filter, FindQuery, Stored } from './port.ts';

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

/**
 * The document that was written last. Looked for from the newest by a column that tells times, and on from there: where a
 * clock was set back, others were written after it, as many as came since, so that places are halved, not walked.
 */
export async function lastWritten<T extends Document>(
  collection: Collection<T>,
  newestBy: string,
): Promise<Stored<T> | undefined> {
  const { docs } = await collection.find({
    sort: [{ column: newestBy, direction: 'desc' }],
    limit: 1,
  });
  let last = docs[0] === undefined ? undefined : await collection.get(docs[0].id);
  if (last === undefined) return undefined;
  const next = async (beyond: number) => (await collection.since(beyond, 1))[0];
  let step = 1;
  for (let found = await next(last.seq); found !== undefined; found = await next(last.seq + step - 1)) {
    last = found;
    step *= 2;
  }
  for (; step > 1; ) {
    step = Math.floor(step / 2);
    last = (await next(last.seq + step - 1)) ?? last;
  }
  return last;
}

/** Every document whose column is one of the values; no values, no call. */
export const readWhere = <T extends Document>(
  collection: Collection<T>,
  column: string,
  values: readonly string[],
): Promise<T[]> =>
  values.length === 0 ? Promise.resolve([]) : readAll(collection, { column, op: 'in', value: values });
