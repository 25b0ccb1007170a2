/**
 * Pairs that meet more often than the assignment rule in force would let them (I28 to I31; Chalendard, Fernandes,
 * Raballand and Rijkers, QJE 138, 2023; customs-practice 3.1 to 3.6).
 *
 * Each office and period declares its rule. With a roster, each declaration comes to an officer on duty with a chance
 * that follows from how much of the work that he could have been given the officer was given, the declarant's own
 * declarations left out: under `random` too, since a roster lists people who are ill or out. Officers who do not differ
 * more than chance makes them have equal chances. The count of a pair is Poisson-binomial. Without a roster the chances
 * within a stratum of office, day on duty, section and lane are not known, but the order is left to chance: the count
 * given the margins is a sum of hypergeometric counts. Where the chief chooses, no rule predicts anything, and the answer
 * is *not applicable*. How well that share is known is allowed for, and, where the rule gives no constant chances, how much
 * pairs differ anyway (pair-spread.ts). A stratum in which only one officer could be chosen says nothing and is left out.
 *
 * Work that came to an officer who was not on its roster is outside the rule. It counts where it is told apart from what
 * comes to him outside it anyway (outside.ts): a broker whose goods go to the same officer of another section is one.
 *
 * A pair is asked twice: over all declarations, and over what came outside the roster alone. The lower p-value counts,
 * times the number of questions that could be asked (Bonferroni).
 *
 * The same test holds for assigner and declarant: pass the assigner as the officer, and those who could have assigned
 * as the eligible.
 */
import { qValues } from './discovery.ts';
import { type Outside, outsideOf } from './outside.ts';
import { amongPairs } from './pair-spread.ts';
import { type Assigned, collect, type Stratum, speedsOf, type Tally, tallies } from './pair-tally.ts';
import { convolve, poissonBinomial, stratifiedCount, upperOf } from './stratified.ts';
import { type Minimum, usualDiscoveryRate, type Verdict, verdictOf } from './verdict.ts';

export interface PairFigure {
  officer: string;
  declarant: string;
  /** Declarations of the pair. */
  observed: number;
  /** Of the declarant, in strata where the rule could have chosen this officer or another. */
  n: number;
  /** Declarations of the pair where the officer was not on the roster of the stratum, and the days on which that was expected. */
  outside: number;
  outsideExpected: number;
  /** P(as many days outside the roster); absent where that cannot be told. */
  outsideP?: number;
  /** Under the rule in force, from how much everybody was given of all others' declarations. */
  expected: number;
  /**
   * From how much everybody was given of all, the declarant's own with them; the minimum is asked of the greater. Where
   * work is balanced, whose hands are full of one declarant's goods is given hardly any of the others'.
   */
  expectedOfAll: number;
  /** Shares of the declarant's declarations: seen with this officer, and expected from the officer's share of everybody else's (leave-one-out); null where there are none. */
  share: number | null;
  benchmark: number | null;
  /** observed − expected: declarations that are one too many. */
  excess: number;
  /** P(counts as high under the rule): the lower of all and of those outside the roster, times as many as were asked. */
  p: number;
  /** In the family of all pairs with enough expected, those left out that were flagged before it. */
  q: number;
  verdict: Verdict;
}

export interface PairOptions {
  minimum?: Minimum;
  discoveryRate?: number;
}

export type Eligibility = 'roster' | 'partly' | 'inferred';

export interface PairResult {
  pairs: PairFigure[];
  /** Declarations under a rule that predicts nothing, or with one officer to choose from. */
  notApplicable: number;
  /** Whether eligibility was told by the roster, inferred from who was given something in the stratum, or each of some. */
  eligibility: Eligibility;
}

/** At least five expected, and a declarant with at least ten: below that a pair is not tested (customs-practice 3.5). */
const pairMinimum: Minimum = { n: 10, expected: 5 };

interface Figure extends Omit<PairFigure, 'q' | 'verdict'> {
  /**
   * Whether others declared as much as he did where the officer could be chosen: who declares most of an office's goods is
   * what its work is shared by, and nothing is left to hold his share against. Under `random` the rule itself tells it.
   */
  comparable: boolean;
}

/** Declarants that are taken out one after the other; beyond them a rule that is declared is hardly in force. */
const mostApart = 10;

/**
 * A declarant whose declarations were steered to somebody is no part of what the rule did: left in, he would make every
 * colleague of that officer look as if he met the others too often. So the strongest flagged pair's declarant keeps his
 * figures and is taken out, and the others are told again without him, as a family of their own, until no new one is
 * flagged: beside pairs that are there, somebody else is flagged as seldom as where there are none.
 */
export function pairFigures(assigned: readonly Assigned[], options: PairOptions = {}): PairResult {
  const { minimum = pairMinimum, discoveryRate = usualDiscoveryRate } = options;
  const apart: PairFigure[] = [];
  const taken = new Set<string>();
  const first = figuresOf(assigned, minimum);
  let figures = withOutside(first.figures, minimum);
  for (;;) {
    const pairs = judged(figures, minimum, discoveryRate);
    const strongest = pairs.find(({ verdict }) => verdict === 'look closer')?.declarant;
    if (strongest === undefined || taken.size === mostApart) {
      return {
        pairs: inOrder([...apart, ...pairs]),
        notApplicable: first.notApplicable,
        eligibility: eligibilityOf(assigned),
      };
    }
    apart.push(...pairs.filter(({ declarant }) => declarant === strongest));
    taken.add(strongest);
    const others = assigned.filter(({ declarant }) => !taken.has(declarant));
    figures = withOutside(figuresOf(others, minimum).figures, minimum);
  }
}

function eligibilityOf(assigned: readonly Assigned[]): Eligibility {
  const told = assigned.filter(({ eligible }) => eligible !== undefined).length;
  if (told === assigned.length) return 'roster';
  return told === 0 ? 'inferred' : 'partly';
}

/** The other question. Exact at any number; whether a pair is spoken of at all is told by all its declarations. */
const withOutside = (figures: readonly Figure[], minimum: Minimum): Figure[] =>
  figures.map((figure) =>
    figure.outsideP !== undefined && isTested(figure, minimum)
      ? { ...figure, p: lowestOf([figure.p, figure.outsideP]) }
      : figure,
  );

const lowestOf = (p: readonly number[]): number => Math.min(1, p.length * Math.min(...p));

const isTested = (figure: Figure, minimum: Minimum): boolean =>
  figure.comparable && figure.n >= minimum.n && mostExpected(figure) >= minimum.expected;

const mostExpected = ({ expected, expectedOfAll }: Pick<Figure, 'expected' | 'expectedOfAll'>): number =>
  Math.max(expected, expectedOfAll);

/** Every pair that met, as far as the rule tells of it. */
function figuresOf(
  assigned: readonly Assigned[],
  minimum: Minimum,
): { figures: Figure[]; notApplicable: number } {
  const strata = collect(assigned);
  const usable = (stratum: Stratum): boolean =>
    stratum.rule !== 'chief' && (stratum.eligible?.size ?? stratum.officers.size) > 1;
  let notApplicable = 0;
  for (const stratum of strata.values()) if (!usable(stratum)) notApplicable += stratum.total;

  const used = [...strata.values()].filter(usable);
  const speed = speedsOf(used);
  const outside = outsideOf([...strata.values()].filter(({ rule }) => rule !== 'chief'));
  const byDeclarant = new Map<string, Stratum[]>();
  for (const stratum of used) {
    for (const declarant of stratum.declarants.keys()) {
      const list = byDeclarant.get(declarant);
      if (list === undefined) byDeclarant.set(declarant, [stratum]);
      else list.push(stratum);
    }
  }
  const told: { figure: Figure; even: boolean; doubt: number }[] = [];
  for (const [declarant, list] of byDeclarant) {
    // Given how much each was given, who came to be given what is chance under any rule that looks at work alone.
    const even = list.every(({ rule, eligible }) => rule === 'random' || eligible === undefined);
    for (const tally of tallies(declarant, list, speed).values()) {
      const figure = figureOf(declarant, tally, even, outside(tally.officer, declarant), minimum);
      told.push({ figure, even, doubt: tally.doubt });
    }
  }
  const allowed = (asked: boolean): Map<Figure, number> => {
    const met = told
      .filter(({ figure, even }) => even === asked && isTested(figure, minimum))
      .map(({ figure, doubt }) => ({ ...figure, doubt, figure }));
    const among = amongPairs(met, asked);
    return new Map(met.map((each) => [each.figure, among(each)]));
  };
  const p = new Map([...allowed(true), ...allowed(false)]);
  return {
    figures: told.map(({ figure }) => ({ ...figure, p: p.get(figure) ?? figure.p })),
    notApplicable,
  };
}

/** One family: every pair of it that can be tested. The strongest first. */
function judged(figures: readonly Figure[], minimum: Minimum, discoveryRate: number): PairFigure[] {
  const tested = figures.filter((figure) => isTested(figure, minimum));
  const q = new Map(tested.map((figure, i) => [figure, i]));
  const values = qValues(tested.map((figure) => figure.p));
  const pairs = figures.map((figure): PairFigure => {
    const { comparable, ...told } = figure;
    const index = q.get(figure);
    const value = index === undefined ? 1 : values[index]!;
    const unit = { n: figure.n, expected: mostExpected(figure), q: value };
    const verdict = comparable ? verdictOf(unit, minimum, discoveryRate) : 'insufficient data';
    return { ...told, q: value, verdict };
  });
  return inOrder(pairs);
}

const inOrder = (pairs: PairFigure[]): PairFigure[] =>
  pairs.sort((a, b) => a.q - b.q || a.p - b.p || (a.officer < b.officer ? -1 : 1));

function figureOf(
  declarant: string,
  tally: Tally,
  even: boolean,
  beyond: Outside | undefined,
  minimum: Minimum,
): Figure {
  const { officer, observed, n, expected, expectedOfAll, others, othersOfOfficer } = tally;
  const chances = beyond === undefined ? tally.chances : [...tally.chances, ...beyond.chances];
  // The distribution is worked out only where there is enough to be tested.
  const p =
    n >= minimum.n && mostExpected(tally) >= minimum.expected
      ? upperOf(
          convolve(stratifiedCount(tally.margins), poissonBinomial(chances)),
          observed + (beyond?.days ?? 0),
        )
      : 1;
  return {
    officer,
    declarant,
    observed,
    n,
    outside: beyond?.declarations ?? tally.outside,
    outsideExpected: beyond?.chances.reduce((sum, chance) => sum + chance, 0) ?? 0,
    ...(beyond === undefined || beyond.chances.length === 0
      ? {}
      : { outsideP: upperOf(poissonBinomial(beyond.chances), beyond.days) }),
    expected,
    expectedOfAll,
    comparable: even || tally.comparable,
    share: n === 0 ? null : observed / n,
    benchmark: others === 0 ? null : othersOfOfficer / others,
    excess: observed - expected,
    p,
  };
}
