/** The service with what runs beside it: projections and webhooks that follow each write. */
import { setTimeout as pause } from 'node:timers/promises';
import type { FastifyInstance } from 'fastify';
import { type Runner, runner } from '../ground/runner.ts';
import { liveFigures } from '../indicators/live.ts';
import { soundIndicators } from '../indicators/load.ts';
import { caughtUp, openPace } from '../projections/pace.ts';
import { project } from '../projections/project.ts';
import { buildService, type ServiceOptions } from './app.ts';
import { inForce } from './caller.ts';
import { daily } from './daily.ts';
import { monthly } from './monthly.ts';
import { startWebhooks } from './webhooks/run.ts';

/** Milliseconds that projections have at the end; who stops a service gives it ten to thirty seconds. */
const closePatienceMs = 5_000;

export interface OpenService {
  app: FastifyInstance;
  /** Resolves when the projections have caught up with what was written. */
  settle(): Promise<void>;
  /** Finishes what was accepted, then the projections of it, as far as they come in a few seconds. */
  close(): Promise<void>;
}

/** Milliseconds that a start may have held up the event loop and is waited for, and between two looks. */
const calmPatienceMs = 30_000;
const calmLookMs = 100;

/** Resolves once requests are not turned away any more for what starting did to the event loop. */
export async function calm(app: FastifyInstance): Promise<void> {
  const began = Date.now();
  await app.ready();
  // The look that a long start held up is due with the first of these pauses.
  do await pause(calmLookMs);
  while (app.isUnderPressure() && Date.now() - began < calmPatienceMs);
}

export async function openService(
  options: Omit<ServiceOptions, 'wrote' | 'figures' | 'projectionLag' | 'projected'>,
): Promise<OpenService> {
  const { definitions } = soundIndicators();
  const figures = liveFigures(options.store, definitions.values());
  const pace = openPace();
  const stopping = new AbortController();
  let following: Promise<unknown> = Promise.resolve();
  /** One at a time: who waits for figures asks beside what follows the writes. */
  const followed = (): Promise<boolean> => {
    const next = following.then(figures.follow, figures.follow);
    following = next.catch(() => undefined);
    return next;
  };
  const follow: Runner = runner(async () => {
    const { complete, folded } = await project(options.store, {
      pace,
      signal: stopping.signal,
      profile: options.desk.profile().profile,
      onOldRows: () =>
        app.log.warn(
          'the projected tables are of an older release: they are made anew beside everything else',
        ),
    });
    if (!complete) follow.poke();
    const began = performance.now();
    // Another replica may have folded what moves them.
    if ((await followed()) || folded > 0) app.live.figures();
    // What is looked at for the first time comes behind what others look at, a step at a time.
    if ((await figures.prepare()) && !stopping.signal.aborted) follow.poke();
    await pace.rest(performance.now() - began);
  });
  /** Everything, with no regard for callers: for when there are none any more. */
  const settle = async () => {
    const release = pace.hurry();
    await follow.settle();
    release();
  };
  const projected = async () => {
    await caughtUp(pace, follow);
    await followed();
  };
  const wrote = () => {
    pace.wrote();
    follow.poke();
    webhooks.poke();
  };
  const app: FastifyInstance = await buildService({
    ...options,
    figures: figures.source,
    projectionLag: pace.lagMs,
    projected,
    wrote,
  });
  const webhooks = startWebhooks(options.store, {
    inForce: () => inForce(options.desk),
    ...(options.webhookHosts === undefined ? {} : { allowed: options.webhookHosts }),
    ...(options.seal === undefined ? {} : { seal: options.seal }),
    attempted: app.metrics.delivered,
    onError: (error) => app.log.error({ err: error }, 'webhooks'),
  });
  // What was written before a crash may not have been projected.
  follow.poke();
  // What other replicas wrote and had no time to project.
  const polling = options.store.exclusive ? undefined : setInterval(follow.poke, 2_000).unref();
  const stopDaily = daily(
    options.store,
    options.desk,
    (error) => app.log.error({ err: error }, 'daily'),
    options.retention,
    { office: app.office, projected: () => caughtUp(pace, follow), wrote },
  );
  const stopMonthly = monthly({
    store: options.store,
    figures: figures.source,
    projected,
    definitions: [...definitions.values()],
    now: options.desk.now,
    onError: (error) => app.log.error({ err: error }, 'monthly'),
  });
  return {
    app,
    settle,
    async close() {
      // Told first and waited for last: nobody is to be served longer for it.
      const days = stopDaily();
      const months = stopMonthly();
      clearInterval(polling);
      await app.close();
      await webhooks.close();
      // What is not projected by then is at the next start: cursors tell from where. A step that is under way is waited for
      // no longer than the others: it ends with its store, as one that was killed does.
      const patience = setTimeout(() => stopping.abort(), closePatienceMs);
      await Promise.race([
        Promise.all([days, months, settle()]),
        pause(2 * closePatienceMs, undefined, { ref: false }),
      ]);
      clearTimeout(patience);
    },
  };
}
