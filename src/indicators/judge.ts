/**
 * How a figure stands among its peers (DESIGN decision 13): limits of its own, a test against the others without the one
 * who is tested, over-dispersion allowed for, the false discovery rate over the table, and one of three states. The
 * arithmetic is src/indicators/statistics; here its parts are put together. Pure.
 */

import type { Bins } from '../store/port.ts';
import type { Definition, FigureSpec, Unit } from './definition.ts';
import { type Cell, type Evidence, innerSeparator, mergeBins } from './methods/method.ts';
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
import { strataOf } from './statistics/standardise.ts';
import { timeFigureOfBins } from './statistics/times.ts';
import { type Minimum, usualMinimum, type Verdict, verdictOf } from './statistics/verdict.ts';

export type State = Verdict;

export interface Candidate {
  n: number;
  evidence: Evidence | undefined;
}

export interface Judged {
  limits: [number, number | null] | undefined;
  shrunk: number | undefined;
  p: number | undefined;
  q: number | undefined;
  state: State | undefined;
  /** Why nothing can be told. */
  note: string | undefined;
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
    group.map(({ evidence }) =>
      blank(evidence === undefined ? undefined : limitsOf(evidence, scale, figure.unit)),
    ),
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

/** In one piece: thousands that grow member by member cost more than what is told in them. */
const blank = (limits: Judged['limits']): Judged => ({
  limits,
  shrunk: undefined,
  p: undefined,
  q: undefined,
  state: undefined,
  note: undefined,
});

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
  const upTo = new Array<number>(counts.length);
  let seen = 0;
  for (let i = 0; i < counts.length; i++) {
    seen += counts[i]!;
    upTo[i] = seen;
  }
  return upTo;
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
  { histogram, at }: Extract<Evidence, { kind: 'quantile' }>,
  group: readonly Candidate[],
): Compared | undefined {
  const peers = peersBeside(histogram, totalsOf(group), at);
  return peers === undefined ? undefined : signTest(histogram, peers);
}

/** Others' values below which a stratum is told by what it is part of, and others to whom they must belong: two are no peers. */
const fewestPeers = 30;
const fewestColleagues = 3;
/** Levels that may be given up: an office and a section, whose work is another, are left to themselves. */
const mostBorrowed = 4;

/** Everybody's histograms by stratum and by what it is part of, as nodes of a tree. */
interface Tree {
  /** Nodes of a stratum's own path, the finest first. */
  nodesOf(inner: string): Int32Array;
  /** By node: values, and people who have any. */
  n: Float64Array;
  people: Int32Array;
  /** Whether there can be enough others in a node for anybody. */
  serves(node: number): boolean;
  /** Of a node that serves. */
  totals(node: number): Pick<Totals, 'bins' | 'upTo'>;
}
const trees = new WeakMap<readonly Candidate[], Tree>();

function treeOf(group: readonly Candidate[]): Tree {
  const known = trees.get(group);
  if (known !== undefined) return known;
  const cells = group.map(({ evidence }) => (evidence?.kind === 'quantile' ? (evidence.strata ?? []) : []));
  const leaves = new Map<string, number>();
  for (const own of cells)
    for (const { inner } of own) if (!leaves.has(inner)) leaves.set(inner, leaves.size);
  const strata = strataOf([...leaves.keys()].map((inner) => inner.split(innerSeparator)));
  const paths = Array.from({ length: leaves.size }, (_, leaf) => {
    const [root, end] = [strata.starts[leaf]!, strata.starts[leaf + 1]!];
    return strata.nodes.slice(Math.max(root + 1, end - 1 - mostBorrowed), end).reverse();
  });
  const nodesOf = (inner: string): Int32Array => paths[leaves.get(inner)!]!;
  const n = new Float64Array(strata.parents.length);
  const people = new Int32Array(n.length);
  const last = new Int32Array(n.length).fill(-1);
  cells.forEach((own, person) => {
    for (const { inner, histogram } of own) {
      const count = countOf(histogram);
      if (count === 0) continue;
      for (const node of nodesOf(inner)) {
        n[node]! += count;
        if (last[node] !== person) people[node]! += 1;
        last[node] = person;
      }
    }
  });
  const serves = (node: number): boolean => people[node]! > fewestColleagues && n[node]! >= fewestPeers;
  // Most of the finest strata serve nobody: their bins are not added up.
  const lists = new Map<number, Bins[]>();
  for (const own of cells) {
    for (const { inner, histogram } of own) {
      for (const node of nodesOf(inner)) {
        if (!serves(node)) continue;
        const list = lists.get(node);
        if (list === undefined) lists.set(node, [histogram]);
        else list.push(histogram);
      }
    }
  }
  const made = new Map<number, Pick<Totals, 'bins' | 'upTo'>>();
  const totals = (node: number): Pick<Totals, 'bins' | 'upTo'> => {
    const found = made.get(node);
    if (found !== undefined) return found;
    const { bins, counts } = mergeBins(lists.get(node)!);
    const fresh = { bins, upTo: cumulated(counts) };
    made.set(node, fresh);
    return fresh;
  };
  const tree: Tree = { nodesOf, n, people, serves, totals };
  trees.set(group, tree);
  return tree;
}

/** Some that are taken apart from everybody, told once for all that is held against the rest. */
interface Peers {
  n: number;
  /** The bin of their quantile, and how many of theirs lie in it or below. */
  middle: number;
  seen: number;
  /** Of theirs, outside the quantile's own bin. */
  outside: number;
}

/** The sign test stratum by stratum, each against the others on the same work; where these are few, on what is like it. */
function quantileUnitOn(
  strata: readonly Cell[],
  at: number,
  group: readonly Candidate[],
): Compared | undefined {
  const tree = treeOf(group);
  const own = new Map<number, Bins[]>();
  const paths = strata.map(({ inner }) => tree.nodesOf(inner));
  strata.forEach(({ histogram }, s) => {
    for (const node of paths[s]!) {
      if (!tree.serves(node)) continue;
      const list = own.get(node);
      if (list === undefined) own.set(node, [histogram]);
      else list.push(histogram);
    }
  });
  /** By node, as soon as a stratum asks for it; undefined where the others are too few. */
  const known = new Map<number, Peers | undefined>();
  const peersOn = (node: number): Peers | undefined => {
    if (known.has(node)) return known.get(node);
    const mine = own.get(node) ?? [];
    const others = tree.n[node]! - mine.reduce((sum, histogram) => sum + countOf(histogram), 0);
    const enough = tree.serves(node) && others >= fewestPeers;
    const peers = enough ? peersBeside(mergeBins(mine), tree.totals(node), at) : undefined;
    known.set(node, peers);
    return peers;
  };
  const sum = { observed: 0, size: 0, expected: 0 };
  const byNode = new Map<number, number>();
  strata.forEach(({ histogram }, s) => {
    const node = paths[s]!.find((each) => peersOn(each) !== undefined);
    if (node === undefined) return;
    const told = signTest(histogram, peersOn(node)!);
    if (told === undefined) return;
    byNode.set(node, (byNode.get(node) ?? 0) + told.size);
    sum.observed += told.observed;
    sum.size += told.size;
    sum.expected += told.size * told.target;
  });
  if (sum.size === 0) return undefined;
  const { observed, size, expected } = sum;
  // What the others' quantile is not known by, in the same terms.
  let variance = 0;
  for (const [node, part] of byNode) variance += (part * part) / known.get(node)!.n;
  const unit = { kind: 'share', observed, size, target: expected / size, adjusted: true } as const;
  return deflated(unit, 1 + variance / size);
}

/** @param within those among everybody who are no peers; undefined where nobody else has a value. */
function peersBeside(within: Bins, all: Pick<Totals, 'bins' | 'upTo'>, at: number): Peers | undefined {
  const withinUpTo = cumulated(within.counts);
  const n = (all.upTo.at(-1) ?? 0) - (withinUpTo.at(-1) ?? 0);
  if (n <= 0) return undefined;
  const peersAt = (i: number): number => {
    if (i < 0) return 0;
    const after = firstWhere(within.bins.length, (own) => within.bins[own]! > all.bins[i]!);
    return all.upTo[i]! - (after === 0 ? 0 : withinUpTo[after - 1]!);
  };
  const place = firstWhere(all.bins.length, (i) => peersAt(i) >= at * n);
  const seen = peersAt(place);
  return { n, middle: all.bins[place]!, seen, outside: n - (seen - peersAt(place - 1)) };
}

function signTest({ bins, counts }: Bins, { n, middle, seen, outside }: Peers): Compared | undefined {
  let [above, below] = [0, 0];
  for (let i = 0; i < bins.length; i++) {
    if (bins[i]! > middle) above += counts[i]!;
    else if (bins[i]! < middle) below += counts[i]!;
  }
  const size = above + below;
  if (size === 0 || outside === 0) return undefined;
  return { kind: 'share', observed: above, size, target: (n - seen) / outside };
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
  const peers = used.map(({ observed, size, target: own, adjusted }) => ({
    observed,
    size,
    target: adjusted === true ? own : undefined,
  }));
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
