/** A typed client made from the description: type-checked, then really calling the service. */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import openapiTS from 'openapi-typescript';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { fromRoot } from '../../src/ground/paths.ts';
import { type Harness, startService } from './harness.ts';

let harness: Harness;
let folder: string;
beforeAll(async () => {
  harness = await startService();
  // Within the package, so that modules are found from there.
  mkdirSync(fromRoot('dist'), { recursive: true });
  folder = mkdtempSync(fromRoot('dist', 'client-'));
});
afterAll(async () => {
  await harness.close();
  rmSync(folder, { recursive: true, force: true });
});

it('is made from /openapi.json, compiles, refuses wrong calls when compiled, and gets what it was promised', async () => {
  const description = (await harness.app.inject('/openapi.json')).json();
  writeFileSync(join(folder, 'api.ts'), await openapiTS(description));
  cpSync(fromRoot('tests', 'fixtures', 'client', 'program.ts'), join(folder, 'program.ts'));
  const compiler = fromRoot('node_modules', 'typescript', 'bin', 'tsc');
  const options =
    '--strict --target es2023 --module nodenext --moduleResolution nodenext --lib es2023,dom --types node';
  const rewriting = '--rewriteRelativeImportExtensions --skipLibCheck --pretty false';
  try {
    const all = [...`${options} ${rewriting}`.split(' '), join(folder, 'program.ts')];
    execFileSync(process.execPath, [compiler, '--ignoreConfig', ...all], {
      cwd: folder,
      encoding: 'utf8',
      stdio: 'pipe',
    });
  } catch (failed) {
    expect.fail((failed as { stdout: string }).stdout);
  }
  const program = (await import(pathToFileURL(join(folder, 'program.js')).href)) as {
    run(url: string): Promise<Record<string, unknown>>;
  };
  const told = await program.run(await harness.app.listen({ port: 0, host: '127.0.0.1' }));
  expect(told).toMatchObject({
    lane: 'yellow',
    rules: expect.arrayContaining(['FMT-901']),
    events: 1,
    ids: expect.arrayContaining([told.id]),
    code: 'CC_NOT_FOUND',
  });
});
