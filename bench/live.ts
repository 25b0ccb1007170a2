/**
 * How soon a screen follows: a service over a year of made-up clearance rows, viewers on its stream, and one check after
 * another. Measured from sending the check to each viewer's being told that figures have moved, and to its having an
 * answer in which the declaration is counted; first where one indicator is looked at, then after every indicator was asked
 * for by each of its dimensions, so that all roll-ups are followed. Beside it how many questions the store answered for a
 * check: told from roll-ups, they do not grow with the viewers. Roll-ups are made behind the first checks after they were asked for.
 * BENCH_LIVE_ROWS sets the rows. The baseline is the two seconds that are promised.
 */
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { get, type IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDesk } from '../src/check/open-desk.ts';
import { isPairs } from '../src/indicators/frozen.ts';
import { soundIndicators } from '../src/indicators/load.ts';
import { openService } from '../src/service/open.ts';
import { openDuckdb } from '../src/store/duckdb/store.ts';
import type { Store } from '../src/store/port.ts';
import { fill } from './indicators/fill.ts';
import { type BenchCase, type BenchResult, machine, median } from './result.ts';
import { freshBody } from './service/load.ts';

const rows = Number(process.env.BENCH_LIVE_ROWS ?? 100_000);
const checks = 10;
const promisedMs = 2_000;
const question = '/v1/indicators/I01?by=office&from=2025-01-01&to=2026-12-31';

/** The store, with its tabulations counted. */
function counting(store: Store): { store: Store; asked: () => number } {
  let asked = 0;
  const counted: Store = {
    ...store,
    derived: {
      ...store.derived,
      tabulate: (table, query) => {
        asked += 1;
        return store.derived.tabulate(table, query);
      },
    },
    collection: (spec) => {
      const collection = store.collection(spec);
      return {
        ...collection,
        tabulate: (query) => {
          asked += 1;
          return collection.tabulate(query);
        },
      } as ReturnType<typeof store.collection> as never;
    },
  };
  return { store: counted, asked: () => asked };
}

interface Viewer {
  /** Waits until an answer counts so many declarations; the moments of the first event after now, and of the answer. */
  counts(atLeast: number): Promise<{ told: number; answered: number }>;
  close(): void;
}

interface Answer {
  rows: { figures: { count: { value: number } } }[];
}

async function counted(address: string): Promise<number> {
  const answer = (await (await fetch(address + question)).json()) as Answer;
  return answer.rows.reduce((sum, { figures }) => sum + figures.count.value, 0);
}

async function openViewer(address: string): Promise<Viewer> {
  const asking = get(`${address}/v1/live`);
  const [stream] = (await once(asking, 'response')) as [IncomingMessage];
  stream.setEncoding('utf8');
  let hear = (): void => {};
  stream.on('data', (text: string) => {
    if (text.includes('event: figures')) hear();
  });
  return {
    async counts(atLeast) {
      for (;;) {
        await new Promise<void>((resolve) => {
          hear = resolve;
        });
        const told = performance.now();
        if ((await counted(address)) >= atLeast) return { told, answered: performance.now() };
      }
    },
    close: () => asking.destroy(),
  };
}

/** Whatever can be rolled up is wanted from then on. */
async function askForAll(address: string): Promise<void> {
  for (const definition of soundIndicators().definitions.values()) {
    const { id, table, dimensions } = definition;
    // Pairs are no table, and rest on no roll-up.
    if (table !== 'clearance' || isPairs(definition)) continue;
    for (const by of dimensions) {
      const response = await fetch(`${address}/v1/indicators/${id}?by=${by}&from=2025-12-01&to=2025-12-31`);
      if (!response.ok) throw new Error(`${id} by ${by} was refused: ${await response.text()}`);
      await response.text();
    }
  }
}

async function watched(
  address: string,
  viewers: number,
  asked: () => number,
  which = `${viewers} viewers`,
): Promise<BenchCase[]> {
  const open = await Promise.all(Array.from({ length: viewers }, () => openViewer(address)));
  const told: number[] = [];
  const answered: number[] = [];
  let known = await counted(address);
  const before = asked();
  for (let i = 0; i < checks; i++) {
    known += 1;
    const seen = open.map((viewer) => viewer.counts(known));
    const from = performance.now();
    const response = await fetch(`${address}/v1/checks`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: freshBody(),
    });
    if (!response.ok) throw new Error(`the check was refused: ${await response.text()}`);
    await response.text();
    for (const one of await Promise.all(seen)) {
      told.push(one.told - from);
      answered.push(one.answered - from);
    }
  }
  const questions = (asked() - before) / checks;
  for (const viewer of open) viewer.close();
  const one = (what: string, values: readonly number[]): BenchCase[] =>
    (
      [
        ['median', median(values)],
        ['the latest', Math.max(...values)],
      ] as const
    ).map(([of, value]) => ({
      case: `${which}, ${rows.toLocaleString('en')} rows: from the check to ${what}, ${of}`,
      value,
      unit: 'ms',
      baseline: 'two seconds',
      ratio: value / promisedMs,
    }));
  return [
    ...one('the event', told),
    ...one('an answer that counts it', answered),
    { case: `${which}: questions to the store for a check`, value: questions, unit: 'questions' },
  ];
}

export async function run(): Promise<BenchResult> {
  const folder = mkdtempSync(join(tmpdir(), 'crosscheck-bench-live-'));
  await fill(join(folder, 'data'), 'clearance', rows);
  const opened = await openDuckdb(join(folder, 'data'));
  const { store, asked } = counting(opened);
  const desk = await openDesk({ store, secret: randomBytes(32) });
  const service = await openService({ store, desk, limits: { eventLoopDelayMs: 0 } });
  const address = await service.app.listen({ port: 0, host: '127.0.0.1' });
  try {
    await service.settle();
    const results = [...(await watched(address, 1, asked)), ...(await watched(address, 50, asked))];
    await askForAll(address);
    results.push(...(await watched(address, 50, asked, '50 viewers, all roll-ups followed')));
    return { name: 'live', machine: machine(), results };
  } finally {
    await service.close();
    desk.close();
    await opened.close();
    rmSync(folder, { recursive: true, force: true });
  }
}
