#!/usr/bin/env node
// The command: runs the built program. In a checkout that was not built, or whose sources are newer, it builds first.
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { build, built, compiler, root } from './build.js';
import { leastNode, tooOld } from './node.js';

const newest = (folder) =>
  readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.name.endsWith('.ts'))
    .reduce(
      (latest, entry) => Math.max(latest, statSync(join(entry.parentPath ?? entry.path, entry.name)).mtimeMs),
      0,
    );

if (existsSync(join(root, 'src')) && existsSync(compiler)) {
  if (!existsSync(built) || newest(join(root, 'src')) > statSync(built).mtimeMs) {
    const code = build();
    if (code !== 0) process.exit(code);
  }
}

// A reader that has seen enough, as `| head`, closes the pipe: that ends the output and is no fault.
process.stdout.on('error', (error) => {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});

// The files of the program are read all at once: where a process may hold too few, this is where it shows. The words for it
// are read before.
const { CrosscheckError } = await import('../dist/src/errors.js');
const end = (name, params) => {
  const { code, message, hint } = new CrosscheckError(name, params);
  process.stderr.write(`${code} ${message}\n  ${hint}\n`);
  process.exit(3);
};
if (tooOld(process.versions.node))
  end('CC_NODE_TOO_OLD', { version: process.versions.node, least: leastNode });

const tooFew = (error) => {
  if (error.code !== 'EMFILE' && error.code !== 'ENFILE') throw error;
  end('CC_FILES_LIMIT', { problem: error.message });
};

const { run } = await import(built).catch(tooFew);
process.exitCode = await run(process.argv.slice(2));
