/** A stream is told that figures have moved, soon after something was written, without asking for it. */
import { once } from 'node:events';
import { type IncomingMessage, get as request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { declaration, get, type Harness, post, startService } from './harness.ts';

let harness: Harness;
beforeAll(async () => {
  harness = await startService();
  await harness.app.listen({ port: 0, host: '127.0.0.1' });
});
afterAll(() => harness.close());

it('hears of new figures after a check, and they count it', async () => {
  const { port } = harness.app.server.address() as AddressInfo;
  const asking = request({ host: '127.0.0.1', port, path: '/v1/live' });
  const [stream] = (await once(asking, 'response')) as [IncomingMessage];
  stream.setEncoding('utf8');
  let heard = '';
  const told = new Promise<void>((resolve) => {
    stream.on('data', (text: string) => {
      heard += text;
      // The check itself is told first: figures that moved before it are another write's.
      if (/event: check[\s\S]*event: figures/.test(heard)) resolve();
    });
  });
  await post(harness, '/v1/checks', declaration());
  await told;
  const { body } = await get(harness, '/v1/indicators/I01?by=office&from=2026-01-01&to=2026-12-31');
  expect(body.rows[0].figures.count.value).toBe(1);
  asking.destroy();
});
