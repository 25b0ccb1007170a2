/**
 * Risk-adjusted CUSUM (Steiner, Cook, Farewell and Treasure, Biostatistics 1, 2000): signals that an officer's rate has
 * changed, allowing for what each case was likely to bring. Watches for odds R times those expected; the sum of
 * log-likelihood ratios never falls below zero, and signals above a threshold chosen for its false alarms.
 */

export interface CusumCase {
  /** Chance that this case would have the outcome, from its mix: in (0, 1). */
  risk: number;
  outcome: boolean;
}

/** Log-likelihood ratio of odds ratio R against 1 for one case. */
export const cusumWeight = ({ risk, outcome }: CusumCase, oddsRatio: number): number =>
  (outcome ? Math.log(oddsRatio) : 0) - Math.log(1 - risk + oddsRatio * risk);

export interface CusumResult {
  /** The sum after each case. */
  path: number[];
  /** Indexes of the cases at which it went above the threshold; it begins again at zero after each. */
  signals: number[];
}

export function cusum(cases: readonly CusumCase[], oddsRatio: number, threshold: number): CusumResult {
  const path: number[] = [];
  const signals: number[] = [];
  let sum = 0;
  cases.forEach((each, i) => {
    sum = Math.max(0, sum + cusumWeight(each, oddsRatio));
    path.push(sum);
    if (sum > threshold) {
      signals.push(i);
      sum = 0;
    }
  });
  return { path, signals };
}

/**
 * Expected number of cases until a false signal, for cases drawn from these risks: the mean run length of a Markov
 * chain over the sum cut into states (Brook and Evans, Biometrika 59, 1972), solved by iteration to a relative 1e-9.
 */
export function runLength(
  risks: readonly number[],
  oddsRatio: number,
  threshold: number,
  states = 200,
): number {
  const width = threshold / states;
  // Where each state goes on each outcome, with its probability; beyond the last state is the signal.
  const moves = risks.flatMap((risk) => [
    { by: cusumWeight({ risk, outcome: true }, oddsRatio), p: risk / risks.length },
    { by: cusumWeight({ risk, outcome: false }, oddsRatio), p: (1 - risk) / risks.length },
  ]);
  const transition = Array.from({ length: states }, (_, state) => {
    const row = new Map<number, number>();
    const centre = state === 0 ? 0 : (state + 0.5) * width;
    for (const { by, p } of moves) {
      const value = Math.max(0, centre + by);
      if (value > threshold) continue;
      const next = Math.min(states - 1, Math.floor(value / width));
      row.set(next, (row.get(next) ?? 0) + p);
    }
    return [...row];
  });
  const lengths = new Array<number>(states).fill(1);
  for (let round = 0; round < 100_000; round++) {
    let change = 0;
    // Gauss-Seidel: each state uses what has been found of the others in this round.
    for (let state = states - 1; state >= 0; state--) {
      let own = 0;
      let sum = 1;
      for (const [next, p] of transition[state]!) {
        if (next === state) own = p;
        else sum += p * lengths[next]!;
      }
      const value = own < 1 ? sum / (1 - own) : Number.POSITIVE_INFINITY;
      change = Math.max(change, Math.abs(value - lengths[state]!) / value);
      lengths[state] = value;
    }
    if (change < 1e-9 || lengths[0]! > 1e12) break;
  }
  return lengths[0]!;
}
