/** `crosscheck rebuild` as a process that is killed on its way: what it leaves starts, and answers as before. Drives dist/. */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, it } from 'vitest';
import { openOffice } from '../../src/check/lodge.ts';
import { openDesk } from '../../src/check/open-desk.ts';
import type { Declaration } from '../../src/declaration/declaration.ts';
import { builtModule } from '../../src/ground/paths.ts';
import { identify } from '../../src/intake/identity.ts';
import type { DeclarationRecord } from '../../src/intake/record.ts';
import { tables } from '../../src/projections/fold.ts';
import { project } from '../../src/projections/project.ts';
import { rowsMade } from '../../src/projections/upgrade.ts';
import { openStore } from '../../src/store/open.ts';
import { readAll } from '../../src/store/pages.ts';
import type { Store } from '../../src/store/port.ts';
import { declaration, smallRules } from '../service/harness.ts';
import { isBuilt, startProcess } from '../service/process.ts';

const data = mkdtempSync(join(tmpdir(), 'crosscheck-rebuild-'));
afterAll(() => rmSync(data, { recursive: true, force: true }));

const script = fileURLToPath(new URL('../service/serving.mjs', import.meta.url));

/** Rebuilds, until it is done or so many milliseconds have passed; answers the exit code, or the signal that ended it. */
async function rebuildFor(ms: number | undefined, signal: NodeJS.Signals): Promise<number | string | null> {
  const { MONGODB_URI: _, ...env } = process.env;
  const child = spawn(process.execPath, [script, builtModule('cli/main.js'), 'rebuild', '--data', data], {
    stdio: 'ignore',
    env,
  });
  const ended = new Promise<number | string | null>((resolve) => {
    child.once('exit', (code, by) => resolve(by ?? code));
  });
  if (ms !== undefined) {
    await Promise.race([ended, pause(ms)]);
    child.kill(signal);
  }
  return ended;
}

const rowsOf = async (store: Store) =>
  Promise.all(
    Object.values(tables).map(async ({ spec }) =>
      (await readAll(store.collection(spec))).toSorted((a, b) => (a.id < b.id ? -1 : 1)),
    ),
  );

it.skipIf(!isBuilt)(
  'a rebuild that is killed leaves a store that starts, says what it lacks and becomes whole',
  async () => {
    const first = await openStore({ data });
    const desk = await openDesk({ store: first, rules: smallRules });
    const records = Array.from({ length: 1_500 }, () => {
      const content = { format: 'json', ...declaration() } as unknown as Declaration;
      const trail = [{ kind: 'REGISTER', at: '2026-03-02T08:00:00+01:00', user: 'U1' }];
      return {
        kind: 'declaration',
        identity: identify(content),
        declaration: content,
        trail,
        outcomes: [],
        where: {},
      } as unknown as DeclarationRecord;
    });
    await openOffice(desk, first).lodge(records);
    await project(first);
    const before = await rowsOf(first);
    expect(before.map((rows) => rows.length)).toEqual([1_500, 1_500, expect.any(Number), expect.any(Number)]);
    desk.close();
    await first.close();

    const began = performance.now();
    expect(await rebuildFor(undefined, 'SIGKILL')).toBe(0);
    const whole = performance.now() - began;
    let killed = 0;
    const cut = async (share: number, signal: NodeJS.Signals) => {
      if ((await rebuildFor(whole * share, signal)) === signal) killed += 1;
      const left = await openStore({ data });
      const rows = await rowsOf(left);
      const { current } = await rowsMade(left);
      // Not whole, and said so; or whole, whether that is said already or not.
      if (JSON.stringify(rows) !== JSON.stringify(before)) expect(current).toBe(false);
      await left.close();
    };
    // The process takes half of its time to begin.
    for (const [share, signal] of [
      [0.55, 'SIGKILL'],
      [0.7, 'SIGTERM'],
      [0.8, 'SIGKILL'],
      [0.9, 'SIGKILL'],
    ] as const)
      await cut(share, signal);
    // The machine may have become faster than it was when the whole was timed.
    for (let share = 0.45; killed === 0 && share > 0.1; share -= 0.1) await cut(share, 'SIGKILL');
    expect(killed).toBeGreaterThan(0);
    // The next start makes what the last one left.
    const service = await startProcess({ data });
    try {
      await expect
        .poll(
          async () => {
            const ready = await fetch(`${service.url}/health/ready`);
            return { status: ready.status, ...((await ready.json()) as { projections?: object }) };
          },
          { timeout: 60_000, interval: 250 },
        )
        .toSatisfy(
          (told: { status: unknown; projections?: object }) =>
            told.status === 'ok' && told.projections === undefined,
        );
      const answer = await fetch(`${service.url}/v1/indicators/I01?from=2026-03-01&to=2026-03-31`);
      const { rows } = (await answer.json()) as { rows: { figures: { count: { value: number } } }[] };
      expect(rows[0]!.figures.count.value).toBe(1_500);
    } finally {
      service.child.kill('SIGTERM');
      expect(await service.ended).toBe(0);
    }
    const last = await openStore({ data });
    expect(await rowsOf(last)).toEqual(before);
    await last.close();
  },
  300_000,
);
