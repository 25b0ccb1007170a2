/**
 * How a figure stands among its peers (DESIGN decision 13): limits of its own, a test against the others without the one
 * who is tested, over-dispersion allowed for, the false discovery rate over the table, and one of three states. The
 * arithmetic is src/indicators/statistics; here its parts are put together. Pure.
 */

import { type Candidate, type Compared, deflated, totalsOf } from './compared.ts';
import type { Definition, FigureSpec, Unit } from './definition.ts';
import type { Evidence } from './methods/method.ts';
import { inUnit } from './methods/quantile.ts';
import { methodOf } from './methods/table.ts';
import { pricesAmong } from './price-peers.ts';
import { quantileUnit, quantileUnitOn } from './quantile-peers.ts';
import { type BenfordResult, nonconforming } from './statistics/benford.ts';
import { wilson } from './statistics/binomial.ts';
import { qValues } from './statistics/discovery.ts';
import { type Dispersion, dispersionOf, funnelChance } from './statistics/funnel.ts';
import { type Limits, type Tail, usualLevel } from './statistics/limits.ts';
import { poissonLimits, ratioLimits } from './statistics/poisson.ts';
import { remembered } from './statistics/remembered.ts';
import { fitBeta, fitGamma, shrinkRatio, shrinkShare } from './statistics/shrinkage.ts';
import { studentQuantileUpper } from './statistics/special.ts';
import { timeFigureOfBins } from './statistics/times.ts';
import { type Minimum, usualMinimum, type Verdict, verdictOf } from './statistics/verdict.ts';

export type State = Verdict;

export interface Judged {
  limits?: [number, number | null] | undefined;
  shrunk?: number | undefined;
  p?: number | undefined;
  q?: number | undefined;
  state?: State | undefined;
  /** Why nothing can be told. */
  note?: string | undefined;
}

export interface Judgement {
  figure: FigureSpec;
  definition: Definition;
  /** False where the rows are no peers of each other: a series, or one figure over everything. */
  compared: boolean;
  /** True where the rows are officers, who do not choose the values that they are given. */
  people?: boolean;
}

/** As the definition states it. */
export const minimumOf = ({ minimum }: Pick<Definition, 'minimum'>): Minimum => ({
  n: minimum.n,
  expected: minimum.events ?? usualMinimum.expected,
});

/** Which side is to be looked at; where neither is better, both. */
const tails: Record<Definition['direction'], Tail> = {
  up: 'lower',
  down: 'upper',
  band: 'both',
  none: 'both',
};

const per: Partial<Record<Unit, number>> = { percent: 100, 'per 100': 100 };

/** Fitting what peers have in common costs more than it tells of more units than a screen shows. */
const mostShrunk = 300;

/**
 * @param groups rows that are compared with each other, group by group.
 * @param told where it is written, in the same order; a note that stands there is left.
 */
export function judge(
  groups: readonly (readonly Candidate[])[],
  judgement: Judgement,
  told: readonly (readonly Judged[])[] = groups.map((group) => group.map(() => ({}))),
): readonly (readonly Judged[])[] {
  const { definition, compared, figure } = judgement;
  const scale = per[figure.unit] ?? 1;
  groups.forEach((group, g) => {
    const judged = told[g]!;
    for (let i = 0; i < group.length; i++) {
      const { evidence } = group[i]!;
      if (evidence !== undefined) judged[i]!.limits = limitsOf(evidence, scale, figure.unit, group[i]!.n);
    }
  });
  if (!compared) return told;
  const minimum = minimumOf(definition);
  const tail = tails[definition.direction];
  const ofTraders = judgement.people === true ? methodOf(figure)?.ofTraders : undefined;
  // Side by side and not as objects, as there are thousands of traders.
  const tested: Judged[] = [];
  const ns: number[] = [];
  const expectations: number[] = [];
  const chances: number[] = [];
  const test = (judged: Judged, n: number, expected: number, p: number): void => {
    tested.push(judged);
    ns.push(n);
    expectations.push(expected);
    chances.push(p);
  };
  groups.forEach((group, g) => {
    const tellsPrices = ofTraders === undefined && definition.direction !== 'none';
    const prices = tellsPrices ? pricesAmong(group, minimum.n, tail) : undefined;
    // Who is not compared is not worked out either: most traders of a year have few declarations.
    const units = group.map(({ n, evidence }) => (n < minimum.n ? undefined : unitOf(evidence, group)));
    const spread = dispersion(units);
    shrink(group, told[g]!, scale);
    for (let i = 0; i < group.length; i++) {
      const { n, evidence } = group[i]!;
      const judged = told[g]![i]!;
      if (ofTraders !== undefined && evidence !== undefined) {
        judged.state = 'not applicable';
        judged.note ??= ofTraders;
        continue;
      }
      if (evidence?.kind === 'law') {
        const p = byLaw(evidence.result, judged);
        // Nobody's numbers are expected of anybody: the law has its own least n.
        if (p !== undefined) test(judged, minimum.n, minimum.expected, p);
        continue;
      }
      if (evidence?.kind === 'prices' && definition.direction !== 'none') {
        if (prices !== undefined) {
          const { state, note, n: compared, p } = prices[i]!;
          if (state !== undefined) judged.state = state;
          if (note !== undefined) judged.note ??= note;
          // Nobody's prices are expected of anybody: how few there are is in the chance.
          if (p !== undefined) test(judged, compared, minimum.expected, p);
        }
        continue;
      }
      const unit = units[i];
      if (unit === undefined || definition.direction === 'none') {
        if (n < minimum.n && definition.direction !== 'none') judged.state = 'insufficient data';
        continue;
      }
      // A count that would be odd must have had room to be: where few are expected and few not, nothing can be told.
      const whole = unit.whole ?? unit.size;
      const expected = unit.kind === 'share' ? whole * Math.min(unit.target, 1 - unit.target) : whole;
      if (n < minimum.n || !(expected >= minimum.expected)) judged.state = 'insufficient data';
      else test(judged, n, expected, funnelChance(unit.kind, unit.target, unit, spread, tail));
    }
  });
  // One family: everybody in the table who can be told apart from chance at all.
  const qs = qValues(chances);
  for (let i = 0; i < tested.length; i++) {
    const judged = tested[i]!;
    const q = qs[i]!;
    judged.p = chances[i]!;
    judged.q = q;
    judged.state = verdictOf({ n: ns[i]!, expected: expectations[i]!, q }, minimum);
  }
  return told;
}

const pair = ({ low, high }: Limits, by: number): [number, number | null] => [
  low * by,
  Number.isFinite(high) ? high * by : null,
];

function limitsOf(
  evidence: Evidence,
  scale: number,
  unit: Unit,
  declarations: number,
): [number, number | null] | undefined {
  switch (evidence.kind) {
    case 'binomial':
      return evidence.trials === 0 ? undefined : pair(wilson(evidence.events, evidence.trials), scale);
    case 'poisson':
      return evidence.exposure === 0
        ? undefined
        : pair(poissonLimits(evidence.events), scale / evidence.exposure);
    case 'expected':
      return evidence.expected > 0 ? pair(ratioLimits(evidence.events, evidence.expected), 1) : undefined;
    case 'law':
      return undefined;
    case 'prices': {
      const { value, deviation, prices } = evidence;
      // Items of one declaration are priced together.
      const independent = Math.min(prices, declarations);
      if (independent < 2) return undefined;
      const half = (studentOf(independent - 1) * deviation) / Math.sqrt(independent);
      return pair({ low: value - half, high: value + half }, 1);
    }
    case 'quantile': {
      const told = evidence.told ?? timeFigureOfBins(evidence.histogram, evidence.at);
      return told === undefined ? undefined : pair(told.limits, inUnit(1, unit));
    }
  }
}

const studentOf = remembered((degrees: number): number =>
  studentQuantileUpper((1 - usualLevel) / 2, degrees),
);

/** Nobody is told to look closer whose digits are near the law's, however sure it is that they are not the law's own. */
function byLaw(result: BenfordResult, judged: Judged): number | undefined {
  if (!result.applies) {
    judged.state = 'not applicable';
    judged.note ??= `first digits: ${result.reason}`;
    return undefined;
  }
  return result.mad > nonconforming ? result.p : 1;
}

/** One row against its peers without itself; undefined where there is nothing to compare with. */
function unitOf(evidence: Evidence | undefined, group: readonly Candidate[]): Compared | undefined {
  if (evidence === undefined || evidence.kind === 'law' || evidence.kind === 'prices') return undefined;
  if (group.length < 2) return undefined;
  if (evidence.kind === 'expected') {
    return evidence.expected > 0
      ? deflated(
          { kind: 'ratio', observed: evidence.events, size: evidence.expected, target: 1 },
          evidence.inflation,
        )
      : undefined;
  }
  if (evidence.kind === 'quantile')
    return evidence.strata === undefined
      ? quantileUnit(evidence, group)
      : quantileUnitOn(evidence.strata, evidence.at, group);
  const sums = totalsOf(group);
  if (evidence.kind === 'binomial') {
    if (evidence.expected !== undefined) {
      const { events, trials, expected, inflation } = evidence;
      const unit = { kind: 'share', observed: events, size: trials, target: expected / trials } as const;
      return deflated({ ...unit, adjusted: true }, inflation);
    }
    const trials = sums.size - evidence.trials;
    if (trials === 0 || evidence.trials === 0) return undefined;
    const target = (sums.events - evidence.events) / trials;
    return { kind: 'share', observed: evidence.events, size: evidence.trials, target };
  }
  const exposure = sums.size - evidence.exposure;
  const rate = exposure === 0 ? 0 : (sums.events - evidence.events) / exposure;
  const expected = rate * evidence.exposure;
  return expected > 0 ? { kind: 'ratio', observed: evidence.events, size: expected, target: 1 } : undefined;
}

/**
 * How much more peers differ than chance makes them. Around the median rate, and with at least one unit pulled in at
 * each end, so that in a small office the one who is to be found does not widen the limits that should find him.
 */
function dispersion(units: readonly (Compared | undefined)[]): Dispersion | undefined {
  const used = units.filter((unit) => unit !== undefined);
  const [one] = used;
  if (one === undefined) return undefined;
  const rates = new Float64Array(used.length);
  for (let i = 0; i < used.length; i++) rates[i] = used[i]!.observed / used[i]!.size;
  rates.sort();
  const target = rates[(rates.length - 1) >> 1]!;
  return dispersionOf(one.kind, target, used, Math.max(0.1, 1.001 / used.length), adjustedTarget);
}

/** Of the others' rate all are held against what is usual, but for whom another is expected on his work. */
const adjustedTarget = ({ adjusted, target }: Compared): number | undefined =>
  adjusted === true ? target : undefined;

function shrink(group: readonly Candidate[], told: readonly Judged[], scale: number): void {
  if (group.length < 2 || group.length > mostShrunk) return;
  const kind = group.find(({ evidence }) => evidence !== undefined)?.evidence?.kind;
  if (kind === 'binomial') {
    const units = group.map(({ evidence }) =>
      evidence?.kind === 'binomial' ? { x: evidence.events, n: evidence.trials } : { x: 0, n: 0 },
    );
    const prior = fitBeta(units);
    if (prior !== undefined) {
      units.forEach((unit, i) => {
        told[i]!.shrunk = shrinkShare(unit, prior).mean * scale;
      });
    }
  }
  if (kind === 'expected') {
    const units = group.map(({ evidence }) =>
      evidence?.kind === 'expected'
        ? { observed: evidence.events, expected: evidence.expected }
        : { observed: 0, expected: 0 },
    );
    const prior = fitGamma(units);
    if (prior !== undefined) {
      units.forEach((unit, i) => {
        told[i]!.shrunk = shrinkRatio(unit, prior).mean;
      });
    }
  }
}
