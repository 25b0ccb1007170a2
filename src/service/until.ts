/** A stream that is read until we are told to come to an end: then it ends with CC_BUSY, whether its sender goes on or not. */
import { CrosscheckError } from '../errors.ts';

/** Yields what comes. Throws CC_BUSY when the signal is aborted, also while nothing comes; the source is let go. */
export async function* until<T>(source: AsyncIterable<T>, signal: AbortSignal): AsyncGenerator<T> {
  const iterator = source[Symbol.asyncIterator]();
  let stop: () => void = () => {};
  const stopped = new Promise<undefined>((resolve) => {
    stop = () => resolve(undefined);
  });
  signal.addEventListener('abort', stop);
  try {
    for (;;) {
      if (signal.aborted) throw new CrosscheckError('CC_BUSY');
      const result = await Promise.race([iterator.next(), stopped]);
      if (result === undefined) throw new CrosscheckError('CC_BUSY');
      if (result.done === true) return;
      yield result.value;
    }
  } finally {
    signal.removeEventListener('abort', stop);
    // Not awaited: a source that waits for its sender ends when the connection does.
    void iterator.return?.().catch(() => undefined);
  }
}
