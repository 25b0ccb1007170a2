/**
 * What was made of dated records, as it was known at an instant. Between two records nothing changes, so what was made is
 * kept for the stretch between them; a backtest goes through the stretches in their order.
 */

/** Instants at which something was recorded, in order; they may be told in any. */
export interface Moments {
  add(instant: string): void;
  /** The last one up to an instant; undefined where nothing was recorded by then. */
  upTo(asOf: string): string | undefined;
}

export function moments(): Moments {
  const known: string[] = [];
  /** How many are not later. */
  const place = (asOf: string): number => {
    let [low, high] = [0, known.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (known[middle]! <= asOf) low = middle + 1;
      else high = middle;
    }
    return low;
  };
  return {
    add(instant) {
      const at = place(instant);
      if (known[at - 1] !== instant) known.splice(at, 0, instant);
    },
    upTo: (asOf) => known[place(asOf) - 1],
  };
}

/** Answers are kept for the few keys that were asked for last. */
export function remembered<T>(limit: number, make: (key: string) => T): (key: string) => T {
  const made = new Map<string, T>();
  return (key) => {
    const known = made.get(key);
    if (known !== undefined) return known;
    if (made.size >= limit) made.delete(made.keys().next().value!);
    const fresh = make(key);
    made.set(key, fresh);
    return fresh;
  };
}
