/**
 * POST /v1/checks over HTTP, durable before the answer, on the embedded store: against a bare Fastify route with the
 * same parsing and validation, and against that route when it also commits the body durably to the same store. Each is
 * a process of its own, measured in turn, round by round.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import autocannon from 'autocannon';
import { type BenchCase, type BenchResult, machine, median } from './result.ts';
import { freshBody } from './service/load.ts';

const rounds = 3;
const seconds = 5;
const modes = ['bare', 'durable', 'ours'] as const;
type Mode = (typeof modes)[number];

interface Measured {
  perSecond: number;
  p99: number;
}

async function start(mode: Mode, folder: string): Promise<{ child: ChildProcess; url: string }> {
  const script = fileURLToPath(new URL('./service/server.js', import.meta.url));
  const child = spawn(process.execPath, [script, mode, folder], { stdio: ['pipe', 'pipe', 'inherit'] });
  const [port] = (await once(child.stdout!, 'data')) as [Buffer];
  return { child, url: `http://127.0.0.1:${port.toString().trim()}` };
}

async function stop(child: ChildProcess): Promise<void> {
  const ended = once(child, 'exit');
  child.stdin!.end();
  await ended;
}

async function measure(url: string, connections: number): Promise<Measured> {
  const result = await autocannon({
    url: `${url}/v1/checks`,
    method: 'POST',
    connections,
    duration: seconds,
    headers: { 'content-type': 'application/json' },
    requests: [{ setupRequest: (request) => ({ ...request, body: freshBody() }) }],
  });
  const failed = result.non2xx + result.errors;
  if (failed > 0) throw new Error(`${failed} requests were not answered with 200`);
  return { perSecond: result.requests.average, p99: result.latency.p99 };
}

/** Declarations a second through POST /v1/checks/batch, one request of 2,000 lines. */
async function measureBatch(url: string): Promise<number> {
  const lines = 2_000;
  const body = Array.from({ length: lines }, freshBody).join('\n');
  const begun = performance.now();
  const response = await fetch(`${url}/v1/checks/batch`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-ndjson' },
    body,
  });
  const answered = (await response.text()).trim().split('\n').length;
  if (answered !== lines) throw new Error(`${answered} of ${lines} lines were answered`);
  return lines / ((performance.now() - begun) / 1000);
}

export async function run(): Promise<BenchResult> {
  const folder = mkdtempSync(join(tmpdir(), 'crosscheck-bench-'));
  const found = new Map<string, Measured[]>();
  const batches: number[] = [];
  try {
    for (let round = 0; round < rounds; round += 1) {
      for (const mode of modes) {
        const { child, url } = await start(mode, join(folder, `${mode}-${round}`));
        await measure(url, 10);
        for (const connections of [10, 50]) {
          const key = `${mode} ${connections}`;
          found.set(key, [...(found.get(key) ?? []), await measure(url, connections)]);
        }
        if (mode === 'ours') batches.push(await measureBatch(url));
        await stop(child);
      }
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }

  const typical = (mode: Mode, connections: number, what: keyof Measured) =>
    median(found.get(`${mode} ${connections}`)!.map((one) => one[what]));
  const results: BenchCase[] = [];
  for (const connections of [10, 50]) {
    for (const mode of modes) {
      const value = typical(mode, connections, 'perSecond');
      results.push({ case: `${mode}, ${connections} connections`, value, unit: 'declarations/s' });
    }
    const ours = typical('ours', connections, 'perSecond');
    for (const [baseline, mode] of [
      ['the bare route', 'bare'],
      ['the route that commits the body', 'durable'],
    ] as const) {
      results.push({
        case: `ours against ${mode}, ${connections} connections`,
        value: ours,
        unit: 'declarations/s',
        baseline,
        ratio: ours / typical(mode, connections, 'perSecond'),
      });
    }
    results.push({
      case: `p99, ${connections} connections`,
      value: typical('ours', connections, 'p99'),
      unit: 'ms',
      baseline: 'the route that commits the body',
      ratio: typical('ours', connections, 'p99') / typical('durable', connections, 'p99'),
    });
  }
  const batch = median(batches);
  results.push({
    case: 'batch',
    value: batch,
    unit: 'declarations/s',
    baseline: 'our single route at 50 connections',
    ratio: batch / typical('ours', 50, 'perSecond'),
  });
  return { name: 'service', machine: machine(), results };
}
