/** Prometheus metrics: what is asked, how long it takes, what is found, whether the store answers. No personal data. */
import type { FastifyInstance } from 'fastify';
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { Desk } from '../check/desk.ts';
import type { Hole } from '../check/holes.ts';
import type { Lodged } from '../check/lodged.ts';
import type { Spool } from '../check/spool.ts';
import { type StageTook, stages } from '../check/stages.ts';
import type { Rule } from '../rules/model.ts';
import type { Store } from '../store/port.ts';
import { readsEverything, readsRule } from './caller.ts';
import type { Replicas } from './replicas.ts';

export interface Metrics {
  readonly registry: Registry;
  checked(lodged: Lodged): void;
  refused(code: string): void;
  /** The fallback lane was answered. */
  degraded(cause: string): void;
  /** An attempt to deliver a webhook. */
  delivered(outcome: 'delivered' | 'failed' | 'dead'): void;
}

/** Seconds; a check is expected in the low milliseconds. */
const buckets = [0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5];

/** Different lists of what could not be evaluated that are counted before they are told apart. */
const listsCounted = 500;

/**
 * @param projectionLag milliseconds by which projections lag behind what was written
 * @param onFailed told of each rule that failed in a check and took itself out
 */
export function openMetrics(
  store: Store,
  desk: Desk,
  replicas: Replicas,
  projectionLag: () => number = () => 0,
  onFailed: (hole: Hole, check: string) => void = () => {},
): Metrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  const checks = new Counter({
    name: 'crosscheck_checks_total',
    help: 'checks by lane',
    labelNames: ['lane'],
    registers,
  });
  const repeats = new Counter({
    name: 'crosscheck_checks_repeated_total',
    help: 'checks answered from what was there',
    registers,
  });
  const findings = new Counter({
    name: 'crosscheck_findings_total',
    help: 'findings by rule',
    labelNames: ['rule', 'class', 'shadow'],
    registers,
  });
  const holes = new Counter({
    name: 'crosscheck_not_evaluated_total',
    help: 'rules not evaluated for want of data',
    labelNames: ['rule'],
    registers,
    collect: () => tellLacking(),
  });
  const failed = new Counter({
    name: 'crosscheck_rules_failed_total',
    help: 'rules that failed at run time and took themselves out of a check, by rule; should stay 0',
    labelNames: ['rule'],
    registers,
  });
  // A check lacks a hundred rules' facts, and most checks lack the same: lists are counted, and told apart when asked.
  const lacking = new Map<readonly Hole[], number>();
  const tellLacking = () => {
    for (const [list, count] of lacking) for (const { rule } of list) holes.inc({ rule }, count);
    lacking.clear();
  };
  const degraded = new Counter({
    name: 'crosscheck_checks_degraded_total',
    help: 'fallback lanes answered, by what failed; each is done again',
    labelNames: ['cause'],
    registers,
  });
  const errors = new Counter({
    name: 'crosscheck_refused_total',
    help: 'requests refused, by code',
    labelNames: ['code'],
    registers,
  });
  const attempts = new Counter({
    name: 'crosscheck_webhook_attempts_total',
    help: 'attempts to deliver a webhook, by what came of them; dead ones wait to be sent again by hand',
    labelNames: ['outcome'],
    registers,
  });
  new Gauge({
    name: 'crosscheck_store_up',
    help: '1 when the store would take a write now',
    registers,
    async collect() {
      this.set((await store.healthy().catch(() => false)) ? 1 : 0);
    },
  });
  new Gauge({
    name: 'crosscheck_projection_lag_seconds',
    help: 'age of the oldest write that figures do not know yet; grows in a rush, when checks come first',
    registers,
    collect() {
      this.set(projectionLag() / 1000);
    },
  });
  new Gauge({
    name: 'crosscheck_rulebooks',
    help: 'rulebooks in force among the replicas; more than 1 for longer than an upgrade is a fault',
    registers,
    async collect() {
      const standing = await replicas.standing().catch(() => undefined);
      if (standing !== undefined) this.set(standing.rulebooks.length);
    },
  });
  new Gauge({
    name: 'crosscheck_rulebook_refused',
    help: '1 while the rules as they are in the folder are refused and those of before go on',
    registers,
    collect() {
      this.set(desk.refusal?.() === undefined ? 0 : 1);
    },
  });
  new Gauge({
    name: 'crosscheck_shadow_checks',
    help: 'checks offered to the second engine, by what came of them; disagreed should stay 0',
    labelNames: ['outcome'],
    registers,
    collect() {
      for (const [outcome, count] of Object.entries(desk.shadow?.() ?? {})) this.set({ outcome }, count);
    },
  });
  return {
    registry,
    checked({ check, notEvaluated, repeated }) {
      if (repeated) {
        repeats.inc();
        return;
      }
      checks.inc({ lane: check.lane });
      for (const { rule, class: severity, shadow } of check.findings) {
        findings.inc({ rule, class: severity, shadow: shadow === true ? '1' : '0' });
      }
      for (const hole of notEvaluated) {
        if (hole.error === undefined) continue;
        failed.inc({ rule: hole.rule });
        onFailed(hole, check.id);
      }
      lacking.set(notEvaluated, (lacking.get(notEvaluated) ?? 0) + 1);
      if (lacking.size >= listsCounted) tellLacking();
    },
    refused: (code) => errors.inc({ code }),
    degraded: (cause) => degraded.inc({ cause }),
    delivered: (outcome) => attempts.inc({ outcome }),
  };
}

/** @returns what ends it. */
export function measureStages({ registry }: Metrics): () => Promise<void> {
  const histogram = new Histogram({
    name: 'crosscheck_check_stage_seconds',
    help: 'time of the stages of checks; declarations that are checked together take one together',
    labelNames: ['stage'],
    buckets,
    registers: [registry],
  });
  const observe = (message: unknown): void => {
    const { stage, seconds } = message as StageTook;
    histogram.observe({ stage }, seconds);
  };
  stages.subscribe(observe);
  return async () => {
    stages.unsubscribe(observe);
  };
}

export function measureSpool({ registry }: Metrics, spool: Pick<Spool, 'bytes'>): void {
  new Gauge({
    name: 'crosscheck_spool_bytes',
    help: 'what was answered with the fallback lane and waits on this disk for the store; should be 0',
    registers: [registry],
    collect() {
      this.set(spool.bytes);
    },
  });
}

/** A count by rule tells that there is such a rule, and that it hits. */
const withoutRules = (text: string, reads: (rule: string) => boolean): string =>
  text
    .split('\n')
    .filter((line) => {
      const rule = /[{,]rule="([^"]*)"/.exec(line)?.[1];
      return rule === undefined || reads(rule);
    })
    .join('\n');

/** Times every request by route, and answers /metrics. */
export function measure(app: FastifyInstance, metrics: Metrics, rules: () => readonly Rule[]): void {
  const requests = new Histogram({
    name: 'crosscheck_request_seconds',
    help: 'time of requests by route and status',
    labelNames: ['method', 'route', 'status'],
    buckets,
    registers: [metrics.registry],
  });
  app.addHook('onResponse', async (request, reply) => {
    requests.observe(
      {
        method: request.method,
        route: request.routeOptions.url ?? 'unknown',
        status: String(reply.statusCode),
      },
      reply.elapsedTime / 1000,
    );
  });
  app.get('/metrics', { schema: { hide: true } }, async (request, reply) => {
    const text = await metrics.registry.metrics();
    const { caller } = request;
    const told = readsEverything(caller)
      ? text
      : withoutRules(text, (rule) => readsRule(caller, rule, rules()));
    return reply.type(metrics.registry.contentType).send(told);
  });
}
