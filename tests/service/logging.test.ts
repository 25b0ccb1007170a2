/** The log: whatever is sent, in a message, a path, a query, a header or an error, none of what tells of a person is in it. */
import { once } from 'node:events';
import { connect } from 'node:net';
import { Writable } from 'node:stream';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { CrosscheckError } from '../../src/errors.ts';
import { permissions } from '../../src/service/auth/permissions.ts';
import { loggedError } from '../../src/service/logging.ts';
import { declaration, type Harness, json, overweight, startService } from './harness.ts';

/** Nothing but what is sent here holds these. */
const planted = {
  name: 'Zzyzx Quuxington',
  account: 'qqxyz.examiner',
  address: '17 Wibbleforth Lane',
  id: 'TINPLGH77',
  bill: 'BLWQVX01',
  reference: 'XXA1-2026-ZQJ-5',
};
const personal = /zzyzx|quuxington|qqxyz|wibbleforth|tinplgh|blwqvx|ZQJ/i;
const full = (): Record<string, unknown> =>
  declaration({
    declarant: { id: planted.id, name: planted.name, address: planted.address },
    consignee: { id: planted.id, name: planted.name, address: planted.address },
    billOfLading: planted.bill,
    registration: { serial: 'C', number: planted.reference, date: '2026-03-02' },
    ...overweight,
  });

const text = () => JSON.stringify(full());

let harness: Harness;
let logged = '';
const sent = async (url: string, body: string, headers: Record<string, string> = json) =>
  (await harness.app.inject({ method: 'POST', url, headers, payload: body })).statusCode;

beforeAll(async () => {
  const stream = new Writable({
    write(chunk, _encoding, done) {
      logged += chunk;
      done();
    },
  });
  harness = await startService({ logger: { level: 'trace', stream }, bodyLimit: 100_000 });
});
afterAll(() => harness.close());
beforeEach(() => {
  logged = '';
});

const lines = (): Record<string, unknown>[] =>
  logged
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);

describe('what is logged', () => {
  it('of a request is its method, its route, its status and its id', async () => {
    await harness.app.inject(`/v1/declarations/${planted.reference}?office=${planted.id}`);
    const [came, went] = lines();
    expect(came).toMatchObject({ req: { method: 'GET', route: '/v1/declarations/:reference' } });
    expect(Object.keys(came!.req as object)).toEqual(['method', 'route']);
    expect(went).toMatchObject({ reqId: came!.reqId, res: { statusCode: expect.any(Number) } });
  });

  it('of an accepted declaration, its trail and its outcome is nothing of a person', async () => {
    const body = text();
    const { statusCode, body: answer } = await harness.app.inject({
      method: 'POST',
      url: '/v1/checks',
      headers: { ...json, 'idempotency-key': planted.id },
      payload: body,
    });
    expect(statusCode, answer).toBe(200);
    const { declaration: reference } = JSON.parse(answer) as { declaration: string };
    const at = `/v1/declarations/${encodeURIComponent(reference)}`;
    const release = { kind: 'RELEASE', at: '2026-03-02T10:00:00Z', user: planted.account };
    const found = { control: 'physical', status: 'final', result: 'conform', user: planted.account };
    expect(await sent(`${at}/events`, JSON.stringify(release))).toBe(200);
    const outcome = { ...found, declaration: reference, at: '2026-03-02T11:00:00Z' };
    expect(await sent('/v1/outcomes', JSON.stringify(outcome))).toBe(200);
    // The same key with another body.
    const other = text().replaceAll('Wibbleforth', 'Wibbleforth-Upper');
    expect(await sent('/v1/checks', other, { ...json, 'idempotency-key': planted.id })).toBe(409);
    expect(lines().length).toBeGreaterThan(3);
    expect(logged).not.toMatch(personal);
  });

  it.each<[string, () => Promise<number>, number]>([
    ['cut off', () => sent('/v1/checks', text().slice(0, -20)), 422],
    ['not of the model', () => sent('/v1/checks', JSON.stringify({ ...full(), [planted.name]: 1 })), 422],
    ['of no known format', () => sent('/v1/checks', planted.name), 415],
    ['of an unknown type', () => sent('/v1/checks', text(), { 'content-type': `x/${planted.id}` }), 415],
    ['too large', () => sent('/v1/checks', planted.name.repeat(10_000)), 413],
    [
      'not well-formed',
      () => sent('/v1/checks', `<SAD><${planted.id}>`, { 'content-type': 'text/xml' }),
      422,
    ],
    ['to no route', () => sent(`/v1/${planted.id}/${planted.bill}?name=${planted.account}`, text()), 404],
    ['not percent-encoded', () => sent(`/v1/declarations/${planted.id}%ff/events`, text()), 400],
  ])('of a message that is %s is nothing of a person', async (_what, send, status) => {
    expect(await send()).toBe(status);
    expect(lines().length).toBeGreaterThan(0);
    expect(logged).not.toMatch(personal);
  });

  it.each(Object.keys(permissions))('of a path and a query of %s is nothing of a person', async (route) => {
    const [method, pattern] = route.split(' ') as ['GET', string];
    const path = pattern.replace(/:\w+/g, planted.reference);
    const query = new URLSearchParams({ office: planted.id, declarant: planted.account, q: planted.name });
    // A stream of events does not end by itself.
    const stop = new AbortController();
    if (path === '/v1/live') setTimeout(() => stop.abort(), 60);
    const answered = harness.app.inject({
      method,
      signal: stop.signal,
      url: `${path}?${query}`,
      headers: { ...json, 'user-agent': planted.name, referer: `http://x/${planted.id}` },
      ...(method === 'GET' ? {} : { payload: text() }),
    });
    await answered.catch((error: Error) => expect(error.name).toBe('AbortError'));
    expect(lines().length).toBeGreaterThan(0);
    expect(logged).not.toMatch(personal);
  });

  it('of what is no request at all is nothing of a person', async () => {
    const address = new URL(await harness.app.listen({ port: 0, host: '127.0.0.1' }));
    const socket = connect(Number(address.port), '127.0.0.1');
    socket.end(`${planted.name} / HTTP/9.9\r\n${planted.account}\r\n\r\n`);
    socket.resume();
    await once(socket, 'close');
    expect(logged).toMatch(/client error/);
    expect(logged).not.toMatch(personal);
    // The error of the parser holds the bytes that came.
    expect(logged).not.toContain('rawPacket');
  });
});

describe('an error in the log', () => {
  const inside = [planted.name, planted.account].join(' ');
  it.each<[string, unknown, object]>([
    [
      'of ours is its declared sentence',
      new CrosscheckError(
        'CC_NOT_FOUND',
        { what: 'declaration', id: planted.reference },
        { pointer: inside },
      ),
      { code: 'CC_NOT_FOUND', message: '{what} {id} does not exist' },
    ],
    [
      'of a parser is without the text that it quotes',
      new SyntaxError(`Unexpected token 'Z', "${inside}" is not valid JSON`),
      { message: 'Unexpected token …, … is not valid JSON' },
    ],
    [
      'of a store is without the key that it names',
      Object.assign(new Error(`E11000 duplicate key error index: _id_ dup key: { _id: "${inside}" }`), {
        code: 11000,
        keyValue: { _id: inside },
      }),
      { code: '11000', message: 'E11000 duplicate key error index: _id_ dup key: …' },
    ],
    [
      'keeps what an operator needs',
      Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:27017'), { code: 'ECONNREFUSED' }),
      { code: 'ECONNREFUSED', message: 'connect ECONNREFUSED 127.0.0.1:27017' },
    ],
    ['that is no error is told by its type', inside, { type: 'string' }],
  ])('%s', (_what, thrown, expected) => {
    const told = loggedError(new CrosscheckError('CC_INTERNAL', {}, {}, thrown));
    expect(told.cause).toMatchObject(expected);
    expect(JSON.stringify(told)).not.toMatch(personal);
    expect(told.stack).toMatch(/^ +at /);
  });
});
