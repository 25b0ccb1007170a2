/** One attempt to deliver a letter, to receivers that answer with what no receiver should: each attempt comes to an end. */
import { createServer, type Server, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { send } from '../../src/service/webhooks/send.ts';

let server: Server | undefined;
const sockets = new Set<Socket>();
afterEach(async () => {
  for (const socket of sockets) socket.destroy();
  await new Promise((resolve) => server?.close(resolve));
});

/** What comes of a letter to a receiver that answers its first bytes so. */
async function sentTo(answer: (socket: Socket) => void) {
  server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined).once('data', () => answer(socket));
  });
  await new Promise<void>((resolve) => server!.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  const url = new URL(`http://127.0.0.1:${port}/hook`);
  const attempt = await send(url, {}, '{}', { allowed: new Set([url.host]) });
  // Nothing of the attempt is left open.
  await expect.poll(() => [...sockets].every(({ destroyed }) => destroyed)).toBe(true);
  return attempt;
}
const text = (answer: string) => (socket: Socket) => void socket.write(answer);
const head = (status: string, ...headers: string[]) =>
  text([`HTTP/1.1 ${status}`, ...headers, 'content-length: 0', '', ''].join('\r\n'));

describe('an attempt to deliver', () => {
  it('to a receiver that changes to another protocol has failed', async () => {
    const answer = head('101 Switching Protocols', 'upgrade: websocket', 'connection: upgrade');
    expect(await sentTo(answer)).toEqual({ status: 101, problem: 'answered 101' });
  });

  it.each([
    ['ends the connection', (socket: Socket) => void socket.end(), 'ECONNRESET'],
    ['resets it in the middle of a header', (socket: Socket) => resetAfter(socket), 'ECONNRESET'],
    ['speaks another protocol', text('SSH-2.0-OpenSSH_9.6\r\n'), 'HPE_INVALID_CONSTANT'],
    ['has headers without end', (socket: Socket) => endless(socket), 'HPE_HEADER_OVERFLOW'],
  ])('to a receiver that %s has failed without an answer', async (_, answer, problem) => {
    expect(await sentTo(answer)).toEqual({ status: null, problem });
  });

  it('reads nothing of an answer that is longer than it can be', async () => {
    const answer = (socket: Socket) => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      const more = setInterval(() => socket.write('x'.repeat(10_000)), 1);
      socket.on('close', () => clearInterval(more));
    };
    expect(await sentTo(answer)).toEqual({ status: 200 });
  });

  it('follows nobody to another address', async () => {
    const answer = head('307 Temporary Redirect', 'location: http://127.0.0.1:9/elsewhere');
    expect(await sentTo(answer)).toEqual({ status: 307, problem: 'answered 307' });
  });

  it.each(['429 Too Many Requests', '503 Service Unavailable'])(
    'that is answered %s waits as long as it is asked to, in seconds or until a moment',
    async (status) => {
      expect(await sentTo(head(status, 'retry-after: 120'))).toMatchObject({ retryAfter: 120 });
      const later = new Date(Date.now() + 3_600_000).toUTCString();
      const { retryAfter } = await sentTo(head(status, `retry-after: ${later}`));
      expect(retryAfter).toBeGreaterThan(3_500);
      expect(retryAfter).toBeLessThanOrEqual(3_600);
      for (const other of ['soon', '-5', new Date(0).toUTCString()])
        expect(await sentTo(head(status, `retry-after: ${other}`))).not.toHaveProperty('retryAfter');
    },
  );
});

function resetAfter(socket: Socket): void {
  socket.write('HTTP/1.1 200 O', () => socket.resetAndDestroy());
}

function endless(socket: Socket): void {
  socket.write('HTTP/1.1 200 OK\r\n');
  const more = setInterval(() => socket.write(`x-more: ${'x'.repeat(1_000)}\r\n`), 1);
  socket.on('close', () => clearInterval(more));
}
