/**
 * Backtest of 100 rules from NDJSON in two threads, against what JSON.parse and the engine allow together in two threads
 * of the same run. Compiling rules and starting threads takes about a second of processor time a thread and is left out on both sides.
 * `CROSSCHECK_BENCH_DECLARATIONS=1000000` makes it the year of a country, for the figure of memory.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { linesIn, rangesOf } from '../src/backtest/lines.ts';
import { backtest } from '../src/backtest/run.ts';
import { fromRoot } from '../src/ground/paths.ts';
import type { Rule } from '../src/rules/model.ts';
import { benchRules, writeHistory } from './backtest/workload.ts';
import { type BenchResult, machine, median } from './result.ts';

const threads = 2;
const rounds = 3;
/** The baseline is warm too: a year of history is 30 to 100 times as long as this. */
const warmUp = 10_000;
/** The baseline holds its lines in memory; more would measure that. */
const mostBaselineLines = 20_000;

const count = Number(process.env.CROSSCHECK_BENCH_DECLARATIONS ?? 30_000);

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

interface Measured {
  /** Declarations a second. */
  rate: number;
  /** Microseconds of processor time a declaration. */
  cost: number;
}

/** Processor time of the whole process while something runs, in microseconds. */
async function timed<T>(what: () => Promise<T>): Promise<{ answer: T; cpu: number }> {
  const before = process.cpuUsage();
  const answer = await what();
  const { user, system } = process.cpuUsage(before);
  return { answer, cpu: user + system };
}

interface Run {
  seconds: number;
  cpu: number;
  peak: number;
}

async function runOver(file: string, declarations: number, rules: Rule[]): Promise<Run> {
  const { answer, cpu } = await timed(() =>
    backtest({ rulebook: { rules, shared: {} }, files: [file], threads }),
  );
  const { tally, seconds, peakMemory } = answer;
  if (tally.declarations !== declarations)
    throw new Error(`${tally.declarations} of ${declarations} declarations were counted`);
  return { seconds, cpu, peak: peakMemory };
}

/** What each declaration costs beyond the first ones, during which threads start and code is compiled. */
const beyond = (long: Run, short: Run): Measured => ({
  rate: (count - warmUp) / (long.seconds - short.seconds),
  cost: (long.cpu - short.cpu) / (count - warmUp),
});

async function measureLimit(workers: readonly Worker[], lines: number): Promise<Measured> {
  const { answer, cpu } = await timed(() => limitRate(workers, lines));
  return { rate: answer, cost: cpu / lines };
}

export async function run(): Promise<BenchResult> {
  const folder = mkdtempSync(join(tmpdir(), 'crosscheck-bench-'));
  const file = join(folder, 'history.ndjson');
  const rules = benchRules(100);
  try {
    await writeHistory(file, count);
    // Before the baseline's workers hold their lines: its memory is the backtest's own.
    const { peak } = await runOver(file, count, rules);
    const start = join(folder, 'start.ndjson');
    await writeHistory(start, warmUp);
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
    await measureLimit(workers, lines.length);
    const ours: Measured[] = [];
    const limits: Measured[] = [];
    for (let round = 0; round < (count > mostBaselineLines ? 1 : rounds); round++) {
      limits.push(await measureLimit(workers, lines.length));
      ours.push(beyond(await runOver(file, count, rules), await runOver(start, warmUp, rules)));
    }
    await Promise.all(workers.map((worker) => worker.terminate()));
    const rates = {
      ours: median(ours.map(({ rate }) => rate)),
      limit: median(limits.map(({ rate }) => rate)),
    };
    const costs = {
      ours: median(ours.map(({ cost }) => cost)),
      limit: median(limits.map(({ cost }) => cost)),
    };
    const baseline = 'JSON.parse and engine';
    return {
      name: 'backtest',
      machine: machine(),
      results: [
        { case: `${baseline}, 100 rules, ${threads} threads`, value: rates.limit, unit: 'declarations/s' },
        {
          case: `backtest, 100 rules, ${threads} threads, beyond the first ${warmUp}`,
          value: rates.ours,
          unit: 'declarations/s',
          baseline,
          ratio: median(ours.map(({ rate }, i) => rate / limits[i]!.rate)),
        },
        { case: `${baseline}, processor time`, value: costs.limit, unit: 'µs a declaration' },
        {
          case: `backtest, processor time beyond the first ${warmUp}`,
          value: costs.ours,
          unit: 'µs a declaration',
          baseline,
          ratio: costs.limit / costs.ours,
        },
        { case: `memory at its highest, ${count} declarations`, value: peak / 2 ** 20, unit: 'MB' },
      ],
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
