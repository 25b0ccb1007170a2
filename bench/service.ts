/**
 * POST /v1/checks over HTTP, durable before the answer: against a bare Fastify route with the same parsing, validation
 * and serialisation, and against that route when it also commits the body durably to the same kind of store: to a table, and
 * through the journal that checks go through. Each is a process of its own, warmed up by so many declarations. All are up at once
 * and take turns, and ratios are those of one round, as a shared machine is not the same one a minute later: medians over
 * SERVICE_ROUNDS rounds of SERVICE_SECONDS each. On the embedded store, and on MongoDB where there is one (./mongo.ts).
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { type IncomingMessage, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import autocannon from 'autocannon';
import { mongoAddress } from './mongo.ts';
import { type BenchCase, type BenchResult, machine, median } from './result.ts';
import { freshBody } from './service/load.ts';

const rounds = Number(process.env.SERVICE_ROUNDS ?? 5);
const seconds = Number(process.env.SERVICE_SECONDS ?? 3);
/** What `npm start` and the container run Node with; for every mode alike. */
const nodeArguments = ['--max-semi-space-size=128'];
/** Declarations before anything counts: V8 goes on optimising the rulebook's code over the first thousands. */
const warmUp = 10_000;
/** And lines of a batch, whose own code no single call runs. */
const warmUpLines = 5_000;
/** Lines of a batch that its sender writes at a time. */
const linesAtOnce = 50;
const connectionCounts = [10, 50];
/** Milliseconds in which a store that was written to makes its checkpoint, which is none of the next side's. */
const settling = 3_000;
type Mode = 'bare' | 'durable' | 'journaled' | 'ours';
/** MongoDB has a journal of its own. */
const modesOn = {
  embedded: ['bare', 'durable', 'journaled', 'ours'],
  MongoDB: ['bare', 'durable', 'ours'],
} as const satisfies Record<string, readonly Mode[]>;

interface Measured {
  perSecond: number;
  p99: number;
}

async function start(mode: Mode, place: string): Promise<{ child: ChildProcess; url: string }> {
  const script = fileURLToPath(new URL('./service/server.js', import.meta.url));
  const child = spawn(process.execPath, [...nodeArguments, script, mode, place], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const [port] = (await once(child.stdout!, 'data')) as [Buffer];
  return { child, url: `http://127.0.0.1:${port.toString().trim()}` };
}

async function stop(child: ChildProcess): Promise<void> {
  const ended = once(child, 'exit');
  child.stdin!.end();
  await ended;
}

async function measure(
  url: string,
  connections: number,
  extent: { duration: number } | { amount: number } = { duration: seconds },
): Promise<Measured> {
  const result = await autocannon({
    url: `${url}/v1/checks`,
    method: 'POST',
    connections,
    ...extent,
    headers: { 'content-type': 'application/json' },
    requests: [{ setupRequest: (request) => ({ ...request, body: freshBody() }) }],
  });
  const failed = result.non2xx + result.errors;
  if (failed > 0) throw new Error(`${failed} requests were not answered with 200`);
  return { perSecond: result.requests.average, p99: result.latency.p99 };
}

/**
 * Declarations a second through POST /v1/checks/batch: one request whose lines come for as long as `more` says, as a rule as long
 * as single calls are measured. Answers are counted and not read, as autocannon does with those of single calls: it is the same machine that
 * would read them.
 */
async function measureBatch(
  url: string,
  more: (elapsed: number, sentLines: number) => boolean = (elapsed) => elapsed < seconds,
): Promise<number> {
  const begun = performance.now();
  const elapsed = () => (performance.now() - begun) / 1000;
  let sentLines = 0;
  function* lines(): Generator<string> {
    for (; more(elapsed(), sentLines); sentLines += linesAtOnce)
      yield `${Array.from({ length: linesAtOnce }, freshBody).join('\n')}\n`;
  }
  const sent = request(`${url}/v1/checks/batch`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-ndjson' },
  });
  const sending = pipeline(Readable.from(lines()), sent);
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  let answered = 0;
  for await (const chunk of response as AsyncIterable<Buffer>)
    for (let at = chunk.indexOf(10); at >= 0; at = chunk.indexOf(10, at + 1)) answered += 1;
  await sending;
  if (answered !== sentLines) throw new Error(`${answered} of ${sentLines} lines were answered`);
  return answered / elapsed();
}

/** What a service tells of itself under this name. */
async function metric(url: string, name: string): Promise<number> {
  const metrics = await (await fetch(`${url}/metrics`)).text();
  return Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(metrics)![1]);
}

/** Seconds by which figures lag behind what was checked. */
const projectionLag = (url: string) => metric(url, 'crosscheck_projection_lag_seconds');

/** Milliseconds of processor time, of all threads of the service, for each declaration of what is measured. */
async function costing(
  url: string,
  measured: () => Promise<number>,
): Promise<[perSecond: number, cost: number]> {
  const processorTime = () => metric(url, 'process_cpu_seconds_total');
  const [before, begun] = [await processorTime(), performance.now()];
  const perSecond = await measured();
  const declarations = (perSecond * (performance.now() - begun)) / 1000;
  return [perSecond, (((await processorTime()) - before) * 1000) / declarations];
}

async function caughtUpAfter(url: string): Promise<number> {
  const begun = performance.now();
  while ((await projectionLag(url)) > 0) await setTimeout(200);
  return (performance.now() - begun) / 1000;
}

/** Everything measured of one kind of store, by what it was, round by round. */
class Figures {
  private readonly found = new Map<string, number[]>();
  add(what: string, value: number): void {
    this.found.set(what, [...this.rounds(what), value]);
  }
  of(what: string): number {
    return median(this.rounds(what));
  }
  /** Of what was measured within the same round, since the machine is another one a minute later. */
  ratio(what: string, baseline: string): Required<Pick<BenchCase, 'ratio' | 'between'>> {
    const of = this.rounds(baseline);
    const ratios = this.rounds(what).map((value, round) => value / of[round]!);
    return { ratio: median(ratios), between: [Math.min(...ratios), Math.max(...ratios)] };
  }
  private rounds(what: string): number[] {
    return this.found.get(what) ?? [];
  }
}

/** All modes are up and warm, and take turns in each round; what ours does after a rush is waited for. */
async function measureAll(modes: readonly Mode[], placeOf: (mode: Mode) => string): Promise<Figures> {
  const servers = new Map<Mode, Awaited<ReturnType<typeof start>>>();
  for (const mode of modes) servers.set(mode, await start(mode, placeOf(mode)));
  const figures = new Figures();
  for (const [mode, { url }] of servers) {
    await measure(url, 50, { amount: warmUp });
    await setTimeout(settling);
    if (mode !== 'ours') continue;
    await caughtUpAfter(url);
    await measureBatch(url, (_, sentLines) => sentLines < warmUpLines);
    await caughtUpAfter(url);
  }
  for (let round = 0; round < rounds; round += 1) {
    for (const connections of connectionCounts)
      for (const [mode, { url }] of servers) {
        const single = async () => {
          const { perSecond, p99 } = await measure(url, connections);
          figures.add(`${mode} ${connections} p99`, p99);
          return perSecond;
        };
        if (mode !== 'ours') {
          figures.add(`${mode} ${connections}`, await single());
          await setTimeout(settling);
          continue;
        }
        const [perSecond, cost] = await costing(url, single);
        figures.add(`ours ${connections}`, perSecond);
        figures.add(`ours ${connections} cost`, cost);
        figures.add('lag', await projectionLag(url));
        figures.add('caught up', await caughtUpAfter(url));
        await setTimeout(settling);
      }
    const { url } = servers.get('ours')!;
    const [perSecond, cost] = await costing(url, () => measureBatch(url));
    figures.add('batch', perSecond);
    figures.add('batch cost', cost);
    await caughtUpAfter(url);
    await setTimeout(settling);
  }
  for (const { child } of servers.values()) await stop(child);
  return figures;
}

const baselines = [
  ['the bare route', 'bare'],
  ['the route that commits the body', 'durable'],
  ['the route that commits the body through the journal', 'journaled'],
] as const;

function casesOf(store: keyof typeof modesOn, figures: Figures): BenchCase[] {
  const modes: readonly Mode[] = modesOn[store];
  const cases: BenchCase[] = [];
  for (const connections of connectionCounts) {
    const on = `${store}, ${connections} connections`;
    for (const mode of modes)
      cases.push({
        case: `${mode}, ${on}`,
        value: figures.of(`${mode} ${connections}`),
        unit: 'declarations/s',
      });
    const ours = figures.of(`ours ${connections}`);
    for (const [baseline, mode] of baselines) {
      if (!modes.includes(mode)) continue;
      cases.push({
        case: `ours against ${mode}, ${on}`,
        value: ours,
        unit: 'declarations/s',
        baseline,
        ...figures.ratio(`ours ${connections}`, `${mode} ${connections}`),
      });
    }
    cases.push({
      case: `p99, ${on}`,
      value: figures.of(`ours ${connections} p99`),
      unit: 'ms',
      baseline: 'the route that commits the body',
      ...figures.ratio(`ours ${connections} p99`, `durable ${connections} p99`),
    });
  }
  for (const connections of connectionCounts)
    cases.push({
      case: `batch, ${store}`,
      value: figures.of('batch'),
      unit: 'declarations/s',
      baseline: `our single route at ${connections} connections`,
      ...figures.ratio('batch', `ours ${connections}`),
    });
  for (const connections of connectionCounts)
    cases.push({
      case: `processor time a line of a batch, ${store}`,
      value: figures.of('batch cost'),
      unit: 'ms',
      baseline: `a single call at ${connections} connections`,
      ...figures.ratio('batch cost', `ours ${connections} cost`),
    });
  cases.push({ case: `figures lag after the rush, ${store}`, value: figures.of('lag'), unit: 's' });
  cases.push({ case: `figures caught up after, ${store}`, value: figures.of('caught up'), unit: 's' });
  return cases;
}

export async function run(): Promise<BenchResult> {
  const folder = mkdtempSync(join(tmpdir(), 'crosscheck-bench-'));
  const results: BenchCase[] = [];
  try {
    results.push(...casesOf('embedded', await measureAll(modesOn.embedded, (mode) => join(folder, mode))));
    const mongo = await mongoAddress();
    if (mongo !== undefined) {
      const database = (mode: Mode): string => {
        const address = new URL(mongo.uri);
        address.pathname = `/bench_${mode}`;
        return address.href;
      };
      results.push(...casesOf('MongoDB', await measureAll(modesOn.MongoDB, database)));
      await mongo.stop();
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return { name: 'service', machine: machine(), results };
}
