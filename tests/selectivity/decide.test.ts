import { describe, expect, it } from 'vitest';
import type { Finding } from '../../src/engine/finding.ts';
import { type Circumstances, decide } from '../../src/selectivity/decide.ts';
import { draw, ruleValue } from '../../src/selectivity/draw.ts';
import { useProfile } from '../../src/selectivity/profile.ts';

const lane = (code: string, strictness: number, control: string) => ({
  code,
  control,
  strictness,
  title: { en: code, fr: code },
});

const profile = useProfile({
  id: 'test',
  version: 1,
  title: { en: 'Test', fr: 'Essai' },
  owner: 'tests',
  lanes: [lane('green', 0, 'none'), lane('yellow', 2, 'documents'), lane('red', 3, 'physical')],
  default: 'green',
  fallback: 'yellow',
  fallbackAfterMs: 100,
  stage: 'registration',
  thresholds: [
    { lane: 'red', from: 70 },
    { lane: 'yellow', from: 30 },
  ],
  random: [
    { lane: 'red', rate: 0.1 },
    { lane: 'yellow', rate: 0.2 },
  ],
  trusted: { randomFactor: 0.5, scoreFactor: 0.5 },
  overrides: [{ office: ['PORT'], flow: ['export'], thresholds: [{ lane: 'red', from: 10 }], random: [] }],
});

const finding = (rule: string, weight: number, more: Partial<Finding> = {}): Finding => ({
  rule,
  version: 1,
  kind: 'risk',
  class: 'risk',
  risk: 'revenue',
  audience: 'analyst',
  weight,
  message: { en: rule },
  values: {},
  explanation: { all: [], result: true },
  ...more,
});

const here: Circumstances = { office: 'PORT', flow: 'import' };

describe('a full day', () => {
  const full = useProfile({
    ...profile.profile,
    thresholds: [{ lane: 'red', from: 90 }],
    random: [],
    overrides: [],
    maximumHits: { count: 3, lane: 'yellow' },
    capacity: [{ lane: 'yellow', perDay: 0, instead: 'green' }],
  });
  const counts = { declared: 9, lanes: {}, today: {}, unselected: 3 };

  it('lowers the lane of hits in a row, and not where one of them is of a protected risk', () => {
    const revenue = finding('R', 10);
    expect(decide(full, [revenue], { ...here, counts }).lane).toBe('green');
    const security = finding('S', 0, { risk: 'security' });
    expect(decide(full, [revenue, security], { ...here, counts })).toMatchObject({
      lane: 'yellow',
      reasons: [{ kind: 'hits', lane: 'yellow', rules: ['R', 'S'] }],
    });
  });

  it('leaves the lane from so many points up, whatever asked for it', () => {
    const unless = (points: number) =>
      useProfile({
        ...full.profile,
        capacity: [{ lane: 'yellow', perDay: 0, instead: 'green', unlessScore: points }],
      });
    for (const findings of [[finding('R', 10)], [finding('R', 10, { lane: 'yellow' })]]) {
      expect(decide(unless(10), findings, { ...here, counts }).lane).toBe('yellow');
      expect(decide(unless(11), findings, { ...here, counts }).lane).toBe('green');
    }
  });
});

describe('the lane', () => {
  it('is the default where nothing selects', () => {
    expect(decide(profile, [], here)).toEqual({
      score: 0,
      lane: 'green',
      reasons: [{ kind: 'default', lane: 'green' }],
    });
  });

  it('is that of the highest threshold that the score reaches, whatever the order in the file', () => {
    expect(decide(profile, [finding('A', 40)], here).lane).toBe('yellow');
    expect(decide(profile, [finding('A', 40), finding('B', 30)], here)).toMatchObject({
      score: 70,
      lane: 'red',
    });
  });

  it('counts a rule once, however many items it hit', () => {
    const hits = [1, 2, 3].map((item) => finding('A', 25, { item }));
    expect(decide(profile, hits, here)).toMatchObject({ score: 25, lane: 'green' });
  });

  it('is the one that a rule forces, although the score is low', () => {
    const decision = decide(profile, [finding('A', 1, { lane: 'red' })], here);
    expect(decision.lane).toBe('red');
    expect(decision.reasons[0]).toEqual({ kind: 'forced', lane: 'red', rules: ['A'] });
  });

  it('is forced by a rule with a selection percentage on that share of its hits, by lot, and always for a protected risk', () => {
    const shared = useProfile({ ...profile.profile, criteria: [{ rule: 'A', rate: 0.3 }], overrides: [] });
    const drawn = (lot: number | undefined, more: Partial<Finding> = {}) =>
      decide(shared, [finding('A', 1, { lane: 'red', ...more })], { ...here, ruleLot: () => lot }).lane;
    expect([drawn(0), drawn(0.29), drawn(0.3), drawn(0.99)]).toEqual(['red', 'red', 'green', 'green']);
    expect(drawn(undefined)).toBe('red');
    expect(drawn(0.99, { risk: 'security' })).toBe('red');
    // Others, and the points of this one, are as they were.
    expect(decide(shared, [finding('B', 1, { lane: 'red' })], { ...here, ruleLot: () => 0.99 }).lane).toBe(
      'red',
    );
    expect(
      decide(shared, [finding('A', 40, { lane: 'red' })], { ...here, ruleLot: () => 0.99 }),
    ).toMatchObject({ lane: 'yellow', score: 40 });
    // Of a draft no lot has fallen; a rule without a percentage, or with all of it, waits for none.
    expect(decide(shared, [finding('A', 1, { lane: 'red' })], { ...here, ruleLot: () => 1 }).lane).toBe(
      'green',
    );
    expect(decide(shared, [finding('B', 1, { lane: 'red' })], { ...here, ruleLot: () => 1 }).lane).toBe(
      'red',
    );
  });

  it('draws for each rule by itself, evenly, and the same again', () => {
    const lots = Array.from({ length: 2_000 }, (_, n) => draw(Buffer.alloc(32, 1), '2026-03-02', `R${n}`));
    const below = (rule: string) => lots.filter((one) => ruleValue(one, rule)! < 0.3).length / lots.length;
    expect(below('A')).toBeGreaterThan(0.26);
    expect(below('A')).toBeLessThan(0.34);
    const both = lots.filter((one) => ruleValue(one, 'A')! < 0.3 && ruleValue(one, 'B')! < 0.3).length;
    expect(both / lots.length).toBeLessThan(0.13);
    expect(ruleValue(lots[0]!, 'A')).toBe(ruleValue(lots[0]!, 'A'));
  });

  it('is not touched by what speaks of officers, nor by shadow rules', () => {
    const findings = [
      finding('C', 100, { kind: 'conduct', lane: 'red' }),
      finding('S', 100, { kind: 'system' }),
      finding('H', 100, { shadow: true, lane: 'red' }),
    ];
    expect(decide(profile, findings, here)).toMatchObject({ score: 0, lane: 'green' });
  });

  it('is drawn at random in the share that the profile states, cut one after the other', () => {
    const drawn = (draw: number) => decide(profile, [], { ...here, draw }).lane;
    expect([0, 0.0999, 0.1, 0.2999, 0.3001, 0.9999].map(drawn)).toEqual([
      'red',
      'red',
      'yellow',
      'yellow',
      'green',
      'green',
    ]);
  });

  it('of a trusted trader is drawn less often and weighs less, but a forced lane stays', () => {
    const trusted = { ...here, programmes: ['AEO'] };
    expect(decide(profile, [], { ...trusted, draw: 0.06 }).lane).toBe('yellow');
    expect(decide(profile, [finding('A', 40)], trusted)).toMatchObject({ score: 20, lane: 'green' });
    expect(decide(profile, [finding('A', 40, { lane: 'red' })], trusted).lane).toBe('red');
  });

  it('of an earlier version is never lowered by a change', () => {
    const decision = decide(profile, [finding('A', 35)], { ...here, earlierLane: 'red' });
    expect(decision.lane).toBe('red');
    expect(decision.reasons.map((reason) => reason.kind)).toEqual(['kept', 'score']);
  });

  it('follows the overrides of office and flow', () => {
    const exported: Circumstances = { office: 'PORT', flow: 'export', draw: 0 };
    expect(decide(profile, [finding('A', 10)], exported).lane).toBe('red');
    expect(decide(profile, [], exported).lane).toBe('green');
    expect(decide(profile, [finding('A', 10)], { ...exported, office: 'OTHER', draw: 0.5 }).lane).toBe(
      'green',
    );
  });
});

describe('a profile is refused, with the place,', () => {
  const base = structuredClone(profile.profile);
  it.each([
    [
      'a threshold to a lane that it does not have',
      { thresholds: [{ lane: 'blue', from: 1 }] },
      '/thresholds/0/lane',
    ],
    [
      'random rates above one',
      {
        random: [
          { lane: 'red', rate: 0.6 },
          { lane: 'yellow', rate: 0.6 },
        ],
      },
      '/random',
    ],
    [
      'two lanes equally strict',
      { lanes: [lane('green', 0, 'none'), lane('yellow', 0, 'documents'), lane('red', 3, 'physical')] },
      '/lanes',
    ],
    ['an unknown key', { colour: 'red' }, '/'],
    ['a fallback that is no lane', { fallback: 'orange' }, '/fallback'],
    ['a bad override', { overrides: [{ random: [{ lane: 'x', rate: 0 }] }] }, '/overrides/0/random/0/lane'],
  ])('for %s', (_, change, pointer) => {
    const refused = () => useProfile({ ...base, ...change }, 'file.yaml');
    expect(refused).toThrow(
      expect.objectContaining({ code: 'CC_PROFILE_INVALID', where: { file: 'file.yaml', pointer } }),
    );
  });
});
