/** Behind a proxy that buffers: streams of events and batches go through as they come. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type BufferingProxy, bufferingProxy } from './buffering-proxy.ts';
import { declaration, type Harness, post, startService } from './harness.ts';

let harness: Harness;
let proxy: BufferingProxy;
beforeAll(async () => {
  harness = await startService();
  await harness.app.listen({ port: 0, host: '127.0.0.1' });
  proxy = await bufferingProxy((harness.app.server.address() as AddressInfo).port);
});
afterAll(async () => {
  await proxy.close();
  await harness.close();
});

/** A stream through the proxy, with what it has said and when each check was heard. */
async function listen(headers: Record<string, string> = {}) {
  const asking = request({ host: '127.0.0.1', port: proxy.port, path: '/v1/live', headers });
  asking.on('error', () => undefined);
  asking.end();
  const [stream] = (await once(asking, 'response')) as [IncomingMessage];
  const heard = { text: '', close: () => asking.destroy() };
  stream.setEncoding('utf8').on('data', (text: string) => {
    heard.text += text;
  });
  stream.on('error', () => undefined);
  return heard;
}

const check = async (): Promise<string> => (await post(harness, '/v1/checks', declaration())).body.id;
const hears = (stream: { text: string }, what: string, timeout: number) =>
  expect.poll(() => stream.text, { timeout, interval: 20 }).toContain(what);

it('such a proxy holds back what does not ask otherwise', async () => {
  const slow = createServer((_, response) => {
    response.write('first\n');
  });
  await new Promise<void>((resolve) => slow.listen(0, '127.0.0.1', resolve));
  const before = await bufferingProxy((slow.address() as AddressInfo).port);
  const asking = request({ host: '127.0.0.1', port: before.port, path: '/' });
  asking.on('error', () => undefined);
  asking.end();
  const answered = once(asking, 'response').then(() => 'answered');
  expect(await Promise.race([answered, pause(500).then(() => 'held back')])).toBe('held back');
  asking.destroy();
  await before.close();
  slow.closeAllConnections();
  slow.close();
});

it('events are heard within two seconds of the check, and a stream that comes back hears what it missed', async () => {
  // The first check opens what later ones find open.
  await check();
  const stream = await listen();
  const first = await check();
  await hears(stream, first, 2_000);
  stream.close();
  const place = [...stream.text.matchAll(/^id: (\S+)$/gm)].at(-1)![1]!;
  const missed = [await check(), await check(), await check()];
  const again = await listen({ 'last-event-id': place });
  await hears(again, missed.at(-1)!, 2_000);
  const told = [...again.text.matchAll(/"id":"([^"]+)"/g)].map(([, id]) => id);
  expect(told).toEqual(missed);
  again.close();
});

it('a batch is answered line by line to a sender who waits for each, in the order of its lines', async () => {
  const sending = request({
    host: '127.0.0.1',
    port: proxy.port,
    path: '/v1/checks/batch',
    method: 'POST',
    headers: { 'content-type': 'application/x-ndjson' },
  });
  const numbers = Array.from({ length: 6 }, (_, index) => `P${index}`);
  const line = (number: string) =>
    `${JSON.stringify(declaration({ registration: { serial: 'P', number, date: '2026-03-02' } }))}\n`;
  const response = once(sending, 'response') as Promise<[IncomingMessage]>;
  sending.write(line(numbers[0]!));
  const [answers] = await response;
  const lines = createInterface({ input: answers })[Symbol.asyncIterator]();
  for (const [index, number] of numbers.entries()) {
    if (index > 0) sending.write(line(number));
    const { value } = await lines.next();
    expect(JSON.parse(value).declaration).toContain(number);
  }
  sending.end();
  expect((await lines.next()).done).toBe(true);
});

it('a batch of hundreds comes back whole and in order', async () => {
  const numbers = Array.from({ length: 400 }, (_, index) => `H${String(index).padStart(3, '0')}`);
  const body = numbers
    .map(
      (number) =>
        `${JSON.stringify(declaration({ registration: { serial: 'H', number, date: '2026-03-02' } }))}\n`,
    )
    .join('');
  const answer = await fetch(`http://127.0.0.1:${proxy.port}/v1/checks/batch`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-ndjson' },
    body,
  });
  const told = (await answer.text()).trimEnd().split('\n');
  expect(told.map((text) => /H\d{3}$/.exec(JSON.parse(text).declaration)?.[0])).toEqual(numbers);
}, 60_000);
