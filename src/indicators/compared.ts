/**
 * One row of a comparison: its evidence beside what its peers show without it, and the sums of all of them, worked out
 * once. judge.ts holds the one against the other. Pure.
 */
import type { Bins } from '../store/port.ts';
import { type Evidence, mergeBins } from './methods/method.ts';
import type { FunnelKind, FunnelUnit } from './statistics/funnel.ts';

export interface Candidate {
  n: number;
  evidence: Evidence | undefined;
}
export type Compared = FunnelUnit & {
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
export function deflated(unit: Compared, inflation = 1): Compared {
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

/** Sums of a group, once for all its rows. */
export interface Totals {
  events: number;
  size: number;
  /** Bins of everybody, ascending, with how many values lie in them or below. */
  bins: readonly number[];
  upTo: readonly number[];
}
const totals = new WeakMap<readonly Candidate[], Totals>();

export function totalsOf(group: readonly Candidate[]): Totals {
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

export function cumulated(counts: readonly number[]): number[] {
  const upTo = new Array<number>(counts.length);
  let seen = 0;
  for (let i = 0; i < counts.length; i++) {
    seen += counts[i]!;
    upTo[i] = seen;
  }
  return upTo;
}
