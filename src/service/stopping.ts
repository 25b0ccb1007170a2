/**
 * How the service ends. What was accepted is finished; what comes meanwhile on an open connection, or on a new one in the
 * first moment, is refused with CC_BUSY and its connection closed. Who sends without end, or does not read, is told to stop
 * after a while (`signal`) and is cut off at the last, so that the end comes in bounded time.
 */
import { setMaxListeners } from 'node:events';
import type { Server } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import type { FastifyInstance } from 'fastify';
import { CrosscheckError } from '../errors.ts';

export interface StoppingLimits {
  /** Callers with an open connection have this long, milliseconds, to hear a refusal rather than a closed door. */
  refusalMs?: number;
  /** After this long a batch takes no more lines. */
  patienceMs?: number;
  /** After this long what is still open is cut. */
  lastMs?: number;
}

export interface Stopping {
  /** Aborted when whoever takes a stream has to come to an end. */
  signal: AbortSignal;
}

const lookMs = 25;

/** Milliseconds for which those who have knocked are let in, one a turn of the event loop. */
const letInMs = 500;

/**
 * Resolves when whoever has knocked by now was let in and heard, which the event loop does between timers and immediates. Who
 * still waits at the door when it is shut has a broken connection, and what waits unread looks idle and is closed with it.
 */
async function letIn(server: Server): Promise<void> {
  const turn = () => new Promise((resolve) => setImmediate(resolve));
  let came = false;
  const coming = () => {
    came = true;
  };
  server.on('connection', coming);
  const until = Date.now() + letInMs;
  do {
    came = false;
    await turn();
  } while (came && Date.now() < until);
  server.off('connection', coming);
  await turn();
}

/** Registers the refusal of what comes while the service stops; call before routes are made. */
export function openStopping(
  app: FastifyInstance,
  { refusalMs = 500, patienceMs = 8_000, lastMs = 14_000 }: StoppingLimits = {},
): Stopping {
  const hurry = new AbortController();
  // One for each stream that is open.
  setMaxListeners(0, hurry.signal);
  const timers: NodeJS.Timeout[] = [];
  let stopping = false;

  const connections = (): Promise<number> =>
    new Promise((resolve) => {
      app.server.getConnections((error, count) => resolve(error === null ? count : 0));
    });

  app.addHook('onRequest', async () => {
    if (stopping) throw new CrosscheckError('CC_BUSY');
  });
  // A connection whose last answer is on its way must not wait for another request.
  app.addHook('onSend', async (_request, reply) => {
    if (stopping) reply.header('connection', 'close');
  });
  app.addHook('preClose', async () => {
    stopping = true;
    timers.push(
      setTimeout(() => hurry.abort(), patienceMs),
      setTimeout(() => app.server.closeAllConnections(), lastMs),
    );
    const until = Date.now() + refusalMs;
    while (Date.now() < until && (await connections()) > 0) await pause(lookMs);
    // Answers whose head went out before we were stopped did not close their connection.
    timers.push(setInterval(() => setImmediate(() => app.server.closeIdleConnections()), lookMs));
    await letIn(app.server);
  });
  app.addHook('onClose', async () => {
    for (const timer of timers) clearTimeout(timer);
  });
  return { signal: hurry.signal };
}

/**
 * What a call does at one piece and at its own pace: once whoever works has to come to an end, its caller is told so at once.
 * The work itself ends where it looks at the signal, and what it has done by then stands.
 */
export async function unlessStopping<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  let told: () => void = () => {};
  const stopped = new Promise<never>((_, reject) => {
    told = () => reject(new CrosscheckError('CC_BUSY'));
    if (signal.aborted) told();
    else signal.addEventListener('abort', told);
  });
  try {
    return await Promise.race([work, stopped]);
  } finally {
    signal.removeEventListener('abort', told);
  }
}
