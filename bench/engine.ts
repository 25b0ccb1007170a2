/**
 * `npm run bench -- engine`: declarations a second of CPU time (which other work on the machine disturbs least) of json-rules-engine, zen-engine, json-logic-engine, the
 * limit program and ours on the same rules and declarations. All answers are compared before anything is timed; engines
 * take turns in five rounds, and a ratio is the median of the rounds' own ratios. ENGINE_MS sets the milliseconds of a
 * measurement, ENGINE_CASES=A100,D2000 picks cases.
 */
import { compile } from '../src/engine/compile.ts';
import { type Adapter, engines, type Prepared } from './engine/engines.ts';
import { limit } from './engine/limit.ts';
import { declarations, type SetName, type Workload, workload } from './engine/workload.ts';
import { type BenchCase, type BenchResult, machine, median } from './result.ts';

const rounds = 5;
const milliseconds = Number(process.env.ENGINE_MS ?? 300);
const cases: readonly [SetName, number][] = [
  ['A', 10],
  ['A', 100],
  ['A', 500],
  ['A', 2000],
  ['B', 100],
  ['C', 100],
  ['D', 2000],
];
const meaning: Record<SetName, string> = {
  A: 'header',
  B: 'header and some item',
  C: 'once per item',
  D: 'header, about 5 % apply',
};

/** So many declarations must give the same hits in every engine; fewer where the slowest takes long for one. */
const comparedFor = (rules: number): number => (rules > 100 ? 10 : 100);

async function gate(prepared: readonly [string, Prepared][], label: string, compared: number): Promise<void> {
  for (let i = 0; i < compared; i++) {
    const [[, first], ...others] = prepared as [[string, Prepared], ...[string, Prepared][]];
    const expected = (await first.hits(i)).sort().join(' ');
    for (const [name, engine] of others) {
      const found = (await engine.hits(i)).sort().join(' ');
      if (found !== expected)
        throw new Error(`${label}, declaration ${i}: ${name} finds ${found}, ${prepared[0]![0]} ${expected}`);
    }
  }
}

const cpu = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};

/** Declarations a second over at least so many milliseconds of CPU time. */
async function rate(engine: Prepared, sheets: number, ms: number): Promise<number> {
  let done = 0;
  let hits = 0;
  const start = cpu();
  let now = start;
  while (now - start < ms) {
    // A slow engine is asked for the time after each declaration, a fast one after a batch.
    const batch = done === 0 ? 1 : Math.max(1, Math.min(1000, Math.floor((done / (now - start)) * 5)));
    for (let b = 0; b < batch; b++) {
      const answer = engine.run((done + b) % sheets);
      hits += typeof answer === 'number' ? answer : await answer;
    }
    done += batch;
    now = cpu();
  }
  if (hits < 0) throw new Error('hits are counted so that no engine is optimised away');
  return (done / (now - start)) * 1000;
}

/** These interpret rules, and are as fast as they get at once. */
const slow: ReadonlySet<string> = new Set([engines.jsonRulesEngine.name, engines.zen.name]);

/** A service runs for days; V8 needs seconds to optimise what is generated, the more rules the longer. */
const warmUp = (rules: number): number => (rules > 100 ? 4000 : 1500);

async function measure(set: SetName, rules: number): Promise<BenchCase[]> {
  const load = workload(set, rules);
  const adapters: readonly Adapter[] = Object.values(engines);
  const prepared = adapters.map(({ name, prepare }) => [name, prepare(load)] as [string, Prepared]);
  const label = `${set}${rules} (${meaning[set]})`;
  await gate(prepared, label, comparedFor(rules));
  for (const [name, engine] of prepared)
    await rate(engine, load.sheets.length, slow.has(name) ? milliseconds : warmUp(rules));
  const rates = prepared.map((): number[] => []);
  for (let round = 0; round < rounds; round++)
    for (let e = 0; e < prepared.length; e++) {
      const turn = (e + round) % prepared.length;
      rates[turn]!.push(await rate(prepared[turn]![1], load.sheets.length, milliseconds));
    }
  const baseline = adapters.indexOf(engines.jsonRulesEngine);
  const top = adapters.indexOf(engines.limit);
  const ratio = (of: number, over: number): number =>
    median(rates[of]!.map((value, round) => value / rates[over]![round]!));
  const rows: BenchCase[] = prepared.map(([name], e) => ({
    case: `${label}: ${name}`,
    value: median(rates[e]!),
    unit: 'declarations/s',
    baseline: 'json-rules-engine',
    ratio: ratio(e, baseline),
  }));
  const own = adapters.indexOf(engines.ours);
  rows.push({
    case: `${label}: crosscheck against the limit`,
    value: median(rates[own]!),
    unit: 'declarations/s',
    baseline: 'limit',
    ratio: ratio(own, top),
  });
  return rows;
}

/** Ours against the limit where one field in ten is missing: what the report of rules not evaluated costs. */
async function withMissing(rules: number): Promise<BenchCase> {
  const load: Workload = { ...workload('A', rules), sheets: declarations(1000, 0.1, 7) };
  const rulebook = compile(load.rules, { catalogue: load.catalogue });
  const program = limit(load);
  for (const sheet of load.sheets.slice(0, comparedFor(rules))) {
    const mine = rulebook.detect(sheet);
    const other = program(sheet);
    const lines = other.notEvaluated.map(
      ({ place, missing }) => `${load.rules[place]!.id} ${[...missing].sort()}`,
    );
    const own = mine.notEvaluated.map(({ rule, missing }) => `${rule} ${[...missing].sort()}`);
    if (own.join() !== lines.join()) throw new Error(`the reports of what was not evaluated differ`);
  }
  const pair: [Prepared, Prepared] = [
    { run: (i) => rulebook.detect(load.sheets[i]!).hits.length, hits: async () => [] },
    { run: (i) => program(load.sheets[i]!).hits.length, hits: async () => [] },
  ];
  for (const engine of pair) await rate(engine, load.sheets.length, warmUp(rules));
  const ratios: number[] = [];
  const values: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const own = await rate(pair[0], load.sheets.length, milliseconds);
    values.push(own);
    ratios.push(own / (await rate(pair[1], load.sheets.length, milliseconds)));
  }
  return {
    case: `A${rules}, one field in ten missing: crosscheck against the limit`,
    value: median(values),
    unit: 'declarations/s',
    baseline: 'limit',
    ratio: median(ratios),
  };
}

export async function run(): Promise<BenchResult> {
  const wanted = process.env.ENGINE_CASES?.split(',');
  const results: BenchCase[] = [];
  for (const [set, rules] of cases) {
    if (wanted !== undefined && !wanted.includes(`${set}${rules}`)) continue;
    results.push(...(await measure(set, rules)));
  }
  if (wanted === undefined || wanted.includes('missing')) results.push(await withMissing(100));
  return { name: 'engine', machine: machine(), results };
}
