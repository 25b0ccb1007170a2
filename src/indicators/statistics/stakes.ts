/**
 * Which declarations are worth steering: the quarter of its office with most duty at stake as declared. In Madagascar
 * those that went to the wrong inspector were the ones of high potential yield (customs-practice 3.2). No assignment
 * rule looks at the amount, so under each of them this quarter is dealt out as the rest is, and a pair that meets over
 * the rich ones alone stands out in it while it drowns among all.
 */

/** A quarter, fixed beforehand: enough declarations to be told of, and few enough to leave everyday work out. */
const share = 0.25;

/**
 * Those at or above the upper quartile of their group. Of a group whose amounts hardly differ, so that more than half
 * would be, none. What has nothing at stake is never among them.
 */
export function richest<T>(
  list: readonly T[],
  groupOf: (each: T) => string,
  stakeOf: (each: T) => number,
): Set<T> {
  const groups = new Map<string, T[]>();
  for (const each of list) {
    const group = groups.get(groupOf(each));
    if (group === undefined) groups.set(groupOf(each), [each]);
    else group.push(each);
  }
  const result = new Set<T>();
  for (const group of groups.values()) {
    const stakes = Float64Array.from(group, stakeOf).sort();
    const bound = stakes[Math.floor((1 - share) * stakes.length)]!;
    const rich = group.filter((each) => stakeOf(each) > 0 && stakeOf(each) >= bound);
    if (rich.length <= group.length / 2) for (const each of rich) result.add(each);
  }
  return result;
}
