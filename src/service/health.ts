/** Liveness: the process answers. Readiness: a declaration sent now would be checked and kept. */
import type { Resource } from './resource.ts';

export const healthRoutes: Resource = (app, { store }) => {
  app.get('/health/live', { schema: { tags: ['operations'], summary: 'the process answers' } }, async () => ({
    status: 'ok',
  }));
  app.get(
    '/health/ready',
    { schema: { tags: ['operations'], summary: 'a declaration sent now would be checked and kept' } },
    async (_request, reply) => {
      const healthy = await store.healthy();
      return reply
        .code(healthy ? 200 : 503)
        .send({ status: healthy ? 'ok' : 'unavailable', store: store.kind });
    },
  );
};
