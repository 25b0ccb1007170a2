/**
 * A server to be measured, in a process of its own: `node server.js ours|bare|durable FOLDER`.
 *   ours     the service with the shipped rulebook: validated, checked, decided, durable before the answer
 *   bare     a Fastify route with the same parsing, validation and serialisation, that does nothing
 *   durable  the same route, which also commits the body to the same kind of store before it answers
 * Prints its port and ends with its standard input.
 */
import Fastify, { type FastifyInstance } from 'fastify';
import { openDesk } from '../../src/check/open-desk.ts';
import { oneDeclaration } from '../../src/service/messages.ts';
import { openService } from '../../src/service/open.ts';
import { openStore } from '../../src/store/open.ts';
import type { CollectionSpec, Store } from '../../src/store/port.ts';

const bodies: CollectionSpec = {
  name: 'body',
  schema: 1,
  columns: { office: { type: 'text' }, recordedAt: { type: 'text' } },
  indexes: [],
};

const [mode, folder] = process.argv.slice(2) as ['ours' | 'bare' | 'durable', string];
const store = mode === 'bare' ? undefined : await openStore({ data: folder });

/** What a caller gets back from the routes that decide nothing: the shape of a check without findings. */
const answer = (reference: string) => ({
  id: 'C-00000000000000000000000000000000',
  declaration: reference,
  version: 1,
  lane: 'green',
  score: 0,
  reason: 'green: nothing selected it',
  reasons: [{ kind: 'default', lane: 'green' }],
  findings: [],
  notEvaluated: [],
  rulebook: '',
  profile: '',
  recordedAt: new Date().toISOString(),
});

function plainRoute(into: Store | undefined): FastifyInstance {
  const app = Fastify({ bodyLimit: 16 * 2 ** 20 });
  const collection = into?.collection<{ id: string; [member: string]: unknown }>(bodies);
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (_request, body, done) =>
    done(null, body),
  );
  app.post('/v1/checks', async (request) => {
    const { declaration, identity } = await oneDeclaration(request.body as Buffer, {});
    await collection?.putNew([
      { id: identity.reference, recordedAt: new Date().toISOString(), ...declaration },
    ]);
    return answer(identity.reference);
  });
  return app;
}

const service =
  mode === 'ours'
    ? await openService({ store: store!, desk: await openDesk(), limits: { eventLoopDelayMs: 0 } })
    : undefined;
const app = service?.app ?? plainRoute(store);
const address = await app.listen({ port: 0, host: '127.0.0.1' });
process.stdout.write(`${new URL(address).port}\n`);

process.stdin.resume().on('end', async () => {
  await (service?.close() ?? app.close());
  await store?.close();
  process.exit(0);
});
