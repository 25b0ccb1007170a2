/** A change of the rules that cannot be used: those of before decide on, and whoever looks is told that they do. */
import { cpSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openKeys } from '../../src/service/auth/keys.ts';
import type { CallerRole } from '../../src/service/caller.ts';
import { declaration, get, type Harness, overweight, post, smallRules, startService } from './harness.ts';

let harness: Harness;
let rules: string;
const keyOf = {} as Record<CallerRole, string>;
const as = (role: CallerRole) => ({ authorization: `Bearer ${keyOf[role]}` });

beforeAll(async () => {
  rules = mkdtempSync(join(tmpdir(), 'crosscheck-rules-'));
  cpSync(smallRules, rules, { recursive: true });
  harness = await startService({
    rules,
    followed: true,
    authentication: (store) => ({ keys: openKeys(store) }),
  });
  for (const role of ['system', 'analyst', 'integrity', 'auditor'] as const) {
    const { key } = await openKeys(harness.store).create({ label: role, role, days: 1 }, 'tests', new Date());
    keyOf[role] = key;
  }
});
afterAll(async () => {
  await harness.close();
  rmSync(rules, { recursive: true, force: true });
});

const ready = async () => (await get(harness, '/health/ready')).body.rulebooks;
const check = async () => {
  const { status, body } = await post(harness, '/v1/checks', declaration(overweight), as('system'));
  expect(status).toBe(200);
  return body;
};
const listed = async (role: CallerRole) => (await get(harness, '/v1/rules', as(role))).body;
const gauge = async () => {
  const { body } = await harness.app.inject({ url: '/metrics', headers: as('auditor') });
  return /^crosscheck_rulebook_refused (\d)$/m.exec(body)?.[1];
};
const replayed = async (id: string) =>
  (await get(harness, `/v1/checks/${id}/replay`, as('auditor'))).body.same;

it('rules whose folder was emptied stay in force, and it is told until they are back', async () => {
  const before = await check();
  const { rulebook } = await listed('auditor');
  expect([await ready(), await gauge()]).toEqual([{ agree: true }, '0']);

  for (const name of readdirSync(rules)) rmSync(join(rules, name));
  await expect.poll(ready, { timeout: 15_000 }).toEqual({ agree: true, refused: expect.any(String) });
  expect(await gauge()).toBe('1');
  const [analyst, auditor] = [await listed('analyst'), await listed('auditor')];
  expect(analyst.refused).toEqual({
    at: expect.any(String),
    code: 'CC_RULEBOOK_EMPTY',
    hint: expect.stringContaining('the last good rulebook stays in force'),
  });
  expect(auditor).toMatchObject({ rulebook, refused: { detail: `there is no rule in ${rules}` } });
  expect(auditor.data).toHaveLength(4);
  const meanwhile = await check();
  expect([meanwhile.lane, meanwhile.rulebook]).toEqual([before.lane, before.rulebook]);
  for (const { id } of [before, meanwhile]) expect(await replayed(id)).toBe(true);

  cpSync(smallRules, rules, { recursive: true });
  await expect.poll(ready, { timeout: 15_000 }).toEqual({ agree: true });
  expect(await gauge()).toBe('0');
  expect(await listed('auditor')).not.toHaveProperty('refused');
});
