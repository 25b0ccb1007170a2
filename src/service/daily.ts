/**
 * What has to be done once a day, looked at every quarter of an hour so that no midnight is missed: baselines, anchors,
 * commitments, keys of calls whose time is over, and what the retention policy no longer keeps.
 */
import { anchor } from '../audit/anchor.ts';
import { openAuditLog } from '../audit/log.ts';
import type { Desk } from '../check/desk.ts';
import { openIdempotency } from '../check/idempotency.ts';
import type { Store } from '../store/port.ts';
import { retainOnRecord } from './retention/apply.ts';
import type { LoadedRetention } from './retention/policy.ts';

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

/** All of it can be done by every replica: what was done is found done. Answers how to stop. */
export function daily(
  store: Store,
  desk: Desk,
  onError: (error: unknown) => void,
  retention?: LoadedRetention,
): () => void {
  const audit = openAuditLog(store);
  let retainedOn = '';
  const retainOnce = async (now: Date): Promise<void> => {
    const day = now.toISOString().slice(0, 10);
    if (retention === undefined || retainedOn === day || Object.keys(retention.policy.keep).length === 0)
      return;
    await retainOnRecord(store, audit, { subject: 'service', role: 'schedule' }, retention, now, {
      dryRun: false,
    });
    retainedOn = day;
  };
  const look = async () => {
    try {
      await Promise.all([
        anchor(store, desk.now()),
        desk.keys?.commit(desk.now()),
        renewBaselines(desk),
        openIdempotency(store).forget(desk.now()),
      ]);
      await retainOnce(desk.now());
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
