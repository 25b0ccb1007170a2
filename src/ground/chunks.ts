/**
 * Groups what arrives into chunks of at most `size`; a chunk closes early when nothing more comes within `patience` milliseconds.
 * What came before the source failed is yielded before its failure is thrown.
 */
export async function* inChunks<T>(
  source: AsyncIterable<T>,
  size: number,
  patience = 5,
): AsyncGenerator<T[]> {
  const iterator = source[Symbol.asyncIterator]();
  const waiting = openPatience(patience);
  let chunk: T[] = [];
  let next: Promise<IteratorResult<T>> | undefined;
  let failed: { thrown: unknown } | undefined;
  try {
    for (;;) {
      next ??= iterator.next();
      let result: IteratorResult<T> | undefined;
      try {
        result = chunk.length === 0 ? await next : await waiting.for(next);
      } catch (thrown) {
        failed = { thrown };
        break;
      }
      if (result === undefined) {
        yield chunk;
        chunk = [];
        continue;
      }
      next = undefined;
      if (result.done === true) break;
      chunk.push(result.value);
      if (chunk.length >= size) {
        yield chunk;
        chunk = [];
      }
    }
    if (chunk.length > 0) yield chunk;
    if (failed !== undefined) throw failed.thrown;
  } finally {
    waiting.end();
    await iterator.return?.();
  }
}

/** Waits for one promise after the other, for none longer than that: undefined then. One timer for all, since most come at once. */
function openPatience(milliseconds: number) {
  let giveUp: () => void = () => {};
  let timer: NodeJS.Timeout | undefined;
  return {
    for: <T>(promise: Promise<T>): Promise<T | undefined> =>
      new Promise((resolve, reject) => {
        giveUp = () => resolve(undefined);
        if (timer === undefined) timer = setTimeout(() => giveUp(), milliseconds);
        else timer.refresh();
        promise.then(resolve, reject);
      }),
    end: () => clearTimeout(timer),
  };
}
