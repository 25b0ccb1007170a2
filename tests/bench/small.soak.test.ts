/** Every bench runs to its end and answers figures: each at its smallest, since nothing else calls them. Not about speed. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import type { BenchResult } from '../../bench/result.ts';
import { fromRoot } from '../../src/ground/paths.ts';

const smallest: Record<string, Record<string, string>> = {
  backtest: { CROSSCHECK_BENCH_DECLARATIONS: '12000' },
  catalogue: { CATALOGUE_BENCH: '500', CATALOGUE_BENCH_DAYS: '10' },
  detection: { DETECTION_CASES: 'none', DETECTION_NULL: '1' },
  engine: { ENGINE_CASES: 'A10', ENGINE_MS: '5' },
  history: { HISTORY_BENCH: '500' },
  indicators: { BENCH_ROWS: '2000', BENCH_MONGO_ROWS: '0', BENCH_EVERY: '60' },
  intake: {},
  live: { BENCH_LIVE_ROWS: '500' },
  service: { SERVICE_ROUNDS: '1', SERVICE_SECONDS: '1' },
  sources: { CROSSCHECK_BENCH_DECLARATIONS: '300' },
  store: {},
  checkpoint: {},
};

describe('npm run bench at its smallest', () => {
  it.each(Object.entries(smallest))('%s', async (name, env) => {
    const { stdout } = await promisify(execFile)(
      process.execPath,
      [fromRoot('dist', 'bench', 'main.js'), name, '--json'],
      // Without a MongoDB its cases are left out.
      { env: { ...process.env, MONGOMS_SYSTEM_BINARY: '/nonexistent', ...env }, maxBuffer: 2 ** 26 },
    );
    const { results } = JSON.parse(stdout) as BenchResult;
    expect(results.length).toBeGreaterThan(0);
    for (const { case: what, value, unit } of results) expect(value, `${what}, ${unit}`).not.toBeNaN();
  });
});
