/**
 * Permutation test within strata, for sums that have no exact distribution, such as an officer's share of the stake
 * (I31): within each stratum every way of dealing the same declarations to the same officers is as likely as any other.
 * The p-value counts the observed arrangement among its peers and is never zero (Phipson and Smyth, SAGMB 9, 2010).
 */

export interface PermutationStratum {
  /** What each declaration of the stratum counts for. */
  values: readonly number[];
  /** How many of them went to the officer. */
  taken: number;
}

export interface PermutationResult {
  expected: number;
  /** P(sum as high as observed or higher). */
  p: number;
  rounds: number;
}

/** `uniform` draws from [0, 1): a seeded stream, so that a figure can be computed again. */
export function permutationUpper(
  strata: readonly PermutationStratum[],
  observed: number,
  uniform: () => number,
  rounds = 9_999,
): PermutationResult {
  const used = strata.filter(({ taken }) => taken > 0);
  let expected = 0;
  let scale = Math.abs(observed);
  for (const { values, taken } of used) {
    const sum = values.reduce((total, value) => total + value, 0);
    expected += (sum * taken) / values.length;
    scale += Math.abs(sum);
  }
  // Sums are added in another order than the observed one was; what differs by rounding alone counts as equal.
  const threshold = observed - 1e-12 * scale;
  const pools = used.map(({ values }) => Float64Array.from(values));
  let reached = 0;
  for (let round = 0; round < rounds; round++) {
    let sum = 0;
    used.forEach(({ taken }, s) => {
      const pool = pools[s]!;
      // The first `taken` places of a Fisher-Yates shuffle.
      for (let i = 0; i < taken; i++) {
        const j = i + Math.floor(uniform() * (pool.length - i));
        const drawn = pool[j]!;
        pool[j] = pool[i]!;
        pool[i] = drawn;
        sum += drawn;
      }
    });
    if (sum >= threshold) reached++;
  }
  return { expected, p: (reached + 1) / (rounds + 1), rounds };
}
