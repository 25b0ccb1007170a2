import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { openDuckdb } from '../../src/store/duckdb/store.ts';
import { contract } from './contract.ts';
import { journaled } from './journaled.ts';

const folder = mkdtempSync(join(tmpdir(), 'crosscheck-store-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

contract('the embedded store', () => openDuckdb(join(folder, 'contract')));
contract('the embedded store with a journal', async () =>
  journaled(await openDuckdb(join(folder, 'journaled'))),
);
