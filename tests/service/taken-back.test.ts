/** Keys and tokens that are no longer good while a long call goes on: a batch ends with a line that says so, a file is finished for a token alone. */
import { once } from 'node:events';
import { request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { createLocalJWKSet, exportJWK, generateKeyPair, SignJWT } from 'jose';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { openKeys } from '../../src/service/auth/keys.ts';
import { openOidc } from '../../src/service/auth/oidc.ts';
import { declaration, type Harness, startService } from './harness.ts';

const issuer = 'https://login.customs.test';
let harness: Harness;
let sign: () => Promise<string>;

beforeAll(async () => {
  const { publicKey, privateKey } = await generateKeyPair('ES256');
  const published = createLocalJWKSet({ keys: [{ ...(await exportJWK(publicKey)), alg: 'ES256' }] });
  sign = () =>
    new SignJWT({ crosscheck_role: 'system' })
      .setProtectedHeader({ alg: 'ES256' })
      .setIssuer(issuer)
      .setAudience('crosscheck')
      .setSubject('clearance')
      .setExpirationTime('5m')
      .sign(privateKey);
  harness = await startService({
    authentication: (store) => ({
      keys: openKeys(store),
      oidc: openOidc({ issuer, audience: 'crosscheck', keys: published }),
    }),
  });
  await harness.app.listen({ port: 0, host: '127.0.0.1' });
});
afterAll(() => harness.close());
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'Date'], shouldAdvanceTime: false });
});
afterEach(() => {
  vi.useRealTimers();
});

const made = () =>
  openKeys(harness.store).create({ label: 'x', role: 'system', days: 1 }, 'tests', new Date());
/** By another replica, as it were; what this one remembers of the key lapses before the next look. */
async function takeBack(id: string) {
  await openKeys(harness.store).revoke(id, new Date());
  const { now } = performance;
  vi.spyOn(performance, 'now').mockImplementation(() => now.call(performance) + 6_000);
}
const look = async () => {
  vi.advanceTimersByTime(15_000);
  for (let turn = 0; turn < 20; turn++) await new Promise(setImmediate);
};
afterEach(() => {
  vi.restoreAllMocks();
});

/** A call whose body comes line by line; what has been answered so far, and whether it has ended. */
function call(path: string, token: string) {
  const { port } = harness.app.server.address() as AddressInfo;
  const heard = { text: '', status: 0, ended: false };
  const asking = request({
    host: '127.0.0.1',
    port,
    path,
    method: 'POST',
    headers: { 'content-type': 'application/x-ndjson', authorization: `Bearer ${token}` },
  });
  asking.on('error', () => undefined);
  asking.on('response', (response) => {
    heard.status = response.statusCode!;
    response.setEncoding('utf8');
    response.on('data', (text: string) => {
      heard.text += text;
    });
    response.on('close', () => {
      heard.ended = true;
    });
  });
  const lines = () =>
    heard.text
      .trim()
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line));
  const send = () => asking.write(`${JSON.stringify(declaration())}\n`);
  const begun = once(harness.app.server, 'request').then(() => pause(200));
  send();
  return { heard, begun, lines, send, end: () => asking.end() };
}
const soon = { timeout: 15_000, interval: 20 };

it('a batch whose key is taken back answers what it took, then 401 as its last line', async () => {
  const { key, document } = await made();
  const batch = call('/v1/checks/batch', key);
  await expect.poll(() => batch.lines().length, soon).toBe(1);
  await look();
  batch.send();
  await expect.poll(() => batch.lines().length, soon).toBe(2);
  await takeBack(document.id);
  await look();
  await expect.poll(() => batch.heard.ended, soon).toBe(true);
  batch.send();
  expect(batch.lines().map(({ lane, code }) => lane ?? code)).toEqual([
    'green',
    'green',
    'CC_UNAUTHENTICATED',
  ]);
});

it('a batch whose token expires ends the same way', async () => {
  const batch = call('/v1/checks/batch', await sign());
  await expect.poll(() => batch.lines().length, soon).toBe(1);
  vi.setSystemTime(Date.now() + 6 * 60_000);
  await look();
  await expect.poll(() => batch.heard.ended, soon).toBe(true);
  expect(batch.lines().at(-1)).toMatchObject({ code: 'CC_UNAUTHENTICATED' });
});

it('a file whose key is taken back is broken off, with what was kept of it', async () => {
  const { key, document } = await made();
  const file = call('/v1/import?file=day.ndjson', key);
  await file.begun;
  for (let n = 0; n < 600; n++) file.send();
  await look();
  await takeBack(document.id);
  await look();
  await expect.poll(() => file.heard.ended, soon).toBe(true);
  expect(file.heard.text).toContain('CC_UNAUTHENTICATED');
});

it('a file is finished under a token that expires meanwhile: sent again it would take as long', async () => {
  const file = call('/v1/import?file=day.ndjson', await sign());
  await file.begun;
  await look();
  vi.setSystemTime(Date.now() + 6 * 60_000);
  await look();
  file.send();
  file.end();
  await expect.poll(() => file.heard.ended, soon).toBe(true);
  expect(file.heard.status).toBe(200);
  expect(JSON.parse(file.heard.text)).toMatchObject({ read: 2 });
});
