/** Fifty kills on each store, as the issue asks; CI does five (kills.test.ts). */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { mongoUri, stopMongo } from '../store/mongod.ts';
import { askAgain, examine, killUnderLoad } from './kills.ts';
import { isBuilt } from './process.ts';

const folder = mkdtempSync(join(tmpdir(), 'crosscheck-killed-'));
const uri = await mongoUri('killed-service');
afterAll(async () => {
  await stopMongo();
  rmSync(folder, { recursive: true, force: true });
});

it.each([
  ['the embedded store', { data: join(folder, 'killed') }],
  ...(uri === undefined ? [] : ([['MongoDB', { mongodbUri: uri }]] as const)),
] as const)('killed fifty times on %s it has every check that it acknowledged, once', async (_, place) => {
  expect(isBuilt, 'npm run build').toBe(true);
  const acknowledged = await killUnderLoad(place, 50);
  console.log(`${acknowledged.checks.size} checks acknowledged`);
  await askAgain(place, acknowledged);
  await examine(place, acknowledged);
});
