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
  const { body: told } = await post(
    harness,
    `/v1/declarations/${encodeURIComponent(first.declaration)}/events`,
    { kind: 'RELEASE', at: '2026-03-02T10:00:00+01:00' },
    bearer.system,
  );
  // What came of it is on conduct, and for the integrity unit alone.
  expect(told.check).toBeUndefined();
  const checks = `/v1/checks?declaration=${encodeURIComponent(first.declaration)}&sort=-recordedAt&limit=1`;
  const [late] = (await get(harness, checks, bearer.integrity)).body.data;
  expect(late.supersedes).toBe(first.id);
  expect(late.told).toEqual([idOf.system]);
  const [stands] = (await get(harness, checks, bearer.officer)).body.data;
  expect(stands.id).toBe(first.id);
  const { body } = await get(harness, `/v1/checks/${late.id}/told`, bearer.integrity);
  expect(body.data).toEqual(
    expect.arrayContaining([
      { subject: idOf.system, checks: [first.id, late.id], knows: true },
      { subject: idOf.officer, checks: [first.id], knows: false },
    ]),
  );
  await get(harness, `/v1/checks/${late.id}`, bearer.officer);
  const again = await get(harness, `/v1/checks/${late.id}/told`, bearer.integrity);
  expect(again.body.data.every(({ knows }: { knows: boolean }) => knows)).toBe(true);
});
