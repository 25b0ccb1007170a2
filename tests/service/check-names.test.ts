/** What a check found names officers in its words, too: in the descriptive phase under the surrogate of the month. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { checks } from '../../src/check/collections.ts';
import type { CheckDocument } from '../../src/check/document.ts';
import { openKeys } from '../../src/service/auth/keys.ts';
import { declaration, get, type Harness, overweight, post, startService } from './harness.ts';

let harness: Harness;
let integrity: { authorization: string };
const officer = 'O-ABCDEFGHJK';
beforeAll(async () => {
  harness = await startService({ authentication: (store) => ({ keys: openKeys(store) }) });
  const keys = openKeys(harness.store);
  const of = async (role: 'system' | 'integrity') => ({
    authorization: `Bearer ${(await keys.create({ label: role, role, days: 1 }, 'tests', new Date())).key}`,
  });
  integrity = await of('integrity');
  const { body } = await post(harness, '/v1/checks', declaration(overweight), await of('system'));
  const stored = harness.store.collection<CheckDocument>(checks);
  const check = (await stored.get(body.id))!.doc;
  const [finding] = check.findings;
  const message = { en: `In session at two terminals: ${officer}`, fr: `En session : ${officer}` };
  await stored.put([{ ...check, findings: [{ ...finding!, message }] }]);
});
afterAll(() => harness.close());

const told = async (): Promise<string[]> => {
  const { body: list } = await get(harness, '/v1/checks', integrity);
  const { body: one } = await get(harness, `/v1/checks/${list.data[0].id}`, integrity);
  return [list.data[0], one].map((check) => check.findings[0].message.en.split(': ')[1]);
};

it('names an officer by the surrogate of the month while the office measures itself', async () => {
  const [listed, alone] = await told();
  expect(listed).toMatch(/^P-/);
  expect(alone).toBe(listed);
});
