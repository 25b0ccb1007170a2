/** A checkout that was not built: whoever starts first builds it, and who starts beside that meets no half of it. */
import { spawn, spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { fromRoot } from '../../src/ground/paths.ts';

const modules = 120;
let root: string;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'crosscheck-build-'));
  cpSync(fromRoot('bin'), join(root, 'bin'), { recursive: true });
  for (const file of ['package.json', 'tsconfig.json', 'tsconfig.build.json'])
    cpSync(fromRoot(file), join(root, file));
  symlinkSync(fromRoot('node_modules'), join(root, 'node_modules'));
  mkdirSync(join(root, 'src', 'cli'), { recursive: true });
  cpSync(fromRoot('src', 'errors.ts'), join(root, 'src', 'errors.ts'));
  mkdirSync(join(root, 'bench'));
  writeFileSync(join(root, 'bench', 'main.ts'), 'export {};\n');
  const names = Array.from({ length: modules }, (_, n) => `m${n}`);
  // Each is long enough to be written in more than one piece.
  const body = Array.from({ length: 400 }, (_, n) => `export const value${n}: number = ${n};`).join('\n');
  for (const name of names) writeFileSync(join(root, 'src', `${name}.ts`), `${body}\n`);
  const imports = names.map((name) => `import { value399 as ${name} } from '../${name}.ts';`);
  const main = `export const run = async (): Promise<number> => {
  process.stdout.write(String([${names.join(', ')}].length));
  return 0;
};
`;
  writeFileSync(join(root, 'src', 'cli', 'main.ts'), `${imports.join('\n')}\n${main}`);
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

const start = async (after: number): Promise<string> => {
  await pause(after);
  const child = spawn(process.execPath, [join(root, 'bin', 'crosscheck.js')], { stdio: 'pipe' });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (said += chunk));
  const code = await new Promise((resolve) => child.once('close', resolve));
  return `${code} ${said.slice(0, 300)}`;
};

it('starts of one that was not built run what is built whole, however close they come', async () => {
  const told = await Promise.all(Array.from({ length: 6 }, (_, n) => start(n * 150)));
  expect(told).toEqual(told.map(() => `0 ${modules}`));
  expect(readdirSync(join(root, 'dist')).sort()).toEqual(['bench', 'src']);
}, 120_000);

it.skipIf(process.platform === 'win32')('a start that may hold too few files says so, and what to do', () => {
  const starting = 'ulimit -n 60; exec "$0" "$1"';
  const bin = join(root, 'bin', 'crosscheck.js');
  const { status, stderr } = spawnSync('sh', ['-c', starting, process.execPath, bin], { encoding: 'utf8' });
  expect([status, stderr]).toEqual([
    3,
    expect.stringMatching(
      /^CC_FILES_LIMIT this process .*EMFILE[^\n]*\n {2}Allow it more.*ulimit -n [^\n]*\n$/,
    ),
  ]);
});

it('one that does not compile leaves what was built before', async () => {
  writeFileSync(join(root, 'src', 'm0.ts'), 'export const value399: number = "none";\n');
  expect(await start(0)).toMatch(/^2 .*m0\.ts/s);
  rmSync(join(root, 'src', 'm0.ts'));
  writeFileSync(join(root, 'src', 'm0.ts'), 'export const value399: number = 399;\n');
  expect(await start(0)).toBe(`0 ${modules}`);
  expect(existsSync(join(root, 'dist', 'src', 'm0.js'))).toBe(true);
}, 60_000);
