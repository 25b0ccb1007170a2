/**
 * A backtest: rules over history in worker threads. Files are cut into ranges, the store is paged; a window of tasks is in
 * flight and results are added up in the order of the input, so memory stays flat and every run gives the same report.
 */
import { randomBytes } from 'node:crypto';
import { existsSync, statSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { Piscina } from 'piscina';
import { CrosscheckError } from '../errors.ts';
import { builtModule } from '../ground/paths.ts';
import type { Rule } from '../rules/model.ts';
import type { Rulebook } from '../rules/rulebook.ts';
import type { History } from './history.ts';
import { isNdjson, rangesOf } from './lines.ts';
import { nameExamples } from './messages.ts';
import type { Window } from './store-history.ts';
import { emptyTally, merge, type Tally } from './tally.ts';
import { keptRefusals, type Refused, type Setup, type Task, type TaskResult } from './task.ts';

export interface BacktestOptions {
  rulebook: Pick<Rulebook, 'rules' | 'shared'>;
  /** Rules that are judged, whatever their status; all that run where absent. The others that run count for overlap. */
  only?: ReadonlySet<string>;
  files?: readonly string[];
  /** Of a store, instead of files. */
  history?: History;
  /** Of the history: what was looked at in it, as it stood then. */
  window?: Window;
  threads?: number;
  country?: string;
  mapping?: string;
  onProgress?(progress: Progress): void;
}

export interface Progress {
  /** Bytes of files, or declarations of the store. */
  done: number;
  total: number;
  declarations: number;
  unit: 'bytes' | 'declarations';
}

export interface BacktestRun {
  tally: Tally;
  /** Columns of the tally, in their order. */
  rules: readonly Rule[];
  /** Columns that are judged; the column "any" is among them. */
  judged: readonly number[];
  refused: Refused[];
  /** Records that speak of a declaration elsewhere. */
  answers: number;
  /** Outcomes of theirs that were joined to their declarations. */
  joined: number;
  /** From the first moment to the last. */
  seconds: number;
  /** Of these, until the slowest worker had loaded and compiled. */
  startSeconds: number;
  threads: number;
  /** Bytes of the whole process at its highest, workers included. */
  peakMemory: number;
}

const rangeBytes = 4 << 20;
/** Parsed declarations die young: with room for a few hundred of them hardly any is copied. */
const resourceLimits = { maxYoungGenerationSizeMb: 48 };
/** Examples of more rules than this would be a report that nobody reads. */
const mostWithExamples = 25;

/** Rules that are judged, and those in force beside them. */
function columnsOf({ rulebook, only }: BacktestOptions): { rules: Rule[]; judged: number[] } {
  const runs = ({ status }: Rule) => status === 'active' || status === 'shadow';
  const rules = rulebook.rules
    .filter((rule) => only?.has(rule.id) || runs(rule))
    .map((rule): Rule => ({ ...rule, status: 'active' }));
  if (rules.length === 0)
    throw new CrosscheckError('CC_BAD_ARGUMENT', {
      name: 'rules',
      problem: 'none is active or in shadow; name a draft with --rule',
    });
  const judged = rules
    .map((_, column) => column)
    .filter((column) => only === undefined || only.has(rules[column]!.id));
  return { rules, judged: [...judged, rules.length] };
}

interface Work {
  task: Task;
  /** Share of the whole, in the unit of the progress. */
  size: number;
}

async function* workOf(options: BacktestOptions, rules: readonly Rule[]): AsyncGenerator<Work> {
  for (const file of options.files ?? []) {
    if (isNdjson(file))
      for (const range of rangesOf(file, rangeBytes))
        yield { task: { kind: 'range', ...range }, size: range.end - range.start };
    else yield { task: { kind: 'file', file }, size: statSync(file).size };
  }
  const { history, window = {}, country, rulebook } = options;
  if (history === undefined) return;
  for await (const records of history.records([{ rules, shared: rulebook.shared }], window, country))
    yield { task: { kind: 'records', records }, size: records.length };
}

async function totalOf({ files, history }: BacktestOptions): Promise<Pick<Progress, 'total' | 'unit'>> {
  if (history !== undefined) return { unit: 'declarations', total: await history.count() };
  return { unit: 'bytes', total: (files ?? []).reduce((sum, file) => sum + statSync(file).size, 0) };
}

export async function backtest(options: BacktestOptions): Promise<BacktestRun> {
  const filename = builtModule('backtest/worker.js');
  if (!existsSync(filename))
    throw new CrosscheckError('CC_FILE_UNREADABLE', {
      file: filename,
      problem: 'the project is not built: npm run build',
    });
  const { rules, judged } = columnsOf(options);
  const threads = options.threads ?? availableParallelism();
  const wanted = judged.length <= mostWithExamples ? judged : [rules.length];
  const setup: Setup = {
    rules,
    shared: options.rulebook.shared,
    wanted,
    key: randomBytes(32),
    apart: [],
    ...(options.country === undefined ? {} : { country: options.country }),
    ...(options.mapping === undefined ? {} : { mapping: options.mapping }),
  };
  const whole = await totalOf(options);
  const began = Date.now();
  let read = await reading(options, setup, whole, threads);
  const { ready } = read;
  if (read.apart.length > 0)
    read = await reading(options, { ...setup, apart: read.apart }, whole, threads, whole.total);
  nameExamples(read.tally);
  return {
    tally: read.tally,
    rules,
    judged,
    refused: read.refused,
    answers: read.answers,
    joined: read.joined,
    seconds: (Date.now() - began) / 1000,
    startSeconds: (ready - began) / 1000,
    threads,
    peakMemory: read.peakMemory,
  };
}

interface Reading extends Omit<TaskResult, 'readyAt'> {
  /** When the slowest worker had its rules compiled: milliseconds since 1970. */
  ready: number;
  peakMemory: number;
}

/**
 * All of it once. As soon as outcomes are seen that are told apart from their declarations, what was counted is of no
 * use, and the rest is read for such outcomes alone: they are joined in a second reading.
 * @param before of the progress: what was read in an earlier reading
 */
async function reading(
  options: BacktestOptions,
  setup: Setup,
  whole: Pick<Progress, 'total' | 'unit'>,
  threads: number,
  before = 0,
): Promise<Reading> {
  const pool = new Piscina({
    filename: builtModule('backtest/worker.js'),
    minThreads: threads,
    maxThreads: threads,
    workerData: setup,
    resourceLimits,
  });
  const all: Reading = {
    tally: emptyTally(setup.rules.length),
    refused: [],
    answers: 0,
    apart: [],
    joined: 0,
    ready: Date.now(),
    peakMemory: 0,
  };
  let done = before;
  const take = (result: TaskResult, size: number) => {
    merge(all.tally, result.tally);
    all.refused.push(...result.refused.slice(0, keptRefusals - all.refused.length));
    all.answers += result.answers;
    for (const apart of result.apart) all.apart.push(apart);
    all.joined += result.joined;
    all.ready = Math.max(all.ready, result.readyAt);
    done += size;
    all.peakMemory = Math.max(all.peakMemory, process.memoryUsage.rss());
    const total = before > 0 || all.apart.length > 0 ? whole.total * 2 : whole.total;
    options.onProgress?.({ done, total, unit: whole.unit, declarations: all.tally.declarations });
  };
  try {
    // Two tasks a thread keep it busy while results are added up; they are taken in the order they were given.
    const flight: { result: Promise<TaskResult>; size: number }[] = [];
    for await (const { task, size } of workOf(options, setup.rules)) {
      const gather = all.apart.length > 0;
      const result = pool.run(gather ? { ...task, gather } : task) as Promise<TaskResult>;
      result.catch(() => {});
      flight.push({ result, size });
      if (flight.length < threads * 2) continue;
      const first = flight.shift()!;
      take(await first.result, first.size);
    }
    for (const { result, size } of flight) take(await result, size);
  } finally {
    await pool.destroy();
  }
  return all;
}
