/** Reading everything of a collection by pages: nothing is left out, nothing comes twice. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openDuckdb } from '../../src/store/duckdb/store.ts';
import { pages, readAll, readWhere } from '../../src/store/pages.ts';
import type { Collection, Document, Store } from '../../src/store/port.ts';

interface Numbered extends Document {
  parity: string;
}

let folder: string;
let store: Store;
let numbers: Collection<Numbered>;
const ids = (docs: readonly Numbered[]) => docs.map(({ id }) => id);
const all = Array.from({ length: 10 }, (_, n) => `n${n}`);

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'crosscheck-'));
  store = await openDuckdb(folder);
  numbers = store.collection<Numbered>({
    name: 'numbered',
    schema: 1,
    columns: { parity: { type: 'text' } },
    indexes: [],
  });
  await numbers.put(all.map((id, n) => ({ id, parity: n % 2 === 0 ? 'even' : 'odd' })));
});
afterAll(async () => {
  await store.close();
  rmSync(folder, { recursive: true, force: true });
});

describe('pages', () => {
  it.each([
    [3, [3, 3, 3, 1]],
    [5, [5, 5]],
    [100, [10]],
  ])('of %i hold every document once', async (limit, sizes) => {
    const found: Numbered[][] = [];
    for await (const docs of pages(numbers, {}, limit)) found.push(docs);
    expect(found.map(({ length }) => length).filter((length) => length > 0)).toEqual(sizes);
    expect(ids(found.flat()).sort()).toEqual(all);
  });

  it('keep the order that was asked for from one to the next', async () => {
    const found: string[] = [];
    for await (const docs of pages(numbers, { sort: [{ column: 'id', direction: 'desc' }] }, 4))
      found.push(...ids(docs));
    expect(found).toEqual(all.toReversed());
  });

  it('are read whole, or those that match', async () => {
    expect(ids(await readAll(numbers)).sort()).toEqual(all);
    expect(ids(await readWhere(numbers, 'parity', ['odd'])).sort()).toEqual(['n1', 'n3', 'n5', 'n7', 'n9']);
    expect(await readWhere(numbers, 'parity', [])).toEqual([]);
  });
});
