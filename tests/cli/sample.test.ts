/** `serve --sample`: what it shows at once is not empty. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, vi } from 'vitest';
import { openDesk } from '../../src/check/open-desk.ts';
import { openServing } from '../../src/cli/serve.ts';
import { openDuckdb } from '../../src/store/duckdb/store.ts';

it('a figure that is read from roll-ups is not empty, without anything written since', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'crosscheck-sample-'));
  const store = await openDuckdb(folder);
  const desk = await openDesk({ store });
  const said = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  const service = await openServing({ store, desk, limits: { eventLoopDelayMs: 0 } }, true);
  said.mockRestore();
  try {
    // From here on figures come from roll-ups.
    await service.settle();
    const { rows } = (await service.app.inject('/v1/indicators/I05?by=office')).json();
    expect(rows.length).toBe(3);
    expect(
      rows.every((row: { figures: Record<string, { n: number }> }) => Object.values(row.figures)[0]!.n > 100),
    ).toBe(true);
  } finally {
    await service.close();
    desk.close();
    await store.close();
    rmSync(folder, { recursive: true, force: true });
  }
}, 120_000);
