/**
 * Figures over a year of clearance rows: every indicator that plans over `clearance`, by every dimension it has, through
 * definition, plan, store and arithmetic. Beside each the same integers and histograms for the same grouping, asked for
 * by hand through the same driver with its defaults, in turns with ours in the same run: statements on a copy of the
 * file, pipelines on the same collection. All integers must be equal, or the run fails. Told apart are the plan's
 * questions to the store, and the whole figure with limits, benchmarks and states. Then what roll-ups serve, against the
 * same hand-written scan. BENCH_ROWS and BENCH_MONGO_ROWS set the rows, BENCH_INDICATORS the
 * indicators; MongoDB is measured where MONGOMS_SYSTEM_BINARY
 * or MONGODB_URI names one.
 */
import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { MongoClient } from 'mongodb';
import { MongoMemoryServer } from 'mongodb-memory-server';
import type { Definition } from '../src/indicators/definition.ts';
import { type Asked, figures, type Source, sourceOf } from '../src/indicators/figure.ts';
import { soundIndicators } from '../src/indicators/load.ts';
import { layoutOf, rollUp, rollupSource } from '../src/indicators/rollup.ts';
import { databaseFile } from '../src/store/duckdb/backup.ts';
import { openDuckdb } from '../src/store/duckdb/store.ts';
import { openMongo } from '../src/store/mongo/store.ts';
import type { Groups, Store } from '../src/store/port.ts';
import { type Answer, mustBeEqual } from './indicators/equal.ts';
import { fill, fillMongo } from './indicators/fill.ts';
import { pipelineOf, type Question, questionsOf, statementOf } from './indicators/question.ts';
import { type BenchCase, type BenchResult, machine, median } from './result.ts';

const duckdbRows = Number(process.env.BENCH_ROWS ?? 1_000_000);
const mongoRows = Number(process.env.BENCH_MONGO_ROWS ?? 100_000);
/** Ids with commas, to measure a few on a busy machine; every indicator where absent. */
const wanted = process.env.BENCH_INDICATORS?.split(',');
const period = { from: '2025-01-01', to: '2025-12-31' };
/** Each case is the median of three, or of as many as a second for each holds; comparing the answers warms up. */
const runs = 3;
const patienceMs = 1_000;

interface Case {
  name: string;
  whole: number;
  plan: number;
  byHand: number;
  rolled: number | undefined;
}

/** Answers a question as somebody by hand would. */
type ByHand = (question: Question) => Promise<Answer>;

/** Ours and theirs in turns, so that whatever else the machine does is shared. */
async function inTurns(works: readonly (() => Promise<unknown>)[]): Promise<number[]> {
  const taken: number[][] = works.map(() => []);
  const begun = performance.now();
  for (let i = 0; i < runs && (i === 0 || performance.now() - begun < patienceMs * works.length); i++) {
    for (const [w, work] of works.entries()) {
      const from = performance.now();
      await work();
      taken[w]!.push(performance.now() - from);
    }
  }
  return taken.map(median);
}

const empty: Groups = { count: 0, keys: {}, within: [], values: {}, histograms: {} };

async function measured(store: Store, byHand: ByHand): Promise<{ cases: Case[]; rollUpSeconds: number }> {
  const { definitions } = soundIndicators(undefined, period.to);
  const layout = layoutOf(definitions.values());
  const begun = performance.now();
  await rollUp(store, layout);
  const rollUpSeconds = (performance.now() - begun) / 1000;
  const cases: Case[] = [];
  for (const definition of definitions.values()) {
    if (definition.table !== 'clearance' || wanted?.includes(definition.id) === false) continue;
    for (const dimension of definition.dimensions) {
      const questions = questionsOf(definition, dimension, period);
      if (questions === undefined || questions.length === 0) continue;
      cases.push(await compared(store, layout, definition, dimension, questions, byHand));
    }
  }
  return { cases, rollUpSeconds };
}

async function compared(
  store: Store,
  layout: ReturnType<typeof layoutOf>,
  definition: Definition,
  dimension: string,
  questions: readonly Question[],
  byHand: ByHand,
): Promise<Case> {
  const name = `${definition.id} by ${dimension}`;
  const told = (source: Source) => figures(source, definition, { by: [dimension], ...period }, period.to);
  const rows = sourceOf(store);
  const tabulated: { asked: Asked; groups: Groups }[] = [];
  await told({
    tabulate: async (asked) => {
      const groups = await rows.tabulate(asked);
      if (asked.from === period.from) tabulated.push({ asked, groups });
      return groups;
    },
  });
  for (const question of questions) mustBeEqual(name, question, await byHand(question), tabulated);
  let scanned = false;
  const rollups = rollupSource(store, layout, {
    tabulate: async () => {
      scanned = true;
      return empty;
    },
  });
  const rolled = await told(rollups);
  if (!scanned) {
    const plain = await told(rows);
    if (JSON.stringify(rolled) !== JSON.stringify(plain))
      throw new Error(`${name}: roll-ups and rows differ`);
  }
  const works = [
    () => told(rows),
    () => Promise.all(tabulated.map(({ asked }) => rows.tabulate(asked))),
    async () => {
      for (const question of questions) await byHand(question);
    },
    ...(scanned ? [] : [() => told(rollups)]),
  ];
  const [whole, plan, hand, fromRollups] = await inTurns(works);
  return { name, whole: whole!, plan: plan!, byHand: hand!, rolled: fromRollups };
}

const p95 = (values: readonly number[]): number => {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(0.95 * sorted.length) - 1)]!;
};

function told(kind: string, rowCount: number, cases: readonly Case[], rollUpSeconds: number): BenchCase[] {
  const rows = `${rowCount.toLocaleString('en')} clearance rows`;
  const byHand = kind === 'DuckDB' ? 'by hand in SQL' : 'by hand as a pipeline';
  const hand = p95(cases.map((each) => each.byHand));
  const rolled = cases.filter((each) => each.rolled !== undefined);
  const one = (label: string, value: (each: Case) => number): BenchCase[] => [
    {
      case: `${kind}: ${label}, p95 of ${cases.length} indicator × dimension, ${rows}`,
      value: p95(cases.map(value)),
      unit: 'ms',
      baseline: `p95 ${byHand}, ${hand.toFixed(0)} ms`,
      ratio: p95(cases.map(value)) / hand,
    },
    {
      case: `${kind}: ${label}, median and p95 of the cases’ own ratios`,
      value: median(cases.map((each) => value(each) / each.byHand)),
      unit: 'times',
      baseline: `each ${byHand}`,
      ratio: p95(cases.map((each) => value(each) / each.byHand)),
    },
  ];
  const worst = [...cases].sort((a, b) => b.whole / b.byHand - a.whole / a.byHand).slice(0, 5);
  return [
    ...one('the plan’s questions', (each) => each.plan),
    ...one('the whole figure', (each) => each.whole),
    {
      case: `${kind}: the whole figure from roll-ups, p95 of the ${rolled.length} that they serve`,
      value: p95(rolled.map((each) => each.rolled!)),
      unit: 'ms',
      baseline: `p95 of the same ${byHand}, ${p95(rolled.map((each) => each.byHand)).toFixed(0)} ms`,
      ratio: p95(rolled.map((each) => each.rolled!)) / p95(rolled.map((each) => each.byHand)),
    },
    {
      case: `${kind}: from roll-ups, median and p95 of the cases’ own ratios`,
      value: median(rolled.map((each) => each.rolled! / each.byHand)),
      unit: 'times',
      baseline: `each ${byHand}`,
      ratio: p95(rolled.map((each) => each.rolled! / each.byHand)),
    },
    { case: `${kind}: roll-ups of every day and month made`, value: rollUpSeconds, unit: 's' },
    ...worst.map((each) => ({
      case: `${kind}: slowest against it, ${each.name}`,
      value: each.whole,
      unit: 'ms',
      baseline: byHand,
      ratio: each.whole / each.byHand,
    })),
  ];
}

async function onDuckdb(folder: string): Promise<BenchCase[]> {
  await fill(folder, duckdbRows);
  const copy = join(folder, 'copy');
  mkdirSync(copy);
  copyFileSync(join(folder, databaseFile), join(copy, databaseFile));
  const store = await openDuckdb(folder);
  const instance = await DuckDBInstance.create(join(copy, databaseFile));
  const connection = await instance.connect();
  try {
    const { cases, rollUpSeconds } = await measured(store, async (question) =>
      (await connection.run(statementOf(question))).getRows(),
    );
    return told('DuckDB', duckdbRows, cases, rollUpSeconds);
  } finally {
    connection.closeSync();
    instance.closeSync();
    await store.close();
  }
}

async function onMongo(folder: string): Promise<BenchCase[]> {
  const given = process.env.MONGODB_URI;
  if (given === undefined && process.env.MONGOMS_SYSTEM_BINARY === undefined) return [];
  const server = given === undefined ? await MongoMemoryServer.create() : undefined;
  const uri = given ?? server!.getUri('bench_indicators');
  const client = new MongoClient(uri);
  const store = await openMongo(uri);
  try {
    await fillMongo(store, client.db(), folder, mongoRows);
    const rows = client.db().collection('clearance');
    const { cases, rollUpSeconds } = await measured(store, async (question) => {
      const found = await rows.aggregate(pipelineOf(question), { allowDiskUse: true }).toArray();
      const sums = question.histogram === undefined ? question.sums : [0];
      return found.map((row) => [
        ...question.groupBy.map((_, i) => row._id[`k${i}`]),
        ...sums.map((_, i) => row[`m${i}`]),
      ]);
    });
    return told('MongoDB', mongoRows, cases, rollUpSeconds);
  } finally {
    await store.close();
    await client.close();
    await server?.stop();
  }
}

export async function run(): Promise<BenchResult> {
  const folder = mkdtempSync(join(tmpdir(), 'crosscheck-bench-indicators-'));
  try {
    const duckdb = duckdbRows > 0 ? await onDuckdb(join(folder, 'duckdb')) : [];
    const mongo = mongoRows > 0 ? await onMongo(join(folder, 'rows')) : [];
    return { name: 'indicators', machine: machine(), results: [...duckdb, ...mongo] };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
