/** From values and history to marks: elementary arithmetic that the person it is about can do again (customs-practice.md 2.10). Pure. */
import type { Contract, Objective } from './contract.ts';

export interface Threshold {
  value: number;
  /** Where it comes from: the same month of each year before, and what it showed then. */
  origin: { period: string; value: number; n: number }[];
  /** By what it was eased, where the person's work was harder than the office's (see `easedBy`). */
  work?: number;
}

/** Years before from which thresholds are taken. */
export const yearsOfHistory = 3;

/** The middle one; of an even number the mean of the two in the middle. */
export function medianOf(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** The median of the same months of the years before, times what the contract demands of it; undefined without any. */
export function thresholdOf(origin: Threshold['origin'], demand: number): Threshold | undefined {
  const told = origin.filter(({ n }) => n > 0);
  return told.length === 0
    ? undefined
    : { value: medianOf(told.map(({ value }) => value)) * demand, origin: told };
}

/**
 * Who is given the red lane, or works by night, has fewer cases done the same day than the office, however well he works.
 * So a threshold is eased by what his colleagues show on his work over what the office shows on all of it. It is never made harder:
 * what few colleagues show is known too roughly to ask more of anybody than the office's own history does.
 */
export function easedBy(
  threshold: Threshold,
  { peers, office }: { peers: number | undefined; office: number | undefined },
  better: 'up' | 'down',
): Threshold {
  if (peers === undefined || !office) return threshold;
  const work = better === 'up' ? Math.min(1, peers / office) : Math.max(1, peers / office);
  return work === 1 ? threshold : { ...threshold, value: threshold.value * work, work };
}

/** How far a target was reached: 1 is the threshold itself. */
export function achievement(value: number, threshold: number, better: 'up' | 'down'): number {
  if (better === 'up') return threshold <= 0 ? 1 : Math.max(0, value / threshold);
  return value <= 0 ? Number.POSITIVE_INFINITY : Math.max(0, threshold / value);
}

export interface Counter {
  value: number | null;
  threshold: number | undefined;
  /** 95 % limits of the value, where it has any. */
  limits?: [number, number | null];
}

/** What an objective asks, and by which versions of the indicators. */
export interface Terms extends Pick<Objective, 'title' | 'better' | 'demand' | 'counterBetter' | 'lag'> {
  measured: Objective['measured'] & { version: number };
  counter: Objective['counter'] & { version: number };
}

export interface ObjectiveResult {
  objective: string;
  /** As they were when the sheet was drawn up; absent in sheets of before they were kept. */
  terms?: Terms;
  /** As the contract had it when the sheet was drawn up; absent in sheets of before it was kept. */
  coefficient?: number;
  /** Month or year whose cases it is of, where that is not the sheet's own. */
  cases?: string;
  value: number | null;
  n: number;
  limits?: [number, number | null];
  threshold: Threshold | undefined;
  achievement: number | null;
  /** Null where it does not count: too little data, no usable history, an excluded month, or held because of its counter. */
  mark: number | null;
  why?:
    | 'too few cases'
    | 'no history'
    | 'the history shows none of it'
    | 'excluded month'
    | 'before the contract'
    | 'held: the counter-indicator got worse'
    | 'held: a gaming check asks to look closer';
  counter: Counter & { worse: boolean };
  /** Gaming checks of this target that ask to look closer. */
  gaming?: string[];
}

export interface Told {
  cases?: string;
  value: number | null;
  n: number;
  limits?: [number, number | null];
  threshold: Threshold | undefined;
  counter: Counter;
  gaming?: readonly string[];
}

/** Worse beyond chance: of a month's few cases every second value lies above its median. */
function gotWorse({ value, threshold, limits }: Counter, better: 'up' | 'down'): boolean {
  if (value === null || threshold === undefined) return false;
  const [low, high] = limits ?? [value, value];
  return better === 'up' ? high !== null && high < threshold : low > threshold;
}

/**
 * A history on which nobody would be told of is none. One that shows nothing at all (no case older than thirty days in the
 * month of three years) is no measure of how far a single case is from it: the mark would be none, whatever came.
 */
const casesIn = ({ origin }: Threshold): number => origin.reduce((sum, { n }) => sum + n, 0);

/**
 * One objective. A counter-indicator that is worse than its own history, beyond chance, holds the mark until a person has looked: it
 * takes nothing away and gives nothing.
 */
export function judgeObjective(
  contract: Pick<Contract, 'full' | 'most' | 'excludedMonths'>,
  objective: Objective,
  told: Told,
  context: { month: number | undefined; fewest: number; isBefore?: boolean },
): ObjectiveResult {
  const { value, n, limits, threshold, counter, gaming = [] } = told;
  const worse = gotWorse(counter, objective.counterBetter);
  const reached =
    value === null || threshold === undefined ? null : achievement(value, threshold.value, objective.better);
  const why: ObjectiveResult['why'] =
    context.month !== undefined && contract.excludedMonths.includes(context.month)
      ? 'excluded month'
      : context.isBefore === true
        ? 'before the contract'
        : value === null || n < context.fewest
          ? 'too few cases'
          : threshold === undefined || casesIn(threshold) < context.fewest
            ? 'no history'
            : objective.better === 'down' && threshold.value <= 0 && value > 0
              ? 'the history shows none of it'
              : worse
                ? 'held: the counter-indicator got worse'
                : gaming.length > 0
                  ? 'held: a gaming check asks to look closer'
                  : undefined;
  return {
    objective: objective.id,
    coefficient: objective.coefficient,
    ...(told.cases === undefined ? {} : { cases: told.cases }),
    value,
    n,
    ...(limits === undefined ? {} : { limits }),
    threshold,
    achievement: reached === null || Number.isFinite(reached) ? reached : contract.most,
    mark: why === undefined ? Math.min(contract.most, reached!) * contract.full : null,
    ...(why === undefined ? {} : { why }),
    counter: { ...counter, worse },
    ...(gaming.length === 0 ? {} : { gaming: [...gaming] }),
  };
}

/** The mean of the marks that count, weighted by coefficients; null where none does. */
export function totalOf(
  objectives: readonly Objective[],
  results: readonly ObjectiveResult[],
): number | null {
  const counting = results.filter(({ mark }) => mark !== null);
  const weight = (result: ObjectiveResult): number =>
    objectives.find(({ id }) => id === result.objective)!.coefficient;
  const weights = counting.reduce((sum, result) => sum + weight(result), 0);
  return weights === 0
    ? null
    : counting.reduce((sum, result) => sum + result.mark! * weight(result), 0) / weights;
}
