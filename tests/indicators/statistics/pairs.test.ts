import { describe, expect, it } from 'vitest';
import { minimumOf } from '../../../src/indicators/judge.ts';
import { definitionOf, soundIndicators } from '../../../src/indicators/load.ts';
import type { Assigned, AssignmentRule } from '../../../src/indicators/statistics/pair-tally.ts';
import { type PairOptions, pairFigures } from '../../../src/indicators/statistics/pairs.ts';
import { Random } from '../../../src/simulate/random.ts';

const officers = ['a', 'b', 'c', 'd'];

/** Eighty days of fifteen declarations of five declarants; `choose` is the office's way of assigning. */
function office(
  rule: AssignmentRule,
  choose: (declarant: string, random: Random) => string,
  roster = true,
): Assigned[] {
  const random = Random.of('pairs', rule);
  const assigned: Assigned[] = [];
  for (let day = 0; day < 80; day++) {
    for (let i = 0; i < 15; i++) {
      const declarant = `B${random.integer(1, 5)}`;
      assigned.push({
        officer: choose(declarant, random),
        declarant,
        stratum: `P1|${day}|A|red`,
        ...(roster ? { eligible: officers } : {}),
        rule,
      });
    }
  }
  return assigned;
}

const anyone = (_: string, random: Random): string => random.pick(officers);
const favours = (declarant: string, random: Random): string =>
  declarant === 'B1' && random.chance(0.35) ? 'a' : random.pick(officers);

describe('pairs that meet too often', () => {
  it('are told apart from those that the rule explains, under each rule that predicts', () => {
    for (const rule of ['random', 'workload', 'section'] as const) {
      const flagged = pairFigures(office(rule, favours)).pairs.filter(
        ({ verdict }) => verdict === 'look closer',
      );
      expect(flagged.map(({ officer, declarant }) => officer + declarant)).toEqual(['aB1']);
      expect(flagged[0]!.excess).toBeGreaterThan(30);
      expect(flagged[0]!.share!).toBeGreaterThan(flagged[0]!.benchmark!);
    }
  });

  it('are not seen where assignment was fair', () => {
    for (const rule of ['random', 'workload', 'section'] as const) {
      const { pairs, notApplicable } = pairFigures(office(rule, anyone));
      expect(pairs.filter(({ verdict }) => verdict === 'look closer')).toEqual([]);
      expect(pairs.length).toBe(20);
      expect(notApplicable).toBe(0);
    }
  });

  it('are not applicable where the chief chooses or one officer does everything', () => {
    const chief = pairFigures(office('chief', favours));
    expect(chief.pairs).toEqual([]);
    expect(chief.notApplicable).toBe(1_200);
    const alone = office('random', () => 'a').map((each) => ({ ...each, eligible: ['a'] }));
    expect(pairFigures(alone).notApplicable).toBe(1_200);
  });

  it('are not made by an officer who works a section or a day alone', () => {
    // Officer a has all of B1's goods because a alone is in the section: no other could have been chosen.
    const assigned = office(
      'section',
      (declarant, random) => (declarant === 'B1' ? 'a' : random.pick(['b', 'c'])),
      false,
    );
    const bySection = assigned.map((each) => ({
      ...each,
      stratum: `${each.stratum}|${each.declarant === 'B1' ? 'X' : 'Y'}`,
    }));
    const { pairs } = pairFigures(bySection);
    expect(pairs.filter(({ verdict }) => verdict === 'look closer')).toEqual([]);
    expect(pairs.find(({ officer }) => officer === 'a')).toBeUndefined();
  });

  it('say when eligibility was inferred, and count work outside the roster apart', () => {
    expect(pairFigures(office('section', anyone, false)).eligibility).toBe('inferred');
    const outside = office('random', anyone).map((each) => ({ ...each, eligible: ['b', 'c', 'd'] }));
    const { pairs, eligibility } = pairFigures(outside);
    expect(eligibility).toBe('roster');
    const worked = pairs.filter(({ officer }) => officer === 'a');
    expect(worked.every(({ observed, outside }) => observed === 0 && outside > 0)).toBe(true);
    const half = office('random', anyone).map(({ eligible, ...each }, i) =>
      i % 2 === 0 ? each : { ...each, eligible: eligible! },
    );
    expect(pairFigures(half).eligibility).toBe('partly');
  });

  it('are told where an office that balances work gives nothing else to who is given all of one declarant’s', () => {
    const load = new Map(officers.map((officer) => [officer, 0]));
    // B1 and B2 are one declarant here, with two fifths of the goods: more than one officer's share of the work.
    const balanced = office('workload', (declarant, random) => {
      const least = officers.toSorted((a, b) => load.get(a)! - load.get(b)!)[0]!;
      const officer = ['B1', 'B2'].includes(declarant) && random.chance(0.8) ? 'a' : least;
      // Officer d works half the time, which is in no roster, so that officers are seen to differ.
      load.set(officer, load.get(officer)! + (officer === 'd' ? 2 : 1));
      return officer;
    })
      .slice(0, 150)
      .map((each) => (each.declarant === 'B2' ? { ...each, declarant: 'B1' } : each));
    const minimum = { n: 10, expected: 8 };
    const [pair, ...others] = pairFigures(balanced, { minimum }).pairs;
    expect(pair).toMatchObject({ officer: 'a', declarant: 'B1', verdict: 'look closer' });
    // Of the others' he has hardly any, so that hardly any of B1's were to be expected of him.
    expect(pair!.expected).toBeLessThan(minimum.expected);
    expect(pair!.expectedOfAll).toBeGreaterThan(minimum.expected);
    expect(others.filter(({ verdict }) => verdict === 'look closer')).toEqual([]);
  });

  it('are not made by an office that gives to who has least, where one declarant has nearly all of its goods', () => {
    const random = Random.of('pairs', 'least');
    const load = new Map(officers.map((officer) => [officer, 0]));
    const assigned: Assigned[] = [];
    for (let day = 0; day < 200; day++) {
      for (let i = 0; i < 6; i++) {
        // The others come in the morning, when c and d are not there; who was given little then is given all at noon.
        const other = random.chance(0.08);
        const noon = !other && random.chance(0.8);
        const eligible = noon ? officers : ['a', 'b', 'c'];
        const least = Math.min(...eligible.map((each) => load.get(each)!));
        const officer = random.pick(eligible.filter((each) => load.get(each) === least));
        load.set(officer, load.get(officer)! + 1);
        const declarant = other ? 'B2' : 'B1';
        const stratum = `P1|${day}|A|red|${eligible}`;
        assigned.push({ officer, declarant, stratum, eligible, rule: 'workload' });
      }
    }
    const { pairs } = pairFigures(assigned);
    expect(pairs.find(({ officer, declarant }) => officer === 'd' && declarant === 'B1')).toMatchObject({
      verdict: 'insufficient data',
    });
    expect(pairs.filter(({ verdict }) => verdict === 'look closer')).toEqual([]);
  });

  it('are asked for as much by the indicator as where the figures of docs/detection.md were measured', () => {
    const { minimum } = definitionOf(soundIndicators(), 'I29');
    expect(minimum).toEqual({ n: 10, events: 5 });
    const told = (options: PairOptions) => pairFigures(office('random', favours), options);
    expect(told({ minimum: minimumOf({ minimum }) })).toEqual(told({}));
  });

  describe('outside the roster', () => {
    /** Officer z is of another section; `taken` says which of its declarations come to him all the same. */
    const dealt = (taken: (declarant: string, day: number, random: Random) => boolean): Assigned[] => {
      const random = Random.of('outside');
      return office('random', anyone).map((each) => {
        const day = Number(each.stratum.split('|')[1]);
        const place = { office: 'P1', cell: `P1|A|${Math.floor(day / 5)}`, day: String(day) };
        // He has a fifth of the work of his own section, where all declare too.
        const own = random.chance(0.3);
        const z = own ? random.chance(0.5) : taken(each.declarant, day, random);
        return {
          ...each,
          place,
          ...(own ? { stratum: `${each.stratum}|Z`, eligible: ['z', 'y'] } : {}),
          officer: z ? 'z' : own ? 'y' : each.officer,
        };
      });
    };
    const flagged = (assigned: Assigned[]) =>
      pairFigures(assigned)
        .pairs.filter(({ verdict }) => verdict === 'look closer')
        .map(({ officer, declarant }) => officer + declarant);

    it('are told where one declarant’s come to him and hardly anybody else’s', () => {
      const steered = dealt((declarant, _, random) => random.chance(declarant === 'B2' ? 0.08 : 0.004));
      expect(flagged(steered)).toEqual(['zB2']);
      expect(pairFigures(steered).pairs[0]!.outside).toBeGreaterThan(5);
    });

    it('are not made by one who helps out, nor by a roster that was wrong for some weeks', () => {
      expect(flagged(dealt((_, __, random) => random.chance(0.08)))).toEqual([]);
      expect(flagged(dealt((_, day, random) => day >= 40 && day < 50 && random.chance(0.3)))).toEqual([]);
    });

    it('are not made by what is taken over together on one day', () => {
      expect(flagged(dealt((declarant, day) => declarant === 'B2' && day === 33))).toEqual([]);
    });
  });

  it('say nothing on few declarations', () => {
    const few = office('random', favours).slice(0, 20);
    expect(new Set(pairFigures(few).pairs.map(({ verdict }) => verdict))).toEqual(
      new Set(['insufficient data']),
    );
  });

  it('are expected as worked out by hand', () => {
    // Day 1: a and b on duty, three declarations, two of B1; day 2: a, b and c, two declarations, one of B1.
    const rows: [string, string, string, string[]][] = [
      ['a', 'B1', '1', ['a', 'b']],
      ['a', 'B1', '1', ['a', 'b']],
      ['b', 'B2', '1', ['a', 'b']],
      ['a', 'B1', '2', ['a', 'b', 'c']],
      ['c', 'B2', '2', ['a', 'b', 'c']],
    ];
    const of = (rule: AssignmentRule, roster: boolean) =>
      pairFigures(
        rows.map(([officer, declarant, stratum, eligible]) => ({
          officer,
          declarant,
          stratum,
          rule,
          ...(roster ? { eligible } : {}),
        })),
        { minimum: { n: 1, expected: 0 } },
      ).pairs.find(({ officer, declarant }) => officer === 'a' && declarant === 'B1')!;
    // Known chances 1/2, 1/2, 1/3: expected 4/3, all three 1/12.
    expect(of('random', true)).toMatchObject({ observed: 3, n: 3 });
    expect(of('random', true).expected).toBeCloseTo(4 / 3, 12);
    expect(of('random', true).p).toBeCloseTo(1 / 12, 12);
    // Margins: day 1, two of three are a's and two B1's: 2·2/3, both with chance 1/3; day 2, one of two: 1/2.
    expect(of('section', false).expected).toBeCloseTo(4 / 3 + 1 / 2, 12);
    expect(of('section', false).p).toBeCloseTo(1 / 6, 12);
    // Officers who differ no more than chance would make them are taken as equal.
    expect(of('workload', true).expected).toBeCloseTo(4 / 3, 5);
    // Of the two declarations of others in those strata none was a's.
    expect(of('section', false).benchmark).toBe(0);
  });
});
