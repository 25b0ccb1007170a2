/** The false discovery rate over a family of tests (Benjamini and Hochberg, JRSS B 57, 1995): what share of the flags is expected to be false. */

/**
 * The q-value of each p-value in its family: the smallest false discovery rate at which it would be flagged. Families
 * are stated with every figure: all officers, or all pairs, of one indicator and one period.
 */
export function qValues(pValues: readonly number[]): number[] {
  const count = pValues.length;
  const order = Int32Array.from(pValues, (_, i) => i).sort((a, b) => pValues[b]! - pValues[a]!);
  const result = new Array<number>(count);
  let least = 1;
  order.forEach((index, place) => {
    least = Math.min(least, (pValues[index]! * count) / (count - place));
    result[index] = least;
  });
  return result;
}
