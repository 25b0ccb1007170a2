import { existsSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import { compile } from '../../src/engine/compile.ts';
import { ShadowQueue } from '../../src/engine/shadow-queue.ts';
import {
  compare,
  type Disagreement,
  type ShadowVerification,
  startShadowVerification,
} from '../../src/engine/shadow-verify.ts';
import { builtModule } from '../../src/ground/paths.ts';
import { catalogue, rule, sheet } from './support.ts';

describe('the queue of shadow verification', () => {
  const queueOf = (settings = {}) =>
    new ShadowQueue<string>({ share: 1, budget: 0.1, capacity: 2, ...settings }, 0);

  it('draws a share of the checks by their id, the same ones each time', () => {
    const draw = () => {
      const queue = queueOf({ share: 0.2, capacity: Number.POSITIVE_INFINITY });
      return Array.from({ length: 2000 }, (_, i) => queue.offer(`check-${i}`, '')).map(
        (said) => said === 'queued',
      );
    };
    expect(draw()).toEqual(draw());
    const drawn = draw().filter(Boolean).length;
    expect(drawn).toBeGreaterThan(300);
    expect(drawn).toBeLessThan(500);
    expect(queueOf({ share: 0 }).offer('any', '')).toBe('not drawn');
  });

  it('drops and counts what has no room to wait', () => {
    const queue = queueOf();
    expect(['a', 'b', 'c'].map((id) => queue.offer(id, id))).toEqual(['queued', 'queued', 'dropped']);
    expect(queue.counts).toMatchObject({ offered: 3, dropped: 1 });
  });

  it('gives one job at a time, in order', () => {
    const queue = queueOf();
    queue.offer('a', 'a');
    queue.offer('b', 'b');
    expect(queue.next(0)).toEqual({ job: 'a' });
    expect(queue.next(0)).toBeUndefined();
    queue.finished(10, 10);
    expect(queue.next(10)).toEqual({ job: 'b' });
    queue.finished(20, 10);
    expect(queue.next(20)).toBeUndefined();
  });

  it('waits when the budget is spent, until enough time has passed to earn it back', () => {
    const queue = queueOf();
    queue.offer('a', 'a');
    queue.offer('b', 'b');
    queue.next(0);
    // 1,000 ms saved up, 1,300 spent, 130 earned meanwhile: 200 short at a tenth of a core.
    queue.finished(1000, 1100);
    const next = queue.next(1000);
    expect(next).toEqual({ wait: 1001 });
    expect(queue.next(1500)).toMatchObject({ wait: expect.any(Number) });
    expect(queue.next(2002)).toEqual({ job: 'b' });
  });
});

describe('the comparison with the library', () => {
  const evaluationOf = (found: [string, number?][], failed: string[] = []) => ({
    findings: found.map(([id, item]) => ({ rule: id, ...(item === undefined ? {} : { item }) })),
    notEvaluated: failed.map((id) => ({ rule: id, version: 1, missing: [], error: 'failed' })),
  });
  const check = (evaluation: ReturnType<typeof evaluationOf>) =>
    ({ id: 'c1', sheet: sheet({}), evaluation }) as unknown as Parameters<typeof compare>[0];

  it('tells hits that only one of the two has, by rule and item', () => {
    expect(compare(check(evaluationOf([['A-001'], ['B-001', 2]])), ['A-001', 'B-001 3'])).toEqual([
      { check: 'c1', rule: 'B-001', item: 2, compiled: true, library: false },
      { check: 'c1', rule: 'B-001', item: 3, compiled: false, library: true },
    ]);
  });

  it('leaves out rules that failed at run time', () => {
    expect(compare(check(evaluationOf([], ['A-001'])), ['A-001'])).toEqual([]);
  });
});

describe.skipIf(!existsSync(builtModule('engine/shadow-worker.js')))('the worker (built by npm test)', () => {
  let verification: ShadowVerification | undefined;
  afterEach(async () => {
    await verification?.close();
  });

  it('verifies checks beside the service and reports a planted disagreement', async () => {
    const rules = [
      rule({ fact: 'valuation.cif', operator: 'greaterThan', value: 10 }, { id: 'TST-001' }),
      rule({ fact: 'item.value', operator: 'lessThan', value: 5 }, { id: 'TST-002', scope: 'item' }),
    ];
    const facts = sheet({ 'valuation.cif': 20 }, [{ 'item.value': 1 }, { 'item.value': 9 }]);
    const evaluation = compile(rules, { catalogue }).evaluate(facts);
    const told: Disagreement[] = [];
    const problems: string[] = [];
    const settings = { share: 1, budget: 1, capacity: 10 };
    await new Promise<void>((resolve) => {
      verification = startShadowVerification({
        rules,
        catalogue,
        settings,
        onDisagreement: (disagreement) => {
          told.push(disagreement);
          resolve();
        },
        onFailure: (problem) => {
          problems.push(problem);
          resolve();
        },
      });
      verification.offer({ id: 'honest', sheet: facts, evaluation });
      verification.offer({
        id: 'planted',
        sheet: facts,
        evaluation: { ...evaluation, findings: evaluation.findings.slice(1) },
      });
    });
    expect(problems).toEqual([]);
    expect(told).toEqual([{ check: 'planted', rule: 'TST-001', compiled: false, library: true }]);
    expect(verification!.counts).toMatchObject({ offered: 2, verified: 2, disagreed: 1 });
  });
});
