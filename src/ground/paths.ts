/** Where the package's own files lie: rules/, profiles/, schemas/. Works from src/ (tests) and from dist/src/ (built). */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

function findRoot(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'package.json'))) folder = dirname(folder);
  return folder;
}

export const packageRoot = findRoot();
export const packageVersion: string = JSON.parse(
  readFileSync(join(packageRoot, 'package.json'), 'utf8'),
).version;

export const fromRoot = (...parts: string[]): string => join(packageRoot, ...parts);

/**
 * The built twin of a source module, for what must run as plain JavaScript: worker threads and spawned commands.
 * Node 20 cannot load TypeScript, so tests that run from src/ reach into dist/, which `npm test` builds first.
 */
export const builtModule = (fromSrc: string): string => join(packageRoot, 'dist', 'src', fromSrc);
