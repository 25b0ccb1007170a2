/**
 * Limits of a count depend on the count alone, and ten thousand traders share a few hundred of them. Exact limits cost
 * dozens of continued fractions each, so what was worked out once is kept, up to a bound.
 */

/** As many results as the figures of a large administration ask for; when there are more, all are worked out anew. */
const mostKept = 50_000;

/** The same function of numbers, which remembers what it answered. Its answers must not be changed. */
export function remembered<A extends readonly number[], T>(work: (...of: A) => T): (...of: A) => T {
  /** By the first number, and of more by the text of all. */
  const alone = new Map<number, T>();
  const known = new Map<string, T>();
  const kept = <K>(among: Map<K, T>, key: K, of: A): T => {
    const found = among.get(key);
    if (found !== undefined) return found;
    if (among.size >= mostKept) among.clear();
    const made = work(...of);
    among.set(key, made);
    return made;
  };
  return (...of) => (of.length === 1 ? kept(alone, of[0]!, of) : kept(known, of.join(), of));
}
