/** The post-clearance worklist and the comparison of lanes, by HTTP. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { declaration, get, type Harness, overweight, post, startService } from './harness.ts';

let harness: Harness;
const events = (reference: string) => `/v1/declarations/${encodeURIComponent(reference)}/events`;
const resultOf = (reference: string) => `/v1/post-clearance/${encodeURIComponent(reference)}/result`;

async function lodged(change: Record<string, unknown> = {}, trail: Record<string, unknown>[] = []) {
  const { body } = await post(harness, '/v1/checks', declaration(change));
  if (trail.length > 0) await post(harness, events(body.declaration), trail);
  return body.declaration as string;
}
const lane = (to: string) => ({ kind: 'LANE', at: '2026-03-02T09:00:00Z', to });
const release = (at: string) => ({ kind: 'RELEASE', at });
const pay = { kind: 'PAY', at: '2026-03-02T09:30:00Z' };
const states = async () => {
  await harness.settle();
  const { body } = await get(harness, '/v1/post-clearance?limit=100');
  return Object.fromEntries(
    body.data.map((one: { declaration: string; state: string }) => [one.declaration, one.state]),
  );
};

const named = {} as Record<'old' | 'fresh' | 'waiting' | 'green' | 'rerouted', string>;
const fresh = new Date().toISOString();

beforeAll(async () => {
  harness = await startService();
  named.old = await lodged({}, [lane('blue'), pay, release('2025-03-02T10:00:00Z')]);
  named.fresh = await lodged({ ...overweight, office: 'XXB2' }, [lane('blue'), pay, release(fresh)]);
  named.waiting = await lodged({}, [lane('blue')]);
  named.green = await lodged({}, [lane('green'), pay, release('2025-03-02T10:00:00Z')]);
  named.rerouted = await lodged({}, [
    lane('blue'),
    { kind: 'REROUTE', at: '2026-03-02T09:10:00Z', from: 'blue', to: 'red', user: 'anna' },
  ]);
});
afterAll(() => harness.close());

describe('the worklist', () => {
  it('holds what was released for an audit, with the last day and its state', async () => {
    expect(await states()).toEqual({
      [named.old]: 'overdue',
      [named.fresh]: 'open',
      [named.waiting]: 'waiting',
    });
    const { body } = await get(harness, '/v1/post-clearance?state=overdue');
    expect(body.data).toEqual([
      expect.objectContaining({ declaration: named.old, due: '2025-05-01', done: null, result: null }),
    ]);
    const one = await get(harness, '/v1/post-clearance?office=XXB2');
    expect(one.body.data.map((row: { declaration: string }) => row.declaration)).toEqual([named.fresh]);
  });

  it('takes a result, which is an outcome like any other and is in the audit log', async () => {
    const sent = await post(harness, resultOf(named.fresh), {
      result: 'value',
      status: 'final',
      at: fresh,
      duty: { amount: 1200, currency: 'XTS' },
    });
    expect(sent).toMatchObject({ status: 200, body: { known: true, outcomes: 1 } });
    expect((await states())[named.fresh]).toBe('done');
    const { body } = await get(
      harness,
      `/v1/outcomes?declaration=${encodeURIComponent(named.fresh)}&control=post-clearance`,
    );
    expect(body.data).toEqual([
      expect.objectContaining({ result: 'value', duty: { amount: 1200, currency: 'XTS' } }),
    ]);
    const log = await get(harness, '/v1/audit?action=post-clearance.result');
    expect(log.status === 200 ? log.body.data.at(-1) : undefined).toMatchObject({
      object: named.fresh,
      detail: { result: 'value', status: 'final' },
    });
  });

  it('tells how much of it is done, by office', async () => {
    await post(harness, resultOf(named.old), {
      result: 'conform',
      status: 'final',
      at: '2026-03-02T10:00:00Z',
    });
    await harness.settle();
    const { body } = await get(harness, '/v1/post-clearance/coverage');
    expect(body.data).toEqual([
      expect.objectContaining({
        office: 'XXA1',
        listed: 2,
        done: 1,
        late: 1,
        waiting: 1,
        overdue: 0,
        found: 0,
        coverage: expect.objectContaining({ value: 1, n: 1 }),
      }),
      expect.objectContaining({ office: 'XXB2', listed: 1, done: 1, late: 0, found: 1 }),
    ]);
  });

  it('refuses a result of a declaration that is not here, and one that cannot be read', async () => {
    expect(
      (await post(harness, resultOf('NOT/HERE'), { result: 'conform', status: 'final', at: fresh })).status,
    ).toBe(404);
    const bad = await post(harness, resultOf(named.old), { result: 'fine', status: 'final', at: fresh });
    expect(bad.body.code).toBe('CC_REQUEST_INVALID');
  });
});

describe('lanes side by side', () => {
  it('are counted by the clearance system’s first lane and ours, in the office’s mode', async () => {
    const { body } = await get(harness, '/v1/selectivity/comparison');
    expect(body).toMatchObject({ declarations: 5, same: 1, oursStricter: 1, oursMilder: 3 });
    expect(body.data).toContainEqual(
      expect.objectContaining({
        mode: 'observe',
        theirs: 'blue',
        ours: 'yellow',
        relation: 'ours stricter',
        declarations: 1,
        judged: 1,
        irregular: 1,
      }),
    );
  });

  it('an answer says whether the lane is to be followed, and what to look at', async () => {
    const { body } = await post(harness, '/v1/checks', declaration(overweight));
    expect(body).toMatchObject({
      mode: 'observe',
      follow: false,
      stage: 'registration',
      instruction: {
        control: 'documents',
        text: { en: expect.any(String), fr: expect.any(String) },
        look: [{ rule: 'FMT-901', item: 1 }],
      },
    });
  });
});

it('the profile in force is told with what it means at an office, and its lints', async () => {
  const { body } = await get(harness, '/v1/selectivity?office=XXA1&flow=export');
  expect(body.settings.thresholds).toEqual([
    { lane: 'yellow', from: 40 },
    { lane: 'red', from: 90 },
  ]);
  expect(body.lints).toEqual([]);
});
