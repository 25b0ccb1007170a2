/**
 * GET /v1/live: server-sent events. Each check that is written is told with its id, declaration, lane and office, never
 * with what was found; `figures` says that projections have moved on, so that screens ask again. Events carry the
 * store's cursor and a mark of the check that stands there: a client that comes back with Last-Event-ID misses nothing. One
 * that names a place where this store has not been, or where it holds another check than was told, as after a restore that
 * was written past that place since, hears `reset` and goes on from the present: it has to ask anew for what it shows.
 */
import type { Resource } from './resource.ts';

export const liveRoutes: Resource = (app, { live }) => {
  app.get(
    '/v1/live',
    {
      // It would wait for an end that does not come.
      exposeHeadRoute: false,
      schema: {
        tags: ['live'],
        summary: 'server-sent events: checks as they are written, and when figures have moved on',
        produces: ['text/event-stream'],
      },
    },
    async (request, reply) => {
      // Before the answer begins: a store that is away is told as for any other call.
      const from = await live.begin(request.headers['last-event-id'] as string | undefined);
      reply.hijack();
      const { caller } = request;
      live.subscribe({
        caller,
        response: reply.raw,
        ...from,
        isStillCaller: () => app.isStillCaller(request),
      });
    },
  );
};
