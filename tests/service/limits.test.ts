/** What keeps the service standing: limits on body, depth, items and time, and shedding before memory grows. */
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { openDesk } from '../../src/check/open-desk.ts';
import { openService } from '../../src/service/open.ts';
import { declaration, get, type Harness, post, smallRules, startService } from './harness.ts';
import { isBuilt, startProcess } from './process.ts';

let harness: Harness;
beforeAll(async () => {
  harness = await startService({ bodyLimit: 400_000 });
});
afterAll(() => harness.close());

const refused = async (payload: string) => {
  const response = await harness.app.inject({
    method: 'POST',
    url: '/v1/checks',
    headers: { 'content-type': 'application/json' },
    payload,
  });
  return [response.statusCode, response.json().code];
};

describe('a message', () => {
  it('over the limit of bytes is refused unread', async () => {
    const sent = JSON.stringify({ ...declaration(), description: 'x'.repeat(450_000) });
    expect(await refused(sent)).toEqual([413, 'CC_BODY_TOO_LARGE']);
  });

  it('nested beyond what any declaration is nested is refused', async () => {
    const deep = `{"flow":"import","items":${'['.repeat(20_000)}${']'.repeat(20_000)}}`;
    const [status, code] = await refused(deep);
    expect([413, 422]).toContain(status);
    expect(['CC_INPUT_TOO_LARGE', 'CC_JSON_MALFORMED', 'CC_DECLARATION_INVALID']).toContain(code);
  });

  it('of more items than a declaration may have is refused', async () => {
    const items = Array.from({ length: 100_001 }, () => ({}));
    const [status, code] = await refused(JSON.stringify({ flow: 'import', items }));
    expect([413, 422]).toContain(status);
    expect(['CC_DECLARATION_INVALID', 'CC_INPUT_TOO_LARGE']).toContain(code);
  });
});

describe('under pressure', () => {
  it('is shed with 503 and Retry-After, while who asks for health is answered', async () => {
    const desk = await openDesk({ rules: smallRules });
    const service = await openService({
      store: harness.store,
      desk,
      // Every heap is larger than this.
      limits: { heapBytes: 1, eventLoopDelayMs: 0 },
    });
    const pressed = { ...harness, app: service.app } as Harness;
    try {
      await service.app.ready();
      const shed = async () => (await post(pressed, '/v1/checks', declaration())).status;
      await expect.poll(shed, { timeout: 10_000, interval: 100 }).toBe(503);
      const response = await service.app.inject({ method: 'GET', url: '/v1/checks' });
      expect([response.statusCode, response.json().code, response.headers['retry-after']]).toEqual([
        503,
        'CC_BUSY',
        '2',
      ]);
      expect((await get(pressed, '/health/live')).status).toBe(200);
      // Alive, but not for more work: a proxy sends it elsewhere.
      expect((await get(pressed, '/health/ready')).status).toBe(503);
      expect((await service.app.inject('/metrics')).statusCode).toBe(200);
    } finally {
      await service.close();
      desk.close();
    }
  });
});

describe('bodies that come slowly', () => {
  it.each([
    ['than they may', 2 ** 20],
    ['than an eighth of what a container may use', undefined],
  ])(
    'hold no more memory %s: large ones are refused then, small ones taken, and all again once they are gone',
    async (_, bodyBytes) => {
      const desk = await openDesk({ rules: smallRules });
      const contained = vi.spyOn(process, 'constrainedMemory').mockReturnValue(8 * 2 ** 20);
      const service = await openService({
        store: harness.store,
        desk,
        limits: { eventLoopDelayMs: 0, ...(bodyBytes === undefined ? {} : { bodyBytes }) },
      });
      contained.mockRestore();
      const sockets: Socket[] = [];
      try {
        const url = new URL(await service.app.listen({ port: 0, host: '127.0.0.1' }));
        const heard: string[] = [];
        const slow = (bytes: number) => {
          const socket = connect(Number(url.port), url.hostname);
          sockets.push(socket);
          socket.on('error', () => {});
          socket.on('data', (chunk) => heard.push(String(chunk)));
          socket.write(
            `POST /v1/checks HTTP/1.1\r\nhost: ${url.host}\r\ncontent-type: application/json\r\ncontent-length: 5000000\r\n\r\n`,
          );
          socket.write(Buffer.alloc(bytes, ' '));
          return socket;
        };
        const large = async () => {
          const body = JSON.stringify({ ...declaration(), padding: 'x'.repeat(200_000) });
          const answer = await service.app.inject({
            method: 'POST',
            url: '/v1/checks',
            headers: { 'content-type': 'application/json' },
            payload: body,
          });
          return [answer.statusCode, answer.headers['retry-after']];
        };
        const many = Array.from({ length: 20 }, () => slow(60_000));
        await expect.poll(large, { timeout: 10_000 }).toEqual([503, '2']);
        const pressed = { ...harness, app: service.app } as Harness;
        expect((await post(pressed, '/v1/checks', declaration())).status).toBe(200);
        // One of them becomes a large one.
        many[0]!.write(Buffer.alloc(100_000, ' '));
        await expect.poll(() => heard.join('')).toMatch(/^HTTP\/1\.1 503 .*retry-after: 2/s);
        for (const socket of many) socket.destroy();
        await expect.poll(async () => (await large())[0], { timeout: 10_000 }).toBe(422);
      } finally {
        for (const socket of sockets) socket.destroy();
        await service.close();
        desk.close();
      }
    },
  );
});

describe.skipIf(!isBuilt || process.platform !== 'linux')(
  'connections beyond what descriptors are for',
  () => {
    it('are turned away, and the service goes on', async () => {
      const data = mkdtempSync(join(tmpdir(), 'crosscheck-connections-'));
      const service = await startProcess({ data }, [], {}, { descriptors: 400 });
      const sockets: Socket[] = [];
      try {
        const { port, hostname } = new URL(service.url);
        const turnedAway = await Promise.all(
          Array.from(
            { length: 500 },
            () =>
              new Promise<boolean>((resolve) => {
                const socket = connect(Number(port), hostname);
                sockets.push(socket);
                socket.on('error', () => resolve(true)).on('close', () => resolve(true));
                setTimeout(resolve, 4_000, false);
              }),
          ),
        );
        expect(turnedAway).toContain(true);
        expect(turnedAway).toContain(false);
        for (const socket of sockets) socket.destroy();
        const sent = () =>
          fetch(`${service.url}/v1/checks`, {
            method: 'POST',
            headers: { 'content-type': 'application/json' },
            body: JSON.stringify(declaration()),
          }).then(
            ({ status }) => status,
            () => 'broken',
          );
        await expect.poll(sent, { timeout: 30_000, interval: 250 }).toBe(200);
        expect(service.child.exitCode).toBeNull();
      } finally {
        for (const socket of sockets) socket.destroy();
        service.child.kill('SIGTERM');
        await service.ended;
        rmSync(data, { recursive: true, force: true });
      }
    }, 120_000);
  },
);

it.skipIf(!isBuilt || process.platform !== 'linux')(
  'a limit of memory by which nobody sheds is told at the start',
  async () => {
    const data = mkdtempSync(join(tmpdir(), 'crosscheck-tight-'));
    const service = await startProcess({ data }, [], {}, { dataKiB: 1_000_000 });
    service.child.kill('SIGTERM');
    await service.ended;
    rmSync(data, { recursive: true, force: true });
    expect(service.told()).toContain('ulimit -d leaves this process 976 MiB');
  },
  120_000,
);

describe('a connection', () => {
  const speak = (url: URL, text: string) =>
    new Promise<string>((resolve) => {
      const socket = connect(Number(url.port), url.hostname, () => socket.write(text));
      let answered = '';
      socket.on('data', (chunk) => {
        answered += chunk;
      });
      socket.on('close', () => resolve(answered));
      socket.on('error', () => {});
    });

  it('whose body does not come in time is ended; one whose headers do not come is Node’s to end', async () => {
    const desk = await openDesk({ rules: smallRules });
    const service = await openService({
      store: harness.store,
      desk,
      limits: { eventLoopDelayMs: 0, bodyMs: 300 },
    });
    try {
      const url = new URL(await service.app.listen({ port: 0, host: '127.0.0.1' }));
      const head = `POST /v1/checks HTTP/1.1\r\nhost: ${url.host}\r\ncontent-type: application/json\r\n`;
      expect(await speak(url, `${head}content-length: 500\r\n\r\n{"flow":`)).not.toContain('200 OK');
      expect(service.app.server.headersTimeout).toBeGreaterThan(0);
      const sent = JSON.stringify(declaration());
      const whole = `${head}connection: close\r\ncontent-length: ${Buffer.byteLength(sent)}\r\n\r\n${sent}`;
      expect(await speak(url, whole)).toContain('200 OK');
    } finally {
      await service.close();
      desk.close();
    }
  });

  it.each(['/v1/checks/batch', '/v1/import', '/v1/checks'])(
    'that was refused and goes on sending to %s is ended',
    async (path) => {
      const desk = await openDesk({ rules: smallRules });
      const service = await openService({
        store: harness.store,
        desk,
        limits: { eventLoopDelayMs: 0, bodyMs: 300 },
      });
      const url = new URL(await service.app.listen({ port: 0, host: '127.0.0.1' }));
      const socket = connect(Number(url.port), url.hostname);
      let answered = '';
      socket.on('data', (chunk) => {
        answered += chunk;
      });
      const closed = new Promise<string>((resolve) =>
        socket.on('error', () => {}).on('close', () => resolve('ended')),
      );
      // A name that is not this machine's has no session here.
      const type = path === '/v1/checks' ? 'application/json' : 'application/x-ndjson';
      socket.write(
        `POST ${path} HTTP/1.1\r\nhost: elsewhere\r\ncontent-type: ${type}\r\ntransfer-encoding: chunked\r\n\r\n`,
      );
      const sending = setInterval(() => socket.write('5\r\n{"a":\r\n'), 20);
      const patience = new Promise<string>((resolve) => setTimeout(() => resolve('still there'), 8_000));
      try {
        expect(await Promise.race([closed, patience])).toBe('ended');
        expect(answered).toContain('401 Unauthorized');
      } finally {
        clearInterval(sending);
        socket.destroy();
        await service.close();
        desk.close();
      }
    },
    20_000,
  );

  it('that speaks no HTTP is told so and ended, and the service goes on', async () => {
    const url = new URL(await harness.app.listen({ port: 0, host: '127.0.0.1' }));
    const answered = await speak(url, '\u0016\u0003\u0001 no http\r\n\r\n');
    expect(answered).toMatch(/^HTTP\/1\.1 400 /);
    expect(answered).not.toMatch(/node_modules|\bat /);
    expect((await get(harness, '/health/live')).status).toBe(200);
  });
});
