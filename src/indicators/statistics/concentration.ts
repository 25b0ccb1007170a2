/** The Herfindahl-Hirschman index: the chance that two draws fall on the same one. 1/k where k share equally, 1 where one has all. */

export function herfindahl(counts: readonly number[]): number {
  const total = counts.reduce((sum, count) => sum + count, 0);
  return total === 0 ? Number.NaN : counts.reduce((sum, count) => sum + (count / total) ** 2, 0);
}

/** Without the bias of small numbers: two different draws, not the same one twice. NaN below two. */
export function herfindahlUnbiased(counts: readonly number[]): number {
  const total = counts.reduce((sum, count) => sum + count, 0);
  if (total < 2) return Number.NaN;
  return counts.reduce((sum, count) => sum + count * (count - 1), 0) / (total * (total - 1));
}
