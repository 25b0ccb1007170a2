/**
 * Limits of a count depend on the count alone, and ten thousand traders share a few hundred of them. Exact limits cost
 * dozens of continued fractions each, so what was worked out once is kept, up to a bound.
 */

/** As many results as the figures of a large administration ask for; when there are more, all are worked out anew. */
const mostKept = 50_000;

/** The same function of numbers, which remembers what it answered. Its answers must not be changed. */
export function remembered<A extends readonly number[], T>(work: (...of: A) => T): (...of: A) => T {
  const known = new Map<string, T>();
  return (...of) => {
    const key = of.join();
    const found = known.get(key);
    if (found !== undefined) return found;
    if (known.size >= mostKept) known.clear();
    const made = work(...of);
    known.set(key, made);
    return made;
  };
}
