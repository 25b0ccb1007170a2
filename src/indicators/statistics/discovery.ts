/** The false discovery rate over a family of tests (Benjamini and Hochberg, JRSS B 57, 1995): what share of the flags is expected to be false. */

/**
 * The q-value of each p-value in its family: the smallest false discovery rate at which it would be flagged. Families
 * are stated with every figure: all officers, or all pairs, of one indicator and one period.
 */
export function qValues(pValues: readonly number[]): number[] {
  const count = pValues.length;
  const sorted = Float64Array.from(pValues).sort();
  // Of each place the least rate at it or beyond; equal p-values come to the same.
  const least = new Float64Array(count);
  let soFar = 1;
  for (let place = count - 1; place >= 0; place--) {
    soFar = Math.min(soFar, (sorted[place]! * count) / (place + 1));
    least[place] = soFar;
  }
  const result = new Array<number>(count);
  for (let i = 0; i < count; i++) {
    const p = pValues[i]!;
    let low = 0;
    let high = count - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (sorted[middle]! < p) low = middle + 1;
      else high = middle;
    }
    result[i] = least[low]!;
  }
  return result;
}
