/**
 * Pairs that meet more often than the assignment rule in force would let them (I28 to I31; Chalendard, Fernandes,
 * Raballand and Rijkers, QJE 138, 2023; customs-practice 3.1 to 3.6).
 *
 * Each office and period declares its rule. Under `random`, with a roster, every officer on duty is as likely as
 * another and the count of a pair is Poisson-binomial with known chances. Under `workload` and `section`, and wherever
 * there is no roster, the chances within a stratum of office, day on duty, section and lane are not known, but the order
 * is left to chance: the count given the margins is a sum of hypergeometric counts. Where the chief chooses, no rule
 * predicts anything, and the answer is *not applicable*. A stratum in which only one officer could be chosen says
 * nothing and is left out.
 *
 * The same test holds for assigner and declarant: pass the assigner as the officer, and those who could have assigned
 * as the eligible.
 */
import { qValues } from './discovery.ts';
import { convolve, type Margins, poissonBinomial, stratifiedCount, upperOf } from './stratified.ts';
import { type Minimum, usualDiscoveryRate, type Verdict, verdictOf } from './verdict.ts';

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
}

export interface PairFigure {
  officer: string;
  declarant: string;
  /** Declarations of the pair. */
  observed: number;
  /** Of the declarant, in strata where the rule could have chosen this officer or another. */
  n: number;
  /** Declarations of the pair where the officer was not on the roster of the stratum: not tested, and a question of its own. */
  outside: number;
  /** Under the rule in force. */
  expected: number;
  /** Shares of the declarant's declarations: seen with this officer, and expected from the officer's share of everybody else's (leave-one-out). */
  share: number;
  benchmark: number;
  /** observed − expected: declarations that are one too many. */
  excess: number;
  /** P(a count as high under the rule). */
  p: number;
  /** In the family of all pairs with enough expected. */
  q: number;
  verdict: Verdict;
}

export interface PairOptions {
  minimum?: Minimum;
  discoveryRate?: number;
}

export interface PairResult {
  pairs: PairFigure[];
  /** Declarations under a rule that predicts nothing, or with one officer to choose from. */
  notApplicable: number;
  /** Whether eligibility was told by the roster, or inferred from who was given something in the stratum. */
  eligibility: 'roster' | 'inferred';
}

/** At least five expected, and a declarant with at least ten: below that a pair is not tested (customs-practice 3.5). */
const pairMinimum: Minimum = { n: 10, expected: 5 };

interface Stratum {
  rule: AssignmentRule;
  total: number;
  /** From the roster. */
  eligible?: ReadonlySet<string>;
  officers: Map<string, number>;
  declarants: Map<string, number>;
}

export function pairFigures(assigned: readonly Assigned[], options: PairOptions = {}): PairResult {
  const { minimum = pairMinimum, discoveryRate = usualDiscoveryRate } = options;
  const strata = collect(assigned);
  const usable = (stratum: Stratum): boolean =>
    stratum.rule !== 'chief' && (stratum.eligible?.size ?? stratum.officers.size) > 1;
  let notApplicable = 0;
  for (const stratum of strata.values()) if (!usable(stratum)) notApplicable += stratum.total;

  // Where each declarant's declarations are, and every pair's count, in usable strata alone.
  const byDeclarant = new Map<string, Stratum[]>();
  for (const stratum of strata.values()) {
    if (!usable(stratum)) continue;
    for (const declarant of stratum.declarants.keys()) {
      const list = byDeclarant.get(declarant) ?? [];
      list.push(stratum);
      byDeclarant.set(declarant, list);
    }
  }
  const met = new Map<string, Map<Stratum, number>>();
  for (const each of assigned) {
    const stratum = strata.get(each.stratum)!;
    if (!usable(stratum)) continue;
    const key = pairKey(each.officer, each.declarant);
    const counts = met.get(key) ?? new Map<Stratum, number>();
    counts.set(stratum, (counts.get(stratum) ?? 0) + 1);
    met.set(key, counts);
  }

  const figures: Omit<PairFigure, 'q' | 'verdict'>[] = [];
  for (const [key, counts] of met) {
    const [officer, declarant] = key.split(separator) as [string, string];
    figures.push(figureOf(officer, declarant, byDeclarant.get(declarant)!, counts, minimum));
  }
  const tested = figures.filter((figure) => figure.n >= minimum.n && figure.expected >= minimum.expected);
  const q = new Map(tested.map((figure, i) => [figure, i]));
  const values = qValues(tested.map((figure) => figure.p));
  const pairs = figures.map((figure) => {
    const index = q.get(figure);
    const value = index === undefined ? 1 : values[index]!;
    return { ...figure, q: value, verdict: verdictOf({ ...figure, q: value }, minimum, discoveryRate) };
  });
  pairs.sort((a, b) => a.q - b.q || a.p - b.p || (a.officer < b.officer ? -1 : 1));
  const eligibility = assigned.every(({ eligible }) => eligible !== undefined) ? 'roster' : 'inferred';
  return { pairs, notApplicable, eligibility };
}

const separator = '\u001f';
const pairKey = (officer: string, declarant: string): string => `${officer}${separator}${declarant}`;

function collect(assigned: readonly Assigned[]): Map<string, Stratum> {
  const strata = new Map<string, Stratum>();
  for (const { officer, declarant, stratum: key, eligible, rule } of assigned) {
    let stratum = strata.get(key);
    if (stratum === undefined) {
      stratum = { rule, total: 0, officers: new Map(), declarants: new Map() };
      if (eligible !== undefined) stratum.eligible = new Set(eligible);
      strata.set(key, stratum);
    }
    stratum.total++;
    stratum.officers.set(officer, (stratum.officers.get(officer) ?? 0) + 1);
    stratum.declarants.set(declarant, (stratum.declarants.get(declarant) ?? 0) + 1);
  }
  return strata;
}

function figureOf(
  officer: string,
  declarant: string,
  strata: readonly Stratum[],
  counts: ReadonlyMap<Stratum, number>,
  minimum: Minimum,
): Omit<PairFigure, 'q' | 'verdict'> {
  const chances: number[] = [];
  const margins: Margins[] = [];
  let observed = 0;
  let outside = 0;
  let n = 0;
  let expected = 0;
  let others = 0;
  let othersOfOfficer = 0;
  for (const stratum of strata) {
    const total = stratum.declarants.get(declarant)!;
    const mine = stratum.officers.get(officer) ?? 0;
    const both = counts.get(stratum) ?? 0;
    if (stratum.eligible !== undefined && !stratum.eligible.has(officer)) {
      outside += both;
      continue;
    }
    // Without a roster, an officer who was given nothing may not have been there; given the margins it says nothing.
    const known = stratum.rule === 'random' ? stratum.eligible?.size : undefined;
    if (known === undefined && mine === 0) continue;
    n += total;
    observed += both;
    others += stratum.total - total;
    othersOfOfficer += mine - both;
    if (known === undefined) {
      margins.push({ total: stratum.total, officer: mine, declarant: total });
      expected += (mine * total) / stratum.total;
    } else {
      for (let i = 0; i < total; i++) chances.push(1 / known);
      expected += total / known;
    }
  }
  // The distribution is worked out only where there is enough to be tested.
  const p =
    n >= minimum.n && expected >= minimum.expected
      ? upperOf(convolve(stratifiedCount(margins), poissonBinomial(chances)), observed)
      : 1;
  return {
    officer,
    declarant,
    observed,
    n,
    outside,
    expected,
    share: n === 0 ? Number.NaN : observed / n,
    benchmark: others === 0 ? Number.NaN : othersOfOfficer / others,
    excess: observed - expected,
    p,
  };
}
