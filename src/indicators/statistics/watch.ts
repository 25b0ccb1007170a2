/**
 * A family of risk-adjusted charts read together (cusum.ts): everybody in one comparison, each held day by day against
 * what his peers show on the same work. Peers differ a little and mean nothing by it: the chance of a false signal is
 * the mean over that spread, which is estimated from all of them. Limits are set so that the false discovery rate of
 * the family is the stated one: who is above his limit is who Benjamini and Hochberg's procedure flags. Pure.
 */
import { type CusumBatch, cusum, falseSignalChance, lawsOf, mixOf, type Spread } from './cusum.ts';
import { qValues } from './discovery.ts';
import { dispersionOf } from './funnel.ts';
import { peerRates, strataOf } from './standardise.ts';
import { usualDiscoveryRate, type Verdict, verdictOf } from './verdict.ts';

/** What one unit did on one day in one stratum. */
export interface WatchedCell {
  day: string;
  /** From coarse to fine. */
  strata: readonly string[];
  n: number;
  outcomes: number;
}

export interface WatchedPoint {
  day: string;
  n: number;
  outcomes: number;
  expected: number;
  /** The chart's value after the day. */
  value: number;
}

/** Whether outcomes have become more frequent than the peers' or less. */
export type Change = 'more' | 'fewer';

export interface Chart {
  change: Change;
  /** Above it the chart signals and begins again at zero. */
  limit: number;
  highest: number;
  /** Chance of a chart as high as this where nothing has changed, and its false discovery rate in the family. */
  p: number;
  q: number;
  /** Days on which it went above the limit. */
  signals: string[];
  points: WatchedPoint[];
}

export interface Watched {
  n: number;
  outcomes: number;
  /** Outcomes that the peers would have had on the same work; undefined where there are no peers. */
  expected: number | undefined;
  state: Verdict;
  /** One for each change that is watched for; none where data are insufficient. */
  charts: Chart[];
}

export interface WatchPlan {
  /** Odds against those expected that are watched for: twice, and half. */
  odds: number;
  changes: readonly Change[];
  minimum: { n: number; expected: number };
  /** Cases of the parent stratum that weigh as much as a stratum's own. */
  likeness: number;
}

/** A chance of nought or one cannot be weighed: a stratum in which it never happened may yet see it. */
const certain = 0.002;
const kept = (rate: number): number => Math.min(1 - certain, Math.max(certain, rate));

interface Unit {
  n: number;
  outcomes: number;
  expected: number;
  days: { day: string; batches: CusumBatch[] }[];
}

export function watchFamily(units: readonly (readonly WatchedCell[])[], plan: WatchPlan): Watched[] {
  const weighed = weigh(units, plan.likeness);
  const spread = spreadOf(weighed);
  const charts = weighed.flatMap((unit, index) =>
    Number.isFinite(unit.expected) && unit.n >= plan.minimum.n && unit.expected >= plan.minimum.expected
      ? plan.changes.map((change) => ({ index, ...draw(unit, change, plan.odds, spread) }))
      : [],
  );
  const q = qValues(charts.map(({ p }) => p));
  const flagged = q.filter((each) => each <= usualDiscoveryRate).length;
  // The p-value up to which the procedure flags; with nobody flagged, the one that the first would have needed.
  const cut = (usualDiscoveryRate * Math.max(1, flagged)) / Math.max(1, charts.length);
  const told = weighed.map(
    ({ n, outcomes, expected }): Watched => ({
      n,
      outcomes,
      expected: Number.isFinite(expected) ? expected : undefined,
      state: 'insufficient data',
      charts: [],
    }),
  );
  charts.forEach(({ index, change, oddsRatio, chance, highest, p, points }, i) => {
    const unit = weighed[index]!;
    const above = q[i]! <= usualDiscoveryRate;
    const found = limitAt(cut, chance);
    const limit = above ? Math.min(found, highest) : Math.max(found, highest);
    const own = told[index]!;
    own.charts.push({
      change,
      limit,
      highest,
      p,
      q: q[i]!,
      signals: above ? signalsOf(unit, oddsRatio, limit) : [],
      points,
    });
    own.state = verdictOf(
      { n: unit.n, expected: unit.expected, q: Math.min(...own.charts.map((chart) => chart.q)) },
      plan.minimum,
    );
  });
  return told;
}

/** Cells with the peers' rate as the risk of their cases, day by day. */
function weigh(units: readonly (readonly WatchedCell[])[], likeness: number): Unit[] {
  // A stratum's rate is that of the whole period: the cells of its days are one.
  const starts = new Int32Array(units.length + 1);
  const paths: (readonly string[])[] = [];
  const n: number[] = [];
  const outcomes: number[] = [];
  const placed = units.map((cells, unit) => {
    const own = new Map<string, number>();
    const places = cells.map((cell) => {
      const name = JSON.stringify(cell.strata);
      let place = own.get(name);
      if (place === undefined) {
        place = paths.length;
        own.set(name, place);
        paths.push(cell.strata);
        n.push(0);
        outcomes.push(0);
      }
      n[place]! += cell.n;
      outcomes[place]! += cell.outcomes;
      return place;
    });
    starts[unit + 1] = paths.length;
    return places;
  });
  const { rates } = peerRates(
    {
      starts,
      leaves: Int32Array.from(paths, (_, i) => i),
      strata: strataOf(paths),
      n: Float64Array.from(n),
      observed: Float64Array.from(outcomes),
    },
    likeness,
  );
  return units.map((cells, unit) => {
    const days = new Map<string, CusumBatch[]>();
    const sum = { n: 0, outcomes: 0, expected: 0 };
    cells.forEach((cell, i) => {
      const risk = kept(rates[placed[unit]![i]!]!);
      const batches = days.get(cell.day) ?? [];
      batches.push({ risk, n: cell.n, outcomes: cell.outcomes });
      days.set(cell.day, batches);
      sum.n += cell.n;
      sum.outcomes += cell.outcomes;
      sum.expected += cell.n * risk;
    });
    const ordered = [...days].sort(([a], [b]) => (a < b ? -1 : 1));
    return { ...sum, days: ordered.map(([day, batches]) => ({ day, batches })) };
  });
}

/**
 * Standard deviation of the log odds between peers, beyond chance; from the variance on the scale of the square root,
 * where that of a rate's logarithm is four times as large. What few peers tell of it is not known exactly.
 */
function spreadOf(units: readonly Unit[]): Spread {
  const used = units
    .filter(({ expected }) => expected > 0)
    .map(({ outcomes, expected }) => ({ observed: outcomes, size: expected }));
  const { between, units: count } = dispersionOf('ratio', 1, used, Math.max(0.1, 1.001 / used.length));
  const n = units.reduce((sum, unit) => sum + unit.n, 0);
  const mean = units.reduce((sum, unit) => sum + unit.outcomes, 0) / Math.max(1, n);
  return { deviation: (2 * Math.sqrt(between)) / (1 - kept(mean)), degrees: Math.max(1, count - 1) };
}

/** A threshold's chance of a false signal over a unit's cases. */
type Chance = (threshold: number) => number;

const ratioOf = (change: Change, odds: number): number => (change === 'more' ? odds : 1 / odds);

function draw(unit: Unit, change: Change, odds: number, spread: Spread) {
  const oddsRatio = ratioOf(change, odds);
  const laws = lawsOf(mixOf(unit.days.flatMap(({ batches }) => batches)), oddsRatio, spread);
  const chance: Chance = (threshold) => falseSignalChance(laws, unit.n, threshold);
  const { path } = cusum(
    unit.days.map(({ batches }) => batches),
    oddsRatio,
  );
  const highest = Math.max(...path);
  const points = unit.days.map(({ day, batches }, i): WatchedPoint => {
    const sum = { n: 0, outcomes: 0, expected: 0 };
    for (const { risk, n, outcomes } of batches) {
      sum.n += n;
      sum.outcomes += outcomes;
      sum.expected += n * risk;
    }
    return { day, ...sum, value: path[i]! };
  });
  return {
    change,
    oddsRatio,
    chance,
    highest,
    points,
    p: chance(highest),
  };
}

/** The threshold that is crossed falsely with this chance. */
function limitAt(wanted: number, chance: Chance): number {
  let low = 0;
  let high = 4;
  while (chance(high) > wanted && high < 100) {
    low = high;
    high *= 1.5;
  }
  for (let round = 0; round < 30; round++) {
    const middle = (low + high) / 2;
    if (chance(middle) > wanted) low = middle;
    else high = middle;
  }
  return high;
}

function signalsOf({ days }: Unit, oddsRatio: number, limit: number): string[] {
  const { signals } = cusum(
    days.map(({ batches }) => batches),
    oddsRatio,
    limit,
  );
  return signals.map((i) => days[i]!.day);
}
