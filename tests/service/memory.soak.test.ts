/** Memory of the service over many checks: CROSSCHECK_SOAK_CHECKS of them, a million unless told otherwise. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { freshBody } from '../../bench/service/load.ts';
import { openDesk } from '../../src/check/open-desk.ts';
import { openService } from '../../src/service/open.ts';
import { openDuckdb } from '../../src/store/duckdb/store.ts';

const checks = Number(process.env.CROSSCHECK_SOAK_CHECKS ?? 1_000_000);
const lines = 500;
const MiB = 2 ** 20;

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

interface Held {
  /** What JavaScript holds after a collection, buffers included. */
  heap: number;
  rss: number;
}

/** Sends that many declarations, each new, and answers what was held at the quarters. */
async function heldOver(total: number, withHistory: boolean): Promise<Held[]> {
  const folder = mkdtempSync(join(tmpdir(), 'crosscheck-soak-'));
  const store = await openDuckdb(folder, { memoryLimit: '512MB', threads: 2 });
  const desk = await openDesk(withHistory ? { store } : {});
  const service = await openService({ store, desk, limits: { eventLoopDelayMs: 0 } });
  const url = await service.app.listen({ port: 0, host: '127.0.0.1' });
  const held: Held[] = [];
  try {
    for (let quarter = 0; quarter < 4; quarter += 1) {
      for (let sent = 0; sent < total / 4; sent += lines) {
        const response = await fetch(`${url}/v1/checks/batch`, {
          method: 'POST',
          headers: { 'content-type': 'application/x-ndjson' },
          body: Array.from({ length: lines }, freshBody).join('\n'),
        });
        const answers = (await response.text()).trim().split('\n');
        expect(answers.filter((answer) => answer.startsWith('{"id":"C-'))).toHaveLength(lines);
      }
      await service.settle();
      collect();
      const { heapUsed, arrayBuffers, rss } = process.memoryUsage();
      held.push({ heap: heapUsed + arrayBuffers, rss });
      console.info(
        `${((quarter + 1) * total) / 4} checks: ${Math.round((heapUsed + arrayBuffers) / MiB)} MiB held, rss ${Math.round(rss / MiB)} MiB`,
      );
    }
  } finally {
    await service.close();
    desk.close();
    await store.close();
    rmSync(folder, { recursive: true, force: true });
  }
  return held;
}

describe(`memory over ${checks} checks`, () => {
  it('stays flat', async () => {
    const [, half, , end] = await heldOver(checks, false);
    // Filters of what is absent take about four bytes a document and table.
    expect(end!.heap - half!.heap).toBeLessThan(32 * MiB + (checks / 2) * 64);
    expect(end!.rss - half!.rss).toBeLessThan(256 * MiB + (checks / 2) * 64);
  });

  it('grows with history by less than two kilobytes a declaration of five items', async () => {
    const [, half, , end] = await heldOver(checks, true);
    expect(end!.heap - half!.heap).toBeLessThan(32 * MiB + (checks / 2) * 2_048);
  });
});
