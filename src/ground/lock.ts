/** Runs work one after another for the same key; different keys run side by side. For what one process must not race itself on. */
export interface KeyedLock {
  run<T>(keys: readonly string[], work: () => Promise<T>): Promise<T>;
}

export function keyedLock(): KeyedLock {
  const tails = new Map<string, Promise<unknown>>();
  return {
    async run(keys, work) {
      const unique = [...new Set(keys)];
      const before = unique.map((key) => tails.get(key)).filter((tail) => tail !== undefined);
      // Queued for all keys in the same turn of the loop, so two callers can never wait for each other.
      const mine = Promise.allSettled(before).then(work);
      const settled = mine.then(
        () => undefined,
        () => undefined,
      );
      for (const key of unique) tails.set(key, settled);
      try {
        return await mine;
      } finally {
        for (const key of unique) if (tails.get(key) === settled) tails.delete(key);
      }
    },
  };
}
