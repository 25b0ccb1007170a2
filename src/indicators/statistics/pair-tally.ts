/**
 * What is known of pairs before they are tested: declarations by stratum, how much each officer was given of what could have
 * come to him, and for one declarant what each officer would be given of his under the rule (pairs.ts).
 */
import type { Place, RosterStratum } from './outside.ts';
import { fitGamma, type Ratio } from './shrinkage.ts';
import type { Margins } from './stratified.ts';

/** How declarations come to officers, as the office declares it for the period. */
export type AssignmentRule = 'random' | 'workload' | 'section' | 'chief';

/** One declaration that was assigned. */
export interface Assigned {
  officer: string;
  declarant: string;
  /** Office, day (and shift), section and lane, joined: within it any order of assignment was as likely as another. */
  stratum: string;
  /** Who could have been chosen, by the roster: the same for all of a stratum. Inferred from who was, where absent. */
  eligible?: readonly string[];
  rule: AssignmentRule;
  /** Where the roster held and did not: without it work outside the roster is counted and not tested. */
  place?: Place;
}

export interface Stratum extends RosterStratum {
  rule: AssignmentRule;
  officers: Map<string, number>;
  declarants: Map<string, number>;
  met: Map<string, Map<string, number>>;
}

export function collect(assigned: readonly Assigned[]): Map<string, Stratum> {
  const strata = new Map<string, Stratum>();
  for (const { officer, declarant, stratum: key, eligible, rule, place } of assigned) {
    let stratum = strata.get(key);
    if (stratum === undefined) {
      stratum = { rule, total: 0, officers: new Map(), declarants: new Map(), met: new Map() };
      if (eligible !== undefined) stratum.eligible = new Set(eligible);
      if (place !== undefined) stratum.place = place;
      strata.set(key, stratum);
    }
    stratum.total++;
    stratum.officers.set(officer, (stratum.officers.get(officer) ?? 0) + 1);
    stratum.declarants.set(declarant, (stratum.declarants.get(declarant) ?? 0) + 1);
    const met = stratum.met.get(declarant) ?? new Map<string, number>();
    met.set(officer, (met.get(officer) ?? 0) + 1);
    stratum.met.set(declarant, met);
  }
  return strata;
}

/** Of an officer: declarations given, and an equal part of those for which he was on duty. */
type Speed = Ratio;

/** How much each officer was given of what could have come to him, and by how much officers differ in it at all. */
export function speedsOf(strata: readonly Stratum[]): Speeds {
  const of = new Map<string, Speed>();
  for (const stratum of strata) addSpeeds(of, stratum, stratum.total, stratum.officers);
  const rate = fitGamma([...of.values()])?.rate;
  return { of, likeness: rate !== undefined && rate < alike ? rate : undefined };
}

/** A prior worth so many declarations says that officers do not differ. */
const alike = 1e5;

export interface Speeds {
  of: ReadonlyMap<string, Speed>;
  /** Undefined where peers do not differ more than chance would make them: they are taken as equal. */
  likeness: number | undefined;
}

function addSpeeds(
  of: Map<string, Speed>,
  { eligible }: Stratum,
  total: number,
  given: ReadonlyMap<string, number>,
): void {
  for (const officer of eligible ?? []) {
    const speed = of.get(officer) ?? { observed: 0, expected: 0 };
    speed.observed += given.get(officer) ?? 0;
    speed.expected += total / eligible!.size;
    of.set(officer, speed);
  }
}

/** What is known of one officer and the declarant, before it is tested. */
export interface Tally {
  officer: string;
  chances: number[];
  margins: Margins[];
  observed: number;
  /** In strata that could be tested. */
  outside: number;
  n: number;
  expected: number;
  expectedOfAll: number;
  /** Variance of what was expected. */
  doubt: number;
  comparable: boolean;
  others: number;
  othersOfOfficer: number;
}

export function tallies(
  declarant: string,
  strata: readonly Stratum[],
  { of, likeness }: Speeds,
): Map<string, Tally> {
  // Leave-one-out: the officers' speeds without this declarant's declarations.
  const own = new Map<string, Speed>();
  for (const stratum of strata) {
    addSpeeds(own, stratum, stratum.declarants.get(declarant)!, stratum.met.get(declarant)!);
  }
  const nothing: Speed = { observed: 0, expected: 0 };
  const weightOf = (officer: string, without: Speed): number => {
    if (likeness === undefined) return 1;
    const all = of.get(officer)!;
    return (all.observed - without.observed + likeness) / (all.expected - without.expected + likeness);
  };
  const result = new Map<string, Tally>();
  const tallyOf = (officer: string): Tally => {
    let tally = result.get(officer);
    if (tally === undefined) {
      tally = {
        officer,
        chances: [],
        margins: [],
        observed: 0,
        outside: 0,
        n: 0,
        expected: 0,
        expectedOfAll: 0,
        doubt: 0,
        comparable: true,
        others: 0,
        othersOfOfficer: 0,
      };
      result.set(officer, tally);
    }
    return tally;
  };
  for (const stratum of strata) {
    const total = stratum.declarants.get(declarant)!;
    const met = stratum.met.get(declarant)!;
    const { eligible } = stratum;
    const add = (officer: string, expected: number, expectedOfAll: number): Tally => {
      const tally = tallyOf(officer);
      const mine = stratum.officers.get(officer) ?? 0;
      const both = met.get(officer) ?? 0;
      tally.n += total;
      tally.observed += both;
      tally.expected += expected;
      tally.expectedOfAll += expectedOfAll;
      tally.others += stratum.total - total;
      tally.othersOfOfficer += mine - both;
      return tally;
    };
    if (eligible === undefined) {
      // An officer who was given nothing may not have been there; given the margins that says nothing.
      for (const [officer, mine] of stratum.officers) {
        const margins = { total: stratum.total, officer: mine, declarant: total };
        const expected = (mine * total) / stratum.total;
        add(officer, expected, expected).margins.push(margins);
      }
      continue;
    }
    const chances = shares([...eligible].map((officer) => weightOf(officer, own.get(officer)!)));
    const chancesOfAll = shares([...eligible].map((officer) => weightOf(officer, nothing)));
    [...eligible].forEach((officer, i) => {
      const chance = chances[i]!;
      const tally = add(officer, total * chance, total * chancesOfAll[i]!);
      for (let k = 0; k < total; k++) tally.chances.push(chance);
    });
    for (const [officer, both] of met) if (!eligible.has(officer)) tallyOf(officer).outside += both;
  }
  for (const tally of result.values()) {
    const all = of.get(tally.officer);
    const mine = own.get(tally.officer);
    // In strata without a roster the margins tell all that is held against.
    if (all === undefined || mine === undefined || tally.n === 0) continue;
    tally.comparable = all.expected - mine.expected >= mine.expected;
    if (likeness === undefined) continue;
    // A weight rests on what he was given of the others': Poisson, and drawn towards one by the likeness.
    const seen = all.observed - mine.observed;
    const apart = 1 - tally.expected / tally.n;
    tally.doubt = ((tally.expected * apart) ** 2 * seen) / (seen + likeness) ** 2;
  }
  // Pairs that never met are no figures.
  for (const [officer, { observed, outside }] of result) if (observed + outside === 0) result.delete(officer);
  return result;
}

function shares(weights: readonly number[]): number[] {
  const sum = weights.reduce((all, weight) => all + weight, 0);
  return weights.map((weight) => weight / sum);
}
