/** The arithmetic of a backtest on counts that can be worked out by hand. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import type { HistoryRecord } from '../../src/backtest/case.ts';
import { type Judged, judge, pseudonyms } from '../../src/backtest/judge.ts';
import { baseOf, inspectionOf, qualityOf, reportOf } from '../../src/backtest/report.ts';
import { count, emptyTally, merge, type Seen, type Tally } from '../../src/backtest/tally.ts';
import type { Rule } from '../../src/rules/model.ts';
import { cifRule } from '../rules/text.ts';

const judged = (more: Partial<Judged> = {}): Judged => ({
  groups: { office: 'A', flow: 'import', procedure: '4000', officer: 'O-1', month: '2026-03' },
  day: '2026-03-02',
  controlled: false,
  irregular: false,
  random: false,
  examined: false,
  revenue: new Map(),
  ...more,
});
let made = 0;
const seen = (hit: number[], more: Partial<Judged> = {}, score = hit.length * 10): Seen => {
  const reference = `D${made++}`;
  return {
    judged: judged(more),
    hit,
    findings: hit,
    notEvaluated: [],
    score,
    example: () => ({ reference }),
  };
};
const rules = ['VAL-001', 'VAL-002'].map((id): Rule => ({ ...parse(cifRule), id }));
const found = { controlled: true, irregular: true, examined: true, revenue: new Map([['EUR', 100]]) };
const conform = { controlled: true, examined: true };
const tallied = (...all: Seen[]): Tally => {
  const tally = emptyTally(2);
  for (const one of all) count(tally, one, [0, 1, 2]);
  return tally;
};
const report = (tally: Tally) =>
  reportOf(tally, {
    rulebook: 'x',
    rules,
    judged: [0, 1, 2],
    answers: 0,
    joined: 0,
    seconds: 1,
    threads: 1,
    peakMemory: 0,
  });

describe('a rule against controls', () => {
  const tally = tallied(
    seen([0], found),
    seen([0], found),
    seen([0], conform),
    seen([1], found),
    seen([], conform),
    seen([], conform),
    seen([0, 1]),
  );
  const [first, second, any] = report(tally).rules;

  test('has a confusion matrix of controlled declarations', () => {
    expect(first!.quality).toMatchObject({
      truePositive: 2,
      falsePositive: 1,
      falseNegative: 1,
      trueNegative: 2,
    });
    expect(first!.quality!.precision).toBeCloseTo(2 / 3);
    expect(first!.quality!.recall).toBeCloseTo(2 / 3);
    expect(first!.quality!.f1).toBeCloseTo(2 / 3);
    expect(first!.quality!.lift).toBeCloseTo(2 / 3 / 0.5);
  });

  test('has revenue that its hits found, and the share of all', () => {
    expect(first!.revenue).toEqual([{ currency: 'EUR', amount: 200, share: 2 / 3 }]);
    expect(any!.revenue).toEqual([{ currency: 'EUR', amount: 300, share: 1 }]);
  });

  test('counts hits, overlap and any of them', () => {
    expect([first!.declarations, second!.declarations, any!.declarations]).toEqual([4, 2, 5]);
    expect(first!.overlap).toEqual([{ rule: 'VAL-002', both: 1, share: 1 / 4 }]);
    expect(second!.overlap).toEqual([{ rule: 'VAL-001', both: 1, share: 1 / 2 }]);
    expect(first!.by.office).toEqual([{ value: 'A', declarations: 7, hits: 4, rate: 4 / 7 }]);
  });

  test('keeps examples of each kind', () => {
    expect(first!.examples.confirmed).toHaveLength(2);
    expect(first!.examples.falseAlarm).toHaveLength(1);
    expect(first!.examples.missed).toHaveLength(1);
    expect(first!.examples.unexamined).toHaveLength(1);
  });

  test('would cost what nobody examined, a day', () => {
    const days = tallied(
      seen([0]),
      seen([0], { day: '2026-03-03' }),
      seen([0], { day: '2026-03-03' }),
      seen([0], conform),
    );
    expect(report(days).rules[0]!.extraExaminations).toEqual([
      { office: 'A', total: 3, days: 2, perDay: 1.5 },
    ]);
  });
});

describe('the base of lift', () => {
  test('is the random controls where there are enough of them', () => {
    const many = Array.from({ length: 100 }, (_, i) =>
      seen([], { controlled: true, random: true, irregular: i < 10 }),
    );
    expect(baseOf(tallied(...many, seen([0], found)))).toMatchObject({ rate: 0.1, from: 'random controls' });
    expect(baseOf(tallied(...many.slice(1)))).toMatchObject({ from: 'all controls' });
  });

  test('is absent where nothing was controlled', () => {
    expect(baseOf(tallied(seen([0])))).toEqual({ controlled: 0, irregular: 0, from: 'all controls' });
    expect(report(tallied(seen([0]))).rules[0]!.quality).toBeUndefined();
    expect(
      qualityOf({ truePositive: 0, falsePositive: 0, falseNegative: 0, trueNegative: 0 }, undefined),
    ).toEqual({ truePositive: 0, falsePositive: 0, falseNegative: 0, trueNegative: 0 });
  });
});

test('precision at a share takes the highest scores, and the expected part of a tie', () => {
  // 100 declarations: 4 of score 50 (3 irregular), 96 of score 0 (1 irregular).
  const all = Array.from({ length: 100 }, (_, i) =>
    seen([], { controlled: true, irregular: i < 3 || i === 50 }, i < 4 ? 50 : 0),
  );
  const rows = inspectionOf(tallied(...all), 0.04);
  expect(rows.map(({ share, inspected }) => [share, inspected])).toEqual([
    [0.01, 1],
    [0.02, 2],
    [0.05, 5],
    [0.1, 10],
  ]);
  expect(rows[0]!.precision).toBeCloseTo(3 / 4);
  expect(rows[1]!.recall).toBeCloseTo(1.5 / 4);
  expect(rows[2]!.precision).toBeCloseTo((3 + 1 / 96) / 5);
  expect(rows[0]!.lift).toBeCloseTo(0.75 / 0.04);
});

test('counts of parts add up to the count of the whole, wherever it is cut', () => {
  const one = fc.record({
    hit: fc.subarray([0, 1]),
    controlled: fc.boolean(),
    irregular: fc.boolean(),
    examined: fc.boolean(),
    office: fc.constantFrom('A', 'B'),
    day: fc.constantFrom('2026-03-02', '2026-03-03'),
  });
  fc.assert(
    fc.property(fc.array(one, { maxLength: 40 }), fc.nat(40), (all, cut) => {
      made = 0;
      const each = all.map(({ hit, office, ...more }) =>
        seen(hit, { ...more, groups: { ...judged().groups, office } }),
      );
      const whole = tallied(...each);
      const parts = tallied(...each.slice(0, cut));
      merge(parts, tallied(...each.slice(cut)));
      expect(parts).toEqual(whole);
    }),
    { numRuns: 100 },
  );
});

describe('what history says of a declaration', () => {
  const record = (more: Partial<HistoryRecord>): HistoryRecord =>
    ({
      reference: 'R',
      declaration: { flow: 'import', items: [], office: 'A', acceptedAt: '2026-03-02' },
      trail: [],
      outcomes: [],
      ...more,
    }) as HistoryRecord;
  const at = '2026-03-02T08:00:00Z';
  const name = pseudonyms(new Uint8Array(32));

  test('counts final outcomes alone', () => {
    const outcome = { control: 'physical', at, duty: { amount: 500, currency: 'EUR' } } as const;
    const provisional = judge(
      record({ outcomes: [{ ...outcome, result: 'value', status: 'provisional' }] }),
      name,
    );
    expect(provisional).toMatchObject({ controlled: false, irregular: false, examined: true });
    const final = judge(
      record({ outcomes: [{ ...outcome, result: 'value', status: 'final', random: true }] }),
      name,
    );
    expect(final).toMatchObject({ controlled: true, irregular: true, random: true });
    expect(final.revenue.get('EUR')).toBe(500);
  });

  test('counts of one act the last word, whatever order the file has', () => {
    const act = { id: 'o1', control: 'physical', at, duty: { amount: 500, currency: 'EUR' } } as const;
    const found = { ...act, result: 'value', status: 'final' } as const;
    const annulled = { ...found, status: 'annulled', enteredAt: '2026-04-02T08:00:00Z' } as const;
    const corrected = {
      ...act,
      result: 'conform',
      status: 'final',
      duty: { amount: 0, currency: 'EUR' },
      enteredAt: '2026-04-02T08:00:00Z',
    } as const;
    for (const outcomes of [
      [found, annulled],
      [annulled, found],
    ])
      expect(judge(record({ outcomes }), name)).toMatchObject({ controlled: false, irregular: false });
    for (const outcomes of [
      [found, corrected],
      [corrected, found],
    ]) {
      const judgement = judge(record({ outcomes }), name);
      expect(judgement).toMatchObject({ controlled: true, irregular: false });
      expect(judgement.revenue.get('EUR')).toBe(0);
    }
    expect(judge(record({ outcomes: [{ ...found, verdict: 'refuted' }] }), name).irregular).toBe(false);
  });

  test('knows the random sample by its lane as well as by its outcome', () => {
    const lane = (cause: string, to: string, hour: string) =>
      ({ kind: 'LANE', at: `2026-03-02T${hour}:00:00Z`, to, cause }) as const;
    const outcomes = [{ control: 'physical', result: 'value', status: 'final', at }] as const;
    const drawn = record({ trail: [lane('manual', 'yellow', '10'), lane('random', 'red', '09')], outcomes });
    expect(judge(drawn, name).random).toBe(true);
    const chosen = record({ trail: [lane('criterion', 'red', '09'), lane('random', 'red', '10')], outcomes });
    expect(judge(chosen, name).random).toBe(false);
  });

  test('names the officer by a pseudonym of this run', () => {
    const trail = [
      { kind: 'ASSIGN', at, to: 'jo' },
      { kind: 'INSPECT', at, user: 'ann' },
    ] as const;
    const { groups } = judge(record({ trail }), name);
    expect(groups.officer).toBe(name('ann'));
    expect(groups.officer).not.toContain('ann');
    expect(pseudonyms(new Uint8Array(32).fill(1))('ann')).not.toBe(name('ann'));
    expect(judge(record({ trail: trail.slice(0, 1) }), name).groups.officer).toBe(name('jo'));
  });
});
