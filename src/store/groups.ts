/** What both stores do with the groups of a tabulation: telling them apart, and joining the bins of one. */
import type { Bins, ColumnValue } from './port.ts';

export const noBins: Bins = { bins: [], counts: [] };

/** A value for each group that no other has, whatever its texts hold. */
export function groupKey(
  keys: readonly (readonly ColumnValue[])[],
  within: readonly string[],
): (group: number) => ColumnValue {
  const [only] = keys;
  if (keys.length === 1 && within.length === 0) return (i) => only![i]!;
  if (keys.length === 0) return (i) => within[i] ?? '';
  return (i) => {
    let text = '';
    for (const column of keys) {
      const value = column[i]!;
      text += value === null ? '-' : `${String(value).length}:${value}`;
    }
    return text + (within[i] ?? '');
  };
}

/** Sorts bins and adds up what two answers tell of one. */
export function binsOf(pairs: readonly { bin: number; count: number }[], before: Bins = noBins): Bins {
  const counts = new Map<number, number>();
  for (let i = 0; i < before.bins.length; i++) counts.set(before.bins[i]!, before.counts[i]!);
  for (const { bin, count } of pairs) counts.set(bin, (counts.get(bin) ?? 0) + count);
  const bins = [...counts.keys()].sort((a, b) => a - b);
  return { bins, counts: bins.map((bin) => counts.get(bin)!) };
}
