/** Idempotency-Key: the same key and body are answered with the same check, another body is a conflict. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openIdempotency } from '../../src/check/idempotency.ts';
import { openKeys } from '../../src/service/auth/keys.ts';
import { declaration, get, type Harness, json, overweight, post, startService } from './harness.ts';

let harness: Harness;
beforeAll(async () => {
  harness = await startService();
});
afterAll(() => harness.close());

const send = (body: unknown, key: string, url = '/v1/checks') =>
  harness.app.inject({
    method: 'POST',
    url,
    headers: { ...json, 'idempotency-key': key },
    payload: JSON.stringify(body),
  });

it('the same key and body are answered with the same check, although it was superseded meanwhile', async () => {
  const one = declaration();
  const first = await send(one, 'key 1');
  expect([first.statusCode, first.headers['idempotency-replayed']]).toEqual([200, undefined]);
  await post(harness, '/v1/checks', { ...one, ...overweight });
  const again = await send(one, 'key 1');
  expect(again.headers['idempotency-replayed']).toBe('true');
  expect(again.json()).toEqual(first.json());
  // Without the key it is a change back, hence a third version.
  expect((await post(harness, '/v1/checks', one)).body.version).toBe(3);
});

it('another body under the key is a conflict, and is not checked', async () => {
  const one = declaration();
  const first = await send(one, 'key 2');
  const other = await send({ ...one, ...overweight }, 'key 2');
  expect([other.statusCode, other.json().code]).toEqual([409, 'CC_IDEMPOTENCY_CONFLICT']);
  expect((await send(one, 'key 2', '/v1/checks?country=XX')).statusCode).toBe(409);
  const checks = await get(harness, `/v1/checks?declaration=${encodeURIComponent(first.json().declaration)}`);
  expect(checks.body.data).toHaveLength(1);
});

it('a call that was cut off before its answer is completed by the next one', async () => {
  const one = declaration();
  const keys = openIdempotency(harness.store);
  const body = Buffer.from(JSON.stringify(one));
  // The claim alone, as a crash leaves it.
  await keys.begin({ caller: 'local', key: 'key 3', body, under: {} }, new Date());
  const first = await send(one, 'key 3');
  expect(first.statusCode).toBe(200);
  expect((await send({ ...one, ...overweight }, 'key 3')).statusCode).toBe(409);
  expect((await send(one, 'key 3')).json()).toEqual(first.json());
});

it('a call that was cut off after its check was written is answered with that check, although a later version came', async () => {
  const one = declaration();
  const body = Buffer.from(JSON.stringify(one));
  await openIdempotency(harness.store).begin({ caller: 'local', key: 'key 6', body, under: {} }, new Date());
  const { body: first } = await post(harness, '/v1/checks', one);
  const amended = await post(harness, '/v1/checks', { ...one, ...overweight });
  const again = await send(one, 'key 6');
  expect([again.json().id, again.headers['idempotency-replayed']]).toEqual([first.id, 'true']);
  const { body: standing } = await get(harness, `/v1/declarations/${encodeURIComponent(first.declaration)}`);
  expect([standing.version, amended.body.version]).toEqual([2, 2]);
});

it('twenty calls at a time under one key with two bodies come to one check and conflicts', async () => {
  const one = declaration();
  const bodies = Array.from({ length: 20 }, (_, n) => (n % 2 === 0 ? one : { ...one, ...overweight }));
  const answers = await Promise.all(bodies.map((sent) => send(sent, 'key 7')));
  const good = answers.filter(({ statusCode }) => statusCode === 200).map((answer) => answer.json());
  expect(answers.filter(({ statusCode }) => statusCode === 409)).toHaveLength(10);
  expect([good.length, new Set(good.map(({ id }) => id)).size, good[0].version]).toEqual([10, 1, 1]);
});

it('duplicates in one batch and in two at a time are one declaration, one version and one check', async () => {
  const ones = Array.from({ length: 5 }, () => declaration());
  const lines = [...ones, ...ones, ...ones].map((one) => JSON.stringify(one)).join('\n');
  const batch = () =>
    harness.app.inject({
      method: 'POST',
      url: '/v1/checks/batch',
      headers: { 'content-type': 'application/x-ndjson' },
      payload: lines,
    });
  const answers = (await Promise.all([batch(), batch()])).flatMap(({ body }) =>
    body
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line)),
  );
  expect([answers.length, new Set(answers.map(({ id }) => id)).size]).toEqual([30, 5]);
  expect(answers.every(({ version, supersedes }) => version === 1 && supersedes === undefined)).toBe(true);
});

it('two calls at a time under one key come to one check', async () => {
  const one = declaration();
  const answers = await Promise.all(Array.from({ length: 5 }, () => send(one, 'key 4')));
  expect(new Set(answers.map((answer) => answer.json().id)).size).toBe(1);
});

it('is forgotten after thirty days, and a key too long is refused', async () => {
  const one = declaration();
  await send(one, 'key 5');
  const keys = openIdempotency(harness.store);
  expect(await keys.forget(new Date())).toBe(0);
  expect(await keys.forget(new Date(Date.now() + 31 * 86_400_000))).toBeGreaterThan(0);
  expect((await send({ ...one, ...overweight }, 'key 5')).statusCode).toBe(200);
  expect((await send(one, 'k'.repeat(300))).json().code).toBe('CC_REQUEST_INVALID');
});

it('belongs to a system, however often its API key is rotated, and not to another one of the same office', async () => {
  const guarded = await startService({ authentication: (store) => ({ keys: openKeys(store) }) });
  try {
    const keys = openKeys(guarded.store);
    const request = { label: 'clearance', role: 'system', days: 10 } as const;
    const [first, other] = [
      await keys.create(request, 'tests', new Date()),
      await keys.create(request, 'tests', new Date()),
    ];
    const second = await keys.rotate(first.document.id, 1, 'tests', new Date());
    const third = await keys.rotate(second.document.id, 1, 'tests', new Date());
    const call = (body: unknown, { key }: { key: string }) =>
      guarded.app.inject({
        method: 'POST',
        url: '/v1/checks',
        headers: { ...json, authorization: `Bearer ${key}`, 'idempotency-key': 'one' },
        payload: JSON.stringify(body),
      });
    const one = declaration();
    const answer = await call(one, first);
    expect((await call({ ...one, ...overweight }, first)).statusCode).toBe(409);
    for (const rotated of [second, third]) {
      expect((await call({ ...one, ...overweight }, rotated)).statusCode).toBe(409);
      const again = await call(one, rotated);
      expect([again.headers['idempotency-replayed'], again.json().id]).toEqual(['true', answer.json().id]);
    }
    // Its own name for a call of its own.
    const foreign = await call({ ...one, ...overweight }, other);
    expect([foreign.statusCode, foreign.headers['idempotency-replayed']]).toEqual([200, undefined]);
  } finally {
    await guarded.close();
  }
});
