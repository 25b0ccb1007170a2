#!/usr/bin/env node
// Compiles the program into dist/. Whole or not at all, file by file: two that build at once, and one that runs what is being
// replaced, never meet a file that is half written or away; what is cut off, or does not compile, changes nothing.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, realpathSync, renameSync, rmSync, utimesSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const dist = join(root, 'dist');
export const built = join(dist, 'src', 'cli', 'main.js');
export const compiler = join(root, 'node_modules', 'typescript', 'bin', 'tsc');

const making = 'making-';

/** What a build that was killed has left. */
const clear = () => {
  for (const name of existsSync(dist) ? readdirSync(dist) : []) {
    if (!name.startsWith(making)) continue;
    try {
      process.kill(Number(name.slice(making.length)), 0);
    } catch (error) {
      if (error.code === 'ESRCH') rmSync(join(dist, name), { recursive: true, force: true });
    }
  }
};

/** @returns the compiler's exit code. */
export function build() {
  clear();
  const begun = new Date();
  const folder = join(dist, `${making}${process.pid}`);
  try {
    const { status } = spawnSync(
      process.execPath,
      [compiler, '-p', join(root, 'tsconfig.build.json'), '--outDir', folder],
      { stdio: 'inherit' },
    );
    if (status !== 0) return status ?? 1;
    const made = readdirSync(folder, { withFileTypes: true, recursive: true })
      .filter((entry) => entry.isFile())
      .map((entry) => relative(folder, join(entry.parentPath ?? entry.path, entry.name)));
    // The one by whose age it is told whether to build comes last, and is as old as the sources that were read.
    const last = relative(dist, built);
    utimesSync(join(folder, last), begun, begun);
    for (const name of [...made.filter((each) => each !== last), last]) {
      mkdirSync(dirname(join(dist, name)), { recursive: true });
      renameSync(join(folder, name), join(dist, name));
    }
    return 0;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

if (realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) process.exitCode = build();
