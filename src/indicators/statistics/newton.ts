/**
 * The highest point of a smooth function of two variables by Newton's steps: a handful of looks at its slopes, where a
 * search without them takes hundreds at its height. Undefined where the steps do not settle on a maximum: then search.
 */

/** First and second derivatives at a point. */
export interface Slopes {
  x: number;
  y: number;
  xx: number;
  xy: number;
  yy: number;
}

const rounds = 60;
/** Further than this a parabola says little of a likelihood on logarithmic scales. */
const longest = 1.5;
/** Of the last step, whose square is about how far the point is from the maximum. */
const settled = 1e-6;
/** A slope that rounding alone may show where the likelihood is flat. */
const flat = 1e-3;

/** `most` bounds y from above; there the function may still rise. */
export function highest(
  slopesAt: (x: number, y: number) => Slopes,
  start: readonly [number, number],
  most: number,
): [number, number] | undefined {
  let [x, y] = start;
  const bounded = (step: number): number => Math.max(-longest, Math.min(longest, step));
  for (let round = 0; round < rounds; round++) {
    const at = slopesAt(x, y);
    const stuck = y >= most && at.y > -flat;
    const determinant = at.xx * at.yy - at.xy * at.xy;
    const curved = at.xx < 0 && determinant > 0;
    let [byX, byY] = [at.x / Math.abs(at.xx), stuck ? 0 : Math.sign(at.y)];
    if (curved && !stuck) {
      byX = (at.xy * at.y - at.yy * at.x) / determinant;
      byY = (at.xy * at.x - at.xx * at.y) / determinant;
    }
    if (!Number.isFinite(byX) || !Number.isFinite(byY)) return undefined;
    x += bounded(byX);
    y = Math.min(most, y + bounded(byY));
    if (Math.abs(byX) < settled && Math.abs(byY) < settled && (curved || stuck)) return [x, y];
  }
  return undefined;
}
