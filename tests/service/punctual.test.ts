/** Who is turned away because the event loop does not keep time, and who is not. */
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openDesk } from '../../src/check/open-desk.ts';
import { calm, openService } from '../../src/service/open.ts';
import { lookMs, punctual } from '../../src/service/punctual.ts';
import { type Harness, smallRules, startService } from './harness.ts';

let harness: Harness;
beforeAll(async () => {
  harness = await startService();
});
afterAll(() => harness.close());

/** Holds the event loop up as work does that has no pause. */
const holdUp = (ms: number) => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);

describe('an event loop keeps time', () => {
  const looks = async (...at: number[]) => {
    const clock = at[Symbol.iterator]();
    const look = punctual(5_000, () => clock.next().value ?? Number.NaN);
    const told: boolean[] = [];
    for (const _ of at) told.push(await look());
    return told;
  };

  it('at the first look, whenever it comes', async () => {
    expect(await looks(90_000)).toEqual([true]);
  });
  it('when looks come late by no more than the limit', async () => {
    expect(await looks(0, lookMs, 2 * lookMs + 5_000)).toEqual([true, true, true]);
  });
  it('not when one comes later, and again with the next that is in time', async () => {
    expect(await looks(0, lookMs + 5_001, 2 * lookMs + 5_001)).toEqual([true, false, true]);
  });
});

describe('a service whose event loop is held up', () => {
  const opened = async (eventLoopDelayMs?: number) => {
    const desk = await openDesk({ rules: smallRules });
    const service = await openService({
      store: harness.store,
      desk,
      limits: eventLoopDelayMs === undefined ? {} : { eventLoopDelayMs },
    });
    const status = async () => (await service.app.inject('/v1/checks')).statusCode;
    return {
      service,
      status,
      async close() {
        await service.close();
        desk.close();
      },
    };
  };

  it('for a second by its own start turns nobody away afterwards', async () => {
    const { service, status, close } = await opened();
    try {
      holdUp(1_200);
      await calm(service.app);
      const told: number[] = [];
      for (let look = 0; look < 25; look++) {
        told.push(await status());
        await pause(50);
      }
      expect(new Set(told)).toEqual(new Set([200]));
    } finally {
      await close();
    }
  });

  it('beyond the limit turns calls away, until it keeps time again', async () => {
    const { service, status, close } = await opened(1_000);
    try {
      await calm(service.app);
      expect(await status()).toBe(200);
      holdUp(3_000);
      await expect.poll(status, { interval: 10 }).toBe(503);
      await expect.poll(status, { timeout: 10_000, interval: 50 }).toBe(200);
    } finally {
      await close();
    }
  });
});
