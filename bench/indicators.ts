/**
 * Figures over a year of a projected table's rows: every indicator that plans over it, by every dimension it has, through
 * definition, plan, store and arithmetic. Beside each the same integers and histograms for the same grouping, asked for
 * by hand through the same driver with its defaults, in turns with ours in the same run: statements on a copy of the
 * file, pipelines on the same collection. All integers must be equal, or the run fails. Told apart are the plan's
 * questions to the store, and the whole figure with limits, benchmarks and states. Then what roll-ups serve, against the
 * same hand-written scan: the first question after a start, once the service has read into memory what was looked at
 * before; the first after a day has changed and was followed; and any later one. Beside them what start and change cost
 * behind the callers' backs. BENCH_TABLES names the tables (clearance where absent; also clearance_item, act, finding),
 * BENCH_ROWS and BENCH_MONGO_ROWS set the rows, BENCH_INDICATORS the indicators, BENCH_EVERY takes every so many of the
 * cases alone, from BENCH_FROM on; BENCH_CASES tells each as it goes; BENCH_KEEP names a folder in which the rows on DuckDB
 * are kept for the next run, to measure in pieces; BENCH_ROLLUPS=0 leaves roll-ups out; MongoDB is measured where MONGOMS_SYSTEM_BINARY or MONGODB_URI names one,
 * and rows that the database of MONGODB_URI has already are taken as they are.
 */
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { MongoClient } from 'mongodb';
import { MongoMemoryServer } from 'mongodb-memory-server';
import type { Definition } from '../src/indicators/definition.ts';
import { type Asked, figures, type Source, sourceOf } from '../src/indicators/figure.ts';
import type { FigureTable } from '../src/indicators/figure-table.ts';
import { soundIndicators } from '../src/indicators/load.ts';
import { type Rollups, rollupSource } from '../src/indicators/rollup.ts';
import { layoutOf } from '../src/indicators/rollup-layout.ts';
import { rollUp } from '../src/indicators/rollup-tables.ts';
import { type TableName, tables } from '../src/projections/fold.ts';
import { changedDays } from '../src/projections/project.ts';
import { databaseFile } from '../src/store/duckdb/backup.ts';
import { openDuckdb } from '../src/store/duckdb/store.ts';
import { openMongo } from '../src/store/mongo/store.ts';
import type { Groups, Store } from '../src/store/port.ts';
import { type Answer, mustBeEqual } from './indicators/equal.ts';
import { fill, fillMongo } from './indicators/fill.ts';
import { pipelineOf, type Question, questionsOf, statementOf } from './indicators/question.ts';
import { inTurns, type Taken, taken } from './indicators/turns.ts';
import { type BenchCase, type BenchResult, machine, median } from './result.ts';

const duckdbRows = Number(process.env.BENCH_ROWS ?? 1_000_000);
const mongoRows = Number(process.env.BENCH_MONGO_ROWS ?? 100_000);
/** Ids with commas, to measure a few on a busy machine; every indicator where absent. */
const wanted = process.env.BENCH_INDICATORS?.split(',');
const wantedTables = (process.env.BENCH_TABLES ?? 'clearance').split(',').map((name) => {
  if (!(name in tables))
    throw new Error(`BENCH_TABLES: ${name} is none of ${Object.keys(tables).join(', ')}`);
  return name as TableName;
});
const period = { from: '2025-01-01', to: '2025-12-31' };
/** On a busy machine: one of every so many cases, the first of them or another. */
const every = Number(process.env.BENCH_EVERY ?? 1);
const startingAt = Number(process.env.BENCH_FROM ?? 0);
const keptIn = process.env.BENCH_KEEP;
const withRollups = process.env.BENCH_ROLLUPS !== '0';

interface Case {
  name: string;
  whole: Taken;
  plan: Taken;
  byHand: Taken;
  /** From roll-ups, where they serve it: the first question after a start, after a changed day, and later ones. */
  rolled: { start: Taken; changed: Taken; held: Taken } | undefined;
}

/** Answers a question as somebody by hand would. */
type ByHand = (question: Question) => Promise<Answer>;

interface Measured {
  cases: Case[];
  seconds: RolledUp['seconds'] | undefined;
}

/** One indicator by one dimension, with what somebody by hand would ask. */
interface Wanted {
  name: string;
  definition: Definition;
  questions: readonly Question[];
  told(source: Source): Promise<FigureTable>;
}

function wantedOf(definitions: Iterable<Definition>, table: TableName): Wanted[] {
  const all: Wanted[] = [];
  for (const definition of definitions) {
    if (definition.table !== table || wanted?.includes(definition.id) === false) continue;
    for (const dimension of definition.dimensions) {
      const questions = questionsOf(definition, dimension, period);
      if (questions.length === 0) continue;
      const request = { by: [dimension], ...period };
      const told = (source: Source) => figures(source, definition, request, period.to);
      all.push({ name: `${definition.id} by ${dimension}`, definition, questions, told });
    }
  }
  return all.filter((_, place) => place % every === startingAt);
}

const secondsOf = async (work: () => Promise<unknown>): Promise<number> => (await taken(work)).wall / 1000;

/** Roll-ups of all that they serve of the cases, and what the first questions to them took. */
interface RolledUp {
  rollups: Rollups;
  start: ReadonlyMap<Wanted, Taken>;
  changed: ReadonlyMap<Wanted, Taken>;
  seconds: { made: number; warmed: number; followed: number };
}

async function rolledUp(
  store: Store,
  definitions: ReadonlyMap<string, Definition>,
  all: readonly Wanted[],
  server: number | undefined,
): Promise<RolledUp> {
  const layout = layoutOf(definitions.values());
  const made = await secondsOf(() => rollUp(store, layout));
  const rows = sourceOf(store);
  let scanned = false;
  const openRollups = () =>
    rollupSource(store, layout, {
      tabulate: (asked) => {
        scanned = true;
        return rows.tabulate(asked);
      },
    });
  const bringUp = async (rollups: Rollups): Promise<void> => {
    await rollups.follow();
    while (await rollups.prepare());
  };
  // Somebody looks at everything that roll-ups serve.
  const before = openRollups();
  await bringUp(before);
  const served = new Set<Wanted>();
  for (const one of all) {
    scanned = false;
    const rolled = await one.told(before);
    if (scanned) continue;
    served.add(one);
    if (JSON.stringify(rolled) !== JSON.stringify(await one.told(rows)))
      throw new Error(`${one.name}: roll-ups and rows differ`);
  }
  const rollups = openRollups();
  const warmed = await secondsOf(() => bringUp(rollups));
  const start = new Map<Wanted, Taken>();
  for (const one of served) start.set(one, await taken(() => one.told(rollups), server));
  await store.collection(changedDays).put([{ id: '2025-07-01' }]);
  const followed = await secondsOf(() => rollups.follow());
  const changed = new Map<Wanted, Taken>();
  for (const one of served) changed.set(one, await taken(() => one.told(rollups), server));
  return { rollups, start, changed, seconds: { made, warmed, followed } };
}

/** `server` is the process of the database, where it is another. Of `clearance` alone there are roll-ups. */
async function measured(store: Store, table: TableName, byHand: ByHand, server?: number): Promise<Measured> {
  const { definitions } = soundIndicators(undefined, period.to);
  const all = wantedOf(definitions.values(), table);
  const rolled =
    table === 'clearance' && withRollups ? await rolledUp(store, definitions, all, server) : undefined;
  const cases: Case[] = [];
  for (const one of all) {
    const found = await compared(store, one, rolled, byHand, server);
    cases.push(found);
    if (process.env.BENCH_CASES !== undefined) process.stderr.write(`${lineOf(found)}\n`);
  }
  return { cases, seconds: rolled?.seconds };
}

async function compared(
  store: Store,
  one: Wanted,
  rolled: RolledUp | undefined,
  byHand: ByHand,
  server: number | undefined,
): Promise<Case> {
  const { name, told, questions } = one;
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
  const [start, changed] = [rolled?.start.get(one), rolled?.changed.get(one)];
  const works = [
    () => told(rows),
    () => Promise.all(tabulated.map(({ asked }) => rows.tabulate(asked))),
    async () => {
      for (const question of questions) await byHand(question);
    },
    ...(start === undefined ? [] : [() => told(rolled!.rollups)]),
  ];
  const [whole, plan, hand, held] = await inTurns(works, server);
  return {
    name,
    whole: whole!,
    plan: plan!,
    byHand: hand!,
    rolled:
      start === undefined || changed === undefined || held === undefined
        ? undefined
        : { start, changed, held },
  };
}

const p95 = (values: readonly number[]): number => {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(0.95 * sorted.length) - 1)]!;
};

/** What is told of one way of asking: its p95 against theirs, and each case against its own. */
function against(
  label: string,
  byHand: string,
  cases: readonly { ours: Taken; theirs: Taken }[],
): BenchCase[] {
  const pooled = (unit: 'wall' | 'cpu'): BenchCase => {
    const [ours, theirs] = [
      p95(cases.map((each) => each.ours[unit])),
      p95(cases.map((each) => each.theirs[unit])),
    ];
    return {
      case: `${label}, p95 of ${cases.length}${unit === 'cpu' ? ', processor time' : ''}`,
      value: ours,
      unit: 'ms',
      baseline: `p95 ${byHand}, ${theirs.toFixed(0)} ms`,
      ratio: ours / theirs,
    };
  };
  const own = (unit: 'wall' | 'cpu'): BenchCase => {
    const ratios = cases.map((each) => each.ours[unit] / each.theirs[unit]);
    return {
      case: `${label}, median and p95 of the cases’ own ratios${unit === 'cpu' ? ', processor time' : ''}`,
      value: median(ratios),
      unit: 'times',
      baseline: `each ${byHand}`,
      ratio: p95(ratios),
    };
  };
  return cases.length === 0 ? [] : [pooled('wall'), pooled('cpu'), own('wall'), own('cpu')];
}

function told(kind: string, table: TableName, rowCount: number, measured: Measured): BenchCase[] {
  const { cases, seconds } = measured;
  const where = `${kind}, ${rowCount.toLocaleString('en')} rows of ${table}`;
  const byHand = kind === 'DuckDB' ? 'by hand in SQL' : 'by hand as a pipeline';
  const all = (ours: (each: Case) => Taken) =>
    cases.map((each) => ({ ours: ours(each), theirs: each.byHand }));
  const served = (ours: 'start' | 'changed' | 'held') =>
    cases.flatMap(({ rolled, byHand: theirs }) =>
      rolled === undefined ? [] : [{ ours: rolled[ours], theirs }],
    );
  const worst = (what: string, ours: (each: Case) => Taken | undefined): BenchCase[] =>
    cases
      .flatMap((each) => {
        const taken = ours(each);
        return taken === undefined ? [] : [{ ...each, taken, ratio: taken.wall / each.byHand.wall }];
      })
      .sort((a, b) => b.ratio - a.ratio)
      .slice(0, 5)
      .map(({ name, taken, ratio }) => ({
        case: `${where}: ${what} slowest against it, ${name}`,
        value: taken.wall,
        unit: 'ms',
        baseline: byHand,
        ratio,
      }));
  return [
    ...against(
      `${where}: the plan’s questions`,
      byHand,
      all((each) => each.plan),
    ),
    ...against(
      `${where}: the whole figure`,
      byHand,
      all((each) => each.whole),
    ),
    ...against(`${where}: the whole figure from roll-ups`, byHand, served('held')),
    ...against(`${where}: the same, first asked for after a start`, byHand, served('start')),
    ...against(`${where}: the same, first asked for after a changed day`, byHand, served('changed')),
    { case: `${where}: cases in all`, value: cases.length, unit: 'cases' },
    ...(seconds === undefined
      ? []
      : [
          { case: `${where}: roll-ups of every day made`, value: seconds.made, unit: 's' },
          { case: `${where}: all of them read into memory at a start`, value: seconds.warmed, unit: 's' },
          { case: `${where}: a changed day followed in all of them`, value: seconds.followed, unit: 's' },
        ]),
    ...worst('the whole figure', (each) => each.whole),
    ...worst('from roll-ups', (each) => each.rolled?.held),
  ];
}

/** One case by itself, as soon as it is known. */
const lineOf = ({ name, whole, plan, byHand, rolled }: Case): string =>
  [
    `${name}: by hand ${byHand.wall.toFixed(1)} ms`,
    ...Object.entries({ whole, plan, ...rolled }).map(
      ([what, { wall }]) => `${what} ${wall.toFixed(1)} ms (${(wall / byHand.wall).toFixed(2)})`,
    ),
  ].join(', ');

async function onDuckdb(folder: string, table: TableName): Promise<BenchCase[]> {
  if (!existsSync(join(folder, databaseFile))) await fill(folder, table, duckdbRows);
  const copy = join(folder, 'copy');
  mkdirSync(copy, { recursive: true });
  copyFileSync(join(folder, databaseFile), join(copy, databaseFile));
  const store = await openDuckdb(folder);
  const instance = await DuckDBInstance.create(join(copy, databaseFile));
  const connection = await instance.connect();
  try {
    const byHand: ByHand = async (question) => (await connection.run(statementOf(question))).getRows();
    return told('DuckDB', table, duckdbRows, await measured(store, table, byHand));
  } finally {
    connection.closeSync();
    instance.closeSync();
    await store.close();
  }
}

async function onMongo(folder: string, table: TableName): Promise<BenchCase[]> {
  const given = process.env.MONGODB_URI;
  if (given === undefined && process.env.MONGOMS_SYSTEM_BINARY === undefined) return [];
  const server = given === undefined ? await MongoMemoryServer.create() : undefined;
  const uri = given ?? server!.getUri('bench_indicators');
  const client = new MongoClient(uri);
  const store = await openMongo(uri);
  try {
    const rows = client.db().collection(table);
    if ((await rows.estimatedDocumentCount()) === 0)
      await fillMongo(store, client.db(), folder, table, mongoRows);
    const byHand: ByHand = async (question) => {
      const found = await rows.aggregate(pipelineOf(question), { allowDiskUse: true }).toArray();
      const sums = question.histogram === undefined ? question.sums : [0];
      return found.map((row) => [
        ...question.groupBy.map((_, i) => row._id[`k${i}`]),
        ...sums.map((_, i) => row[`m${i}`]),
      ]);
    };
    const process = server?.instanceInfo?.instance.mongodProcess?.pid;
    return told('MongoDB', table, mongoRows, await measured(store, table, byHand, process));
  } finally {
    await store.close();
    await client.close();
    await server?.stop();
  }
}

export async function run(): Promise<BenchResult> {
  const folder = keptIn ?? mkdtempSync(join(tmpdir(), 'crosscheck-bench-indicators-'));
  try {
    const results: BenchCase[] = [];
    for (const table of wantedTables) {
      const duckdb = join(folder, `${table} ${duckdbRows}`);
      const rows = join(folder, `${table} for MongoDB`);
      if (duckdbRows > 0) results.push(...(await onDuckdb(duckdb, table)));
      if (mongoRows > 0) results.push(...(await onMongo(rows, table)));
      rmSync(rows, { recursive: true, force: true });
      if (keptIn === undefined) rmSync(duckdb, { recursive: true, force: true });
    }
    return { name: 'indicators', machine: machine(), results };
  } finally {
    if (keptIn === undefined) rmSync(folder, { recursive: true, force: true });
  }
}
