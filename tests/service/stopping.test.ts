/**
 * SIGTERM while everything is open: callers that keep their connections, a batch that never ends, one whose answers nobody
 * reads, an upload that stands still, a stream of events, a webhook that is not answered.
 */
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { Agent, type ClientRequest, type IncomingMessage, request } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { checks } from '../../src/check/collections.ts';
import type { CheckDocument } from '../../src/check/document.ts';
import { type ClearanceRow, clearance } from '../../src/projections/clearance.ts';
import { openLogLines } from '../../src/service/log-lines.ts';
import type { ReferenceDocument } from '../../src/sources/reference/book.ts';
import { references } from '../../src/sources/reference/store.ts';
import { openStore } from '../../src/store/open.ts';
import { readAll } from '../../src/store/pages.ts';
import { declaration, overweight, startService } from './harness.ts';
import { isBuilt, type ServiceProcess, startProcess } from './process.ts';
import { startReceiver } from './receiver.ts';

const folder = mkdtempSync(join(tmpdir(), 'crosscheck-stopped-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const json = { 'content-type': 'application/json' };
const ndjson = { 'content-type': 'application/x-ndjson' };

/** Begins a call; the caller writes its body. */
function call(url: string, path: string, headers: Record<string, string>, agent?: Agent) {
  const sent: ClientRequest = request(new URL(path, url), { method: 'POST', headers, agent });
  const answer = new Promise<IncomingMessage>((resolve, reject) => {
    sent.on('response', resolve);
    sent.on('error', reject);
  });
  // Whoever looks later is told then.
  answer.catch(() => undefined);
  return { sent, answer };
}

/** The lines of an answer as they come; `ended` says whether it came to its proper end. */
function linesOf(response: IncomingMessage) {
  const lines: string[] = [];
  let rest = '';
  const ended = new Promise<boolean>((resolve) => {
    response.setEncoding('utf8');
    response.on('data', (text: string) => {
      const parts = (rest + text).split('\n');
      rest = parts.pop()!;
      lines.push(...parts);
    });
    response.on('close', () => resolve(response.complete));
  });
  return { lines, ended };
}

const bodyOf = async (response: IncomingMessage): Promise<Record<string, unknown>> => {
  let text = '';
  for await (const chunk of response.setEncoding('utf8')) text += chunk;
  return JSON.parse(text) as Record<string, unknown>;
};

const agents: Agent[] = [];
afterAll(() => {
  for (const agent of agents) agent.destroy();
});

/** A machine with much to do sheds at first. */
async function untilTaken(attempt: () => Promise<Response>): Promise<Response> {
  for (;;) {
    const answer = await attempt();
    if (answer.status !== 503) return answer;
    await pause(250);
  }
}

/** Standard output of which nothing is taken until it is uncorked. */
function unreadOutput() {
  let text = '';
  const stdout = new Writable({
    decodeStrings: false,
    write: (line, _encoding, done) => {
      text += line;
      done();
    },
  });
  stdout.cork();
  return { stdout, heard: () => text };
}

interface Told {
  acknowledged: Set<string>;
  refused: Set<string>;
  cut: string[];
}

/** One caller with one connection that it keeps, until it is refused or finds the door closed. */
async function keepCalling(service: ServiceProcess, told: Told): Promise<void> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  agents.push(agent);
  for (let n = 0; ; n += 1) {
    const { sent, answer } = call(service.url, '/v1/checks', json, agent);
    sent.end(JSON.stringify(declaration(n % 2 === 0 ? overweight : {})));
    let response: IncomingMessage;
    try {
      response = await answer;
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      // Nothing was sent to a door that is closed; a connection that broke under a call is what must not be.
      if (code !== 'ECONNREFUSED') told.cut.push(String(code));
      return;
    }
    const body = await bodyOf(response);
    if (response.statusCode === 200) told.acknowledged.add(String(body.id));
    else {
      told.refused.add(`${response.statusCode} ${body.code} ${response.headers['retry-after']}`);
      if (service.child.killed) return;
      await pause(200);
    }
  }
}

describe.skipIf(!isBuilt)('told to stop', () => {
  it('the service answers what it accepted, refuses the rest, and ends in bounded time whoever holds on', async () => {
    const place = { data: join(folder, 'store') };
    const receiver = await startReceiver({ silent: true });
    const service = await startProcess(place, [], { CROSSCHECK_WEBHOOK_HOSTS: receiver.host });
    const told: Told = { acknowledged: new Set(), refused: new Set(), cut: [] };

    const asked = { label: 'one', url: receiver.url, kinds: ['check.created'], audience: 'examiner' };
    const hook = () =>
      fetch(`${service.url}/v1/webhooks`, { method: 'POST', headers: json, body: JSON.stringify(asked) });
    expect((await untilTaken(hook)).status).toBe(201);
    const stream = await untilTaken(() => fetch(`${service.url}/v1/live`));
    const events = stream.text();

    // One who sends a line at a time and never comes to an end.
    const endless = call(service.url, '/v1/checks/batch', ndjson);
    endless.sent.on('error', () => undefined);
    let sentLines = 0;
    const sending = setInterval(() => {
      sentLines += 1;
      endless.sent.write(`${JSON.stringify(declaration())}\n`);
    }, 50);
    const batch = linesOf(await endless.answer);

    // One who reads nothing of a long answer.
    const unread = call(service.url, '/v1/checks/batch', ndjson);
    unread.sent.on('error', () => undefined);
    unread.sent.end(Array.from({ length: 2_000 }, () => JSON.stringify(declaration(overweight))).join('\n'));
    void unread.answer.then((response) => response.pause());

    // One whose body does not come, and one who only knocked.
    const half = call(service.url, '/v1/checks', { ...json, 'content-length': '500' });
    half.sent.write('{"flow":');
    const idle = connect(Number(new URL(service.url).port), '127.0.0.1');
    idle.on('error', () => undefined);

    const callers = Array.from({ length: 8 }, () => keepCalling(service, told));
    // On a busy machine it takes a while until all of them are at it; what counts begins with the signal.
    await expect.poll(() => told.acknowledged.size, { timeout: 120_000 }).toBeGreaterThan(30);
    await expect.poll(() => receiver.letters.length, { timeout: 30_000 }).toBeGreaterThan(0);
    service.child.kill('SIGTERM');
    const began = performance.now();
    expect(await service.ended).toBe(0);
    const seconds = (performance.now() - began) / 1000;
    clearInterval(sending);

    await Promise.all(callers);
    expect(told.cut).toEqual([]);
    expect([...told.refused].filter((each) => each !== '503 CC_BUSY 2')).toEqual([]);
    // docker-compose gives it thirty seconds.
    expect(seconds).toBeLessThan(28);

    // The stream of events ended as a whole answer does.
    expect(await events).toContain('event: check');
    // The batch was told at which line to begin again, and nothing came after that.
    expect(await batch.ended).toBe(true);
    const answers = batch.lines.map((line) => JSON.parse(line) as { id?: string; code?: string });
    expect(answers.at(-1)).toMatchObject({ code: 'CC_BUSY', status: 503 });
    expect(answers.length).toBeLessThanOrEqual(sentLines + 1);
    expect(answers.slice(0, -1).every(({ id }) => id?.startsWith('C-'))).toBe(true);

    const store = await openStore(place);
    try {
      const stored = await readAll(store.collection<CheckDocument>(checks));
      const ids = new Set(stored.map(({ id }) => id));
      const lost = [...told.acknowledged, ...answers.slice(0, -1).map(({ id }) => id!)].filter(
        (id) => !ids.has(id),
      );
      expect(lost).toEqual([]);
    } finally {
      await store.close();
      unread.sent.destroy();
      half.sent.destroy();
      idle.destroy();
      await receiver.close();
    }
  }, 300_000);
});

describe.skipIf(!isBuilt)('told to stop on a disk that takes nothing any more', () => {
  it('the service ends all the same', async () => {
    const data = join(folder, 'stuck');
    const service = await startProcess({ data });
    // What cannot be taken away, as nothing can on a file system that has become read-only.
    const announced = join(data, 'running.json');
    rmSync(announced);
    mkdirSync(join(announced, 'in the way'), { recursive: true });
    service.child.kill('SIGTERM');
    expect(await Promise.race([service.ended, pause(20_000, 'still there')])).toBe(0);
    service.child.kill('SIGKILL');
  }, 120_000);
});

describe.skipIf(!isBuilt)('whose log nobody reads', () => {
  it('the service answers and ends all the same', async () => {
    const data = join(folder, 'unread');
    const service = await startProcess({ data }, [], {}, { unread: true });
    // Two lines each, several times what a pipe and its reader hold.
    for (let round = 0; round < 30; round += 1)
      await Promise.all(Array.from({ length: 50 }, () => fetch(`${service.url}/health/live`)));
    service.child.kill('SIGTERM');
    expect(await Promise.race([service.ended, pause(20_000, 'still there')])).toBe(0);
    service.child.kill('SIGKILL');
  }, 120_000);
});

it('lines of a log that is not read are left out beyond what may wait, and told of', async () => {
  const { stdout, heard } = unreadOutput();
  const lines = openLogLines(stdout, 1_000);
  for (let n = 0; n < 50; n += 1) lines.write(`${'x'.repeat(99)}\n`);
  stdout.uncork();
  lines.write('the next\n');
  expect(heard()).toMatch(/^(x{99}\n){10}\{.*"40 lines were left out: nobody read the log"\}\nthe next\n$/);
  stdout.destroy();
  expect(() => lines.write('to nobody\n')).not.toThrow();
});

it('a step of projections that does not come to its end is waited for no longer than ten seconds', async () => {
  const harness = await startService();
  const rows = harness.store.collection<ClearanceRow>(clearance.spec);
  const stuck = vi.spyOn(rows, 'put').mockImplementation(() => new Promise(() => {}));
  const { statusCode } = await harness.app.inject({
    method: 'POST',
    url: '/v1/checks',
    headers: json,
    payload: JSON.stringify(declaration()),
  });
  expect(statusCode).toBe(200);
  await vi.waitUntil(() => stuck.mock.calls.length > 0, 10_000);
  const ended = harness.close().then(() => 'ended');
  // Nothing else keeps a process of tests alive meanwhile.
  expect(await Promise.race([ended, pause(20_000, 'still waiting')])).toBe('ended');
}, 60_000);

it.each(['/v1/recheck', '/v1/rebuild'])(
  'who waits for %s is told in time',
  async (path) => {
    const harness = await startService({ stopping: { patienceMs: 300, lastMs: 5_000 } });
    const url = await harness.app.listen({ port: 0, host: '127.0.0.1' });
    const records = harness.store.collection(path === '/v1/rebuild' ? clearance.spec : references);
    let asked: () => void = () => {};
    const begun = new Promise<void>((resolve) => {
      asked = resolve;
    });
    const never = () => {
      asked();
      return new Promise<never>(() => {});
    };
    vi.spyOn(records, 'find').mockImplementation(never);
    vi.spyOn(records, 'aggregate').mockImplementation(never);
    const answer = fetch(url + path, { method: 'POST' });
    answer.catch(() => undefined);
    await begun;
    const closing = harness.close();
    const { status, headers } = await answer;
    expect([status, headers.get('retry-after')]).toEqual([503, '2']);
    await closing;
  },
  60_000,
);

it('what is done once a day has come to its end when the service has', async () => {
  const harness = await startService({ onRecord: true });
  const records = harness.store.collection<ReferenceDocument>(references);
  const find = records.find.bind(records);
  let answer: () => void = () => {};
  const gate = new Promise<void>((resolve) => {
    answer = resolve;
  });
  let looking = false;
  // The first question of the look at what became due.
  vi.spyOn(records, 'find').mockImplementation(async (query) => {
    if (JSON.stringify(query).includes('"complete"')) {
      looking = true;
      await gate;
    }
    return find(query);
  });
  await vi.waitUntil(() => looking, 60_000);
  const closing = harness.close().then(() => 'ended');
  expect(await Promise.race([closing, pause(4_000, 'waits')])).toBe('waits');
  answer();
  expect(await closing).toBe('ended');
}, 90_000);

/** Another process's callers, who go on while this one is busy: each tells the status that it heard, or how its connection broke. */
const callersElsewhere = `
const { parentPort, workerData: { port, callers } } = require('node:worker_threads');
const { connect } = require('node:net');
parentPort.once('message', () => {
  const heard = Array.from({ length: callers }, () => new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    let text = '';
    socket.setEncoding('utf8').on('data', (more) => { text += more; });
    socket.on('error', (error) => resolve(error.code));
    socket.on('close', () => resolve(text.split(' ')[1] ?? 'closed'));
    socket.write('GET /v1/rules HTTP/1.1\\r\\nhost: x\\r\\n\\r\\n');
  }));
  Promise.all(heard).then((each) => parentPort.postMessage(each));
});`;

it('who knocked while the machine was busy with something else is refused, and no connection is broken', async () => {
  const harness = await startService();
  const { port } = new URL(await harness.app.listen({ port: 0, host: '127.0.0.1' }));
  const elsewhere = new Worker(callersElsewhere, {
    eval: true,
    workerData: { port: Number(port), callers: 20 },
  });
  await once(elsewhere, 'online');
  const heard = once(elsewhere, 'message');
  // Keeps the service looking until the door is to be shut.
  const idle = connect(Number(port), '127.0.0.1');
  idle.on('error', () => undefined);
  await once(idle, 'connect');
  const closing = harness.close();
  await pause(100);
  elsewhere.postMessage('knock');
  // Until after the door is to be shut.
  for (const until = Date.now() + 1_500; Date.now() < until; );
  const [told] = await heard;
  expect([...new Set(told)]).toEqual(['503']);
  idle.destroy();
  await closing;
}, 60_000);

describe('a batch', () => {
  it('answers a line before the next one comes', async () => {
    const harness = await startService();
    try {
      const url = await harness.app.listen({ port: 0, host: '127.0.0.1' });
      const { sent, answer } = call(url, '/v1/checks/batch', ndjson);
      sent.write(`${JSON.stringify(declaration())}\n`);
      const { lines, ended } = linesOf(await answer);
      await expect.poll(() => lines.length, { timeout: 10_000, interval: 20 }).toBe(1);
      sent.write('{"flow":\n');
      await expect.poll(() => lines.length, { timeout: 10_000, interval: 20 }).toBe(2);
      sent.end(JSON.stringify(declaration()));
      expect(await ended).toBe(true);
      expect(lines.map((line) => (JSON.parse(line) as { code?: string }).code)).toEqual([
        undefined,
        'CC_JSON_MALFORMED',
        undefined,
      ]);
    } finally {
      await harness.close();
    }
  });

  it('is no cause for a warning, however many are open', async () => {
    const warned: string[] = [];
    const warn = ({ name }: Error) => warned.push(name);
    process.on('warning', warn);
    const harness = await startService();
    try {
      const url = await harness.app.listen({ port: 0, host: '127.0.0.1' });
      const open = Array.from({ length: 12 }, () => call(url, '/v1/checks/batch', ndjson));
      for (const { sent } of open) sent.write(`${JSON.stringify(declaration())}\n`);
      const answers = await Promise.all(open.map(async ({ answer }) => linesOf(await answer)));
      for (const { sent } of open) sent.end();
      expect(await Promise.all(answers.map(({ ended }) => ended))).not.toContain(false);
    } finally {
      await harness.close();
      process.off('warning', warn);
    }
    expect(warned).not.toContain('MaxListenersExceededWarning');
  });

  it('whose sender goes away is let go, with what was accepted kept', async () => {
    const harness = await startService();
    try {
      const url = await harness.app.listen({ port: 0, host: '127.0.0.1' });
      const { sent, answer } = call(url, '/v1/checks/batch', ndjson);
      sent.on('error', () => undefined);
      sent.write(`${JSON.stringify(declaration())}\n`);
      const { lines } = linesOf(await answer);
      await expect.poll(() => lines.length, { timeout: 10_000, interval: 20 }).toBe(1);
      sent.write('{"flow":"import","office":');
      sent.destroy();
      const open = () =>
        new Promise<number>((resolve) => {
          harness.app.server.getConnections((_, count) => resolve(count));
        });
      await expect.poll(open, { timeout: 10_000, interval: 20 }).toBe(0);
      const { id } = JSON.parse(lines[0]!) as { id: string };
      expect((await harness.app.inject(`/v1/checks/${id}`)).statusCode).toBe(200);
      expect(await harness.store.collection(checks).count()).toBe(1);
    } finally {
      await harness.close();
    }
  });
});
