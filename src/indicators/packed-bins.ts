/** Bins of many rows in a few arrays, as they are held in memory and added up. */
import type { Bins } from '../store/port.ts';

/** Bins of many rows: those of row i lie from `starts[i]` to `starts[i + 1]`. */
export interface Packed {
  starts: Int32Array;
  bins: Int32Array;
  counts: Int32Array;
  /** Of all bins; none where `least` is above `greatest`. */
  least: number;
  greatest: number;
}

export function packed(all: readonly Bins[]): Packed {
  const starts = new Int32Array(all.length + 1);
  all.forEach(({ bins }, i) => {
    starts[i + 1] = starts[i]! + bins.length;
  });
  const bins = new Int32Array(starts[all.length]!);
  const counts = new Int32Array(bins.length);
  let least = Number.POSITIVE_INFINITY;
  let greatest = Number.NEGATIVE_INFINITY;
  all.forEach((own, i) => {
    bins.set(own.bins, starts[i]);
    counts.set(own.counts, starts[i]);
    if (own.bins.length === 0) return;
    least = Math.min(least, own.bins[0]!);
    greatest = Math.max(greatest, own.bins[own.bins.length - 1]!);
  });
  return { starts, bins, counts, least, greatest };
}

/** Bins are logarithms and lie close together: counted by their place from the least. */
export function rangeOf(all: readonly (Packed | undefined)[]): { least: number; span: number } {
  let least = Number.POSITIVE_INFINITY;
  let greatest = Number.NEGATIVE_INFINITY;
  for (const own of all) {
    least = Math.min(least, own?.least ?? least);
    greatest = Math.max(greatest, own?.greatest ?? greatest);
  }
  return least > greatest ? { least: 0, span: 0 } : { least, span: greatest - least + 1 };
}

/** Adds each row's bins to those of its target. */
export function addTo(
  dense: Int32Array,
  { starts, bins, counts }: Packed,
  targets: Int32Array,
  span: number,
  least: number,
): void {
  for (let i = 0; i < targets.length; i++) {
    const target = targets[i]!;
    if (target === -1) continue;
    const base = target * span - least;
    for (let at = starts[i]!; at < starts[i + 1]!; at++) dense[base + bins[at]!]! += counts[at]!;
  }
}

export function unpacked(dense: Int32Array, from: number, span: number, least: number): Bins {
  let size = 0;
  for (let place = from; place < from + span; place++) if (dense[place] !== 0) size += 1;
  const bins = new Array<number>(size);
  const counts = new Array<number>(size);
  let next = 0;
  for (let place = 0; place < span; place++) {
    const count = dense[from + place]!;
    if (count === 0) continue;
    bins[next] = place + least;
    counts[next] = count;
    next += 1;
  }
  return { bins, counts };
}
