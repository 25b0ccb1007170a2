/** A stream that is read until a signal is aborted: then it ends with the signal's reason, whether its sender goes on or not. */

/** Yields what comes. Throws the signal's reason when it is aborted, also while nothing comes; the source is let go. */
export async function* until<T>(source: AsyncIterable<T>, signal: AbortSignal): AsyncGenerator<T> {
  const iterator = source[Symbol.asyncIterator]();
  // One for each wait: a promise that outlives them all would hold on to everything that ever came, as long as the stream.
  let stop: () => void = () => {};
  const stopping = () => stop();
  signal.addEventListener('abort', stopping);
  try {
    for (;;) {
      signal.throwIfAborted();
      const result = await new Promise<IteratorResult<T> | undefined>((resolve, reject) => {
        stop = () => resolve(undefined);
        iterator.next().then(resolve, reject);
      });
      if (result === undefined) throw signal.reason;
      if (result.done === true) return;
      yield result.value;
    }
  } finally {
    signal.removeEventListener('abort', stopping);
    // Not awaited: a source that waits for its sender ends when the connection does.
    void iterator.return?.().catch(() => undefined);
  }
}
