/**
 * Liveness: the process answers. Readiness: a declaration sent now would be checked and kept. Whether all replicas decide
 * by the same rules, whether a change of the rules was refused, whether what is drawn can be verified, and whether rows of an older release are still made anew, is told beside it and makes nobody unready.
 */
import { rowsMade } from '../projections/upgrade.ts';
import type { Resource } from './resource.ts';

export const healthRoutes: Resource = (app, { store, desk, replicas, spool }) => {
  app.get('/health/live', { schema: { tags: ['operations'], summary: 'the process answers' } }, async () => ({
    status: 'ok',
  }));
  app.get(
    '/health/ready',
    { schema: { tags: ['operations'], summary: 'a declaration sent now would be checked and kept' } },
    async (_request, reply) => {
      if (!(await store.healthy())) {
        // With a spool a declaration is answered, with the fallback lane, and kept: whoever gave one wants it sent here.
        return reply
          .code(spool === undefined ? 503 : 200)
          .send({ status: spool === undefined ? 'unavailable' : 'fallback lanes alone', store: store.kind });
      }
      // Until then a check that asks for history waits: callers are better served elsewhere.
      const history = desk.evidence?.history();
      const reading = history !== undefined && !history.ready;
      // Whoever asks whether we are well is answered while others are turned away.
      if (app.isUnderPressure()) return reply.code(503).send({ status: 'busy', store: store.kind });
      const rows = await rowsMade(store);
      const refused = desk.refusal?.()?.at;
      const { replicas: count, engines, rulebooks, profiles } = await replicas.standing();
      return reply.code(reading ? 503 : 200).send({
        status: reading ? 'reading history' : 'ok',
        store: store.kind,
        replicas: count,
        engines: { agree: engines.length === 1 },
        // Since when the rules are others than those in the folder, which cannot be used.
        rulebooks: { agree: rulebooks.length === 1, ...(refused === undefined ? {} : { refused }) },
        profiles: { agree: profiles.length === 1 },
        // A secret that was lost, or is another one than before, draws what nobody can verify.
        ...(desk.keys === undefined
          ? {}
          : { draws: { verifiable: await desk.keys.isPublished(desk.now()) } }),
        ...(history === undefined ? {} : { history }),
        // Figures of an older release's rows, while they are made anew beside everything else.
        ...(rows.current ? {} : { projections: { remade: rows.done, of: rows.of } }),
      });
    },
  );
};
