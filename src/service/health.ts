/** Liveness: the process answers. Readiness: a declaration sent now would be checked and kept. */
import type { Resource } from './resource.ts';

export const healthRoutes: Resource = (app, { store, desk }) => {
  app.get('/health/live', { schema: { tags: ['operations'], summary: 'the process answers' } }, async () => ({
    status: 'ok',
  }));
  app.get(
    '/health/ready',
    { schema: { tags: ['operations'], summary: 'a declaration sent now would be checked and kept' } },
    async (_request, reply) => {
      const healthy = await store.healthy();
      // Until then a check that asks for history waits: callers are better served elsewhere.
      const history = desk.evidence?.history();
      const reading = history !== undefined && !history.ready;
      return reply.code(healthy && !reading ? 200 : 503).send({
        status: !healthy ? 'unavailable' : reading ? 'reading history' : 'ok',
        store: store.kind,
        ...(history === undefined ? {} : { history }),
      });
    },
  );
};
