/** What an operator's worst days hold, at real processes: backups in a rush, and two replicas on one MongoDB that go and come. */
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, expect, it } from 'vitest';
import { verifyAudit } from '../../src/audit/verify.ts';
import { checks } from '../../src/check/collections.ts';
import type { CheckDocument } from '../../src/check/document.ts';
import { degradedChecks } from '../../src/check/fallback.ts';
import { replay } from '../../src/check/replay.ts';
import { type DeliveryDocument, deliveries } from '../../src/service/webhooks/model.ts';
import { restore } from '../../src/store/duckdb/backup.ts';
import { openStore } from '../../src/store/open.ts';
import { readAll } from '../../src/store/pages.ts';
import { restartableMongo, stopMongo } from '../store/mongod.ts';
import { declaration } from './harness.ts';
import { type Acknowledged, load, send } from './kills.ts';
import { isBuilt, type ServiceProcess, startProcess } from './process.ts';

const folder = mkdtempSync(join(tmpdir(), 'crosscheck-attacks-'));
const started: ServiceProcess[] = [];
afterAll(async () => {
  for (const { child } of started) child.kill('SIGKILL');
  await stopMongo();
  rmSync(folder, { recursive: true, force: true });
});
const nobody = (): Acknowledged => ({ checks: new Map(), released: new Set() });
async function untilTaken(attempt: () => Promise<Response>): Promise<Response> {
  for (;;) {
    const answer = await attempt();
    if (answer.status !== 503) return answer;
    await pause(250);
  }
}
const upTo = async <T>(ms: number, holds: () => Promise<T> | T): Promise<T> => {
  for (const until = Date.now() + ms; ; await pause(250)) {
    const found = await holds();
    if (found || Date.now() > until) return found;
  }
};

it('backups every ten seconds of a rush are each whole: all that was acknowledged before, once, with its audit log', async () => {
  expect(isBuilt, 'npm run build').toBe(true);
  const service = await startProcess({ data: join(folder, 'running') });
  started.push(service);
  const acknowledged = nobody();
  const loading = load(service, acknowledged, () => {});
  const made: { to: string; before: string[] }[] = [];
  for (let n = 0; n < 12; n += 1) {
    const next = pause(10_000);
    const before = [...acknowledged.checks.values()].filter(({ degraded }) => !degraded).map(({ id }) => id);
    const to = join(folder, `backup${n}`);
    const answer = await untilTaken(() => send(service.url, '/v1/backup', { folder: to }));
    expect(answer.status).toBe(200);
    made.push({ to, before });
    await next;
  }
  service.child.kill('SIGKILL');
  await loading;
  let last = 0;
  for (const { to, before } of made) {
    const data = `${to} restored`;
    await restore(to, data);
    const store = await openStore({ data });
    try {
      const stored = await readAll(store.collection<CheckDocument>(checks));
      const ids = new Set(stored.map(({ id }) => id));
      expect(before.filter((id) => !ids.has(id))).toEqual([]);
      expect(new Set(stored.map(({ key, ordinal }) => `${key} ${ordinal}`)).size).toBe(stored.length);
      expect(stored.length).toBeGreaterThanOrEqual(last);
      last = stored.length;
      for (const { id } of stored.filter((_, n) => n % Math.ceil(stored.length / 20) === 0))
        expect(await replay(store, id)).toMatchObject({ same: true });
      expect((await verifyAudit(store)).broken).toBeUndefined();
    } finally {
      await store.close();
    }
    rmSync(data, { recursive: true });
  }
  console.log(`${made.length} backups, ${acknowledged.checks.size} checks acknowledged, ${last} in the last`);
});

it('of two replicas one goes, the server is killed in a batch, and one is killed over its letters: nothing is lost or done twice', async () => {
  const server = await restartableMongo(join(folder, 'mongo'), 'attacks');
  if (server === undefined) return;
  const letters = new Map<string, number>();
  let accepts = true;
  const receiver = createServer((request, response) => {
    request.resume().on('end', () => {
      const id = String(request.headers['webhook-id']);
      if (accepts) letters.set(id, (letters.get(id) ?? 0) + 1);
      response.writeHead(accepts ? 204 : 500).end();
    });
  });
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  const host = `127.0.0.1:${(receiver.address() as AddressInfo).port}`;
  const start = async (): Promise<ServiceProcess> => {
    const service = await startProcess({ mongodbUri: server.uri }, [], { CROSSCHECK_WEBHOOK_HOSTS: host });
    started.push(service);
    return service;
  };
  const [one, other] = await Promise.all([start(), start()]);
  const subscription = { url: `http://${host}/`, label: 'x', audience: 'examiner', kinds: ['check.created'] };
  expect((await untilTaken(() => send(one.url, '/v1/webhooks', subscription))).status).toBe(201);

  const listen = async (url: string, after?: string) => {
    const headers: Record<string, string> = after === undefined ? {} : { 'last-event-id': after };
    const answer = await untilTaken(() => fetch(`${url}/v1/live`, { headers }));
    const heard = {
      text: '',
      ids: () => [...heard.text.matchAll(/"id":"(C-[^"]+)"/g)].map(([, id]) => id!),
      last: () => [...heard.text.matchAll(/^id: (\S+)$/gm)].at(-1)?.[1],
    };
    (async () => {
      for await (const chunk of answer.body!.pipeThrough(new TextDecoderStream())) heard.text += chunk;
    })().catch(() => undefined);
    return heard;
  };
  const told: { id: string; at: number }[] = [];
  /** A batch whose lines come one by one; what it was answered, in order. */
  const batch = async (url: string, lines: number, everyMs: number) => {
    // Right after a start it may shed.
    expect((await untilTaken(() => fetch(`${url}/health/ready`))).status).toBe(200);
    let sent = 0;
    const encoder = new TextEncoder();
    const body = new ReadableStream<Uint8Array>({
      async pull(to) {
        if (sent === lines) return to.close();
        sent += 1;
        to.enqueue(encoder.encode(`${JSON.stringify(declaration())}\n`));
        await pause(everyMs);
      },
    });
    const answers: { id?: string; code?: string }[] = [];
    const headers = { 'content-type': 'application/x-ndjson' };
    const answer = await fetch(`${url}/v1/checks/batch`, {
      method: 'POST',
      headers,
      body,
      duplex: 'half',
    } as RequestInit);
    expect(answer.status).toBe(200);
    let rest = '';
    for await (const chunk of answer.body!.pipeThrough(new TextDecoderStream())) {
      const whole = (rest + chunk).split('\n');
      rest = whole.pop()!;
      for (const line of whole) {
        const read = JSON.parse(line);
        answers.push(read);
        if (read.code === undefined) told.push({ id: read.id, at: Date.now() });
      }
    }
    return answers;
  };

  const [atOne, atOther] = [await listen(one.url), await listen(other.url)];
  const acknowledged = nobody();
  const loading = load(other, acknowledged, () => {});
  const cut = batch(one.url, 3_000, 5);
  await pause(4_000);
  one.child.kill('SIGTERM');
  expect(await one.ended).toBe(0);
  const answers = await cut;
  expect(answers.map(({ code }) => code).filter((code) => code !== undefined)).toEqual(['CC_BUSY']);
  const heard = atOne.ids();
  const resumed = await listen(other.url, atOne.last());
  const expected = () => atOther.ids().filter((id) => !heard.includes(id));
  await upTo(20_000, () => expected().length > 0 && expected().every((id) => resumed.ids().includes(id)));
  expect(expected().filter((id) => !resumed.ids().includes(id)).length).toBeLessThan(50);
  expect(resumed.ids().filter((id) => heard.includes(id))).toEqual([]);
  expect(resumed.text).not.toContain('event: reset');

  const third = await start();
  const over = batch(third.url, 1_000, 4);
  await pause(2_000);
  server.kill();
  const killedAt = Date.now();
  await pause(3_000);
  await server.start();
  const after = await over;
  expect(after.length).toBe(1_000);
  accepts = false;
  await pause(3_000);
  third.child.kill('SIGKILL');
  await third.ended;
  accepts = true;
  await pause(2_000);
  const store = await openStore({ mongodbUri: server.uri });
  try {
    const waiting = async () =>
      (await readAll(store.collection<DeliveryDocument>(deliveries))).filter(
        ({ state }) => state !== 'delivered',
      ).length;
    other.child.kill('SIGTERM');
    await loading;
    await other.ended;
    const last = await start();
    expect(await upTo(180_000, async () => (await waiting()) === 0)).toBe(true);
    const stored = await readAll(store.collection<CheckDocument>(checks));
    const kept = new Set(stored.map(({ id }) => id));
    for (const { id } of await readAll(store.collection(degradedChecks))) kept.add(id);
    const counted = told.filter(({ at }) => at < killedAt - server.ahead || at > killedAt + 500);
    expect(counted.filter(({ id }) => !kept.has(id))).toEqual([]);
    const firsts = stored.filter(({ supersedes }) => supersedes === undefined);
    expect(new Set(firsts.map((check) => check.declaration)).size).toBe(firsts.length);
    const letter = await readAll(store.collection<DeliveryDocument>(deliveries));
    const objects = new Set(letter.map(({ object }) => object));
    expect(firsts.filter(({ id }) => !objects.has(id))).toEqual([]);
    expect(letter.filter(({ id }) => !letters.has(id))).toEqual([]);
    expect((await verifyAudit(store)).broken).toBeUndefined();
    console.log(
      `${stored.length} checks; the batch that was cut was answered ${answers.length} lines; resumed with ${resumed.ids().length} events; ` +
        `${letter.length} letters, ${[...letters.values()].filter((times) => times > 1).length} of them more than once`,
    );
    last.child.kill('SIGTERM');
    await last.ended;
  } finally {
    await store.close();
    receiver.close();
    await server.stop();
  }
});
