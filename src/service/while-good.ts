/**
 * A signal for a call that lasts: aborted with CC_BUSY when we come to an end, and with CC_UNAUTHENTICATED once the key or
 * token that opened it is no longer good. Who asks for it lets it go when the call is over.
 */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { CrosscheckError } from '../errors.ts';

export interface WhileGood {
  signal: AbortSignal;
  done(): void;
}

/** So often it is looked at whether who called may still call. */
export const lookMs = 15_000;

/** Keys are taken back; a token only runs out, and whoever has one that lasts minutes is not to be kept from what lasts an hour. */
const isKey = ({ headers }: FastifyRequest): boolean => /^Bearer ck_/i.test(headers.authorization ?? '');

/** @param keysAlone whether a token that runs out ends the call as well */
export function whileGood(
  app: Pick<FastifyInstance, 'isStillCaller'>,
  request: FastifyRequest,
  stopping: AbortSignal,
  { keysAlone = false } = {},
): WhileGood {
  const over = new AbortController();
  const stop = () => over.abort(new CrosscheckError('CC_BUSY'));
  if (stopping.aborted) stop();
  stopping.addEventListener('abort', stop);
  const look = async () => {
    // An issuer or a store that does not answer has taken nothing back.
    if (!(await app.isStillCaller(request).catch(() => true)))
      over.abort(new CrosscheckError('CC_UNAUTHENTICATED'));
  };
  const looking = keysAlone && !isKey(request) ? undefined : setInterval(look, lookMs).unref();
  return {
    signal: over.signal,
    done() {
      clearInterval(looking);
      stopping.removeEventListener('abort', stop);
    },
  };
}
