/** The service killed under load, over HTTP: nothing acknowledged is lost. Fifty times by `npm run soak`, five times here. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterAll, describe, expect, it } from 'vitest';
import { mongoUri, stopMongo } from '../store/mongod.ts';
import { declaration } from './harness.ts';
import { type Acknowledged, askAgain, examine, killUnderLoad, send } from './kills.ts';
import { isBuilt, startProcess } from './process.ts';

const folder = mkdtempSync(join(tmpdir(), 'crosscheck-killed-'));
const uri = await mongoUri('killed-service');
afterAll(async () => {
  await stopMongo();
  rmSync(folder, { recursive: true, force: true });
});

const places = [
  ['the embedded store', { data: join(folder, 'killed') }],
  ...(uri === undefined ? [] : ([['MongoDB', { mongodbUri: uri }]] as const)),
] as const;

describe.skipIf(!isBuilt)('the service', () => {
  it.each(places)(
    'killed five times on %s has every check that it acknowledged, once',
    async (_, place) => {
      const acknowledged = await killUnderLoad(place, 5);
      await askAgain(place, acknowledged);
      await examine(place, acknowledged);
    },
    300_000,
  );

  it('told to stop under load answers all that it had accepted, and refuses the rest clearly', async () => {
    const place = { data: join(folder, 'stopped') };
    const service = await startProcess(place);
    const acknowledged: Acknowledged = { checks: new Map(), released: new Set() };
    let stopped = false;
    const lost: unknown[] = [];
    const refused = new Set<string>();
    const write = async (): Promise<void> => {
      for (;;) {
        const sent = declaration();
        const after = stopped;
        try {
          const answer = await send(service.url, '/v1/checks', sent);
          const body = (await answer.json()) as { id: string; declaration: string; code?: string };
          if (answer.status !== 200 && !stopped) {
            await setTimeout(250);
            continue;
          }
          if (answer.status !== 200) {
            refused.add(`${answer.status} ${body.code} ${answer.headers.get('retry-after') !== null}`);
            return;
          }
          acknowledged.checks.set(body.declaration, { sent, ...body });
        } catch (error) {
          // A connection that is refused or closed before a request began is no request accepted.
          if (!after) lost.push(error);
          return;
        }
        if (!stopped && acknowledged.checks.size >= 60) {
          stopped = true;
          service.child.kill('SIGTERM');
        }
      }
    };
    try {
      await Promise.all(Array.from({ length: 20 }, write));
    } finally {
      // A second signal would not wait.
      if (!stopped) service.child.kill('SIGTERM');
    }
    expect(await service.ended).toBe(0);
    expect(lost).toEqual([]);
    expect(acknowledged.checks.size).toBeGreaterThanOrEqual(60);
    expect([...refused].filter((told) => told !== '503 CC_BUSY true')).toEqual([]);
    await examine(place, acknowledged);
  }, 300_000);
});
