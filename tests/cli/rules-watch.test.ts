/** `rules test --watch` as an analyst has it beside the editor: the command as it is built, on a folder that changes. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { fromRoot } from '../../src/ground/paths.ts';

let folder: string;
let child: ChildProcess | undefined;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'watched-'));
  cpSync(fromRoot('tests', 'fixtures', 'rules-small'), folder, { recursive: true });
});
afterEach(() => {
  child?.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

/** The last line of each run, one after the other. */
async function* runsOf(command: ChildProcess): AsyncGenerator<string> {
  let text = '';
  for await (const chunk of command.stdout!) {
    text += chunk;
    for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n')) {
      const line = text.slice(0, end);
      text = text.slice(end + 1);
      if (/^\d+ examples of/.test(line)) yield line;
    }
  }
}

it('runs again after each change of a file, whatever the editor does to save it, until it is interrupted', async () => {
  child = spawn(process.execPath, [fromRoot('bin', 'crosscheck.js'), 'rules', 'test', folder, '--watch']);
  const runs = runsOf(child);
  const next = async () => (await runs.next()).value as string;
  const counts = (line: string) =>
    line
      .match(/(\d+) as expected, (\d+) not$/)!
      .slice(1)
      .map(Number);
  const [good, bad] = counts(await next());
  expect(bad).toBe(0);

  const file = join(folder, 'CON-903.yaml');
  const right = readFileSync(file, 'utf8');
  // Written in place.
  writeFileSync(file, right.replace('expect: none', 'expect: finding'));
  expect(counts(await next())).toEqual([good! - 1, 1]);
  // Written beside and moved over it.
  writeFileSync(join(folder, '.CON-903.yaml.swp'), right);
  renameSync(join(folder, '.CON-903.yaml.swp'), file);
  expect(counts(await next())).toEqual([good, 0]);
  // And the file that was moved there is watched too.
  writeFileSync(file, right.replace('expect: none', 'expect: finding'));
  expect(counts(await next())).toEqual([good! - 1, 1]);

  const ended = once(child, 'exit');
  child.kill('SIGINT');
  // By itself, with a code of its own, not by the signal.
  expect((await ended)[1]).toBeNull();
}, 60_000);
