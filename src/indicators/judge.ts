/**
 * How a figure stands among its peers (DESIGN decision 13): limits of its own, a test against the others without the one
 * who is tested, over-dispersion allowed for, the false discovery rate over the table, and one of three states. The
 * arithmetic is src/indicators/statistics; here its parts are put together. Pure.
 */

import type { Bins } from '../store/port.ts';
import type { Definition, FigureSpec, Unit } from './definition.ts';
import { type Cell, type Evidence, innerSeparator, mergeBins, noBins } from './methods/method.ts';
import { countOf, inUnit } from './methods/quantile.ts';
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
import { type Minimum, usualMinimum, type Verdict, verdictOf } from './statistics/verdict.ts';

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
  const minimum = minimumOf(definition);
  const tested: { judged: Judged; n: number; expected: number; p: number }[] = [];
  groups.forEach((group, g) => {
    // Who is not compared is not worked out either: most traders of a year have few declarations.
    const units = group.map(({ n, evidence }) => (n < minimum.n ? undefined : unitOf(evidence, group)));
    const spread = dispersion(units);
    shrink(group, told[g]!, scale);
    group.forEach(({ n, evidence }, i) => {
      const judged = told[g]![i]!;
      if (evidence?.kind === 'law') {
        if (judgement.people === true) {
          judged.state = 'not applicable';
          judged.note = 'first digits are the traders’: no officer chooses the values that he is given';
          return;
        }
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
      const whole = unit.whole ?? unit.size;
      const expected = unit.kind === 'share' ? whole * Math.min(unit.target, 1 - unit.target) : whole;
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

type Compared = FunnelUnit & {
  kind: FunnelKind;
  target: number;
  adjusted?: true;
  /** Before it was made smaller for what is not known of the peers. */
  whole?: number;
};

/**
 * As many cases as tell as much where peers are known exactly. Counts stay whole: a share's size downwards, and what was
 * observed towards what was expected.
 */
function deflated(unit: Compared, inflation = 1): Compared {
  if (inflation <= 1.05) return unit;
  const size = unit.kind === 'share' ? Math.floor(unit.size / inflation) : unit.size / inflation;
  const seen = unit.observed / inflation;
  const observed = seen > unit.target * size ? Math.floor(seen) : Math.ceil(seen);
  return {
    ...unit,
    size,
    observed: unit.kind === 'share' ? Math.min(size, observed) : observed,
    whole: unit.size,
  };
}

/** One row against its peers without itself; undefined where there is nothing to compare with. */
function unitOf(evidence: Evidence | undefined, group: readonly Candidate[]): Compared | undefined {
  if (evidence === undefined || evidence.kind === 'law' || group.length < 2) return undefined;
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
const quantileUnit = (
  { histogram, at }: Extract<Evidence, { kind: 'quantile' }>,
  group: readonly Candidate[],
): Compared | undefined => signTest(histogram, totalsOf(group), at);

/** Others' values below which a stratum is told by what it is part of, and others to whom they must belong: two are no peers. */
const fewestPeers = 30;
const fewestColleagues = 3;
/** Levels that may be given up: an office and a section, whose work is another, are left to themselves. */
const mostBorrowed = 4;

interface Branch extends Totals {
  colleagues: number;
}

/** Histograms of everybody by stratum, and by each part of its path from coarse to fine. */
const trees = new WeakMap<readonly Candidate[], ReadonlyMap<string, Branch>>();

function treeOf(group: readonly Candidate[]): ReadonlyMap<string, Branch> {
  const known = trees.get(group);
  if (known !== undefined) return known;
  const histograms = new Map<string, { list: Bins[]; people: Set<number> }>();
  group.forEach(({ evidence }, person) => {
    if (evidence?.kind !== 'quantile') return;
    for (const { inner, histogram } of evidence.strata ?? [])
      for (const path of pathsOf(inner)) {
        const known = histograms.get(path) ?? { list: [], people: new Set() };
        histograms.set(path, known);
        known.list.push(histogram);
        if (countOf(histogram) > 0) known.people.add(person);
      }
  });
  const tree = new Map(
    [...histograms].map(([path, { list, people }]) => {
      const { bins, counts } = mergeBins(list);
      const colleagues = people.size - 1;
      return [path, { events: 0, size: 0, bins, upTo: cumulated(counts), colleagues }] as const;
    }),
  );
  trees.set(group, tree);
  return tree;
}

/** A stratum and what it is part of. */
function pathsOf(inner: string): string[] {
  const parts = inner.split(innerSeparator);
  const least = Math.max(1, parts.length - mostBorrowed);
  return Array.from({ length: parts.length - least + 1 }, (_, i) =>
    parts.slice(0, parts.length - i).join(innerSeparator),
  );
}

/** The sign test stratum by stratum, each against the others on the same work; where these are few, on what is like it. */
function quantileUnitOn(
  strata: readonly Cell[],
  at: number,
  group: readonly Candidate[],
): Compared | undefined {
  const tree = treeOf(group);
  const own = new Map<string, Bins>();
  for (const { inner, histogram } of strata)
    for (const path of pathsOf(inner)) own.set(path, mergeBins([own.get(path) ?? noBins, histogram]));
  const sum = { observed: 0, size: 0, expected: 0 };
  const byPath = new Map<string, number>();
  for (const { inner, histogram } of strata) {
    const path = pathsOf(inner).find((each) => {
      const { upTo, colleagues } = tree.get(each)!;
      return colleagues >= fewestColleagues && (upTo.at(-1) ?? 0) - countOf(own.get(each)!) >= fewestPeers;
    });
    if (path === undefined) continue;
    const told = signTest(histogram, tree.get(path)!, at, own.get(path)!);
    if (told === undefined) continue;
    byPath.set(path, (byPath.get(path) ?? 0) + told.size);
    sum.observed += told.observed;
    sum.size += told.size;
    sum.expected += told.size * told.target;
  }
  if (sum.size === 0) return undefined;
  const { observed, size, expected } = sum;
  // What the others' quantile is not known by, in the same terms.
  let variance = 0;
  for (const [path, part] of byPath)
    variance += (part * part) / ((tree.get(path)!.upTo.at(-1) ?? 0) - countOf(own.get(path)!));
  const unit = { kind: 'share', observed, size, target: expected / size, adjusted: true } as const;
  return deflated(unit, 1 + variance / size);
}

/** @param within one's values that are among everybody's, where they are more than those that are tested */
function signTest(own: Bins, all: Totals, at: number, within: Bins = own): Compared | undefined {
  const withinUpTo = cumulated(within.counts);
  const ownUpTo = cumulated(own.counts);
  const ownSize = ownUpTo.at(-1) ?? 0;
  const n = (all.upTo.at(-1) ?? 0) - (withinUpTo.at(-1) ?? 0);
  if (n <= 0 || ownSize === 0) return undefined;
  /** Values up to and with a bin. */
  const upToBin = ({ bins }: Bins, upTo: readonly number[], bin: number): number => {
    const after = firstWhere(bins.length, (i) => bins[i]! > bin);
    return after === 0 ? 0 : upTo[after - 1]!;
  };
  const ownAt = (bin: number): number => upToBin(own, ownUpTo, bin);
  const peersAt = (i: number): number =>
    i < 0 ? 0 : all.upTo[i]! - upToBin(within, withinUpTo, all.bins[i]!);
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
  const peers = used.map(({ observed, size, target: own, adjusted }) =>
    adjusted === true ? { observed, size, target: own } : { observed, size },
  );
  return dispersionOf(one.kind, target, peers, Math.max(0.1, 1.001 / used.length));
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
