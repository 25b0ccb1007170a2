/**
 * A server to be measured, in a process of its own: `node server.js ours|bare|durable|journaled STORE`, with a folder or an
 * address of MongoDB.
 *   ours     the service as `serve` runs it, with the shipped rulebook, history and the draw: validated, checked, decided,
 *            durable before the answer
 *   bare     a Fastify route with the same parsing and validation, which serialises an answer as ours is
 *   durable  the same route, which also commits the body to the same kind of store before it answers
 *   journaled  as durable, with a collection that the embedded store acknowledges from its journal, as it does checks
 * Prints its port and ends with its standard input.
 */
import { randomBytes } from 'node:crypto';
import Fastify, { type FastifyInstance } from 'fastify';
import { checkAlone } from '../../src/check/alone.ts';
import { openDesk } from '../../src/check/open-desk.ts';
import { read } from '../../src/intake/read.ts';
import { answerFor, type CheckAnswer } from '../../src/service/answer.ts';
import { localCaller } from '../../src/service/caller.ts';
import { oneDeclaration } from '../../src/service/messages.ts';
import { openService } from '../../src/service/open.ts';
import { CheckAnswerSchema } from '../../src/service/schemas.ts';
import { openStore } from '../../src/store/open.ts';
import type { CollectionSpec, Store } from '../../src/store/port.ts';
import { freshBody } from './load.ts';

const bodies: CollectionSpec = {
  name: 'body',
  schema: 1,
  columns: { office: { type: 'text' }, recordedAt: { type: 'text' } },
  indexes: [],
};

const [mode, place] = process.argv.slice(2) as ['ours' | 'bare' | 'durable' | 'journaled', string];
const store =
  mode === 'bare'
    ? undefined
    : await openStore(place.startsWith('mongodb:') ? { mongodbUri: place } : { data: place });

/** What our service answers to such a declaration, for the routes that decide nothing. */
async function typicalAnswer(): Promise<CheckAnswer> {
  const desk = await openDesk();
  const results = checkAlone(desk, read(Buffer.from(freshBody())));
  const { value } = await results.next();
  desk.close();
  if (value?.kind !== 'checked') throw new Error('the declaration was not checked');
  return answerFor(localCaller, value);
}

async function plainRoute(into: Store | undefined): Promise<FastifyInstance> {
  const app = Fastify({ bodyLimit: 16 * 2 ** 20 });
  const answer = await typicalAnswer();
  const collection = into?.collection<{ id: string; [member: string]: unknown }>(
    mode === 'journaled' ? { ...bodies, journaled: true } : bodies,
  );
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (_request, body, done) =>
    done(null, body),
  );
  app.post('/v1/checks', { schema: { response: { 200: CheckAnswerSchema } } }, async (request) => {
    const { declaration, identity } = await oneDeclaration(request.body as Buffer, {});
    await collection?.putNew([
      { id: identity.reference, recordedAt: new Date().toISOString(), ...declaration },
    ]);
    return { ...answer, declaration: identity.reference };
  });
  return app;
}

const service =
  mode === 'ours'
    ? await openService({
        store: store!,
        desk: await openDesk({ store, secret: randomBytes(32) }),
        limits: { eventLoopDelayMs: 0 },
      })
    : undefined;
const app = service?.app ?? (await plainRoute(store));
const address = await app.listen({ port: 0, host: '127.0.0.1' });
process.stdout.write(`${new URL(address).port}\n`);

process.stdin.resume().on('end', async () => {
  await (service?.close() ?? app.close());
  await store?.close();
  process.exit(0);
});
