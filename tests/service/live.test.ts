/** Streams of events: how long they stay, where they begin again, and who does not read them. */
import { once } from 'node:events';
import { type IncomingMessage, get as request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { openLive } from '../../src/service/live-stream.ts';
import { declaration, type Harness, post, startService } from './harness.ts';

const bodyMs = 300;
let harness: Harness;
beforeAll(async () => {
  harness = await startService({ bodyMs });
  await harness.app.listen({ port: 0, host: '127.0.0.1' });
});
afterAll(() => harness.close());

/** A stream, what it has said so far, and whether it was ended. */
async function listen(headers: Record<string, string> = {}) {
  const { port } = harness.app.server.address() as AddressInfo;
  const asking = request({ host: '127.0.0.1', port, path: '/v1/live', headers });
  asking.on('error', () => undefined);
  const [stream] = (await once(asking, 'response')) as [IncomingMessage];
  const heard = { text: '', ended: false, close: () => asking.destroy() };
  stream.setEncoding('utf8');
  stream.on('data', (text: string) => {
    heard.text += text;
  });
  stream.on('error', () => undefined);
  stream.on('close', () => {
    heard.ended = true;
  });
  return heard;
}

const check = async (): Promise<string> => (await post(harness, '/v1/checks', declaration())).body.id;
const hears = (stream: { text: string }, what: string) =>
  expect.poll(() => stream.text, { timeout: 15_000, interval: 20 }).toContain(what);

describe('a stream', () => {
  it('stays open longer than a body may take to come', async () => {
    const stream = await listen();
    await pause(4 * bodyMs);
    expect(stream.ended).toBe(false);
    await hears(stream, await check());
    stream.close();
  });

  it('that comes back hears what was written since, and nothing twice', async () => {
    const first = await listen();
    const before = await check();
    await hears(first, before);
    first.close();
    const [, place] = /id: (\S+)\nevent: check\n[^\n]*$/m.exec(first.text.trimEnd())!;
    const missed = [await check(), await check()];
    const again = await listen({ 'last-event-id': place! });
    for (const id of missed) await hears(again, id);
    expect(again.text).not.toContain(before);
    expect(again.text).not.toContain('event: reset');
    again.close();
  });

  it.each(['999999999999', '1e300', 'of another service'])(
    'that names a place where the store has not been (%s) is told, and hears what comes',
    async (place) => {
      await check();
      const stream = await listen({ 'last-event-id': place });
      await hears(stream, 'event: reset');
      await hears(stream, await check());
      stream.close();
    },
  );

  it('asks proxies neither to hold it back, nor to keep it, nor to compress it, and begins at once', async () => {
    const { port } = harness.app.server.address() as AddressInfo;
    const asking = request({
      host: '127.0.0.1',
      port,
      path: '/v1/live',
      headers: { 'accept-encoding': 'gzip, br' },
    });
    asking.on('error', () => undefined);
    const [stream] = (await once(asking, 'response')) as [IncomingMessage];
    expect(stream.headers).toMatchObject({
      'content-type': 'text/event-stream',
      'cache-control': 'no-store, no-transform',
      'x-accel-buffering': 'no',
    });
    expect(stream.headers).not.toHaveProperty('content-encoding');
    expect(stream.headers).not.toHaveProperty('content-length');
    const [first] = (await once(stream, 'data')) as [Buffer];
    expect(String(first)).toMatch(/^retry: \d+\n\n/);
    asking.destroy();
  });

  it('is none for who asks for the head alone', async () => {
    const head = await harness.app.inject({ method: 'HEAD', url: '/v1/live' });
    expect(head.statusCode).toBe(404);
  });

  it('whose client does not read is cut off with what waits for it, and the others hear on', async () => {
    const live = openLive(harness.store);
    const fake = (writableLength: number) => {
      const told: string[] = [];
      let destroyed = false;
      const response = {
        writableLength,
        writeHead: () => response,
        write: (text: string) => told.push(text),
        on: () => response,
        end: () => response,
        destroy: () => {
          destroyed = true;
        },
      };
      return { told, response: response as unknown as ServerResponse, isDestroyed: () => destroyed };
    };
    const [slow, quick] = [fake(2 ** 21), fake(0)];
    const caller = { role: 'analyst', subject: 'the test' } as const;
    for (const { response } of [slow, quick])
      live.subscribe({ caller, response, ...(await live.begin(undefined)), isStillCaller: async () => true });
    const id = await check();
    live.poke();
    await expect.poll(() => quick.told.join('')).toContain(id);
    expect([slow.isDestroyed(), quick.isDestroyed()]).toEqual([true, false]);
    live.close();
  });

  it('whose key is taken back while its client does not read is cut off with what waits for it', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    try {
      const live = openLive(harness.store);
      const done: string[] = [];
      const response = {
        writableLength: 5_000,
        writeHead: () => response,
        write: () => true,
        on: () => response,
        end: () => done.push('end'),
        destroy: () => done.push('destroy'),
      };
      const from = await live.begin(undefined);
      live.subscribe({
        caller: { role: 'analyst', subject: 'the test' },
        response: response as unknown as ServerResponse,
        ...from,
        isStillCaller: async () => false,
      });
      vi.advanceTimersByTime(15_000);
      await new Promise(setImmediate);
      expect(done).toEqual(['destroy']);
      live.close();
    } finally {
      vi.useRealTimers();
    }
  });

  it('ends at the next breath once its key is taken back, and tells nothing more', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    try {
      const live = openLive(harness.store);
      const told: string[] = [];
      let [isGood, isEnded] = [true, false];
      const response = {
        writableLength: 0,
        writeHead: () => response,
        write: (text: string) => told.push(text),
        on: () => response,
        end: () => {
          isEnded = true;
        },
      };
      const caller = { role: 'analyst', subject: 'the test' } as const;
      const isStillCaller = async () => isGood;
      const from = await live.begin(undefined);
      live.subscribe({ caller, response: response as unknown as ServerResponse, ...from, isStillCaller });
      const breath = async () => {
        vi.advanceTimersByTime(15_000);
        await new Promise(setImmediate);
        return isEnded;
      };
      expect([await breath(), told.at(-1)]).toEqual([false, ':\n\n']);
      isGood = false;
      expect(await breath()).toBe(true);
      const id = await check();
      live.poke();
      await breath();
      expect(told.join('')).not.toContain(id);
      live.close();
    } finally {
      vi.useRealTimers();
    }
  });
});
