/** The nearest of the names that exist: what the author probably meant to write. */

/** Edits between two names, a swap of neighbours counted as one (optimal string alignment). */
function distance(a: string, b: string): number {
  let before: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const changed = a[i - 1] === b[j - 1] ? 0 : 1;
      let least = Math.min(row[j - 1]! + 1, last[j]! + 1, last[j - 1]! + changed);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        least = Math.min(least, before[j - 2]! + 1);
      row.push(least);
    }
    before = last;
    last = row;
  }
  return last[b.length]!;
}

/** A name no further than a third of its letters away; letter case and punctuation count for nothing. */
export function nearest(name: string, known: Iterable<string>): string | undefined {
  const plain = (text: string) => text.toLowerCase().replace(/[\s._-]/g, '');
  const wanted = plain(name);
  let best: string | undefined;
  let least = Math.max(1, Math.floor(wanted.length / 3)) + 1;
  for (const candidate of known) {
    const there = plain(candidate);
    if (Math.abs(there.length - wanted.length) >= least) continue;
    const edits = distance(wanted, there);
    if (edits < least) {
      least = edits;
      best = candidate;
    }
  }
  return best;
}

/** A sentence for the fix of a diagnostic: the nearest name, or all of them where they are few. */
export function didYouMean(name: string, known: readonly string[]): string | undefined {
  const near = nearest(name, known);
  if (near !== undefined) return `Did you mean \`${near}\`?`;
  return known.length > 0 && known.length <= 24 ? `Known are: ${known.join(', ')}.` : undefined;
}
