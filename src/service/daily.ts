/**
 * What has to be done once a day, looked at every quarter of an hour so that no midnight is missed: baselines, anchors,
 * commitments, keys of calls whose time is over, what became due because nothing came, and what the retention policy no
 * longer keeps.
 */
import { anchor } from '../audit/anchor.ts';
import { openAuditLog } from '../audit/log.ts';
import { demandSureClock } from '../audit/sure-clock.ts';
import type { Desk } from '../check/desk.ts';
import { openIdempotency } from '../check/idempotency.ts';
import type { Office } from '../check/lodge.ts';
import { recheck } from '../projections/recheck.ts';
import type { Store } from '../store/port.ts';
import { retainOnRecord } from './retention/apply.ts';
import { followRemoved } from './retention/forget.ts';
import type { LoadedRetention } from './retention/policy.ts';
import { unlessStopping } from './stopping.ts';

const everyMs = 15 * 60_000;
/** A day's trail may be told complete at any hour; what is due by it is found within this time. */
const recheckEveryMs = 60 * 60_000;

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

/**
 * All of it can be done by every replica: what was done is found done. Answers how to stop: what is being checked again or
 * removed ends with its page, and the next look does the rest.
 */
export function daily(
  store: Store,
  desk: Desk,
  onError: (error: unknown) => void,
  retention?: LoadedRetention,
  /** What is checked again goes through the process's own office, so that nobody checks the same beside it. */
  checks?: { office: Office; projected: () => Promise<void>; wrote: () => void },
): () => Promise<void> {
  const audit = openAuditLog(store);
  const stopping = new AbortController();
  const { signal } = stopping;
  let retainedOn = '';
  const retainOnce = async (now: Date): Promise<void> => {
    const day = now.toISOString().slice(0, 10);
    if (retention === undefined || retainedOn === day || Object.keys(retention.policy.keep).length === 0)
      return;
    await demandSureClock(store, now);
    const by = { subject: 'service', role: 'schedule' };
    await retainOnRecord(store, audit, by, retention, now, { dryRun: false, signal });
    retainedOn = day;
    // What came meanwhile of something that was removed is followed anew.
    checks?.wrote();
  };
  const forget = followRemoved(store, desk);
  let rechecked = Number.NEGATIVE_INFINITY;
  const recheckOnce = async (now: number): Promise<void> => {
    if (checks === undefined || desk.evidence?.history().ready !== true || now < rechecked + recheckEveryMs)
      return;
    rechecked = now;
    // In a rush they may be long in coming.
    await unlessStopping(signal, checks.projected());
    const { completed, changed } = await recheck(store, desk, checks.office, signal);
    if (completed + changed > 0) checks.wrote();
  };
  let looking: Promise<void> | undefined;
  const look = async (): Promise<void> => {
    if (signal.aborted) return;
    looking ??= lookOnce().finally(() => {
      looking = undefined;
    });
    await looking;
  };
  const lookOnce = async () => {
    try {
      await Promise.all([
        anchor(store, desk.now()),
        desk.keys?.commit(desk.now()),
        renewBaselines(desk),
        openIdempotency(store).forget(desk.now()),
      ]);
      signal.throwIfAborted();
      await recheckOnce(desk.now().getTime());
      // What it refuses to do stops nothing else.
      await retainOnce(desk.now()).catch((error) => {
        if (!signal.aborted) onError(error);
      });
      signal.throwIfAborted();
      // What is gone from the store, removed here or by another replica, is not to be found in memory either.
      await forget(desk.now());
      await desk.evidence?.trim(desk.now());
    } catch (error) {
      // The store is away: the next look does it.
      if (!signal.aborted) onError(error);
    }
  };
  void look();
  // Baselines need the history, which is read after a start.
  desk.evidence?.warm().then(look, onError);
  const timer = setInterval(look, everyMs).unref();
  return async () => {
    clearInterval(timer);
    stopping.abort();
    await looking;
  };
}
