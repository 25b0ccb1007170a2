/**
 * Risk-adjusted CUSUM (Steiner, Cook, Farewell and Treasure, Biostatistics 1, 2000): signals that an officer's rate has
 * changed, allowing for what each case was likely to bring. Watches for odds R times those expected; the sum of
 * log-likelihood ratios never falls below zero, and signals above a threshold chosen for its false alarms.
 */

/** Cases of one risk, and how many of them had the outcome. */
export interface CusumBatch {
  /** Chance that such a case would have the outcome, from its mix: in (0, 1). */
  risk: number;
  n: number;
  outcomes: number;
}

/** Log-likelihood ratio of odds ratio R against 1; in which order the cases came does not matter. */
export const cusumWeight = (batches: readonly CusumBatch[], oddsRatio: number): number =>
  batches.reduce(
    (sum, { risk, n, outcomes }) =>
      sum + outcomes * Math.log(oddsRatio) - n * Math.log(1 - risk + oddsRatio * risk),
    0,
  );

export interface CusumResult {
  /** The sum after each step. */
  path: number[];
  /** Indexes of the steps at which it reached the threshold; it begins again at zero after each. */
  signals: number[];
}

/** A chart over steps, such as days, each with its cases; without a threshold it never begins again. */
export function cusum(
  steps: readonly (readonly CusumBatch[])[],
  oddsRatio: number,
  threshold = Number.POSITIVE_INFINITY,
): CusumResult {
  const path: number[] = [];
  const signals: number[] = [];
  let sum = 0;
  steps.forEach((batches, i) => {
    sum = Math.max(0, sum + cusumWeight(batches, oddsRatio));
    path.push(sum);
    if (sum >= threshold) {
      signals.push(i);
      sum = 0;
    }
  });
  return { path, signals };
}

/** How much people who do not differ in what is watched for differ all the same, on the scale of the log odds. */
export interface Spread {
  deviation: number;
  /** Degrees of freedom with which it is known: Student's distribution, as in funnel.ts. */
  degrees: number;
}

/** Places on the scale of Student's distribution over which a chance is averaged, from the middle outwards. */
const places = Array.from({ length: 17 }, (_, i) => (i - 8) * 0.75);

/** Risks of many cases as few, each with the share of the cases that it stands for. */
export type RiskMix = readonly { risk: number; share: number }[];

const mostRisks = 20;

export function mixOf(batches: Iterable<CusumBatch>): RiskMix {
  const sorted = [...batches].sort((a, b) => a.risk - b.risk);
  const total = sorted.reduce((sum, { n }) => sum + n, 0);
  const sums = Array.from({ length: mostRisks }, () => ({ n: 0, risk: 0 }));
  let seen = 0;
  for (const { risk, n } of sorted) {
    const own = sums[Math.min(mostRisks - 1, Math.floor(((seen + n / 2) / total) * mostRisks))]!;
    own.n += n;
    own.risk += n * risk;
    seen += n;
  }
  return sums.filter(({ n }) => n > 0).map(({ n, risk }) => ({ risk: risk / n, share: n / total }));
}

/** What the false signals of a chart depend on beside its threshold. */
export interface ChartLaw {
  /** Of one case's weight. */
  drift: number;
  deviation: number;
  /** The number other than nought at which E[exp(θW)] = 1. */
  theta: number;
}

/** The law of a chart over cases of these risks, their log odds moved by `shift`. */
export function lawOf(mix: RiskMix, oddsRatio: number, shift = 0): ChartLaw {
  const up = Math.log(oddsRatio);
  const moves = mix.flatMap(({ risk, share }) => {
    const odds = (risk / (1 - risk)) * Math.exp(shift);
    const p = odds / (1 + odds);
    const none = -Math.log(1 - risk + oddsRatio * risk);
    return [
      { by: up + none, p: share * p },
      { by: none, p: share * (1 - p) },
    ];
  });
  const moment = (of: (by: number) => number): number =>
    moves.reduce((sum, { by, p }) => sum + p * of(by), 0);
  const drift = moment((by) => by);
  const deviation = Math.sqrt(moment((by) => by * by) - drift * drift);
  return { drift, deviation, theta: exponentOf(moment, drift, deviation) };
}

/** In deviations. Siegmund's 1.166 is for normal steps; of these skew ones less keeps what is told on the safe side. */
const overshoot = 0.8;

/**
 * Expected number of cases until a signal, approximately: Siegmund's formula (Sequential Analysis, 1985, section 2.6)
 * with the exponent θ in place of the normal one, since weights are skew. A test holds it to simulated charts.
 */
export function runLength({ drift, deviation, theta }: ChartLaw, threshold: number): number {
  // What the sum jumps beyond the threshold, and below zero, on average.
  const reach = threshold + overshoot * deviation;
  const far = theta * reach;
  // Without drift the formula's limit.
  if (Math.abs(far) < 1e-4) return (reach / deviation) ** 2;
  return Math.max(1, (Math.expm1(far) - far) / (-theta * drift));
}

/** The root other than nought of E[exp(θW)] = 1: on the side against the drift. */
function exponentOf(
  moment: (of: (by: number) => number) => number,
  drift: number,
  deviation: number,
): number {
  const beyond = (theta: number): number => moment((by) => Math.expm1(theta * by));
  const side = drift < 0 ? 1 : -1;
  let high = (side * 2 * Math.abs(drift)) / deviation ** 2;
  if (Math.abs(high) < 1e-6) return 0;
  let low = 0;
  while (beyond(high) < 0 && Math.abs(high) < 200) {
    low = high;
    high *= 2;
  }
  if (low === 0) low = high / 1024;
  for (let round = 0; round < 30; round++) {
    const middle = (low + high) / 2;
    if (beyond(middle) < 0) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** The laws of charts of people who differ by this much, each with its weight. */
export function lawsOf(
  mix: RiskMix,
  oddsRatio: number,
  { deviation, degrees }: Spread,
): readonly (readonly [ChartLaw, number])[] {
  if (deviation === 0) return [[lawOf(mix, oddsRatio), 1]];
  const weights = places.map((place) => (1 + (place * place) / degrees) ** (-(degrees + 1) / 2));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return places.map((place, i) => [lawOf(mix, oddsRatio, place * deviation), weights[i]! / total] as const);
}

/** Chance that a chart over n cases goes above the threshold at least once although nothing has changed: the mean over its laws. */
export const falseSignalChance = (laws: ReturnType<typeof lawsOf>, n: number, threshold: number): number =>
  threshold <= 0
    ? 1
    : laws.reduce((sum, [law, weight]) => sum - weight * Math.expm1(-n / runLength(law, threshold)), 0);
