/**
 * Shadow verification: a share of the live checks is run again through json-rules-engine, in a worker and within a budget,
 * and a disagreement is reported. The compiled result stands; nothing waits for the library.
 */
import { Worker } from 'node:worker_threads';
import type { FactCatalogue, FactSheet } from '../facts/model.ts';
import { builtModule } from '../ground/paths.ts';
import type { Condition, Rule } from '../rules/model.ts';
import type { Evaluation } from './finding.ts';
import { type Offered, type ShadowCounts, ShadowQueue, type ShadowSettings } from './shadow-queue.ts';

export interface Disagreement {
  check: string;
  rule: string;
  item?: number;
  /** What each found. */
  compiled: boolean;
  library: boolean;
}

export interface ShadowCheck {
  id: string;
  sheet: FactSheet;
  evaluation: Evaluation;
}

export interface ShadowOptions {
  rules: readonly Rule[];
  catalogue: FactCatalogue;
  shared?: Readonly<Record<string, Condition>>;
  settings?: Partial<ShadowSettings>;
  onDisagreement(disagreement: Disagreement): void;
  /** The library, or the worker, failed: of a check where its id is given. */
  onFailure(problem: string, check?: string): void;
}

export interface ShadowVerification {
  /** Returns at once. The sheet and the evaluation are not to be changed afterwards. */
  offer(check: ShadowCheck): Offered;
  readonly counts: Readonly<ShadowCounts>;
  close(): Promise<void>;
}

/** What the worker answers: rule and item of each hit, as `key` writes them. */
export type ShadowAnswer =
  | { hits: readonly string[]; milliseconds: number }
  | { problem: string; milliseconds: number };

/** One hit as text: equal hits have equal keys. */
export const key = (rule: string, item: number | undefined): string =>
  item === undefined ? rule : `${rule} ${item}`;

const defaults: ShadowSettings = { share: 0.01, budget: 0.1, capacity: 100 };

export function startShadowVerification(options: ShadowOptions): ShadowVerification {
  const { rules, catalogue, shared, onDisagreement, onFailure } = options;
  const queue = new ShadowQueue<ShadowCheck>({ ...defaults, ...options.settings }, performance.now());
  const worker = new Worker(builtModule('engine/shadow-worker.js'), {
    workerData: { rules, catalogue, shared },
  });
  worker.unref();
  let current: ShadowCheck | undefined;
  let timer: NodeJS.Timeout | undefined;
  let closed = false;

  const proceed = (): void => {
    if (closed) return;
    clearTimeout(timer);
    const next = queue.next(performance.now());
    if (next === undefined) return;
    if ('wait' in next) {
      timer = setTimeout(proceed, next.wait);
      timer.unref();
      return;
    }
    current = next.job;
    worker.postMessage(flat(current.sheet));
  };

  worker.on('message', (answer: ShadowAnswer) => {
    queue.finished(performance.now(), answer.milliseconds);
    const check = current!;
    current = undefined;
    if ('problem' in answer) {
      queue.counts.failed++;
      onFailure(answer.problem, check.id);
    } else {
      queue.counts.verified++;
      const disagreements = compare(check, answer.hits);
      if (disagreements.length > 0) queue.counts.disagreed++;
      for (const disagreement of disagreements) onDisagreement(disagreement);
    }
    proceed();
  });
  worker.on('error', (error) => {
    closed = true;
    onFailure(`shadow verification has ended: ${error.message}`);
  });

  return {
    offer(check) {
      if (closed) return 'dropped';
      const offered = queue.offer(check.id, check);
      if (offered === 'queued') proceed();
      return offered;
    },
    counts: queue.counts,
    async close() {
      closed = true;
      clearTimeout(timer);
      await worker.terminate();
    },
  };
}

/** Rules that failed at run time have no result to compare. */
export function compare({ id, evaluation }: ShadowCheck, library: readonly string[]): Disagreement[] {
  const failed = new Set(
    evaluation.notEvaluated.filter(({ error }) => error !== undefined).map(({ rule }) => rule),
  );
  const compiled = new Set(evaluation.findings.map(({ rule, item }) => key(rule, item)));
  const others = new Set(library);
  const disagreements: Disagreement[] = [];
  for (const found of new Set([...compiled, ...others])) {
    const [rule = '', item] = found.split(' ');
    if (failed.has(rule) || compiled.has(found) === others.has(found)) continue;
    disagreements.push({
      check: id,
      rule,
      ...(item === undefined ? {} : { item: Number(item) }),
      compiled: compiled.has(found),
      library: others.has(found),
    });
  }
  return disagreements;
}

/** What a sheet inherits does not travel to another thread. */
function flat(sheet: FactSheet): FactSheet {
  const header: FactSheet['header'] = {};
  for (const name in sheet.header) header[name] = sheet.header[name];
  return { ...sheet, header };
}
