/** A service that is started over rules that cannot be used does not start, and says which and why. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { changedRule } from '../rules/text.ts';
import { crosscheck } from './run.ts';

let folder: string;
let rules: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'crosscheck-serve-'));
  rules = join(folder, 'rules');
  mkdirSync(rules);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const serve = () =>
  crosscheck('serve', '--port', '0', '--quiet', '--data', join(folder, 'data'), '--rules', rules);

test('each thing that is wrong is told, and the store is free for the next start', async () => {
  writeFileSync(
    join(rules, 'VAL-001.yaml'),
    changedRule(['greaterThan', 'greaterThen'], ['owner: valuation unit\n', '']),
  );
  for (const _ of ['once', 'again']) {
    const { code, err } = await serve();
    expect(code).toBe(2);
    expect(err).toContain('there is no operator `greaterThen`');
    expect(err).toMatch(/VAL-001\.yaml:\d+:\d+ RL\d+ error: .*owner/);
    expect(err).toContain('CC_RULEBOOK_REFUSED');
    expect(err.match(/CC_RULEBOOK_REFUSED/g)).toHaveLength(1);
  }
});

test('a folder without rules is told as that', async () => {
  const { code, err } = await serve();
  expect([code, err]).toEqual([2, expect.stringContaining(`CC_RULEBOOK_EMPTY there is no rule in ${rules}`)]);
});

test('an address that is not of this machine is told with what to name instead', async () => {
  const { code, err } = await crosscheck(
    ...['serve', '--port', '0', '--quiet', '--data', join(folder, 'data'), '--auth', 'keys'],
    // Kept for documentation: no machine has it.
    ...['--host', '192.0.2.1'],
  );
  expect(code).toBe(2);
  expect(err).toContain(
    'CC_LISTEN_FAILED the service cannot listen on 192.0.2.1, port 0: this machine has no such',
  );
  expect(err).toContain('--host (0.0.0.0 for all of them)');
  expect(err).not.toContain('CC_INTERNAL');
});
