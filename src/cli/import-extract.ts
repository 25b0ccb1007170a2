/** A folder of table dumps in `crosscheck import`: the extract through the path of checks, then its report. */
import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { SingleBar } from 'cli-progress';
import type { ImportReport } from '../check/import.ts';
import type { Office } from '../check/lodge.ts';
import type { OpenDesk } from '../check/open-desk.ts';
import { CrosscheckError } from '../errors.ts';
import { isPath } from '../mapping/named.ts';
import type { Problem } from '../present.ts';
import { type TakenExtract, takeExtract } from '../projections/take-extract.ts';
import type { FeedReport } from '../sources/feed.ts';
import { type Dumps, titleOf } from '../sources/folder.ts';
import { reportJson, reportPage, reportText } from '../sources/report.ts';
import type { Progress } from '../sources/tables.ts';
import type { Store } from '../store/port.ts';
import { callService, type Service } from './reach.ts';

export interface ExtractImport {
  mapping: string;
  country?: string;
  /** Name of the system the extract is of. */
  source?: string;
  /** Everything again, not only what is new. */
  full?: boolean;
  /** Where the report goes: .html, .json, or text. */
  report?: string;
}

/** Adds to the report of the whole import; problems of the extract itself are in what it answers. */
export async function importExtract(
  { store, desk, office }: { store: Store; desk: OpenDesk; office: Office },
  dumps: Dumps,
  options: ExtractImport,
  report: ImportReport,
): Promise<TakenExtract> {
  const bar = progressBar(titleOf(dumps));
  const feed = {
    mapping: options.mapping,
    ...(options.country === undefined ? {} : { country: options.country }),
    ...(options.source === undefined ? {} : { source: options.source }),
    ...(options.full === undefined ? {} : { full: options.full }),
    onProgress: bar.show,
  };
  try {
    const found = await takeExtract({ store, office, refresh: desk.refresh, dumps, options: feed }, report);
    if (options.report !== undefined) writeFileSync(options.report, formatOf(options.report)(found));
    return found;
  } finally {
    bar.stop();
  }
}

/** A bar over the declarations on a terminal, nothing in a pipe. */
function progressBar(folder: string): {
  show(progress: Pick<Progress, 'done' | 'total'> & { phase: string }): void;
  stop(): void;
} {
  if (!process.stderr.isTTY) return { show() {}, stop() {} };
  const bar = new SingleBar({
    format: `${folder} [{bar}] {percentage}% {value}/{total} declarations, {eta_formatted} left`,
    stream: process.stderr,
    hideCursor: true,
  });
  let started = false;
  return {
    show({ phase, done, total }) {
      if (phase !== 'reading') return;
      if (!started) bar.start(total ?? 0, 0);
      started = true;
      bar.update(done);
    },
    stop: () => bar.stop(),
  };
}

/** A mapping file as a process with another folder finds it; an id stays what it is. */
export const here = (mapping: string): string => (isPath(mapping) ? resolve(mapping) : mapping);

interface ExtractState {
  state: string;
  progress?: { phase: string; done: number; total?: number };
  import: ImportReport;
  problem?: Problem;
}

const pollMs = 500;

/** The service that holds the store reads the folder, which lies on its machine as well; its report comes back. */
export async function extractThroughService(
  service: Service,
  dumps: Dumps,
  options: ExtractImport,
): Promise<{ report: ImportReport; text: string }> {
  const path = `/v1/extracts/${randomUUID()}`;
  const { country, source, full } = options;
  const where =
    typeof dumps === 'string' ? { folder: resolve(dumps) } : { files: dumps.map((path) => resolve(path)) };
  const body = { ...where, mapping: here(options.mapping), country, source, full };
  await callService(service, path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  const bar = progressBar(titleOf(dumps));
  const as = async (accept: string) => (await callService(service, path, { headers: { accept } })).text();
  try {
    for (;;) {
      const answer = await patient(async () => JSON.parse(await as('application/json')) as ExtractState);
      if (answer.problem !== undefined) {
        const { status, code, detail } = answer.problem;
        throw new CrosscheckError('CC_SERVICE_ANSWERED', { status, code, problem: detail });
      }
      if (answer.progress !== undefined) bar.show(answer.progress);
      if (answer.state === 'done') {
        const text = await as('text/plain');
        if (options.report !== undefined) {
          const page = options.report.endsWith('.html');
          const data = options.report.endsWith('.json');
          writeFileSync(options.report, page ? await as('text/html') : data ? reportOf(answer) : text);
        }
        return { report: answer.import, text };
      }
      await setTimeout(pollMs);
    }
  } finally {
    bar.stop();
  }
}

/** A service that is busy with what it was asked for says so; that is no failure of it. */
async function patient<T>(ask: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await ask();
    } catch (thrown) {
      const busy = thrown instanceof CrosscheckError && thrown.params.status === 503;
      if (!busy) throw thrown;
      await setTimeout(pollMs);
    }
  }
}

const reportOf = (answer: object): string =>
  `${JSON.stringify('report' in answer ? answer.report : answer, null, 2)}\n`;

function formatOf(file: string): (report: FeedReport) => string {
  if (file.endsWith('.html')) return reportPage;
  if (file.endsWith('.json')) return (report) => `${JSON.stringify(reportJson(report), null, 2)}\n`;
  return reportText;
}
