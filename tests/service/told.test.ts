/** Who was told of a check, and who does not know yet what late events made of it; fallback lanes by HTTP. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openKeys } from '../../src/service/auth/keys.ts';
import { declaration, get, type Harness, post, startService } from './harness.ts';

let harness: Harness;
const bearer = {} as Record<string, { authorization: string }>;
const idOf = {} as Record<string, string>;

beforeAll(async () => {
  harness = await startService({ authentication: (store) => ({ keys: openKeys(store) }) });
  for (const role of ['system', 'officer', 'integrity'] as const) {
    const { key, document } = await openKeys(harness.store).create(
      { label: role, role, days: 1 },
      'tests',
      new Date(),
    );
    bearer[role] = { authorization: `Bearer ${key}` };
    idOf[role] = `key:${document.id}`;
  }
});
afterAll(() => harness.close());

it('names who was given what, and who does not know what replaced it', async () => {
  const { body: first } = await post(harness, '/v1/checks', declaration(), bearer.system);
  await get(harness, `/v1/checks/${first.id}`, bearer.officer);
  const { body: late } = await post(
    harness,
    `/v1/declarations/${encodeURIComponent(first.declaration)}/events`,
    { kind: 'RELEASE', at: '2026-03-02T10:00:00+01:00' },
    bearer.system,
  );
  expect(late.check.supersedes).toBe(first.id);
  expect(late.check.told).toEqual([idOf.system]);
  const { body } = await get(harness, `/v1/checks/${late.check.id}/told`, bearer.integrity);
  expect(body.data).toEqual(
    expect.arrayContaining([
      { subject: idOf.system, checks: [first.id, late.check.id], knows: true },
      { subject: idOf.officer, checks: [first.id], knows: false },
    ]),
  );
  await get(harness, `/v1/checks/${late.check.id}`, bearer.officer);
  const again = await get(harness, `/v1/checks/${late.check.id}/told`, bearer.integrity);
  expect(again.body.data.every(({ knows }: { knows: boolean }) => knows)).toBe(true);
});
