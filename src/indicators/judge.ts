/**
 * How a figure stands among its peers (DESIGN decision 13): limits of its own, a test against the others without the one
 * who is tested, over-dispersion allowed for, the false discovery rate over the table, and one of three states. The
 * arithmetic is src/indicators/statistics; here its parts are put together. Pure.
 */

import type { Bins } from '../store/port.ts';
import type { Definition, FigureSpec, Unit } from './definition.ts';
import { type Evidence, mergeBins } from './methods/method.ts';
import { inUnit } from './methods/quantile.ts';
import { type BenfordResult, nonconforming } from './statistics/benford.ts';
import { wilson } from './statistics/binomial.ts';
import { qValues } from './statistics/discovery.ts';
import {
  type Dispersion,
  dispersionOf,
  type FunnelKind,
  type FunnelUnit,
  funnelPoint,
} from './statistics/funnel.ts';
import type { Limits, Tail } from './statistics/limits.ts';
import { poissonLimits, ratioLimits } from './statistics/poisson.ts';
import { fitBeta, fitGamma, shrinkRatio, shrinkShare } from './statistics/shrinkage.ts';
import { timeFigureOfBins } from './statistics/times.ts';
import { usualMinimum, type Verdict, verdictOf } from './statistics/verdict.ts';

export type State = Verdict;

export interface Candidate {
  n: number;
  evidence: Evidence | undefined;
}

export interface Judged {
  limits?: [number, number | null];
  shrunk?: number;
  p?: number;
  q?: number;
  state?: State;
  /** Why nothing can be told. */
  note?: string;
}

export interface Judgement {
  figure: FigureSpec;
  definition: Definition;
  /** False where the rows are no peers of each other: a series, or one figure over everything. */
  compared: boolean;
}

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

/** @param groups rows that are compared with each other, group by group. Answers in the same order. */
export function judge(groups: readonly (readonly Candidate[])[], judgement: Judgement): Judged[][] {
  const { definition, compared, figure } = judgement;
  const scale = per[figure.unit] ?? 1;
  const told = groups.map((group) =>
    group.map(({ evidence }): Judged => {
      const limits = evidence === undefined ? undefined : limitsOf(evidence, scale, figure.unit);
      return limits === undefined ? {} : { limits };
    }),
  );
  if (!compared) return told;
  const minimum = { n: definition.minimum.n, expected: definition.minimum.events ?? usualMinimum.expected };
  const tested: { judged: Judged; n: number; expected: number; p: number }[] = [];
  groups.forEach((group, g) => {
    // Who is not compared is not worked out either: most traders of a year have few declarations.
    const units = group.map(({ n, evidence }) => (n < minimum.n ? undefined : unitOf(evidence, group)));
    const spread = dispersion(units);
    shrink(group, told[g]!, scale);
    group.forEach(({ n, evidence }, i) => {
      const judged = told[g]![i]!;
      if (evidence?.kind === 'law') {
        const p = byLaw(evidence.result, judged);
        // Nobody's numbers are expected of anybody: the law has its own least n.
        if (p !== undefined) tested.push({ judged, n: minimum.n, expected: minimum.expected, p });
        return;
      }
      const unit = units[i];
      if (unit === undefined || definition.direction === 'none') {
        if (n < minimum.n && definition.direction !== 'none') judged.state = 'insufficient data';
        return;
      }
      // A count that would be odd must have had room to be: where few are expected and few not, nothing can be told.
      const expected = unit.kind === 'share' ? unit.size * Math.min(unit.target, 1 - unit.target) : unit.size;
      if (n < minimum.n || !(expected >= minimum.expected)) {
        judged.state = 'insufficient data';
        return;
      }
      const { p } = funnelPoint(unit.kind, unit.target, unit, spread, [], tails[definition.direction]);
      tested.push({ judged, n, expected, p });
    });
  });
  // One family: everybody in the table who can be told apart from chance at all.
  const q = qValues(tested.map(({ p }) => p));
  tested.forEach(({ judged, n, expected, p }, i) => {
    judged.p = p;
    judged.q = q[i]!;
    judged.state = verdictOf({ n, expected, q: q[i]! }, minimum);
  });
  return told;
}

const pair = ({ low, high }: Limits, by: number): [number, number | null] => [
  low * by,
  Number.isFinite(high) ? high * by : null,
];

function limitsOf(evidence: Evidence, scale: number, unit: Unit): [number, number | null] | undefined {
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
    case 'quantile': {
      const told = evidence.told ?? timeFigureOfBins(evidence.histogram, evidence.at);
      return told === undefined ? undefined : pair(told.limits, inUnit(1, unit));
    }
  }
}

/** Nobody is told to look closer whose digits are near the law's, however sure it is that they are not the law's own. */
function byLaw(result: BenfordResult, judged: Judged): number | undefined {
  if (!result.applies) {
    judged.state = 'not applicable';
    judged.note = `first digits: ${result.reason}`;
    return undefined;
  }
  return result.mad > nonconforming ? result.p : 1;
}

type Compared = FunnelUnit & { kind: FunnelKind; target: number };

/** One row against its peers without itself; undefined where there is nothing to compare with. */
function unitOf(evidence: Evidence | undefined, group: readonly Candidate[]): Compared | undefined {
  if (evidence === undefined || evidence.kind === 'law' || group.length < 2) return undefined;
  if (evidence.kind === 'expected') {
    return evidence.expected > 0
      ? { kind: 'ratio', observed: evidence.events, size: evidence.expected, target: 1 }
      : undefined;
  }
  if (evidence.kind === 'quantile') return quantileUnit(evidence, group);
  const sums = totalsOf(group);
  if (evidence.kind === 'binomial') {
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

/** Sums of a group, once for all its rows. */
interface Totals {
  events: number;
  size: number;
  /** Bins of everybody, ascending, with how many values lie in them or below. */
  bins: readonly number[];
  upTo: readonly number[];
}
const totals = new WeakMap<readonly Candidate[], Totals>();

function totalsOf(group: readonly Candidate[]): Totals {
  const known = totals.get(group);
  if (known !== undefined) return known;
  let events = 0;
  let size = 0;
  const histograms: Bins[] = [];
  for (const { evidence } of group) {
    if (evidence?.kind === 'binomial' || evidence?.kind === 'poisson') {
      events += evidence.events;
      size += evidence.kind === 'binomial' ? evidence.trials : evidence.exposure;
    }
    if (evidence?.kind === 'quantile') histograms.push(evidence.histogram);
  }
  const { bins, counts } = mergeBins(histograms);
  const sums: Totals = { events, size, bins, upTo: cumulated(counts) };
  totals.set(group, sums);
  return sums;
}

function cumulated(counts: readonly number[]): number[] {
  let seen = 0;
  return counts.map((count) => {
    seen += count;
    return seen;
  });
}

/** The first place at which a growing function of it reaches what is asked for. */
function firstWhere(length: number, holds: (i: number) => boolean): number {
  let low = 0;
  let high = length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (holds(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** The sign test: how many of one's values lie above the others' quantile, in whose own bin nothing is told apart. */
function quantileUnit(
  { histogram: own, at }: Extract<Evidence, { kind: 'quantile' }>,
  group: readonly Candidate[],
): Compared | undefined {
  const all = totalsOf(group);
  const ownUpTo = cumulated(own.counts);
  const ownSize = ownUpTo.at(-1) ?? 0;
  const n = (all.upTo.at(-1) ?? 0) - ownSize;
  if (n <= 0 || ownSize === 0) return undefined;
  /** One's values up to and with a bin. */
  const ownAt = (bin: number): number => {
    const after = firstWhere(own.bins.length, (i) => own.bins[i]! > bin);
    return after === 0 ? 0 : ownUpTo[after - 1]!;
  };
  const peersAt = (i: number): number => (i < 0 ? 0 : all.upTo[i]! - ownAt(all.bins[i]!));
  const place = firstWhere(all.bins.length, (i) => peersAt(i) >= at * n);
  const middle = all.bins[place]!;
  const seen = peersAt(place);
  const inMiddle = seen - peersAt(place - 1);
  const above = ownSize - ownAt(middle);
  const size = above + ownAt(middle - 1);
  const peersOutside = n - inMiddle;
  if (size === 0 || peersOutside === 0) return undefined;
  return { kind: 'share', observed: above, size, target: (n - seen) / peersOutside };
}

/**
 * How much more peers differ than chance makes them. Around the median rate, and with at least one unit pulled in at
 * each end, so that in a small office the one who is to be found does not widen the limits that should find him.
 */
function dispersion(units: readonly (Compared | undefined)[]): Dispersion | undefined {
  const used = units.filter((unit) => unit !== undefined);
  const [one] = used;
  if (one === undefined) return undefined;
  const rates = Float64Array.from(used, (unit) => unit.observed / unit.size).sort();
  const target = rates[(rates.length - 1) >> 1]!;
  return dispersionOf(one.kind, target, used, Math.max(0.1, 1.001 / used.length));
}

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
