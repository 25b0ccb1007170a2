/** From counts to the report on rules: rates, lifts, lists, suggested weights. */
import { describe, expect, it } from 'vitest';
import { type JudgeOptions, judge } from '../../src/effectiveness/judge.ts';
import type { Measured, RuleCounts } from '../../src/effectiveness/measure.ts';
import { suggestWeights } from '../../src/effectiveness/weights.ts';
import type { Rule } from '../../src/rules/model.ts';

const counts = (rule: string, given: Partial<RuleCounts>): RuleCounts => ({
  rule,
  version: 1,
  risk: 'revenue',
  kind: 'risk',
  audience: 'analyst',
  shadow: false,
  hits: given.judged ?? 0,
  judged: 0,
  confirmed: 0,
  refuted: 0,
  irregular: given.confirmed ?? 0,
  random: { judged: 0, irregular: 0 },
  seizures: 0,
  prohibited: 0,
  amounts: {},
  ...given,
});

const rule = (id: string, given: Partial<Rule> = {}): Rule =>
  ({
    id,
    version: 1,
    title: { en: id },
    kind: 'risk',
    class: 'risk',
    risk: 'revenue',
    status: 'active',
    weight: 20,
    owner: 'unit',
    review: '2027-01-01',
    ...given,
  }) as Rule;

const judged = (measured: Partial<Measured>, options: Partial<JudgeOptions> = {}) =>
  judge(
    {
      declared: 5000,
      all: { judged: 1000, irregular: 150 },
      random: { judged: 400, irregular: 40 },
      rules: [],
      ...measured,
    },
    { today: '2026-06-01', rules: [], since: new Map(), ...options },
  );

describe('the hit rate and the lift', () => {
  it('are told with limits, against what the random sample finds', () => {
    const { rules, random } = judged({
      rules: [counts('A', { hits: 300, judged: 100, confirmed: 40 })],
    });
    expect(random.rate).toMatchObject({ value: 0.1 });
    expect(rules[0]!.hitRate!.value).toBe(0.4);
    // Exact limits of 40 of 100 (Clopper and Pearson).
    expect(rules[0]!.hitRate!.low).toBeCloseTo(0.3033, 4);
    expect(rules[0]!.hitRate!.high).toBeCloseTo(0.5028, 4);
    expect(rules[0]!.lift!.value).toBeCloseTo(4, 10);
    // exp(ln 4 ± 1.96 √(1/40 − 1/100 + 1/40 − 1/400)) worked out by hand.
    expect(rules[0]!.lift!.low).toBeCloseTo(2.7367, 3);
    expect(rules[0]!.lift!.high).toBeCloseTo(5.8465, 3);
  });

  it('are absent where nothing was controlled, and no lift is told of conduct', () => {
    const { rules } = judged({
      rules: [counts('A', { hits: 7 }), counts('C', { kind: 'conduct', judged: 10, confirmed: 5 })],
    });
    expect(rules.find((one) => one.rule === 'A')).not.toHaveProperty('hitRate');
    expect(rules.find((one) => one.rule === 'C')).not.toHaveProperty('lift');
  });
});

describe('the lists', () => {
  it('name what is weak: enough controls and fewer hits than by chance', () => {
    const rules = [rule('WEAK'), rule('FEW'), rule('GOOD'), rule('SEIZES')];
    const { weak } = judged(
      {
        rules: [
          counts('WEAK', { judged: 200, confirmed: 4 }),
          counts('FEW', { judged: 20, confirmed: 0 }),
          counts('GOOD', { judged: 200, confirmed: 60 }),
          counts('SEIZES', { judged: 200, confirmed: 4, prohibited: 1 }),
        ],
      },
      { rules },
    );
    expect(weak).toEqual([{ rule: 'WEAK', version: 1, why: expect.stringContaining('4 of 200') }]);
  });

  it('name what is due for review, by the date of the file or by the age of the version', () => {
    const { dueForReview, rules } = judged(
      { rules: [counts('PAST', { hits: 1 })] },
      {
        rules: [
          rule('PAST', { review: '2026-05-01' }),
          rule('OLD'),
          rule('NEW'),
          rule('RETIRED', { status: 'retired', review: '2020-01-01' }),
        ],
        since: new Map([
          ['PAST@1', '2026-04-01'],
          ['OLD@1', '2025-01-01'],
          ['NEW@1', '2026-05-01'],
        ]),
      },
    );
    expect(dueForReview.map((one) => one.rule)).toEqual(['PAST', 'OLD']);
    expect(rules[0]).toMatchObject({ age: 61, overdue: 31, review: '2026-05-01' });
  });

  it('name what is in force and hits nothing, by version', () => {
    const { silent } = judged(
      { rules: [counts('A', { hits: 1, version: 1 })] },
      { rules: [rule('A', { version: 2 }), rule('B'), rule('D', { status: 'draft' })] },
    );
    expect(silent.map((one) => `${one.rule}@${one.version}`)).toEqual(['A@2', 'B@1']);
  });
});

describe('suggested weights', () => {
  const sample = { judged: 10_000, irregular: 1_000 };
  const hit = (name: string, irregular: number, regular: number) => ({
    rule: name,
    weight: 20,
    hit: { judged: irregular + regular, irregular },
  });

  it('are the logarithm of how much oftener a rule hits where something was found', () => {
    const [strong, neutral, inverse] = suggestWeights(sample, [
      hit('STRONG', 500, 90),
      hit('NEUTRAL', 100, 900),
      hit('INVERSE', 10, 900),
    ])!;
    // 500 of 1,000 against 90 of 9,000: a ratio of 50.
    expect(strong!.raw).toBeCloseTo(Math.log(50), 1);
    expect(Math.abs(strong!.logRatio - strong!.raw)).toBeLessThan(0.1);
    expect(neutral!.raw).toBeCloseTo(0, 5);
    expect(inverse!.weight).toBe(0);
    expect(inverse!.logRatio).toBeLessThan(-1);
    expect(strong!.limits.low).toBeLessThan(strong!.logRatio);
    expect(strong!.limits.high).toBeGreaterThan(strong!.logRatio);
  });

  it('draw a rule with few controls to nothing, however well it did on them', () => {
    const rules = [hit('MANY', 200, 200), hit('SOME', 150, 300), hit('FEW', 2, 0), hit('NONE', 0, 0)];
    const made = new Map(suggestWeights(sample, rules)!.map((one) => [one.rule, one]));
    expect(made.get('FEW')!.logRatio).toBeLessThan(made.get('FEW')!.raw / 2);
    expect(made.get('MANY')!.logRatio).toBeGreaterThan(0.95 * made.get('MANY')!.raw);
    // What no control saw has nothing to say.
    expect(made.has('NONE')).toBe(false);
  });

  it('keep the points of all rules together, so that thresholds keep their meaning', () => {
    const rules = [hit('A', 300, 300), hit('B', 200, 900), hit('C', 400, 100)];
    const made = suggestWeights(sample, rules)!;
    expect(made.reduce((sum, one) => sum + one.weight, 0)).toBeGreaterThan(57);
    expect(made.reduce((sum, one) => sum + one.weight, 0)).toBeLessThan(63);
  });

  it('are not made where controls found something everywhere or nowhere', () => {
    expect(suggestWeights({ judged: 10, irregular: 0 }, [hit('A', 0, 3)])).toBeUndefined();
    expect(suggestWeights({ judged: 10, irregular: 10 }, [hit('A', 3, 0)])).toBeUndefined();
  });

  it('are not made where rules differ no more than by chance: noughts would look like advice to drop them', () => {
    const rules = [hit('A', 2, 8), hit('B', 1, 9), hit('C', 3, 10)];
    expect(suggestWeights({ judged: 100, irregular: 15 }, rules)).toBeUndefined();
    // The same three where one of them tells.
    const telling = suggestWeights({ judged: 100, irregular: 15 }, [...rules, hit('D', 12, 2)])!;
    expect(telling.find(({ rule }) => rule === 'D')!.weight).toBeGreaterThan(0);
  });

  it('rest on the random sample where it is large enough, else on all controls, and say so', () => {
    const rules = [
      counts('A', { judged: 100, confirmed: 60, irregular: 60, random: { judged: 20, irregular: 10 } }),
    ];
    const one = [rule('A')];
    expect(judged({ rules }, { rules: one }).basis).toBe('random');
    const thin = judged({ rules, random: { judged: 20, irregular: 4 } }, { rules: one });
    expect(thin.basis).toBe('controlled');
    expect(thin.rules[0]!.suggested).toBeDefined();
    expect(thin.rules[0]!.weight).toBe(20);
    expect(
      judged({ rules, random: { judged: 0, irregular: 0 }, all: { judged: 0, irregular: 0 } }).basis,
    ).toBe('none');
  });

  it('are not told of a version that is no longer in force', () => {
    const { rules } = judged(
      { rules: [counts('A', { judged: 100, confirmed: 60, random: { judged: 20, irregular: 10 } })] },
      { rules: [rule('A', { version: 2 })] },
    );
    expect(rules[0]).not.toHaveProperty('suggested');
    expect(rules[0]).not.toHaveProperty('weight');
  });
});
