/**
 * Backtest of 100 rules from NDJSON in two threads, against what JSON.parse and the engine allow together in two threads
 * of the same run. `CROSSCHECK_BENCH_DECLARATIONS=1000000` makes it the year of a country, for the figure of memory.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { linesIn, rangesOf } from '../src/backtest/lines.ts';
import { backtest } from '../src/backtest/run.ts';
import { fromRoot } from '../src/ground/paths.ts';
import { benchRules, writeHistory } from './backtest/workload.ts';
import { type BenchResult, machine, median } from './result.ts';

const threads = 2;
const rounds = 5;
/** The baseline holds its lines in memory; more would measure that. */
const mostBaselineLines = 20_000;

const count = Number(process.env.CROSSCHECK_BENCH_DECLARATIONS ?? 20_000);

/** Of a big file no more is read than the baseline needs. */
function firstLines(file: string): string[] {
  const lines: string[] = [];
  for (const range of rangesOf(file, 4 << 20))
    for (const { text } of linesIn(range)) {
      lines.push(text);
      if (lines.length >= mostBaselineLines) return lines;
    }
  return lines;
}

type Answer = 'ready' | { milliseconds: number };

function answerOf(worker: Worker): Promise<Answer> {
  return new Promise((resolve, reject) => {
    worker.once('message', resolve);
    worker.once('error', reject);
  });
}

/** Declarations a second that the limit allows. */
async function limitRate(workers: readonly Worker[], lines: number): Promise<number> {
  const answers = workers.map(answerOf);
  for (const worker of workers) worker.postMessage('go');
  const times = (await Promise.all(answers)).map((answer) => (answer === 'ready' ? 0 : answer.milliseconds));
  return lines / (Math.max(...times) / 1000);
}

export async function run(): Promise<BenchResult> {
  const folder = mkdtempSync(join(tmpdir(), 'crosscheck-bench-'));
  const file = join(folder, 'history.ndjson');
  const rules = benchRules(100);
  try {
    await writeHistory(file, count);
    const lines = firstLines(file);
    const share = Math.ceil(lines.length / threads);
    const workers = Array.from(
      { length: threads },
      (_, i) =>
        new Worker(fromRoot('dist', 'bench', 'backtest', 'limit.js'), {
          workerData: { rules, lines: lines.slice(i * share, (i + 1) * share) },
        }),
    );
    await Promise.all(workers.map(answerOf));
    const ours: number[] = [];
    const limits: number[] = [];
    let peak = 0;
    await limitRate(workers, lines.length);
    for (let round = 0; round < (count > mostBaselineLines ? 1 : rounds); round++) {
      limits.push(await limitRate(workers, lines.length));
      const { tally, seconds, peakMemory } = await backtest({
        rulebook: { rules, shared: {} },
        files: [file],
        threads,
      });
      if (tally.declarations !== count)
        throw new Error(`${tally.declarations} of ${count} declarations were counted`);
      ours.push(count / seconds);
      peak = Math.max(peak, peakMemory);
    }
    await Promise.all(workers.map((worker) => worker.terminate()));
    const ratio = median(ours.map((rate, i) => rate / limits[i]!));
    return {
      name: 'backtest',
      machine: machine(),
      results: [
        {
          case: `JSON.parse and engine, 100 rules, ${threads} threads`,
          value: median(limits),
          unit: 'declarations/s',
        },
        {
          case: `backtest, 100 rules, ${threads} threads`,
          value: median(ours),
          unit: 'declarations/s',
          baseline: 'JSON.parse and engine',
          ratio,
        },
        { case: `memory at its highest, ${count} declarations`, value: peak / 2 ** 20, unit: 'MB' },
      ],
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
