/** The daily recheck on demand: `crosscheck recheck` calls it when the store is ours. */
import { recheck } from '../projections/recheck.ts';
import type { Resource } from './resource.ts';
import { problems } from './schemas.ts';
import { unlessStopping } from './stopping.ts';

export const recheckRoutes: Resource = (app, { store, desk, office, audit, stopping, projected, wrote }) => {
  app.post(
    '/v1/recheck',
    {
      schema: {
        tags: ['operations'],
        summary: 'check again what became due by the passing of time; the service does so every day',
        response: problems(503),
      },
    },
    async (request) => {
      const { subject, role } = request.caller;
      await audit.record({ subject, role, action: 'recheck', object: 'overdue' });
      // In a rush figures may be long in coming.
      await unlessStopping(stopping, projected());
      // Cut short by our end: the next look does the rest.
      const done = await unlessStopping(stopping, recheck(store, desk, office, stopping));
      if (done.completed + done.changed > 0) wrote();
      return done;
    },
  );
};
