/** What is done once a month does not hold up who stops the service. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { sourceOf } from '../../src/indicators/figure.ts';
import { soundIndicators } from '../../src/indicators/load.ts';
import { type Edition, editions } from '../../src/indicators/snapshot.ts';
import { clearance } from '../../src/projections/clearance.ts';
import { type Monthly, monthly } from '../../src/service/monthly.ts';
import { openDuckdb } from '../../src/store/duckdb/store.ts';
import type { Document, Store } from '../../src/store/port.ts';

let folder: string;
let store: Store;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'crosscheck-monthly-'));
  store = await openDuckdb(folder);
  const row = { id: 'a', day: '2026-02-10', month: '2026-02', office: 'XXA1', flow: 'import' };
  await store.collection<Document>(clearance.spec).put([row]);
});
afterEach(async () => {
  await store.close();
  rmSync(folder, { recursive: true, force: true });
});

const definitions = [...soundIndicators().definitions.values()];
const errors: unknown[] = [];

/** Begins the first look, as a service does a minute after its start. */
function look(given: Partial<Monthly>): () => Promise<void> {
  vi.useFakeTimers({ toFake: ['setTimeout', 'setInterval', 'clearInterval', 'clearTimeout'] });
  try {
    const stop = monthly({
      store,
      figures: sourceOf(store),
      projected: async () => {},
      definitions,
      now: () => new Date('2026-03-06T12:00:00Z'),
      onError: (error) => errors.push(error),
      ...given,
    });
    vi.advanceTimersByTime(60_000);
    return stop;
  } finally {
    vi.useRealTimers();
  }
}

const inTime = (stopped: Promise<void>) =>
  Promise.race([stopped.then(() => 'stopped'), pause(5_000, 'still at it')]);

it('a look that waits for figures, which are long in coming in a rush, ends when it is told to', async () => {
  let reached = false;
  const stop = look({
    projected: () => {
      reached = true;
      return new Promise(() => {});
    },
  });
  await vi.waitUntil(() => reached, 10_000);
  expect(await inTime(stop())).toBe('stopped');
  expect([await store.collection(editions).count(), errors]).toEqual([0, []]);
});

it('a month that is being frozen goes no further than the indicator that it is at', async () => {
  const source = sourceOf(store);
  let asked = 0;
  const stop = look({
    figures: {
      tabulate: async (question) => {
        asked += 1;
        await pause(200);
        return source.tabulate(question);
      },
    },
  });
  await vi.waitUntil(() => asked > 0, 10_000);
  expect(await inTime(stop())).toBe('stopped');
  const frozen = await store.collection(editions).count();
  expect(frozen).toBeLessThan(definitions.length / 2);
  expect(errors).toEqual([]);
  // What is left is frozen by the next start.
  const again = look({});
  await vi.waitUntil(async () => (await store.collection(editions).count()) > frozen, 10_000);
  await again();
});

it('months that passed while no service ran are frozen at its next start, those of before its first month are not', async () => {
  const rows = ['2025-12', '2026-01', '2026-02', '2026-03', '2026-04'].map((month) => ({
    id: month,
    day: `${month}-10`,
    month,
    office: 'XXA1',
    flow: 'import',
  }));
  await store.collection<Document>(clearance.spec).put(rows);
  const some = definitions.filter(({ id }) => ['I01', 'I05'].includes(id));
  const frozen = async (day: string, until: string): Promise<string[]> => {
    const stop = look({ definitions: some, now: () => new Date(`${day}T12:00:00Z`) });
    const lines = async () => (await store.collection<Edition>(editions).find({ limit: 100 })).docs;
    await vi.waitUntil(
      async () => (await lines()).filter(({ period }) => period === until).length === 2,
      10_000,
    );
    await stop();
    return (await lines()).map(({ period, indicator }) => `${period} ${indicator}`).sort();
  };
  expect(await frozen('2026-02-06', '2026-01')).toEqual(['2026-01 I01', '2026-01 I05']);
  // The first day after such a time is trusted by nobody (audit/sure-clock.ts).
  const stop = look({ definitions: some, now: () => new Date('2026-05-05T12:00:00Z') });
  await vi.waitUntil(() => errors.length > 0, 10_000);
  await stop();
  expect(errors.splice(0)).toEqual([expect.objectContaining({ code: 'CC_CLOCK_UNSURE' })]);
  expect(await frozen('2026-05-06', '2026-04')).toEqual(
    ['2026-01', '2026-02', '2026-03', '2026-04'].flatMap((month) => [`${month} I01`, `${month} I05`]),
  );
  expect(errors).toEqual([]);
});
