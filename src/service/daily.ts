/** What has to be done once a day, looked at every quarter of an hour so that no midnight is missed: baselines, anchors, commitments, and keys of calls whose time is over. */
import { anchor } from '../audit/anchor.ts';
import type { Desk } from '../check/desk.ts';
import { openIdempotency } from '../check/idempotency.ts';
import type { Store } from '../store/port.ts';

const everyMs = 15 * 60_000;

/** Prices move slowly: a version a week is enough, and none is computed before there is history. */
const baselinesEveryMs = 7 * 86_400_000;

async function renewBaselines({ evidence, now }: Desk): Promise<void> {
  if (evidence?.renewBaselines === undefined || !evidence.history().ready || evidence.history().taken === 0)
    return;
  const last = evidence.baselinesOf();
  const at = now();
  if (last === undefined || at.getTime() - Date.parse(last) >= baselinesEveryMs)
    await evidence.renewBaselines(at.toISOString());
}

/** All are written once whoever asks, so replicas need not agree on who does. Answers how to stop. */
export function daily(store: Store, desk: Desk, onError: (error: unknown) => void): () => void {
  const look = async () => {
    try {
      await Promise.all([
        anchor(store, desk.now()),
        desk.keys?.commit(desk.now()),
        renewBaselines(desk),
        openIdempotency(store).forget(desk.now()),
      ]);
    } catch (error) {
      // The store is away: the next look does it.
      onError(error);
    }
  };
  void look();
  // Baselines need the history, which is read after a start.
  desk.evidence?.warm().then(look, onError);
  const timer = setInterval(look, everyMs).unref();
  return () => clearInterval(timer);
}
