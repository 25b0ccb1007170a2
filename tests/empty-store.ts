/** An embedded store with nothing in it, for the tests of one file; it is gone when they are through. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { openDuckdb } from '../src/store/duckdb/store.ts';
import type { Store } from '../src/store/port.ts';

/** To be awaited at the head of a file. */
export async function emptyStore(): Promise<{ store: Store; folder: string }> {
  const folder = mkdtempSync(join(tmpdir(), 'crosscheck-'));
  const store = await openDuckdb(folder);
  afterAll(async () => {
    await store.close();
    rmSync(folder, { recursive: true, force: true });
  });
  return { store, folder };
}
