/** Are these values lower than those? The rank-sum test (Mann and Whitney, 1947), with ties and the continuity correction, by its normal limit: for times and price gaps, whose tails would rule any mean. */
import { normalUpper } from './special.ts';

export interface RankSum {
  /** Chance that a value of the first is below one of the second, ties half: 0.5 where they are alike. */
  below: number;
  /** One-sided: the first is lower. */
  p: number;
}

/** Undefined where either is empty or all values are equal. Good from about eight values each. */
export function rankSumLower(first: readonly number[], second: readonly number[]): RankSum | undefined {
  const n = first.length;
  const m = second.length;
  if (n === 0 || m === 0) return undefined;
  const all = [
    ...first.map((value) => ({ value, mine: true })),
    ...second.map((value) => ({ value, mine: false })),
  ].sort((a, b) => a.value - b.value);
  let ranks = 0;
  let ties = 0;
  for (let i = 0; i < all.length; ) {
    let j = i;
    while (j < all.length && all[j]!.value === all[i]!.value) j++;
    const rank = (i + 1 + j) / 2;
    for (let k = i; k < j; k++) if (all[k]!.mine) ranks += rank;
    ties += (j - i) ** 3 - (j - i);
    i = j;
  }
  const total = n + m;
  const u = ranks - (n * (n + 1)) / 2;
  const variance = ((n * m) / 12) * (total + 1 - ties / (total * (total - 1)));
  if (variance <= 0) return undefined;
  // The first is lower where its ranks are small.
  const z = ((n * m) / 2 - u - 0.5) / Math.sqrt(variance);
  return { below: 1 - u / (n * m), p: normalUpper(z) };
}
