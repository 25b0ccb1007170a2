/**
 * What was made of dated records, as it was known at an instant. Between two records nothing changes, so what was made is
 * kept for the stretch between them; a backtest goes through the stretches in their order.
 */

/** Instants at which something was recorded, in order; they may be told in any. */
export interface Moments {
  add(instant: string): void;
  /**
   * What is known up to an instant, as a key: the last moment, and how often something came in that had been recorded by
   * then already. `''` where nothing was recorded.
   */
  upTo(asOf: string): string;
}

export const momentOf = (key: string): string => key.slice(0, key.indexOf('+'));

export function moments(): Moments {
  const known: string[] = [];
  /** What was made of a moment does not hold any more when more comes in that belongs to it, or to one before. */
  const late: number[] = [];
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
      const isNew = known[at - 1] !== instant;
      if (isNew) {
        known.splice(at, 0, instant);
        late.splice(at, 0, 0);
      }
      for (let after = isNew ? at + 1 : at - 1; after < late.length; after++) late[after]! += 1;
    },
    upTo(asOf) {
      const at = place(asOf) - 1;
      return at < 0 ? '' : `${known[at]}+${late[at]}`;
    },
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
