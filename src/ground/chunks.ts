/** Groups what arrives into chunks of at most `size`; a chunk closes early when nothing more comes within `patience` milliseconds. */
export async function* inChunks<T>(
  source: AsyncIterable<T>,
  size: number,
  patience = 5,
): AsyncGenerator<T[]> {
  const iterator = source[Symbol.asyncIterator]();
  let chunk: T[] = [];
  let next: Promise<IteratorResult<T>> | undefined;
  try {
    for (;;) {
      next ??= iterator.next();
      const result = chunk.length === 0 ? await next : await soonerThan(next, patience);
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
  } finally {
    await iterator.return?.();
  }
}

async function soonerThan<T>(promise: Promise<T>, milliseconds: number): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined;
  try {
    return await Promise.race([
      promise,
      new Promise<undefined>((resolve) => {
        timer = setTimeout(() => resolve(undefined), milliseconds);
      }),
    ]);
  } finally {
    clearTimeout(timer);
  }
}
