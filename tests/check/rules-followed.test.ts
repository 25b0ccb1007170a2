import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openDesk } from '../../src/check/open-desk.ts';
import type { LiveRulebook } from '../../src/rules/rulebook.ts';
import { scaffold } from '../../src/rules/scaffold.ts';

let folder: string;
let live: LiveRulebook | undefined;
const rule = scaffold({
  id: 'VAL-900',
  scope: 'declaration',
  owner: 'unit',
  review: '2099-01-31',
  schema: '-',
}).replace('status: draft ', 'status: active');

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'crosscheck-desk-'));
  await writeFile(join(folder, 'VAL-900.yaml'), rule);
});
afterEach(async () => {
  live?.close();
  await rm(folder, { recursive: true });
});

/** Resolves at the next change that the desk tells of. */
function nextChange(): { seen: Promise<LiveRulebook>; tell(seen: LiveRulebook): void } {
  let tell: (seen: LiveRulebook) => void = () => {};
  const seen = new Promise<LiveRulebook>((resolve) => {
    tell = resolve;
  });
  return { seen, tell: (at) => tell(at) };
}

test('a desk checks under the rules as they are now, and under the last good ones while they are broken', async () => {
  let change = nextChange();
  const desk = await openDesk({
    rules: folder,
    onRulebook: (seen) => {
      live = seen;
      change.tell(seen);
    },
  });
  const before = desk.evaluator();
  const version = desk.rulebook().version;
  await writeFile(join(folder, 'VAL-900.yaml'), rule.replace('weight: 10', 'weight: 20'));
  expect((await change.seen).refusal).toBeUndefined();
  expect(desk.rulebook().version).not.toBe(version);
  expect(desk.rulebook().rules[0]!.weight).toBe(20);
  expect(desk.evaluator()).not.toBe(before);
  expect(desk.evaluator()).toBe(desk.evaluator());

  change = nextChange();
  const good = desk.evaluator();
  await writeFile(join(folder, 'VAL-900.yaml'), 'id: [');
  expect((await change.seen).refusal?.error.code).toBe('CC_RULEBOOK_REFUSED');
  expect(desk.evaluator()).toBe(good);
});

test('a desk does not open on a rulebook that the linter refuses', async () => {
  await writeFile(join(folder, 'VAL-900.yaml'), rule.replace('greaterThan', 'greaterThen'));
  await expect(openDesk({ rules: folder })).rejects.toMatchObject({ code: 'CC_RULEBOOK_REFUSED' });
});
