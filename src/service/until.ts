/** A stream that is read until we are told to come to an end: then it ends with CC_BUSY, whether its sender goes on or not. */
import { CrosscheckError } from '../errors.ts';

/** Yields what comes. Throws CC_BUSY when the signal is aborted, also while nothing comes; the source is let go. */
export async function* until<T>(source: AsyncIterable<T>, signal: AbortSignal): AsyncGenerator<T> {
  const iterator = source[Symbol.asyncIterator]();
  // One for each wait: a promise that outlives them all would hold on to everything that ever came, as long as the stream.
  let stop: () => void = () => {};
  const stopping = () => stop();
  signal.addEventListener('abort', stopping);
  try {
    for (;;) {
      if (signal.aborted) throw new CrosscheckError('CC_BUSY');
      const result = await new Promise<IteratorResult<T> | undefined>((resolve, reject) => {
        stop = () => resolve(undefined);
        iterator.next().then(resolve, reject);
      });
      if (result === undefined) throw new CrosscheckError('CC_BUSY');
      if (result.done === true) return;
      yield result.value;
    }
  } finally {
    signal.removeEventListener('abort', stopping);
    // Not awaited: a source that waits for its sender ends when the connection does.
    void iterator.return?.().catch(() => undefined);
  }
}
