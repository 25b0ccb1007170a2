/** What has to be done once a day, looked at every quarter of an hour so that no midnight is missed: anchors, commitments, and keys of calls whose time is over. */
import { anchor } from '../audit/anchor.ts';
import type { Desk } from '../check/desk.ts';
import { openIdempotency } from '../check/idempotency.ts';
import type { Store } from '../store/port.ts';

const everyMs = 15 * 60_000;

/** Both are written once a day whoever asks, so replicas need not agree on who does. Answers how to stop. */
export function daily(store: Store, desk: Desk, onError: (error: unknown) => void): () => void {
  const look = async () => {
    try {
      await Promise.all([
        anchor(store, desk.now()),
        desk.keys?.commit(desk.now()),
        openIdempotency(store).forget(desk.now()),
      ]);
    } catch (error) {
      // The store is away: the next look does it.
      onError(error);
    }
  };
  void look();
  const timer = setInterval(look, everyMs).unref();
  return () => clearInterval(timer);
}
