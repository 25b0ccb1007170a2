/** From declarations and outcomes to the report on rules, counted by hand. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { declaration, get, type Harness, overweight, post, startService } from './harness.ts';

let harness: Harness;

const outcome = (declarationOf: string, given: Record<string, unknown>) => ({
  declaration: declarationOf,
  control: 'physical',
  result: 'quantity',
  status: 'final',
  at: '2026-03-02T11:00:00Z',
  ...given,
});

beforeAll(async () => {
  harness = await startService();
  const send = async (change: Record<string, unknown> = {}) =>
    (await post(harness, '/v1/checks', declaration(change))).body.declaration as string;
  const heavy: string[] = [];
  for (let i = 0; i < 6; i++) heavy.push(await send(overweight));
  const plain: string[] = [];
  for (let i = 0; i < 4; i++) plain.push(await send());
  await post(harness, '/v1/outcomes', [
    outcome(heavy[0]!, { rule: 'FMT-901', verdict: 'confirmed', duty: { amount: 700, currency: 'XTS' } }),
    // Found something and named no rule: it speaks for what hit.
    outcome(heavy[1]!, { duty: { amount: 50, currency: 'XTS' }, seizure: true }),
    outcome(heavy[2]!, { result: 'conform', rule: 'FMT-901', verdict: 'refuted' }),
    // Provisional and annulled words do not count.
    outcome(heavy[3]!, { status: 'provisional' }),
    outcome(heavy[4]!, { status: 'annulled' }),
    // An audit after release judges as well.
    outcome(heavy[5]!, { control: 'post-clearance', result: 'prohibited' }),
    outcome(plain[0]!, { random: true, result: 'conform' }),
    outcome(plain[1]!, { random: true }),
    outcome(plain[2]!, { random: true, result: 'conform' }),
    outcome(plain[3]!, { random: true, result: 'conform' }),
  ]);
  // The same rule hits again in a second version: still one declaration.
  await harness.settle();
});
afterAll(() => harness.close());

it('counts declarations by rule and version, with what controls made of them', async () => {
  const { status, body } = await get(harness, '/v1/rules/effectiveness');
  expect(status).toBe(200);
  const rule = body.rules.find((one: { rule: string }) => one.rule === 'FMT-901');
  expect(rule).toMatchObject({
    version: 1,
    risk: 'revenue',
    hits: 6,
    judged: 4,
    confirmed: 3,
    refuted: 1,
    seizures: 1,
    prohibited: 1,
    amounts: { XTS: 750 },
    hitRate: { value: 0.75 },
    lift: { value: 3 },
    weight: 40,
    age: expect.any(Number),
  });
  expect(body.random).toMatchObject({ judged: 4, irregular: 1 });
  expect(body.all).toEqual({ judged: 8, irregular: 4 });
  expect(body.silent.map((one: { rule: string }) => one.rule)).toContain('RSK-902');
});

it('counts a declaration once that was hit in several versions', async () => {
  const one = declaration(overweight);
  await post(harness, '/v1/checks', one);
  await post(harness, '/v1/checks', {
    ...one,
    items: [{ number: 1, hs: '85171300', grossMass: 10, netMass: 13 }],
  });
  await harness.settle();
  const { body } = await get(harness, '/v1/rules/effectiveness');
  expect(body.rules.find((rule: { rule: string }) => rule.rule === 'FMT-901').hits).toBe(7);
});

it('narrows by days and offices', async () => {
  const none = await get(harness, '/v1/rules/effectiveness?to=2026-03-01');
  expect(none.body.rules).toEqual([]);
  const other = await get(harness, '/v1/rules/effectiveness?office=OTHER&from=2026-03-01');
  expect(other.body.rules).toEqual([]);
  // Nothing was declared there, so no rule was silent.
  expect(other.body.silent).toEqual([]);
  expect(none.body.silent).toEqual([]);
  expect((await get(harness, '/v1/rules/effectiveness?from=yesterday')).body.code).toBe('CC_REQUEST_INVALID');
});
