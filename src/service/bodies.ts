/**
 * Bodies of messages, which are held whole from their first byte until their answer is out. What all of them hold together is
 * bounded: they lie beside the heap, which is watched elsewhere, and a few hundred callers who send large ones slowly would
 * fill the machine. Beyond the bound whoever brings more of a large one is refused with CC_BUSY; small ones are taken, so that
 * nobody's declarations wait for somebody else's attachment. Batches and files are streams and are not held.
 */
import type { IncomingMessage } from 'node:http';
import { totalmem } from 'node:os';
import type { Readable } from 'node:stream';
import { errorCodes, type FastifyInstance, type FastifyRequest } from 'fastify';
import { CrosscheckError } from '../errors.ts';

/** Bytes that bodies may hold together before large ones are refused: an eighth of a small machine, or of what a container may use. */
const heldAtMost = (memory: number): number => Math.min(256 * 2 ** 20, Math.floor(memory / 8));

const memoryHere = (): number =>
  Math.min(totalmem(), process.constrainedMemory() || Number.POSITIVE_INFINITY);
/** Bytes of a body from which it is a large one. */
const large = 64 * 1024;

/** Registers the reading of bodies as bytes for these types; call before routes are made. */
export function holdBodies(
  app: FastifyInstance,
  types: readonly string[],
  most = heldAtMost(memoryHere()),
): void {
  let held = 0;
  const taken = new WeakMap<IncomingMessage, number>();
  const takes = (bytes: number): boolean => held <= most || bytes <= large;

  app.addHook('preParsing', async ({ raw }, reply) => {
    reply.raw.once('close', () => {
      held -= taken.get(raw) ?? 0;
      taken.delete(raw);
    });
  });

  function collect(
    { raw, headers, routeOptions }: FastifyRequest,
    payload: Readable,
    done: (problem: Error | null, body?: Buffer) => void,
  ): void {
    const limit = routeOptions.bodyLimit;
    const told = Number(headers['content-length']);
    const chunks: Buffer[] = [];
    let received = 0;

    const finish = (problem: Error | null, body?: Buffer): void => {
      payload.off('data', onData).off('end', onEnd).off('error', onError);
      done(problem, body);
    };
    const refusalOf = (bytes: number): Error | null =>
      bytes > limit
        ? new errorCodes.FST_ERR_CTP_BODY_TOO_LARGE()
        : takes(bytes)
          ? null
          : new CrosscheckError('CC_BUSY');
    const onData = (chunk: Buffer): void => {
      received += chunk.length;
      held += chunk.length;
      taken.set(raw, received);
      chunks.push(chunk);
      const refusal = refusalOf(received);
      if (refusal !== null) finish(refusal);
    };
    const onEnd = (): void => {
      if (!Number.isNaN(told) && received !== told)
        finish(new errorCodes.FST_ERR_CTP_INVALID_CONTENT_LENGTH());
      // A body of one chunk is a view of what the socket read, so it is copied too.
      else finish(null, Buffer.concat(chunks, received));
    };
    const onError = (thrown: Error): void => finish(Object.assign(thrown, { statusCode: 400 }));

    const refusal = refusalOf(Number.isNaN(told) ? 0 : told);
    if (refusal !== null) done(refusal);
    else payload.on('data', onData).on('end', onEnd).on('error', onError);
  }

  app.addContentTypeParser([...types], collect);
}
