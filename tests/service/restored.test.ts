/** Streams of events over the end of a process and over a restore; a store that was restored from a backup under load. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, describe, expect, it } from 'vitest';
import { restore } from '../../src/store/duckdb/backup.ts';
import { declaration } from './harness.ts';
import { isBuilt, type ServiceProcess, startProcess } from './process.ts';

const folder = mkdtempSync(join(tmpdir(), 'crosscheck-restored-'));
const started: ServiceProcess[] = [];
afterAll(() => {
  for (const { child } of started) child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

async function start(place: { data: string }): Promise<ServiceProcess> {
  const service = await startProcess(place);
  started.push(service);
  return service;
}

const json = { 'content-type': 'application/json' };
const send = (url: string, path: string, body: unknown): Promise<Response> =>
  fetch(url + path, { method: 'POST', headers: json, body: JSON.stringify(body) });

/** A machine with much to do sheds at first. */
async function untilTaken(attempt: () => Promise<Response>): Promise<Response> {
  for (;;) {
    const answer = await attempt();
    if (answer.status === 200) return answer;
    if (answer.status !== 503) throw new Error(await answer.text());
    await pause(250);
  }
}

/** The id of the check of a new declaration. */
async function check(url: string): Promise<string> {
  const answer = await untilTaken(() => send(url, '/v1/checks', declaration()));
  return ((await answer.json()) as { id: string }).id;
}

/** A stream of events: what it says as it says it, and the last place it named. */
async function listen(url: string, last?: string) {
  const stop = new AbortController();
  const headers: Record<string, string> = last === undefined ? {} : { 'last-event-id': last };
  const answer = await untilTaken(() => fetch(`${url}/v1/live`, { headers, signal: stop.signal }));
  const heard = { text: '', last: () => [...heard.text.matchAll(/^id: (\S+)$/gm)].at(-1)?.[1], stop };
  const read = async () => {
    for await (const chunk of answer.body!.pipeThrough(new TextDecoderStream())) heard.text += chunk;
  };
  read().catch(() => undefined);
  return heard;
}
const hears = (stream: { text: string }, what: string) =>
  expect.poll(() => stream.text, { timeout: 30_000, interval: 25 }).toContain(what);

async function end(service: ServiceProcess, signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
  service.child.kill(signal);
  expect(await service.ended).toBe(signal === 'SIGTERM' ? 0 : signal);
}

describe.skipIf(!isBuilt)('a stream of events', () => {
  it.each(['SIGTERM', 'SIGKILL'] as const)(
    'goes on where it was after %s, without a gap and without a repetition',
    async (signal) => {
      const place = { data: join(folder, signal) };
      const first = await start(place);
      const stream = await listen(first.url);
      const seen = await check(first.url);
      await hears(stream, seen);
      const last = stream.last()!;
      const missed = [await check(first.url), await check(first.url)];
      await end(first, signal);

      const second = await start(place);
      missed.push(await check(second.url));
      const again = await listen(second.url, last);
      for (const id of missed) await hears(again, id);
      expect(again.text).not.toContain(seen);
      expect(again.text).not.toContain('event: reset');
      await end(second, 'SIGTERM');
    },
    120_000,
  );

  it('hears `reset` from a store that was restored and written past the place since, and nothing is missed silently', async () => {
    const place = { data: join(folder, 'before') };
    const first = await start(place);
    const stream = await listen(first.url);
    const kept = await check(first.url);
    await hears(stream, kept);
    const held = stream.last()!;
    await untilTaken(() => send(first.url, '/v1/backup', { folder: join(folder, 'backup') }));
    const lost = await check(first.url);
    await hears(stream, lost);
    const last = stream.last()!;
    await end(first, 'SIGTERM');

    const restored = { data: join(folder, 'after') };
    await restore(join(folder, 'backup'), restored.data);
    const second = await start(restored);
    const since = [await check(second.url), await check(second.url), await check(second.url)];

    const ahead = await listen(second.url, last);
    await hears(ahead, 'event: reset');
    // Who had seen no more than the backup holds has missed nothing, and hears what came since.
    const level = await listen(second.url, held);
    for (const id of since) await hears(level, id);
    expect(level.text).not.toContain('event: reset');
    // The place that came with `reset` is one of this store.
    const again = await listen(second.url, ahead.last());
    const next = await check(second.url);
    await hears(again, next);
    expect(again.text).not.toContain('event: reset');
    // A client of before names a place without a mark.
    const old = await listen(second.url, held.split('-')[0]);
    for (const id of since) await hears(old, id);
    await end(second, 'SIGTERM');
  }, 120_000);
});
